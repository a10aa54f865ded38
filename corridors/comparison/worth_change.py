"""What scenarios change in the worth of one more sensor, cell by cell."""

from typing import TYPE_CHECKING

import numpy as np

from corridors.comparison.variants import column_name
from corridors.errors import ScenarioError
from corridors.raster import Raster

if TYPE_CHECKING:
    from corridors.comparison.measured import Measured

__all__ = ["worth_change"]


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


def _shown(raster: Raster) -> str:
    rows, columns = raster.values.shape
    return f"{rows} by {columns} cells of {np.abs(raster.transform.a):g} m"


def _sensor(one: "Measured") -> str:
    wanted = one.scenario.worth
    return (
        f"{wanted.kind.replace('_', ' ')}, {wanted.range_m:g} m, probability {wanted.probability:g}"
    )
