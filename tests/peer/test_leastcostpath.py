"""Accumulated cost of R leastcostpath 2.0.13, in float64. Its slope functions: test_speeds.py."""

import numpy as np
import pytest

from corridors.cost import Slope, accumulated_cost
from tests.peer.grids import DATA, FloatArray, assert_costs, grass, table

A, B = (10, 10), (69, 89)
SECONDS = 3600.0


def seconds(ground: Slope, start: tuple[int, int], neighbours: int, *, inward: bool) -> FloatArray:
    found = accumulated_cost(
        ground,
        start,
        cell_size=50,
        neighbours=neighbours,
        long_moves="ends",
        reverse=inward,
        dtype=np.float64,
    )
    return np.asarray(found.cost)


@pytest.mark.parametrize(
    ("name", "start", "neighbours", "inward"),
    [
        ("accum_A_tobler_n8", A, 8, False),
        ("accum_A_tobler_n16", A, 16, False),
        ("accum_B_out_tobler_n16", B, 16, False),
        ("accum_B_in_tobler_n16", B, 16, True),
    ],
)
def test_accumulated_cost(
    name: str, start: tuple[int, int], neighbours: int, *, inward: bool
) -> None:
    ground = Slope(grass("dem_80x100"), speed="tobler")
    found = SECONDS * seconds(ground, start, neighbours, inward=inward)
    assert_costs(found, table("leastcostpath", name))


def pairs() -> list[tuple[str, int, float, float]]:
    lines = (DATA / "leastcostpath" / "pair_costs.txt").read_text(encoding="ascii").splitlines()
    words = [line.rsplit("_n", 1) for line in lines]
    return [
        (name, int(rest.split()[0]), float(rest.split()[2]), float(rest.split()[4]))
        for name, rest in words
    ]


GROUNDS = {
    "tobler": {"speed": "tobler"},
    "naismith": {"speed": "naismith"},
    "irmischer-clarke_male": {"speed": "irmischer_clarke"},
    "herzog": {"cost_per_m": "herzog"},
}


@pytest.mark.parametrize(("name", "neighbours", "there", "back"), pairs())
def test_cost_of_a_pair_each_way(name: str, neighbours: int, there: float, back: float) -> None:
    ground = Slope(grass("dem_80x100"), **GROUNDS[name])  # type: ignore[arg-type]
    unit = 1.0 if ground.speed is None else SECONDS
    out = unit * seconds(ground, A, neighbours, inward=False)
    into = unit * seconds(ground, A, neighbours, inward=True)
    assert out[B] == pytest.approx(there, rel=1e-9)
    assert into[B] == pytest.approx(back, rel=1e-9)
