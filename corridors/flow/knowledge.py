"""What travellers know of the posts, and what they give to keep out of their sight."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.flow.layout import Layout, Weights
from corridors.kernels.noise import combined_keys, uniforms

__all__ = ["Hazards", "Knowledge"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
KeyArray = NDArray[np.uint64]
LongArray = NDArray[np.int64]

_INFORMED, _POSTS = 3, 4


class Hazards:
    """Hazards of the posts in the order of a layout; many threads may use one.

    Parameters
    ----------
    layout
        Of the movement graph.
    detection
        What posts see of its arcs.
    hours
        True hours of every arc, by profile.
    """

    def __init__(
        self, layout: Layout, detection: Detection, hours: Mapping[str, FloatArray]
    ) -> None:
        self.detection = detection
        self._layout = layout
        arc = np.repeat(np.arange(len(detection.indptr) - 1), np.diff(detection.indptr))
        self._entries = Entries.of(layout, arc, detection.which)
        self._turned = replace(
            self._entries,
            place=layout.turned_places(self._entries.on_ground, self._entries.place),
        )
        self._values = {
            name: detection.rate * np.where(np.isfinite(values[arc]), values[arc], 0.0)
            + detection.once
            for name, values in hours.items()
        }
        self._own = threading.local()

    def known(self, profile: str, knows: BoolArray) -> Weights:
        """Return the hazard that somebody knows of; it stands until the thread asks again.

        Parameters
        ----------
        profile
            The way of moving.
        knows
            Which posts.
        """
        return self._filled("forth", self._entries, profile, knows)

    def known_turned(self, profile: str, knows: BoolArray) -> Weights:
        """Return the same for the graph with its arcs turned round."""
        return self._filled("back", self._turned, profile, knows)

    def _filled(self, way: str, entries: "Entries", profile: str, knows: BoolArray) -> Weights:
        if way not in self._own.__dict__:
            slots = self._layout.graph.grid.size * len(self._layout.offsets)
            others = len(self._layout.heads)
            empty = Weights(np.zeros(slots, np.float32), np.zeros(others, np.float32))
            self._own.__dict__[way] = empty, np.zeros(len(entries.which), bool)
        weights, before = self._own.__dict__[way]
        entries.clear(weights, before)
        chosen = knows[entries.which]
        entries.add(weights, self._values[profile], chosen)
        self._own.__dict__[way] = weights, chosen
        return cast("Weights", weights)


@dataclass(frozen=True)
class Entries:
    """Pairs of an arc and a sensor, with the arc's place in a layout.

    Attributes
    ----------
    which
        The sensor.
    on_ground
        Whether the arc is a ground move.
    place
        Its place among the slots, or among the other arcs.
    """

    which: NDArray[np.int32]
    on_ground: BoolArray
    place: LongArray

    @classmethod
    def of(cls, layout: Layout, arcs: LongArray, which: NDArray[np.int32]) -> "Entries":
        """Look up arcs in a layout."""
        on_ground, place = layout.places(arcs)
        return cls(which, on_ground, place)

    def add(self, weights: Weights, values: FloatArray, chosen: BoolArray) -> None:
        """Add values to the weights of the chosen entries."""
        ground, other = chosen & self.on_ground, chosen & ~self.on_ground
        np.add.at(weights.slots, self.place[ground], values[ground].astype(np.float32))
        np.add.at(weights.others, self.place[other], values[other].astype(np.float32))

    @contextlib.contextmanager
    def added(self, weights: Weights, values: FloatArray) -> Iterator[None]:
        """Add values to the weights for a while."""
        ground, other = self.place[self.on_ground], self.place[~self.on_ground]
        before = weights.slots[ground], weights.others[other]
        self.add(weights, values, np.ones(len(values), bool))
        try:
            yield
        finally:
            weights.slots[ground], weights.others[other] = before

    def clear(self, weights: Weights, chosen: BoolArray) -> None:
        """Set the weights of the chosen entries to 0."""
        weights.slots[self.place[chosen & self.on_ground]] = 0.0
        weights.others[self.place[chosen & ~self.on_ground]] = 0.0


@dataclass(frozen=True)
class Knowledge:
    """Who knows which posts.

    Attributes
    ----------
    hazards
        Of the posts.
    informed
        Part of the travellers who know of posts at all.
    posts_known
        Part of the posts that each of these knows, drawn for each traveller and post.
    kappa
        Hours that they give to avoid one unit of hazard: with one unit 63 percent are caught.
    """

    hazards: Hazards
    informed: float
    posts_known: float
    kappa: float

    @property
    def tag(self) -> str:
        """A name for all that decides what is avoided."""
        detection = self.hazards.detection
        digest = hashlib.sha256(repr((self.informed, self.posts_known, self.kappa)).encode())
        digest.update(repr(detection.sensors.id.tolist()).encode())
        for part in (detection.indptr, detection.which, detection.rate, detection.once):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()[:12]

    def is_informed(self, keys: KeyArray) -> BoolArray:
        """Tell for each traveller whether it knows of posts; the same in every scenario."""
        own = combined_keys(keys, np.full(len(keys), _INFORMED))
        return np.asarray(uniforms(own) < self.informed)

    def knows(self, key: np.uint64, ids: NDArray[np.object_] | None = None) -> BoolArray:
        """Tell which posts an informed traveller knows: those that are there, or others by id."""
        if ids is None:
            ids = self.hazards.detection.sensors.id
        own = combined_keys(np.array([key], np.uint64), np.array([_POSTS]))
        numbers = np.array([_number(str(one)) for one in ids], np.int64)
        of_posts = combined_keys(np.repeat(own, len(ids)), numbers)
        return np.asarray(uniforms(of_posts) < self.posts_known)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
