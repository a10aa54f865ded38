"""Part roads at the border, so that a gate is the only way over it.

Every place where a line meets the border is found, lines are split there, and what arrives at
such a place is told apart by the sector it arrives from. The border lines that leave the place
divide its surroundings into sectors: two on a plain stretch of border, three where three
countries meet, one at the tip of a line. Ends from one sector stay joined: the road touched the
border, or ends on it. Ends from two or more sectors are joined by a gate, or parted.

A stretch of road that lies on the border itself is taken to lie on the side that the road comes
from or goes to; where these differ, or there is neither, on the left of the border as it is drawn.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.network.noding import TOUCH_M, Lines, along_m, points_at, split_line
from corridors.network.tables import Borders

__all__ = ["Meeting", "Pieces", "part_at_borders"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
# Points made by different sums for one place of contact differ by less than this.
NEAR_M = 4 * TOUCH_M


@dataclass(frozen=True)
class Meeting:
    """A place where roads meet the border; `sectors` are those that a road arrives from."""

    x: float
    y: float
    border_id: str
    sectors: tuple[int, ...]
    is_node: bool


@dataclass(frozen=True)
class Pieces:
    """Lines split at the border.

    `meeting` (n, 2) is the meeting that each piece starts and ends at, -1 for none; `sector`
    (n, 2) the sector it arrives from there. `line` is the line that each is a piece of.
    `on_border` marks pieces that lie on the border itself.
    """

    lines: Lines
    line: Indices
    meeting: Indices
    sector: Indices
    on_border: NDArray[np.bool_]
    meetings: list[Meeting]


def part_at_borders(lines: Lines, borders: Borders) -> Pieces:
    """Split noded lines wherever they meet a border, and tell the sides apart."""
    count = len(lines.xy)
    if not borders.id or not count:
        nowhere = np.full((count, 2), -1, dtype=np.int64)
        return Pieces(lines, np.arange(count), nowhere, nowhere, np.zeros(count, dtype=bool), [])
    tree = shapely.STRtree(_steps(borders.start, borders.end))
    contacts = _contacts(lines, borders, tree)
    pieces, line, meeting, places = _split(lines, contacts)
    on_border = _lies_on_border(pieces, meeting, tree)
    rays = [_rays(place, borders, tree) for place in places]
    sector = _sectors(_Arrivals(pieces, line, meeting, on_border), rays, borders=borders, tree=tree)
    meetings = []
    for number, (x, y, is_node) in enumerate(places):
        here = meeting == number
        nearest = _nearest_segment((x, y), tree, NEAR_M)
        met = tuple(sorted(set(sector[here].tolist())))
        meetings.append(Meeting(x, y, borders.id[nearest], met, is_node))
    return Pieces(pieces, line, meeting, sector, on_border, meetings)


def _nearest_segment(point: tuple[float, float], tree: shapely.STRtree, reach_m: float) -> int:
    """Return the segment nearest to a point that is known to be near one; the first of equals."""
    at = shapely.Point(point)
    near = tree.query(at, predicate="dwithin", distance=reach_m)
    away = shapely.distance(tree.geometries[near], at)
    return int(near[np.lexsort((near, away))[0]])


@dataclass(frozen=True)
class _Contact:
    measure: float
    x: float
    y: float


def _contacts(lines: Lines, borders: Borders, tree: shapely.STRtree) -> dict[int, list[_Contact]]:
    """Return, by line, where it meets the border, in order along the line."""
    geometry = lines.geometry()
    touching = np.unique(
        shapely.STRtree(geometry).query(tree.geometries, predicate="dwithin", distance=TOUCH_M)[1]
    )
    found: dict[int, list[_Contact]] = {}
    for number in touching.tolist():
        xy = lines.xy[number]
        along = along_m(xy)
        measures = _measures(xy, along, borders, tree)
        found[number] = _gathered(measures, xy, along)
    return found


def _measures(xy: Floats, along: Floats, borders: Borders, tree: shapely.STRtree) -> Floats:
    """Return distances along a line at which it meets the border, unordered and repeated."""
    steps = _steps(xy[:-1], xy[1:])
    i, j = tree.query(steps, predicate="dwithin", distance=TOUCH_M)
    p, d = xy[i], xy[i + 1] - xy[i]
    a, e = borders.start[j], borders.end[j] - borders.start[j]
    b = borders.end[j]
    length = np.hypot(d[:, 0], d[:, 1])
    cross = _cross(d, e)
    with np.errstate(divide="ignore", invalid="ignore"):
        t, u = _cross(a - p, e) / cross, _cross(a - p, d) / cross
    meets = (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    here = [along[i[meets]] + t[meets] * length[meets]]
    border_step = _steps(a, b)
    for vertex, shift in ((p, 0), (p + d, 1)):
        on = np.asarray(shapely.distance(points_at(vertex), border_step)) <= TOUCH_M
        here.append(along[i[on] + shift])
    for vertex in (a, b):
        on = np.asarray(shapely.distance(points_at(vertex), steps[i])) <= TOUCH_M
        share = (_dot(vertex - p, d) / _dot(d, d)).clip(0, 1)
        here.append(along[i[on]] + share[on] * length[on])
    return np.concatenate(here)


def _steps(start: Floats, end: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = (a * b).sum(axis=1)
    return product


def _gathered(measures: Floats, xy: Floats, along: Floats) -> list[_Contact]:
    """Return contacts with those at one place made one; a vertex of the line goes first."""
    contacts: list[_Contact] = []
    for measure in np.sort(measures).tolist():
        if contacts and measure - contacts[-1].measure <= TOUCH_M:
            continue
        vertex = int(np.abs(along - measure).argmin())
        if abs(along[vertex] - measure) <= TOUCH_M:
            x, y = xy[vertex].tolist()
            contacts.append(_Contact(float(along[vertex]), x, y))
        else:
            x, y = (float(np.interp(measure, along, xy[:, axis])) for axis in (0, 1))
            contacts.append(_Contact(measure, x, y))
    return contacts


def _split(
    lines: Lines, contacts: dict[int, list[_Contact]]
) -> tuple[Lines, Indices, Indices, list[tuple[float, float, bool]]]:
    """Split lines at their contacts, and number the places: in order of x, y and line."""
    pieces: list[Floats] = []
    line: list[int] = []
    keys: list[list[tuple[float, float, int, float]]] = []
    nodes = {
        place for number, found in contacts.items() for place in _touched_ends(lines, number, found)
    }
    for number, xy in enumerate(lines.xy):
        inner = _inner(xy, contacts[number]) if number in contacts else []
        parts = split_line(xy, [(c.measure, (c.x, c.y)) for c in inner]) if inner else [xy]
        ends = [(float(x), float(y), -1, 0.0) for x, y in xy[[0, -1]]]
        marks = [ends[0], *[(c.x, c.y, number, c.measure) for c in inner], ends[1]]
        pieces += parts
        line += [number] * len(parts)
        keys += [list(pair) for pair in pairwise(marks)]
    known = {key for pair in keys for key in pair if key[2] >= 0 or key[:2] in nodes}
    order = {key: number for number, key in enumerate(sorted(known))}
    meeting = np.array([[order.get(key, -1) for key in pair] for pair in keys], dtype=np.int64)
    places = [(x, y, of < 0) for x, y, of, _ in sorted(known)]
    road = lines.road[np.array(line, dtype=np.int64)]
    return Lines(pieces, road), np.array(line, dtype=np.int64), meeting, places


def _inner(xy: Floats, found: list[_Contact]) -> list[_Contact]:
    """Return the contacts of a line that are not at its ends."""
    total = along_m(xy)[-1]
    return [contact for contact in found if TOUCH_M < contact.measure < total - TOUCH_M]


def _touched_ends(lines: Lines, number: int, found: list[_Contact]) -> list[tuple[float, float]]:
    xy = lines.xy[number]
    total = along_m(xy)[-1]
    ends = []
    if any(contact.measure <= TOUCH_M for contact in found):
        ends.append((float(xy[0, 0]), float(xy[0, 1])))
    if any(contact.measure >= total - TOUCH_M for contact in found):
        ends.append((float(xy[-1, 0]), float(xy[-1, 1])))
    return ends


def _lies_on_border(pieces: Lines, meeting: Indices, tree: shapely.STRtree) -> NDArray[np.bool_]:
    """Tell pieces that run along the border: straight from meeting to meeting, on it midway."""
    straight = np.array([len(xy) == 2 for xy in pieces.xy], dtype=bool)
    maybe = np.flatnonzero((meeting >= 0).all(axis=1) & straight)
    if not len(maybe):
        return np.zeros(len(pieces.xy), dtype=bool)
    midway = points_at(np.array([pieces.xy[number].mean(axis=0) for number in maybe]))
    on = np.unique(tree.query(midway, predicate="dwithin", distance=TOUCH_M)[0])
    lies = np.zeros(len(pieces.xy), dtype=bool)
    lies[maybe[on]] = True
    return lies


def _rays(place: tuple[float, float, bool], borders: Borders, tree: shapely.STRtree) -> Floats:
    """Return the directions in which the border leaves a place, in radians, ascending."""
    point = np.array(place[:2])
    angles = []
    for segment in tree.query(shapely.Point(point), predicate="dwithin", distance=NEAR_M):
        start, end = borders.start[segment], borders.end[segment]
        way = end - start
        if np.hypot(*(point - end)) > NEAR_M:
            angles.append(np.arctan2(way[1], way[0]))
        if np.hypot(*(point - start)) > NEAR_M:
            angles.append(np.arctan2(-way[1], -way[0]))
    found = np.unique(angles)
    # One border drawn for each of two countries leaves in one direction, not in two.
    turns = np.diff(np.concatenate([[found[-1] - 2 * np.pi], found]))
    distinct: Floats = found[turns > 1e-9] if len(found) > 1 else found
    return distinct


def _sector(rays: Floats, angle: float) -> int:
    """Return the sector of a direction: sector i is from ray i, counter-clockwise, to the next."""
    return int((np.searchsorted(rays, angle, side="right") - 1) % len(rays))


def _beside(rays: Floats, angle: float, *, left: bool) -> int:
    """Return the sector on the left (counter-clockwise) or right of the ray in a direction."""
    turn = np.abs((rays - angle + np.pi) % (2 * np.pi) - np.pi)
    ray = int(turn.argmin())
    return ray if left else (ray - 1) % len(rays)


@dataclass(frozen=True)
class _Arrivals:
    pieces: Lines
    line: Indices
    meeting: Indices
    on_border: NDArray[np.bool_]

    def angle(self, piece: int, end: int) -> float:
        """Return the direction in which a piece leaves its start (0) or its end (1)."""
        xy = self.pieces.xy[piece]
        way = xy[1] - xy[0] if end == 0 else xy[-2] - xy[-1]
        return float(np.arctan2(way[1], way[0]))


def _sectors(
    arrivals: _Arrivals, rays: list[Floats], *, borders: Borders, tree: shapely.STRtree
) -> Indices:
    meeting = arrivals.meeting
    sector = np.full(meeting.shape, -1, dtype=np.int64)
    for piece, end in np.argwhere((meeting >= 0) & ~arrivals.on_border[:, None]).tolist():
        sector[piece, end] = _sector(rays[meeting[piece, end]], arrivals.angle(piece, end))
    for run in _runs(arrivals):
        left = _left_of_road(run, arrivals, sector, rays)
        if left is None:
            left = _left_of_border(run[0], arrivals, borders, tree)
        for piece in run:
            for end in (0, 1):
                # Seen from the piece's end, looking back along it, its left is on the right.
                sector[piece, end] = _beside(
                    rays[meeting[piece, end]],
                    arrivals.angle(piece, end),
                    left=left if end == 0 else not left,
                )
    return sector


def _runs(arrivals: _Arrivals) -> list[list[int]]:
    """Return pieces on the border, those that follow one another on a line together."""
    runs: list[list[int]] = []
    for piece in np.flatnonzero(arrivals.on_border).tolist():
        if runs and runs[-1][-1] == piece - 1 and arrivals.line[piece] == arrivals.line[piece - 1]:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _left_of_road(
    run: list[int], arrivals: _Arrivals, sector: Indices, rays: list[Floats]
) -> bool | None:
    """Return whether the road before and after a run is on the run's left; None for no answer."""
    votes: set[bool] = set()
    for piece, end, neighbour in ((run[0], 0, run[0] - 1), (run[-1], 1, run[-1] + 1)):
        inside = 0 <= neighbour < len(arrivals.line)
        if not inside or arrivals.line[neighbour] != arrivals.line[piece]:
            continue
        here = rays[arrivals.meeting[piece, end]]
        angle = arrivals.angle(piece, end)
        on_left = _beside(here, angle, left=end == 0)
        on_right = _beside(here, angle, left=end == 1)
        comes_from = sector[neighbour, 1 - end]
        if on_left != on_right and comes_from in (on_left, on_right):
            votes.add(bool(comes_from == on_left))
    return votes.pop() if len(votes) == 1 else None


def _left_of_border(
    piece: int, arrivals: _Arrivals, borders: Borders, tree: shapely.STRtree
) -> bool:
    """Return whether the left of the border as drawn is the left of a piece that lies on it."""
    xy = arrivals.pieces.xy[piece]
    x, y = xy.mean(axis=0).tolist()
    segment = _nearest_segment((x, y), tree, NEAR_M)
    way = borders.end[segment] - borders.start[segment]
    return bool(np.dot(way, xy[-1] - xy[0]) > 0)
