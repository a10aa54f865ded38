"""How a layer came to the working CRS, and what is to be said of it."""

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from corridors.crs import (
    LONLAT,
    Bounds,
    TransformationUsed,
    area_of_use,
    crs_name,
    project,
    transformation_used,
)
from corridors.layers.area import StudyArea
from corridors.layers.subject import Subject, rows_named

__all__ = ["move_noted", "note_outside_use"]

# About 100 m: a system's area of use is no sharp line.
OUTSIDE_DEG = 0.001
BALLPARK = "Ballpark"


def move_noted(source: CRS, area: StudyArea, subject: Subject) -> list[TransformationUsed]:
    """Return the transformation that brings a layer to the working CRS, if it needs one.

    Parameters
    ----------
    source
        The layer's own CRS.
    area
        The study area.
    subject
        Told of a shift between datums: what PROJ does, and how true it is.

    Raises
    ------
    CRSError
        When no way is known from one to the other.
    """
    working = area.working
    if source == working.crs:
        return []
    used = transformation_used(
        source, working.crs, bounds_lonlat=area.bbox, target_name=working.label
    )
    if used.accuracy_m != 0.0:
        subject.note(f"its datum is shifted by '{_shift(used)}' ({used.source}), {_how_true(used)}")
    return [used]


def _shift(used: TransformationUsed) -> str:
    """Return the steps of a transformation but for those that shift nothing."""
    steps = used.description.split(" + ")
    shifts = [
        step
        for step in steps
        if BALLPARK in step or (" to " in step and not step.startswith("axis order"))
    ]
    return " + ".join(shifts or steps)


def _how_true(used: TransformationUsed) -> str:
    if BALLPARK in used.description:
        return (
            "which is of unknown accuracy: PROJ knows no shift and takes both datums as one, so "
            "that places may be hundreds of metres off; give the layer in WGS 84"
        )
    if used.accuracy_m is None:
        return "which is of unknown accuracy; give the layer in WGS 84 if places must be right"
    better = "" if used.best_available else "; a better one needs a grid that is not installed"
    return f"true to {used.accuracy_m:g} m{better}"


def note_outside_use(moved: gpd.GeoDataFrame, original: gpd.GeoDataFrame, subject: Subject) -> None:
    """Tell of rows outside the area that the system of their file is made for.

    Parameters
    ----------
    moved
        The rows of the study area, in the working CRS.
    original
        The layer in the CRS of its file.
    subject
        Told which rows, and how far outside.
    """
    use = area_of_use(original.crs)
    if use is None or moved.empty:
        return
    beyond = _beyond_deg(project(moved, to_crs=LONLAT), use)
    outside = beyond > OUTSIDE_DEG
    if outside.any():
        verb = "lies" if outside.sum() == 1 else "lie"
        subject.note(
            f"{rows_named(moved.index[outside])} {verb} up to {beyond.max():.2g} degrees outside "
            f"the area of use of {crs_name(original.crs)} ({use[0]:g} to {use[2]:g} E, "
            f"{use[1]:g} to {use[3]:g} N), where it is less true; is it the right system?",
            rows=True,
        )


def _beyond_deg(lonlat: gpd.GeoDataFrame, use: Bounds) -> NDArray[np.float64]:
    west, south, east, north = lonlat.bounds.to_numpy(dtype=np.float64).T
    # An area of use over the 180th meridian reaches beyond 180.
    across = np.minimum(
        *(np.maximum(use[0] - west - turn, east + turn - use[2]) for turn in (0.0, 360.0))
    )
    along = np.maximum(use[1] - south, north - use[3])
    return np.asarray(np.maximum(np.maximum(across, along), 0.0), dtype=np.float64)
