"""Plans for several worlds, against every plan."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.reinforcement.opponents import Solved
from corridors.reinforcement.options import Options, Plan, options_of
from corridors.reinforcement.robust import robust_plans

FloatArray = NDArray[np.float64]


class Table:
    """An opponent whose values are drawn once for every plan."""

    name = "table"

    def __init__(self, options: Options, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.left = {plan: float(rng.uniform()) for plan in options.plans()}

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return what was drawn."""
        return np.array([self.left[tuple(sorted(plan))] for plan in plans])

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Stand in for a search that is not asked for."""
        raise NotImplementedError


@pytest.mark.parametrize("seed", range(20))
def test_each_goal_has_its_best_plan(seed: int) -> None:
    options = options_of(np.arange(14.0).reshape(7, 2) * 1e3, np.ones(7), number=3)
    others = [Table(options, 3 * seed + n) for n in range(3)]
    found = robust_plans(["a", "b", "c"], others, options, seconds=30.0)
    every = options.plans()
    values = np.column_stack([other.values(every) for other in others])
    left = dict(zip(found.plans, found.left, strict=True))
    for number, name in enumerate("abc"):
        assert left[f"best in {name}"][number] == values[:, number].min()
    assert left["least mean"].mean() == pytest.approx(values.mean(axis=1).min())
    assert left["least worst case"].max() == values.max(axis=1).min()
    regret = (values - values.min(axis=0)).max(axis=1)
    assert (left["least regret"] - values.min(axis=0)).max() == pytest.approx(regret.min())
    assert found.status == "optimal (every plan tried)"
    table = found.table([f"place {n}" for n in range(7)])
    assert table["regret"].min() == pytest.approx(regret.min())
    assert table.loc[table["goal"] == "best in b", "b"].item() == values[:, 1].min()


def test_where_plans_are_many_a_goal_is_served_no_worse_than_by_plans_before_it() -> None:
    options = options_of(np.arange(36.0).reshape(18, 2) * 1e3, np.ones(18), number=4)
    others = [Table(options, n) for n in range(2)]
    found = robust_plans(["a", "b"], others, options, seconds=60.0)
    assert found.status == "heuristic"
    table = found.table([f"place {n}" for n in range(18)]).set_index("goal")
    assert table.loc["least mean", "mean"] == table["mean"].iloc[:3].min()
    assert table.loc["least worst case", "worst"] == table["worst"].iloc[:4].min()


class Counted(Table):
    """The same, that counts the plans it is asked for."""

    asked = 0

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return what was drawn."""
        self.asked += len(plans)
        return super().values(plans)


def test_a_world_is_not_asked_for_plans_of_another_that_has_no_time_left() -> None:
    options = options_of(np.arange(36.0).reshape(18, 2) * 1e3, np.ones(18), number=4)
    others = [Counted(options, n) for n in range(2)]
    robust_plans(["a", "b"], others, options, seconds=1e-9)
    # Each goal has its greedy beginning at most: no world is asked for all neighbours of a plan.
    assert all(0 < other.asked < 18 * 4 for other in others)
