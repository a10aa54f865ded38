"""What a reader is told first."""

from types import SimpleNamespace
from typing import cast

import pandas as pd

from corridors.paths import LeftOut
from corridors.study import Study
from corridors.summary import headlines


def study_of(shares: list[float], *left_out: LeftOut) -> Study:
    """Return a study of two stretches: the first crossed at its gate, the second over ground."""
    segments = pd.DataFrame(
        {
            "share": [part / sum(shares) for part in shares],  # of those who cross a border
            "length_km": 10.0,
            "gate_share": [shares[0] / sum(shares), 0.0],
        }
    )
    nothing = pd.DataFrame({"hours_from_base": [], "transit_share": []})
    return cast(
        Study,
        SimpleNamespace(
            border_segments=segments,
            paths=pd.DataFrame({"share": shares}),
            journeys=SimpleNamespace(left_out=left_out),
            checkpoints=nothing,
            layers={"reinforcements": nothing},
            flow=SimpleNamespace(bands=pd.DataFrame({"share": [0.5], "area_km2": [1200.0]})),
        ),
    )


def test_a_share_over_the_border_says_how_much_of_it_passes_a_crossing() -> None:
    border = headlines(study_of([0.25, 0.75]))[0]
    assert border == (
        "100% of the transits over a border cross in 2 stretches, 20 km long in all; 25% of them "
        "pass a crossing, 75% go over the ground."
    )


def test_a_share_is_not_said_of_all_transits_where_some_are_impossible() -> None:
    border, _, rest = headlines(study_of([0.2, 0.4], LeftOut("a to b, on foot", 0.4)))
    assert border.startswith("100% of the possible transits over a border cross in 2 stretches")
    assert "33% of them pass a crossing, 67% go over the ground" in border
    assert rest.startswith("1 of the 3 journeys asked for, 40% of the transits, is not possible")


def test_journeys_within_a_cell_are_not_called_impossible() -> None:
    border, _, rest = headlines(study_of([0.2, 0.4], LeftOut("a to a, on foot", 0.4, True)))
    assert border.startswith("100% of the transits over a border")
    assert rest.startswith("1 of the 3 journeys asked for, 40% of the transits, starts and ends in")
