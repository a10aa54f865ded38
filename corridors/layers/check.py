"""Shapes and ids of a layer: what can be mended is mended and told; the rest is refused."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.layers.columns import plain_cells
from corridors.layers.kinds import GeometryKind
from corridors.layers.subject import Subject, rows_named

__all__ = ["check_geometry", "check_ids"]

ACCEPTED: dict[GeometryKind, frozenset[str]] = {
    "point": frozenset({"Point", "MultiPoint"}),
    "line": frozenset({"LineString", "MultiLineString", "LinearRing"}),
    "polygon": frozenset({"Polygon", "MultiPolygon"}),
}
Mask = NDArray[np.bool_]
WHOLE_MAX = 2**53  # whole numbers below are exact in a float


def check_geometry(frame: gpd.GeoDataFrame, subject: Subject) -> gpd.GeoDataFrame:
    """Return the layer with valid geometries of the right type, or refuse it.

    Raises
    ------
    LayerError
        When the layer is empty, or a row has no geometry, coordinates that are not finite or not
        degrees, or a geometry of another type.
    """
    if frame.empty:
        todo = ", or leave the layer out" if subject.kind.optional else ""
        raise subject.refuse("is empty", todo=f"give at least one row{todo}")
    with np.errstate(invalid="ignore"):  # what is not finite is refused by its row
        shapes = shapely.force_2d(np.asarray(frame.geometry.array))
    names = frame.get("name", pd.Series(None, index=frame.index, dtype=object))
    rows = _Rows(shapes, frame.index.to_numpy(), names.to_numpy(dtype=object), subject)
    rows.refuse(
        shapely.is_missing(shapes) | shapely.is_empty(shapes),
        "there is no geometry",
        "fill it in or delete the row",
    )
    _refuse_not_finite(rows)
    if frame.crs.is_geographic:
        _refuse_not_degrees(rows)
    _refuse_other_types(rows)
    if subject.kind.geometry == "point":
        rows = replace(rows, geometry=_single_points(rows))
    geometry, keep = _repaired(rows)
    return frame.set_geometry(geometry, crs=frame.crs)[keep]


@dataclass(frozen=True)
class _Rows:
    """Geometries, where each stands in its file, and what it is called."""

    geometry: NDArray[np.object_]
    number: NDArray[np.int64]
    names: NDArray[np.object_]
    subject: Subject

    def refuse(self, bad: Mask, problem: str, todo: str) -> None:
        if bad.any():
            raise self.subject.refuse(problem, self.number[bad], todo)

    def named(self, mask: Mask) -> str:
        return rows_named(self.number[mask], names=self.names[mask])


def _refuse_not_finite(rows: _Rows) -> None:
    xy, owner = shapely.get_coordinates(rows.geometry, return_index=True)
    bad = np.zeros(len(rows.geometry), dtype=bool)
    bad[owner[~np.isfinite(xy).all(axis=1)]] = True
    rows.refuse(bad, "coordinates are NaN or infinite", "correct or delete the row")


def _refuse_not_degrees(rows: _Rows) -> None:
    bounds = shapely.bounds(rows.geometry)
    bad = np.any(np.abs(bounds) > [180, 90, 180, 90], axis=1)
    if bad.any():
        x, y = bounds[np.flatnonzero(bad)[0], :2]
        swapped = abs(x) <= 90 and abs(y) <= 180
        rows.refuse(
            bad,
            f"coordinates ({x:g}, {y:g}) are not degrees of longitude and latitude",
            "the axes look swapped: longitude comes first"
            if swapped
            else "the file is in another reference system than it declares: declare the right one",
        )


def _refuse_other_types(rows: _Rows) -> None:
    wanted = rows.subject.kind.geometry
    names = np.array([one.geom_type for one in rows.geometry])
    bad = ~np.isin(names, list(ACCEPTED[wanted]))
    found = ", ".join(sorted(set(names[bad])))
    rows.refuse(
        bad,
        f"holds {found} where {wanted}s are needed",
        "take the right layer, or convert the geometry",
    )


def _single_points(rows: _Rows) -> NDArray[np.object_]:
    many = shapely.get_num_geometries(rows.geometry) > 1
    rows.refuse(many, "a row holds several points", "split it into one row a point")
    return np.asarray(shapely.get_geometry(rows.geometry, 0))


def _repaired(rows: _Rows) -> tuple[NDArray[np.object_], Mask]:
    """Return valid geometries, and which rows to keep: a line of no length is none."""
    geometry, subject = rows.geometry, rows.subject
    keep = np.ones(len(geometry), dtype=bool)
    if subject.kind.geometry == "line":
        keep = shapely.length(geometry) > 0
        if not keep.all():
            subject.note(f"{rows.named(~keep)} left out: a line of no length", rows=True)
        if not keep.any():
            raise subject.refuse("has only lines of no length")
        return geometry, keep
    invalid = ~shapely.is_valid(geometry)
    if invalid.any():
        reason = shapely.is_valid_reason(geometry[invalid][0])
        mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
        geometry = geometry.copy()
        geometry[invalid] = mended
        subject.note(f"{rows.named(invalid)} repaired: invalid geometry ({reason})", rows=True)
        gone = shapely.is_empty(geometry)
        rows.refuse(gone, "the polygon has no area", "correct or delete the row")
    return geometry, keep


def check_ids(frame: gpd.GeoDataFrame, subject: Subject) -> gpd.GeoDataFrame:
    """Return the layer with a text column ``id`` that names each row once.

    A file without the column gets the positions of its rows.

    Raises
    ------
    LayerError
        When an id is empty or there twice.
    """
    if "id" not in frame.columns:
        subject.note("has no column 'id'; rows are named by their position in the file")
        return frame.assign(id=[f"{subject.kind.name}-{row}" for row in frame.index])
    ids = plain_cells(frame["id"]).map(_id_text)
    missing = np.asarray(ids.isna())
    if missing.any():
        rows = frame.index[missing]
        raise subject.refuse("the id is empty", rows, "give each row an id of its own")
    twice = np.asarray(ids.duplicated(keep=False))
    if twice.any():
        first = ids.iloc[np.flatnonzero(twice)[0]]
        raise subject.refuse(
            f"the id '{first}' is there more than once",
            frame.index[np.asarray(ids == first)],
            "give each row an id of its own",
        )
    return frame.assign(id=ids)


def _id_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_MAX:
        return str(int(value))
    return str(value).strip()
