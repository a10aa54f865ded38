"""What each kind of layer must hold: geometry, columns, and the limits of their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["CHECKPOINT_KINDS", "KINDS", "Column", "GeometryKind", "LayerKind"]

GeometryKind = Literal["point", "line", "polygon"]
ColumnType = Literal["text", "number", "flag", "date"]
Value = str | float | bool

CHECKPOINT_KINDS = ("watch_post", "manned_gate", "road_post", "tower_thermal", "patrol")


@dataclass(frozen=True)
class Column:
    """One column of a layer.

    Attributes
    ----------
    name, type
        Its name with us, and what its values are.
    required
        Whether a file without it is refused; else `default` fills it.
    default
        The value where the file has no such column; None leaves it unknown.
    nullable
        Whether single rows may leave it empty, which means unknown.
    low, high
        The least and greatest number that makes sense, both allowed.
    choices
        The texts that are understood; any when empty.
    assumed
        Whether results rest on the default, so that it is told where it is used.
    """

    name: str
    type: ColumnType
    required: bool = False
    default: Value | None = None
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    assumed: bool = False


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer: its geometry, the columns that are read, whether a study can do without."""

    name: str
    geometry: GeometryKind
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the columns that hold numbers."""
        return tuple(column.name for column in self.columns if column.type == "number")


_NAME = Column("name", "text", required=True, nullable=True)
_SYNTHETIC = Column("synthetic", "flag", default=False)
# What the file leaves out is the kind's, in the scenario: see `corridors.layers.posts`.
_RANGE = Column("range_m", "number", nullable=True, low=1, high=100_000)
_PROBABILITY = Column("probability", "number", nullable=True, low=0, high=1)
_READINESS = Column("readiness_minutes", "number", nullable=True, low=0, high=10_080)
_REVISIT = Column("revisit_hours", "number", nullable=True, low=0.01, high=1000)
_POPULATION = Column("population", "number", nullable=True, low=0, high=50_000_000)


def _kind(name: str, geometry: GeometryKind, *columns: Column) -> LayerKind:
    return LayerKind(name, geometry, (*columns, _SYNTHETIC), optional=name != "borders")


KINDS: Mapping[str, LayerKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _kind("borders", "line", _NAME),
            _kind(
                "roads",
                "line",
                Column("road_class", "text", required=True, nullable=True),
                Column("name", "text", nullable=True),
                Column("speed_kmh", "number", nullable=True, low=1, high=200),
                Column("generalised", "flag", default=False),
                Column("joined", "flag", default=False),
            ),
            _kind(
                "crossings",
                "point",
                _NAME,
                Column("status", "text", default="unknown", nullable=True),
                Column("open", "flag", default=True, assumed=True),
            ),
            _kind(
                "checkpoints",
                "point",
                _NAME,
                Column(
                    "kind", "text", default="watch_post", choices=CHECKPOINT_KINDS, assumed=True
                ),
                _RANGE,
                _PROBABILITY,
                Column("hours_of_duty", "number", nullable=True, low=0, high=24),
                Column("hold_hours", "number", nullable=True, low=0.01, high=1000),
                Column("sight_height_m", "number", nullable=True, low=0, high=200),
                _REVISIT,
            ),
            _kind(
                "patrols",
                "line",
                _NAME,
                _RANGE,
                _PROBABILITY,
                _REVISIT,
                Column("sight_height_m", "number", nullable=True, low=0, high=200),
            ),
            _kind("bases", "point", _NAME, _READINESS),
            _kind(
                "reinforcements",
                "point",
                _NAME,
                Column("ordered_on", "date", nullable=True),
                _READINESS,
            ),
            _kind(
                "incidents",
                "point",
                Column("date", "date", required=True),
                Column("kind", "text", default="event", nullable=True),
                Column("location_precision_m", "number", required=True, low=0, high=500_000),
                Column("located", "flag", default=True, assumed=True),
            ),
            _kind("places", "point", _NAME, _POPULATION),
            _kind("camps", "point", _NAME, _POPULATION),
            _kind("countries", "polygon", _NAME),
            _kind("governorates", "polygon", _NAME),
            _kind("landmarks", "line", _NAME),
        )
    }
)
