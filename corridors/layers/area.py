"""The study area on the ground: a box in degrees, and its shape in the working CRS."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from corridors.crs import LONLAT, Bounds, WorkingCRS, choose_working_crs, project_points
from corridors.scenario.model import Area

__all__ = ["StudyArea", "study_area"]

POINTS_PER_SIDE = 65


@dataclass(frozen=True)
class StudyArea:
    """The area of a study.

    Attributes
    ----------
    bbox
        West, south, east, north in degrees.
    working
        The metric CRS of the study.
    polygon
        The box in the working CRS; its sides are curved there, and drawn with many points.
    """

    bbox: Bounds
    working: WorkingCRS
    polygon: shapely.Polygon

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The polygon as a layer of one row."""
        return gpd.GeoDataFrame(geometry=[self.polygon], crs=self.working.crs)


def study_area(area: Area) -> StudyArea:
    """Choose the working CRS of an area and bring its box there.

    Parameters
    ----------
    area
        The scenario's table.

    Raises
    ------
    CRSError
        When the CRS asked for is not metric or does not fit the area.

    Examples
    --------
    >>> sinjar = study_area(Area(bbox=(40.5, 35.3, 43.5, 37.4)))
    >>> round(sinjar.polygon.area / 1e6)
    62749
    """
    working = choose_working_crs(area.bbox, requested=area.crs)
    ring = np.asarray(
        shapely.segmentize(shapely.box(*area.bbox), _spacing(area.bbox)).exterior.coords
    )
    x, y = project_points(ring[:, 0], ring[:, 1], from_crs=LONLAT, to_crs=working.crs)
    return StudyArea(area.bbox, working, shapely.Polygon(np.column_stack([x, y])))


def _spacing(bbox: Bounds) -> float:
    west, south, east, north = bbox
    return max(east - west, north - south) / POINTS_PER_SIDE
