"""Limits of time: what is known when it is up is told, and it is true."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from corridors.interdiction import (
    Candidates,
    DelayGraph,
    Pairs,
    Plan,
    SensorGraph,
    best_reply_value,
    capture_within_detour,
    interdict_reliability,
    interdict_shortest_path,
)
from corridors.interdiction import routing as routing_module

SIDE, PLACES, PAIRS = 12, 40, 30


class Clock:
    """Time passes only when searches are begun, one second each."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    search = routing_module.accumulated_cost

    def counted(*given: object, **named: object) -> object:
        clock.now += 1.0
        return search(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    monkeypatch.setattr(routing_module, "accumulated_cost", counted)
    return clock


def grid() -> tuple[np.ndarray, np.ndarray]:
    nodes = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = np.concatenate(
        [
            np.column_stack([nodes[:, :-1].ravel(), nodes[:, 1:].ravel()]),
            np.column_stack([nodes[:-1].ravel(), nodes[1:].ravel()]),
        ]
    )
    return np.concatenate([ends, ends[:, ::-1]]).T


def problem(rng: np.random.Generator) -> tuple[SensorGraph, DelayGraph, Pairs]:
    tails, heads = grid()
    at = rng.choice(len(tails), PLACES, replace=False)
    survival = rng.uniform(0.8, 1.0, len(tails))
    every = np.arange(PLACES)
    sensors = SensorGraph.of(
        SIDE * SIDE, tails, heads, survival, watched=(at, every, survival[at] * 0.1)
    )
    delays = DelayGraph.of(
        SIDE * SIDE,
        tails,
        heads,
        rng.uniform(1, 2, len(tails)),
        watched=(at, every, np.full(PLACES, 3.0)),
    )
    return sensors, delays, Pairs.of(*rng.integers(0, SIDE * SIDE, (2, PAIRS)))


def told(plan: Plan) -> None:
    assert plan.status in {"bound", "proven optimal"}
    assert (plan.limit == "time") == (plan.status == "bound")


@pytest.mark.parametrize("seconds", [1.0, 100.0, 150.0, 171.0, 199.0, 260.0, 400.0, 1000.0])
def test_no_more_ways_are_sought_once_time_is_up(clock: Clock, seconds: float) -> None:
    sensors, delays, pairs = problem(np.random.default_rng(1))
    best = interdict_reliability(sensors, pairs, Candidates(PLACES, budget=5), seconds=1e9)
    clock.now = 0.0
    plan = interdict_reliability(sensors, pairs, Candidates(PLACES, budget=5), seconds=seconds)
    # To set a problem up takes a search for each origin to know the best ways, the worst, and two
    # and more for the places met; after that not one is begun when the time is up.
    set_up = 5 * PAIRS
    assert clock.now <= max(seconds, set_up) + 1
    assert plan.after == pytest.approx(best_reply_value(sensors, pairs, plan.chosen), abs=1e-12)
    assert plan.bound <= best.after + 1e-9 <= plan.after + 2e-9
    told(plan)

    clock.now = 0.0
    longer = interdict_shortest_path(delays, pairs, Candidates(PLACES, budget=5), seconds=seconds)
    assert clock.now <= max(seconds, set_up) + 1
    assert longer.before <= longer.after <= longer.bound + 1e-9
    told(longer)

    clock.now = 0.0
    caught = capture_within_detour(
        delays, pairs, Candidates(PLACES, budget=5), detour=0.1, seconds=seconds
    )
    assert clock.now <= max(seconds, set_up) + 1
    assert 0 <= caught.after <= caught.bound + 1e-9
    told(caught)
