"""What is told of plans: their proof, who takes another way, whose sensor stands where."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.typing import NDArray

from corridors.progress import Progress
from corridors.reinforcement.adversaries import Evasion
from corridors.reinforcement.candidates import SENSOR, _unique
from corridors.reinforcement.more import _posts_with
from corridors.reinforcement.opponents import Solved
from corridors.reinforcement.options import Options, Plan, options_of, with_moves
from corridors.reinforcement.planning import _nested, _plan_layer, _plans, _why_fewer
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.result import change_of
from tests.reinforcement.test_reply import options, places, replies_of
from tests.undetected.worlds import Knows, small_world
from tests.worlds import CRS, seen_by

FloatArray = NDArray[np.float64]


class Told:
    """An opponent whose answers are given, one for each number of places."""

    name = "told"

    def __init__(self, *answers: Solved) -> None:
        self.answers, self.weighed = answers, 0

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return less for more places."""
        self.weighed += len(plans)
        return np.array([1.0 - 0.1 * len(plan) for plan in plans])

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the answer for so many places."""
        del seconds
        return self.answers[options.number - 1]


def asked(number: int) -> Problem:
    own = options_of(np.zeros((4, 2)), np.ones(4), number=number)
    scenario = SimpleNamespace(reinforcement=SimpleNamespace(nested=False))
    return cast(Problem, SimpleNamespace(options=own, ground=SimpleNamespace(scenario=scenario)))


@pytest.mark.parametrize("bound", [0.3, np.nan])
def test_a_plan_of_fewer_places_that_stands_in_proves_nothing_of_more(bound: float) -> None:
    one = Solved((0,), 0.5, 0.5, "proven optimal", 1, 0.1)
    stopped = Solved((1, 2), 0.6, bound, "bound", 1, 0.1, limit="time")
    _, two = _plans(asked(2), Told(one, stopped), seconds=9.0, curve=True, progress=Progress())
    assert (two.plan, two.value, two.status, two.limit) == ((0,), 0.5, "bound", "time")
    np.testing.assert_equal(two.bound, bound)


def test_nested_plans_keep_to_their_limit_of_time() -> None:
    opponent = Told()
    own = options_of(np.zeros((4, 2)), np.ones(4), number=3)
    whole = _nested(own, opponent, seconds=60.0)
    assert [len(one.plan) for one in whole] == [1, 2, 3]
    assert not any(one.limit for one in whole)
    before = opponent.weighed
    stopped = _nested(own, opponent, seconds=-1.0)
    assert opponent.weighed == before + 1
    assert [(one.plan, one.limit) for one in stopped] == [((), "time")] * 3


def test_why_fewer_places_are_taken() -> None:
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [900.0, 0.0]])
    own = options_of(xy, np.ones(3), number=2, min_distance_m=50.0)
    taken = Solved((0,), 0.5, 0.5, "proven optimal", 1, 0.1)
    assert _why_fewer(own, taken).endswith("one more gains nothing")
    assert _why_fewer(own, replace(taken, limit="time")).endswith("time was up")
    tight = options_of(xy, np.ones(3), number=2, min_distance_m=5000.0)
    assert _why_fewer(tight, taken).endswith("no other may stand beside them")


@pytest.mark.parametrize("seed", range(4))
def test_who_is_solved_again_and_keeps_its_way_takes_no_other(seed: int) -> None:
    world, layer = small_world(seed, count=12), places(seed, 6)
    found = replies_of(world, Knows(), layer)
    sensors = options(layer, 4).sensors((0, 2, 3, 5))
    before, after = found.paths(found.standing), found.paths(sensors)
    other = [
        not np.array_equal(
            before.arcs[before.starts[m] : before.starts[m + 1]],
            after.arcs[after.starts[m] : after.starts[m + 1]],
        )
        for m in range(len(found))
    ]
    change = change_of(replies_of(world, Knows(), layer), sensors, level=0.95)
    assert change.another_way == pytest.approx(np.mean(other))


def test_places_are_not_called_as_posts_or_each_other() -> None:
    assert _unique(["a", "b", "a", "post"], taken=["post"]) == ["a", "b", "a (2)", "post (2)"]


def moving() -> Problem:
    """Return two places, and a post that may be moved to either."""
    own = options_of(np.array([[0.0, 0.0], [900.0, 0.0]]), np.ones(2), number=2)
    sites = gpd.GeoDataFrame(
        {"id": ["a", "b"], **{name: ["of place"] * 2 for name in SENSOR}, "cost": [1.0, 1.0]},
        geometry=[shapely.Point(0, 0), shapely.Point(900, 0)],
        crs=CRS,
    )
    ids = ["a", "b", "old", "old at a", "old at b"]
    whose = ["of place"] * 2 + ["of post"] * 3
    frame = pd.DataFrame({"id": ids, **dict.fromkeys(SENSOR, whose)})
    checkpoints = gpd.GeoDataFrame(
        {"id": ["old", "other"], "name": ["old", "other"]},
        geometry=[shapely.Point(5, 5), shapely.Point(6, 6)],
        crs=CRS,
    )
    ground: Any = SimpleNamespace(layers={"checkpoints": checkpoints})
    nothing: Any = None
    return Problem(
        ground=ground,
        flow=nothing,
        places=sites,
        frame=frame,
        universe=nothing,
        options=with_moves(own, posts=[2], adds=[[3, 4]], cost=0.5),
        moved=np.array([True, False]),
        findings=(),
    )


def test_a_post_that_is_moved_brings_its_own_sensor_and_a_new_one_comes_from_nowhere() -> None:
    layer = _plan_layer(moving(), Told(), (0, 3), pd.Series([0.1, 0.2]))
    assert layer["moved_from"].tolist() == [None, "old"]
    for name in SENSOR:
        assert layer[name].tolist() == ["of place", "of post"]
    assert layer["cost"].tolist() == [1.0, 0.5]


def test_a_post_that_is_moved_stands_no_more_where_it_stood() -> None:
    assert _posts_with(moving(), (0, 3))["id"].tolist() == ["other", "a", "b"]
    assert _posts_with(moving(), (1,))["id"].tolist() == ["old", "other", "b"]


@pytest.mark.parametrize("seed", [5, 6, 11])
def test_who_is_there_already_is_never_caught_on_a_way_round(seed: int) -> None:
    world, layer = small_world(seed), places(seed, 4)
    ends = world.demand.destination_cells
    demand = replace(world.demand, origin_cells=[ends[0]] * len(world.demand.origin_cells))
    ground = SimpleNamespace(
        scenario=SimpleNamespace(reinforcement=SimpleNamespace(tolerance=0.1)),
        hours=world.hours,
        detection=world.detection,
        graph=world.graph,
    )
    problem: Any = SimpleNamespace(
        options=options(layer, 4),
        ground=ground,
        flow=SimpleNamespace(sampler=SimpleNamespace(demand=demand)),
        universe=seen_by(world.graph, layer),
    )
    opponent = Evasion(problem)
    solved = opponent.solve(problem.options, seconds=20.0)
    there = float(opponent.graph.weights[opponent.graph.least == 0].sum())
    assert there > 0
    assert solved.status == "proven optimal"
    assert there <= solved.value + 1e-12
