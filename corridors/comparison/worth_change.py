"""What scenarios change in the worth of one more sensor, cell by cell."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corridors.comparison.variants import column_name
from corridors.errors import ScenarioError
from corridors.raster import Raster
from corridors.report.study_map import RasterLayer
from corridors.report.worth_layer import worth_breaks

if TYPE_CHECKING:
    from corridors.comparison.measured import Measured

__all__ = ["WORTH_CHANGE_BREAKS", "worth_change", "worth_change_layer"]

# Parts of the transits, for a GIS: the same in every comparison.
WORTH_CHANGE_BREAKS = (-0.01, -0.005, -0.001, 0.001, 0.005, 0.01)
STEPS_MAX = 3


def worth_change(first: "Measured", other: "Measured") -> Raster:
    """Return what another scenario changes in the worth of one more sensor, at every cell.

    Parameters
    ----------
    first, other
        Of the same travellers.

    Returns
    -------
    Raster
        Parts of the transits, above 0 where one more sensor takes more away from the undetected
        share than in the first; NaN where nobody can walk in one of the two.

    Raises
    ------
    ScenarioError
        When the grids differ: a value of one cell is not one of a cell elsewhere or of another
        size, and mixing neighbours would make differences where there are none.
    """
    before, after = first.worth_unaware, other.worth_unaware
    same = (
        before.values.shape == after.values.shape
        and before.transform == after.transform
        and before.crs == after.crs
    )
    if not same:
        raise ScenarioError(
            f"{other.scenario.called} cannot be compared with {first.scenario.called}: their "
            f"grids differ ({_shown(after)} and {_shown(before)}); give both the same [area]"
        )
    return Raster(
        after.values - before.values,
        before.transform,
        before.crs,
        name=f"worth_difference_{column_name(other.name)}",
        units="1",
        description=(
            f"What one more sensor that nobody knows of takes away from the undetected share in "
            f"'{other.name}' ({_sensor(other)}) less that in '{first.name}' ({_sensor(first)})"
        ),
    )


def worth_change_layer(
    change: Raster, colours: Sequence[str], *, name: str, group: str, made_up: bool = False
) -> list[RasterLayer]:
    """Return what a scenario changes in the worth of one more sensor, for a map, off at first.

    Parameters
    ----------
    change
        From `worth_change`.
    colours
        Seven, from less over no change to more.
    name, group
        Of the layer, and the heading it stands under.
    made_up
        Whether it rests on posts that are made up.

    Returns
    -------
    list
        One layer in percentage points, clear where next to nothing changes; none where nothing
        does anywhere.
    """
    points = 100.0 * change.values
    limits = worth_breaks(float(np.nanmax(np.abs(points), initial=0.0)))[-STEPS_MAX:]
    if not limits:
        return []
    less = [
        f"{limits[-1]:g} points less, or beyond",
        *(f"{low:g} to {high:g} points less" for low, high in reversed(list(pairwise(limits)))),
    ]
    labels = [*less, "", *(label.replace("less", "more") for label in reversed(less))]
    middle = len(colours) // 2
    steps = colours[middle - len(limits) : middle + len(limits) + 1]
    looks = tuple(
        (label, colour if label else None) for label, colour in zip(labels, steps, strict=True)
    )
    return [
        RasterLayer(
            name,
            "Worth of one more post that nobody knows of: points off the undetected share",
            replace(change, values=points, units="points"),
            (*(-limit for limit in reversed(limits)), *limits),
            group=group,
            synthetic=made_up,
            looks=looks,
        )
    ]


def _shown(raster: Raster) -> str:
    rows, columns = raster.values.shape
    return f"{rows} by {columns} cells of {np.abs(raster.transform.a):g} m"


def _sensor(one: "Measured") -> str:
    wanted = one.scenario.worth
    return (
        f"{wanted.kind.replace('_', ' ')}, {wanted.range_m:g} m, probability {wanted.probability:g}"
    )
