"""Join roads where they meet: shared vertices, ends on lines, ends near ends.

Lines go in and come out; when it is done, two lines meet where they have an end in common, to the
last bit, and nowhere else.

Rules
-----
- A vertex that two roads share is a junction. Roads that cross between their vertices are not
  joined: a bridge looks like that.
- Only a loose end (one that no other end meets) is moved, once, by the tolerance at most, to
  whichever is nearer: another end, or the middle of another road, which is split there.
- Ends are gathered nearest pair first, and only while every two of a gathering lie within the
  tolerance of each other and it holds one junction at most. So gatherings do not grow in chains,
  and a junction never moves; loose ends alone meet in the middle.
- A stretch no longer than twice the tolerance is never folded onto itself: neither are its two
  ends joined, nor its loose end to the road that its other end is on.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

__all__ = ["TOUCH_M", "Lines", "Noded", "along_m", "node_lines", "points_at", "split_line"]

# Nearer than a millimetre is the same place: far below any survey, far above rounding.
TOUCH_M = 0.001

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Cut = tuple[float, tuple[float, float]]


@dataclass(frozen=True)
class Lines:
    """Coordinates of each line, (n, 2), and the road it is a part of, in order along the road."""

    xy: list[Floats]
    road: Indices

    def geometry(self) -> NDArray[np.object_]:
        """Return the lines as LineStrings."""
        if not self.xy:
            return np.empty(0, dtype=object)
        owner = np.repeat(np.arange(len(self.xy)), [len(xy) for xy in self.xy])
        return np.asarray(shapely.linestrings(np.vstack(self.xy), indices=owner))

    def ends(self) -> Floats:
        """Return start and end of each line in turn, (2n, 2)."""
        if not self.xy:
            return np.empty((0, 2))
        return np.vstack([xy[[0, -1]] for xy in self.xy])

    def lengths_m(self) -> Floats:
        """Return the length of each line."""
        return np.asarray(shapely.length(self.geometry()))


@dataclass
class Noded:
    """Noded lines, and what was done to them."""

    lines: Lines
    moves_m: list[float] = field(default_factory=list)
    zero_length: int = 0
    duplicates: int = 0


def node_lines(
    lines: Lines, *, tolerance_m: float, oneway: NDArray[np.bool_], speed_kmh: Floats
) -> Noded:
    """Join lines where they meet, by the rules above.

    Parameters
    ----------
    lines
        Single lines in metres.
    tolerance_m
        How far a loose end may be moved; 0 joins only what touches.
    oneway, speed_kmh
        By road: of two lines in one place the faster is kept; one-way lines in opposite
        directions are not the same.
    """
    done = Noded(lines)

    def clean() -> None:
        done.lines, dropped = _drop_repeats(done.lines)
        done.zero_length += dropped
        done.lines, dropped = _drop_duplicates(done.lines, oneway, speed_kmh)
        done.duplicates += dropped

    clean()
    done.lines = _split_at_shared_vertices(done.lines)
    clean()
    done.lines = _split_where_ends_touch(done.lines)
    if tolerance_m > 0:
        done.lines = _join_to_lines(done, tolerance_m, nearer_than_ends=True)
        done.lines = _gather_ends(done, tolerance_m)
        done.lines = _join_to_lines(done, tolerance_m, nearer_than_ends=False)
    clean()
    return done


def points_at(xy: Floats) -> NDArray[np.object_]:
    """Return points at coordinates (n, 2)."""
    return np.asarray(shapely.points(xy))


def along_m(xy: Floats) -> Floats:
    """Return the distance along a line of each of its vertices."""
    steps = np.hypot(np.diff(xy[:, 0]), np.diff(xy[:, 1]))
    return np.concatenate([[0.0], np.cumsum(steps)])


def split_line(xy: Floats, cuts: list[Cut]) -> list[Floats]:
    """Split a line at distances along it, strictly between its ends.

    Each cut gives the distance and the point that both parts are to have in common; a vertex
    within `TOUCH_M` of it gives way to it.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [10.0, 0.0]])
    >>> [part.tolist() for part in split_line(line, [(4.0, (4.0, 0.0))])]
    [[[0.0, 0.0], [4.0, 0.0]], [[4.0, 0.0], [10.0, 0.0]]]
    """
    at = np.array([distance for distance, _ in cuts])
    points = np.array([point for _, point in cuts], dtype=float).reshape(-1, 2)
    along = along_m(xy)
    keep = np.abs(along[:, None] - at[None, :]).min(axis=1) > TOUCH_M
    keep[[0, -1]] = True
    order = np.argsort(np.concatenate([along[keep], at]), kind="stable")
    merged = np.vstack([xy[keep], points])[order]
    breaks = np.flatnonzero(order >= keep.sum())
    edges = [0, *breaks.tolist(), len(merged) - 1]
    return [merged[a : b + 1] for a, b in pairwise(edges)]


def _split_lines(lines: Lines, cuts: dict[int, list[Cut]]) -> Lines:
    if not cuts:
        return lines
    xy: list[Floats] = []
    road: list[int] = []
    for number, line in enumerate(lines.xy):
        parts = split_line(line, sorted(cuts[number])) if number in cuts else [line]
        xy += parts
        road += [int(lines.road[number])] * len(parts)
    return Lines(xy, np.array(road, dtype=np.int64))


def _drop_repeats(lines: Lines) -> tuple[Lines, int]:
    """Drop vertices that repeat the one before, and lines of which no length is left."""
    xy = []
    for line in lines.xy:
        moved = np.concatenate([[True], (line[1:] != line[:-1]).any(axis=1)])
        xy.append(line if moved.all() else line[moved])
    kept = [number for number, line in enumerate(xy) if len(line) > 1]
    return Lines([xy[number] for number in kept], lines.road[kept]), len(xy) - len(kept)


def _drop_duplicates(
    lines: Lines, oneway: NDArray[np.bool_], speed_kmh: Floats
) -> tuple[Lines, int]:
    best: dict[tuple[bool, bytes], int] = {}
    for number, line in enumerate(lines.xy):
        road = int(lines.road[number])
        one, other = line.tobytes(), line[::-1].tobytes()
        key = (True, one) if oneway[road] else (False, min(one, other))
        known = best.get(key)
        if known is None or speed_kmh[road] > speed_kmh[lines.road[known]]:
            best[key] = number
    kept = sorted(best.values())
    return Lines([lines.xy[number] for number in kept], lines.road[kept]), len(lines.xy) - len(kept)


def _split_at_shared_vertices(lines: Lines) -> Lines:
    if not lines.xy:
        return lines
    sizes = np.array([len(line) for line in lines.xy])
    xy = np.vstack(lines.xy)
    _, inverse, count = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    shared = count[inverse.reshape(-1)] > 1
    last = np.cumsum(sizes)
    first = last - sizes
    shared[first] = shared[last - 1] = False
    parts: list[Floats] = []
    road: list[int] = []
    for number, line in enumerate(lines.xy):
        breaks = np.flatnonzero(shared[first[number] : last[number]]).tolist()
        edges = [0, *breaks, len(line) - 1]
        parts += [line[a : b + 1] for a, b in pairwise(edges)]
        road += [int(lines.road[number])] * (len(edges) - 1)
    return Lines(parts, np.array(road, dtype=np.int64))


@dataclass(frozen=True)
class _Ends:
    """The distinct places where lines end, in order of x, then y."""

    xy: Floats
    place: Indices
    degree: Indices

    @classmethod
    def of(cls, lines: Lines) -> "_Ends":
        xy, place, degree = np.unique(lines.ends(), axis=0, return_inverse=True, return_counts=True)
        return cls(xy, place.reshape(-1).astype(np.int64), degree.astype(np.int64))

    def line_of(self, lines: int) -> Indices:
        """Return one line that ends at each place: the line, where the end is loose."""
        owner = np.zeros(len(self.xy), dtype=np.int64)
        owner[self.place] = np.repeat(np.arange(lines), 2)
        return owner


def _split_where_ends_touch(lines: Lines) -> Lines:
    """Split lines that an end lies on; the line gives way, by less than a millimetre."""
    if not lines.xy:
        return lines
    ends, geometry = _Ends.of(lines), lines.geometry()
    points = points_at(ends.xy)
    at, line = shapely.STRtree(geometry).query(points, predicate="dwithin", distance=TOUCH_M)
    measure = np.asarray(shapely.line_locate_point(geometry[line], points[at]))
    middle = (measure > TOUCH_M) & (measure < lines.lengths_m()[line] - TOUCH_M)
    cuts: dict[int, list[Cut]] = {}
    for place, number, distance in zip(at[middle], line[middle], measure[middle], strict=True):
        x, y = ends.xy[place].tolist()
        cuts.setdefault(int(number), []).append((float(distance), (x, y)))
    return _split_lines(lines, cuts)


def _join_to_lines(done: Noded, tolerance_m: float, *, nearer_than_ends: bool) -> Lines:
    """Move loose ends onto the middle of the nearest other line, which is split there."""
    lines = done.lines
    if not lines.xy:
        return lines
    ends, geometry = _Ends.of(lines), lines.geometry()
    loose = np.flatnonzero(ends.degree == 1)
    points = points_at(ends.xy[loose])
    at, line = shapely.STRtree(geometry).query(points, predicate="dwithin", distance=tolerance_m)
    gap = np.asarray(shapely.distance(points[at], geometry[line]))
    measure = np.asarray(shapely.line_locate_point(geometry[line], points[at]))
    length = lines.lengths_m()
    own = ends.line_of(len(lines.xy))[loose][at]
    fits = (own != line) & (measure > TOUCH_M) & (measure < length[line] - TOUCH_M)
    fits &= ~_would_fold(ends, own, line, short=length <= 2 * tolerance_m)
    if nearer_than_ends:
        fits &= gap <= _nearest_end_m(ends)[loose][at]
        fits &= ~_has_end_near(lines, line, ends.xy[loose][at], tolerance_m)
    at, line, gap, measure = at[fits], line[fits], gap[fits], measure[fits]
    _, first = np.unique(at[order := np.lexsort((line, gap, at))], return_index=True)
    chosen = order[first]
    feet = _feet(lines, line[chosen], measure[chosen])
    done.moves_m += gap[chosen].tolist()
    moved = {
        tuple(ends.xy[place]): point
        for place, (_, _, point) in zip(loose[at[chosen]], feet, strict=True)
    }
    cuts: dict[int, list[Cut]] = {}
    for number, distance, point in feet:
        there = cuts.setdefault(number, [])
        if all(known != distance for known, _ in there):
            there.append((distance, point))
    return _move_ends(_split_lines(lines, cuts), moved)


def _nearest_end_m(ends: _Ends) -> Floats:
    if len(ends.xy) < 2:
        return np.full(len(ends.xy), np.inf)
    distance: Floats = KDTree(ends.xy).query(ends.xy, k=2)[0][:, 1]
    return distance


def _has_end_near(
    lines: Lines, line: Indices, points: Floats, tolerance_m: float
) -> NDArray[np.bool_]:
    both = lines.ends().reshape(-1, 2, 2)[line]
    away = np.hypot(both[:, :, 0] - points[:, None, 0], both[:, :, 1] - points[:, None, 1])
    return np.asarray(np.any(away <= tolerance_m, axis=1))


def _would_fold(
    ends: _Ends, own: Indices, line: Indices, *, short: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    both = ends.place.reshape(-1, 2)
    meets = (both[own][:, :, None] == both[line][:, None, :]).any(axis=(1, 2))
    folds: NDArray[np.bool_] = short[own] & meets
    return folds


def _feet(
    lines: Lines, line: Indices, measure: Floats
) -> list[tuple[int, float, tuple[float, float]]]:
    """Return line, distance along it and point of each foot; feet that coincide are made one."""
    feet: list[tuple[int, float, tuple[float, float]]] = [(0, 0.0, (0.0, 0.0))] * len(line)
    previous = -1
    for at in np.lexsort((measure, line)).tolist():
        number, distance = int(line[at]), float(measure[at])
        if previous >= 0 and feet[previous][0] == number:
            known = feet[previous][1]
            if distance - known <= TOUCH_M:
                feet[at] = feet[previous]
                continue
        along = along_m(lines.xy[number])
        vertex = int(np.abs(along - distance).argmin())
        if abs(along[vertex] - distance) <= TOUCH_M:
            x, y = lines.xy[number][vertex].tolist()
        else:
            x, y = (float(np.interp(distance, along, lines.xy[number][:, axis])) for axis in (0, 1))
        feet[at] = (number, distance, (x, y))
        previous = at
    return feet


def _move_ends(lines: Lines, moved: dict[tuple[float, ...], tuple[float, float]]) -> Lines:
    """Return lines with their ends moved; `moved` maps old places to new."""
    xy = []
    for line in lines.xy:
        start, end = tuple(line[0]), tuple(line[-1])
        if start in moved or end in moved:
            line = line.copy()  # noqa: PLW2901 - the input is never changed
            line[0] = moved.get(start, start)
            line[-1] = moved.get(end, end)
        xy.append(line)
    return Lines(xy, lines.road)


def _gather_ends(done: Noded, tolerance_m: float) -> Lines:
    """Bring loose ends together with ends near them."""
    lines = done.lines
    if not lines.xy:
        return lines
    ends = _Ends.of(lines)
    fixed = ends.degree > 1
    pairs = KDTree(ends.xy).query_pairs(tolerance_m, output_type="ndarray").reshape(-1, 2)
    pairs = pairs[~fixed[pairs].all(axis=1)]
    apart = np.hypot(*(ends.xy[pairs[:, 0]] - ends.xy[pairs[:, 1]]).T)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0], apart))]
    members = _gather(
        pairs,
        ends,
        fixed=fixed,
        short=_short_lines(lines, ends, tolerance_m),
        tolerance_m=tolerance_m,
    )
    moved: dict[tuple[float, ...], tuple[float, float]] = {}
    for group in members:
        places = ends.xy[group]
        kept = [place for place in group if fixed[place]]
        x, y = (ends.xy[kept[0]] if kept else places.mean(axis=0)).tolist()
        for place in group:
            if not fixed[place]:
                moved[tuple(ends.xy[place])] = (x, y)
                done.moves_m.append(float(np.hypot(*(ends.xy[place] - (x, y)))))
    return _move_ends(lines, moved)


def _short_lines(lines: Lines, ends: _Ends, tolerance_m: float) -> dict[int, set[int]]:
    short: dict[int, set[int]] = {}
    for number in np.flatnonzero(lines.lengths_m() <= 2 * tolerance_m).tolist():
        for place in ends.place[2 * number : 2 * number + 2].tolist():
            short.setdefault(place, set()).add(number)
    return short


def _gather(
    pairs: Indices,
    ends: _Ends,
    *,
    fixed: NDArray[np.bool_],
    short: dict[int, set[int]],
    tolerance_m: float,
) -> list[list[int]]:
    """Return the gatherings of two or more places, each in order of coordinates."""
    group_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for one, other in pairs.tolist():
        for place in (one, other):
            groups.setdefault(group_of.setdefault(place, place), [place])
        a, b = group_of[one], group_of[other]
        if a == b:
            continue
        together = sorted(groups[a] + groups[b])
        folded: set[int] = set()
        for place in together:
            lines_here = short.get(place, set())
            if folded & lines_here:
                break
            folded |= lines_here
        else:
            places = ends.xy[together]
            spread = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1)).max()
            if fixed[together].sum() <= 1 and spread <= tolerance_m:
                groups[a] = together
                del groups[b]
                group_of.update(dict.fromkeys(together, a))
    return [group for _, group in sorted(groups.items()) if len(group) > 1]
