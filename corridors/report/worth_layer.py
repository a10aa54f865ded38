"""Where one more sensor would catch most, as a raster for the map."""

import numpy as np

from corridors.raster import Raster
from corridors.report.study_map import RasterLayer
from corridors.study import Study

__all__ = ["worth_breaks", "worth_layers"]

STEPS_MAX = 4
# Percentage points; finer differences are not told apart by any study.
LEAST_BREAK = 0.01


def worth_layers(study: Study) -> list[RasterLayer]:
    """Return the worth of one more sensor at every cell when nobody knows of it, off at first.

    Parameters
    ----------
    study
        From `corridors.study.analyse`.

    Returns
    -------
    list
        One layer in percentage points of the undetected share; none where no sensor would catch
        anybody.
    """
    points = 100.0 * study.worth.unaware
    breaks = worth_breaks(float(np.nanmax(points, initial=0.0)))
    if not breaks:
        return []
    grid = study.terrain.grid
    # Ground where next to nothing is caught stays clear, or it would hide the map.
    least, *between = breaks if len(breaks) > 1 else (breaks[0] / 2, *breaks)
    return [
        RasterLayer(
            "worth_unaware",
            "One more post that nobody knows of: points off the undetected share",
            Raster(points, grid.transform, grid.crs, name="worth_unaware", units="points"),
            tuple(between),
            least=least,
            much_is_dark=True,
            group="Posts and risk",
        )
    ]


def worth_breaks(greatest: float) -> tuple[float, ...]:
    """Return limits of classes up to a greatest value: the last few of 1, 2, 5, 10 and so on.

    Examples
    --------
    >>> worth_breaks(7.0), worth_breaks(0.03), worth_breaks(0.0)
    ((0.5, 1.0, 2.0, 5.0), (0.01, 0.02), ())
    """
    series = (factor * 10.0**power for power in range(-2, 3) for factor in (1, 2, 5))
    below = [round(limit, 2) for limit in series if LEAST_BREAK <= round(limit, 2) < greatest]
    return tuple(below[-STEPS_MAX:])
