"""What posts and patrols leave to the kind that they are of, from the scenario's ``[sensors]``."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from corridors.layers.subject import Subject
from corridors.scenario.model import SensorSettings

__all__ = ["with_values_of_kinds"]

SURE = 1.0
PATROL = "patrol"
NEEDED = {
    "range_m": "how far it sees",
    "revisit_hours": "after how long it comes back to a place",
}


def with_values_of_kinds(
    frame: gpd.GeoDataFrame,
    subject: Subject,
    sensors: Mapping[str, SensorSettings],
    *,
    theirs: Sequence[str],
) -> gpd.GeoDataFrame:
    """Return posts or patrols with range, probability and time between visits where all is said.

    Parameters
    ----------
    frame
        Checked checkpoints, or patrols, which are all of one kind.
    subject
        The layer; told how many rows nothing gives a probability: that is taken as 1.
    sensors
        What holds for a kind where the layer says nothing.
    theirs
        Names of the columns of the file.

    Raises
    ------
    LayerError
        When neither the layer nor its kind says how far a post sees, or when a patrol comes back.
    """
    kinds = frame["kind"] if "kind" in frame else pd.Series(PATROL, index=frame.index)
    filled = {
        column: frame[column].astype(float).fillna(_of_kind(kinds, column, sensors))
        for column in (*NEEDED, "probability")
    }
    for column in NEEDED:
        needed = kinds == PATROL if column == "revisit_hours" else pd.Series(True, kinds.index)
        lost = np.asarray(filled[column].isna() & needed)
        if lost.any():
            raise _unsaid(column, frame[lost], kinds[lost], subject, theirs)
    unsure = np.asarray(filled["probability"].isna())
    if unsure.any():
        _tell_sure(kinds[unsure], subject)
    filled["probability"] = filled["probability"].fillna(SURE)
    return frame.assign(**filled)


def _of_kind(
    kinds: "pd.Series[str]", column: str, sensors: Mapping[str, SensorSettings]
) -> "pd.Series[float]":
    values = [getattr(sensors.get(kind), column, None) for kind in kinds]
    return pd.Series(values, index=kinds.index, dtype=float)


def _unsaid(
    column: str,
    rows: gpd.GeoDataFrame,
    kinds: "pd.Series[str]",
    subject: Subject,
    theirs: Sequence[str],
) -> Exception:
    first = rows.iloc[0]
    called = first["name"] if isinstance(first["name"], str) else first["id"]
    tables = " and ".join(f"[sensors.{kind}]" for kind in sorted(set(kinds)))
    scenario = f"for all of a kind in the scenario: {tables} {column} = ..."
    if column in theirs:
        return subject.refuse(
            f"{column} is empty for '{called}', and nothing says {NEEDED[column]}",
            rows.index,
            f"fill it in, or give it {scenario}",
        )
    return subject.refuse(
        f"has no column '{column}', and nothing says of '{called}' {NEEDED[column]}",
        rows.index,
        f"give it {scenario}; or name the column that holds it in the layer's table, columns = "
        f"{{{column} = '...'}}, of {', '.join(theirs)}; or give a value for all rows, "
        f"defaults = {{{column} = ...}}",
    )


def _tell_sure(kinds: "pd.Series[str]", subject: Subject) -> None:
    rows = "1 of its rows has" if len(kinds) == 1 else f"{len(kinds)} of its rows have"
    tables = " or ".join(f"[sensors.{kind}]" for kind in sorted(set(kinds)))
    subject.note(
        f"{rows} no probability, and {'its kind has' if len(kinds) == 1 else 'their kinds have'} "
        f"none; taken as {SURE}, which is an assumption: say otherwise in the file, or in the "
        f"scenario's {tables}"
    )
