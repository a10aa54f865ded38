"""Where a study is, and the files that it reads."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from corridors.scenario.fields import Latitude, Longitude, Metres, PathText, Table

__all__ = [
    "EXTENT_MIN_DEG",
    "Area",
    "LayerSource",
    "LayerSources",
    "Roads",
    "SomeSources",
    "Source",
    "Sources",
    "Terrain",
]

EXTENT_MIN_DEG = 0.001  # about 100 m


class Area(Table):
    """Where: the study box, its metric CRS and the working grid."""

    bbox: tuple[Longitude, Latitude, Longitude, Latitude] = Field(
        strict=False, description="West, south, east, north in degrees (WGS 84)."
    )
    crs: str = Field(
        "auto",
        description="The metric CRS to work in: 'auto' (UTM, or a local equal-area projection), "
        "an EPSG code, or a PROJ string.",
    )
    cell_m: float = Field(500, ge=5, le=50_000, description="Side of a working cell, metres.")
    neighbours: Literal[8, 16] = Field(
        16,
        description="Moves from a cell: a straight line comes out at most 8.24 or 2.75 percent "
        "too long.",
    )

    @model_validator(mode="after")
    def _has_extent(self) -> Self:
        west, south, east, north = self.bbox
        if west >= east:
            message = (
                f"bbox runs from west to east, but {west} is not west of {east}; "
                "an area over the 180th meridian is not supported"
            )
            raise ValueError(message)
        if south >= north:
            message = (
                f"bbox is west, south, east, north, but {south} is not south of {north}; "
                "are the axes swapped?"
            )
            raise ValueError(message)
        if min(east - west, north - south) < EXTENT_MIN_DEG:
            message = f"bbox is less than {EXTENT_MIN_DEG:g} degrees wide or high; make it larger"
            raise ValueError(message)
        return self


class Source(Table):
    """A file, and whose it is."""

    file: PathText = Field(description="Path, relative to the scenario file.")
    source: str | None = Field(None, description="Whose data this is.")
    licence: str | None = Field(None, description="Under which terms.")
    attribution: str | None = Field(None, description="What the map must say of it.")


class LayerSource(Source):
    """One file of a layer and how its columns are called."""

    layer: str | None = Field(None, description="Layer inside the file, where it holds several.")
    where: str | None = Field(None, description="An OGR SQL condition: which rows to take.")
    crs: str | None = Field(
        None, description="CRS of a file that declares none (CSV); refused where the file has one."
    )
    x: str | None = Field(None, description="CSV: the column with x or longitude.")
    y: str | None = Field(None, description="CSV: the column with y or latitude.")
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our column name = the file's column name."
    )
    defaults: dict[str, str | float | bool | dt.date] = Field(
        default_factory=dict, description="Values for columns that the file does not have."
    )

    @model_validator(mode="after")
    def _has_both_coordinates(self) -> Self:
        if (self.x is None) != (self.y is None):
            message = "give both x and y, the columns of a CSV that hold the coordinates"
            raise ValueError(message)
        return self


def _as_list(value: object) -> object:
    if isinstance(value, str):
        message = f"must be a table that names the file: {{ file = {value!r} }}"
        raise ValueError(message)  # noqa: TRY004 pydantic reports a ValueError as a mistake
    return [value] if isinstance(value, Mapping) else value


Sources = Annotated[
    list[LayerSource],
    BeforeValidator(_as_list, json_schema_input_type=LayerSource | list[LayerSource]),
]


SomeSources = Annotated[
    list[LayerSource],
    Field(min_length=1),
    BeforeValidator(
        _as_list,
        json_schema_input_type=LayerSource | Annotated[list[LayerSource], Field(min_length=1)],
    ),
]


class LayerSources(Table):
    """The files of every layer: one table, or several under the same key."""

    elevation: Source = Field(description="Raster of heights in metres.")
    borders: SomeSources = Field(description="Lines: id, name.")
    roads: Sources = Field(default_factory=list, description="Lines: id, road_class.")
    crossings: Sources = Field(default_factory=list, description="Points: id, name, status, open.")
    checkpoints: Sources = Field(
        default_factory=list, description="Points: id, name, kind, range_m, probability."
    )
    bases: Sources = Field(default_factory=list, description="Points: id, name.")
    patrols: Sources = Field(
        default_factory=list,
        description="Lines: id, name, range_m, probability, revisit_hours.",
    )
    reinforcements: Sources = Field(
        default_factory=list,
        description="Points: id, name; forces on their way, from where they start.",
    )
    incidents: Sources = Field(
        default_factory=list, description="Points: id, date, kind, location_precision_m."
    )
    places: Sources = Field(default_factory=list, description="Points: id, name, population.")
    landmarks: Sources = Field(
        default_factory=list,
        description="Lines: id, name; ridges, rivers and such, named on the map alone.",
    )
    camps: Sources = Field(default_factory=list, description="Points: id, name, population.")
    countries: Sources = Field(
        default_factory=list, description="Polygons: id, name; named on the map."
    )
    governorates: Sources = Field(default_factory=list, description="Polygons: id, name.")
    climate: LayerSource | None = Field(
        None,
        description="Points: month, temperature_c, precipitation_mm_month; read for weather.month.",
    )

    def by_kind(self) -> dict[str, list[LayerSource]]:
        """Return the vector layers' files by kind, in reading order."""
        return {
            kind: getattr(self, kind)
            for kind in type(self).model_fields
            if kind not in {"elevation", "climate"} and getattr(self, kind)
        }

    def every(self) -> list[Source]:
        """Return every file that is named."""
        vector = [source for sources in self.by_kind().values() for source in sources]
        return [self.elevation, *vector, *([self.climate] if self.climate else [])]


class Terrain(Table):
    """How the elevation is used."""

    gaps: Literal["barred", "refuse"] = Field(
        "barred", description="Cells without elevation cannot be walked, or stop the study."
    )


class Roads(Table):
    """How roads are joined."""

    snap_tolerance_m: Metres = Field(30, le=5000, description="Ends this near are one junction.")
