"""Many travellers: the same however the work is split, and whether it was interrupted."""

import tracemalloc
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.flow.finder import PathFinder, TakenPath
from corridors.flow.sampled import SampledPaths
from corridors.flow.sampling import BATCH, Sampler
from corridors.flow.travellers import Demand, Travellers, draw_travellers
from corridors.kept import Kept
from corridors.movement import MovementGraph
from tests.worlds import graph_of, grid_of, hours_of, terrain_of, walled_world

LongArray = NDArray[np.int64]
COUNT = 3 * BATCH + 40
SIGMA = 0.6


def world(*, free_choice: bool = False) -> tuple[MovementGraph, Demand]:
    graph, _ = walled_world(550.0, 1350.0, rows=12)
    shares = np.array([[[0.5], [0.2]], [[0.2], [0.1]]])
    ends = [np.array([220 + 3]), np.array([220 + 16, 220 + 17])]
    return graph, Demand([np.arange(5), np.array([15])], ends, shares, free_choice)


class Counting(PathFinder):
    """Counts the travellers that are solved."""

    solved = 0

    def find(
        self, profile: str, starts: LongArray, ends: LongArray, **rest: object
    ) -> TakenPath | None:
        """Find a path; the least one in true hours, asked without a perception, is not counted."""
        self.solved += int(bool(rest))
        return super().find(profile, starts, ends, **rest)  # type: ignore[arg-type]


def sampler_of(
    graph: MovementGraph, demand: Demand, *, kept: Path | None = None, workers: int = 2
) -> tuple[Sampler, Counting]:
    finder = Counting(graph, hours_of(graph), length_m=400.0, road_ratio=0.5)
    return Sampler(finder, demand, ["on_foot"], kept=Kept(kept), workers=workers), finder


def assert_same(one: SampledPaths, other: SampledPaths) -> None:
    for field in fields(SampledPaths):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.fixture(scope="module")
def plain() -> tuple[MovementGraph, Demand, Travellers, SampledPaths]:
    graph, demand = world()
    travellers = draw_travellers(demand, COUNT, seed=1)
    return graph, demand, travellers, sampler_of(graph, demand)[0].solve(travellers, sigma=SIGMA)


Plain = tuple[MovementGraph, Demand, Travellers, SampledPaths]


@pytest.mark.parametrize("workers", [1, 3])
def test_the_result_is_the_same_however_many_work(plain: Plain, workers: int) -> None:
    graph, demand, travellers, expected = plain
    sampler, _ = sampler_of(graph, demand, workers=workers)
    assert_same(sampler.solve(travellers, sigma=SIGMA), expected)


def test_paths_lead_from_each_start_to_its_destination(plain: Plain) -> None:
    graph, demand, travellers, paths = plain
    hours = hours_of(graph)["on_foot"]
    assert len(paths) == COUNT
    for m in range(COUNT):
        arcs = paths.arcs[paths.starts[m] : paths.starts[m + 1]]
        assert (graph.heads[arcs[:-1]] == graph.tails[arcs[1:]]).all()
        assert graph.tails[arcs[0]] == travellers.start_cell[m]
        assert graph.heads[arcs[-1]] in demand.destination_cells[paths.destination[m]]
        assert hours[arcs].sum() == pytest.approx(paths.hours[m], rel=1e-12)
    np.testing.assert_array_equal(paths.destination, travellers.destination)
    assert (paths.detour > -1e-6).all()
    assert paths.detour.mean() > 0.01


def test_without_error_nobody_makes_a_detour(plain: Plain) -> None:
    graph, demand, travellers, _ = plain
    paths = sampler_of(graph, demand)[0].solve(travellers, sigma=0.0)
    np.testing.assert_array_equal(paths.hours, paths.least_hours)


def test_fewer_travellers_take_the_first_paths_of_more(plain: Plain) -> None:
    graph, demand, travellers, expected = plain
    fewer = sampler_of(graph, demand)[0].solve(travellers.first(130), sigma=SIGMA)
    np.testing.assert_array_equal(fewer.arcs, expected.arcs[: expected.starts[130]])
    np.testing.assert_array_equal(fewer.hours, expected.hours[:130])


def test_on_batch_is_told_of_each_and_may_stop(plain: Plain) -> None:
    graph, demand, travellers, expected = plain
    told: list[int] = []

    def stop_at_200(paths: SampledPaths) -> bool:
        told.append(len(paths))
        return sum(told) >= 200

    paths = sampler_of(graph, demand)[0].solve(travellers, sigma=SIGMA, on_batch=stop_at_200)
    assert told == [100, 100]
    assert len(paths) == 200
    np.testing.assert_array_equal(paths.hours, expected.hours[:200])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, MemoryError])
def test_an_interrupted_run_goes_on_where_it_was(
    plain: Plain, tmp_path: Path, error: type[BaseException]
) -> None:
    graph, demand, travellers, expected = plain

    batches: list[int] = []

    def interrupt(paths: SampledPaths) -> bool:
        batches.append(len(paths))
        if sum(batches) == 2 * BATCH:
            raise error
        return False

    first, finder = sampler_of(graph, demand, kept=tmp_path / "kept")
    with pytest.raises(error):
        first.solve(travellers, sigma=SIGMA, on_batch=interrupt)
    assert finder.solved == 2 * BATCH

    again, finder = sampler_of(graph, demand, kept=tmp_path / "kept")
    assert_same(again.solve(travellers, sigma=SIGMA), expected)
    assert finder.solved == COUNT - 2 * BATCH

    third, finder = sampler_of(graph, demand, kept=tmp_path / "kept")
    assert_same(third.solve(travellers, sigma=SIGMA), expected)
    assert finder.solved == 0


def test_another_sigma_is_another_batch(plain: Plain, tmp_path: Path) -> None:
    graph, demand, travellers, expected = plain
    sampler_of(graph, demand, kept=tmp_path)[0].solve(travellers, sigma=SIGMA + 1e-15)
    sampler, finder = sampler_of(graph, demand, kept=tmp_path)
    assert_same(sampler.solve(travellers, sigma=SIGMA), expected)
    assert finder.solved == COUNT


@pytest.mark.parametrize("length", [0, 1, 30, 100, 1000, -1])
def test_a_torn_batch_is_solved_again(plain: Plain, tmp_path: Path, length: int) -> None:
    graph, demand, travellers, expected = plain
    sampler_of(graph, demand, kept=tmp_path)[0].solve(travellers, sigma=SIGMA)
    torn = sorted(tmp_path.glob("*.npz"))[1]
    torn.write_bytes(torn.read_bytes()[:length])
    sampler, finder = sampler_of(graph, demand, kept=tmp_path)
    assert_same(sampler.solve(travellers, sigma=SIGMA), expected)
    assert finder.solved in (BATCH, COUNT % BATCH)


def test_whatever_bit_falls_over_a_batch_is_right_or_not_there(tmp_path: Path) -> None:
    batch = SampledPaths(
        np.arange(5, dtype=np.int32),
        np.array([0, 2, 5]),
        np.array([0, 1]),
        np.array([1.5, 2.5]),
        np.array([1.0, 2.0]),
    )
    kept = Kept(tmp_path)
    kept.keep("one", batch.arrays())
    file = tmp_path / "one.npz"
    whole = file.read_bytes()
    lost = 0
    for at in range(0, len(whole), 3):
        wrong = bytearray(whole)
        wrong[at] ^= 1 << (at % 8)
        file.write_bytes(wrong)
        found = kept.read("one", SampledPaths)
        if found is None:
            lost += 1
        else:
            assert_same(found, batch)
    assert lost > len(whole) / 9


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(plain: Plain, tmp_path: Path) -> None:
    graph, demand, travellers, _ = plain
    (tmp_path / "file").write_text("in the way")
    sampler, _ = sampler_of(graph, demand, kept=tmp_path / "file" / "kept")
    assert len(sampler.solve(travellers.first(5), sigma=SIGMA)) == 5


def test_what_was_kept_can_be_forgotten(plain: Plain, tmp_path: Path) -> None:
    graph, demand, travellers, _ = plain
    folder = tmp_path / "around" / "kept"
    sampler_of(graph, demand, kept=folder)[0].solve(travellers.first(5), sigma=SIGMA)
    assert list(folder.glob("*.npz"))
    Kept(folder).forget()
    assert not folder.exists()
    Kept(folder).forget()
    Kept().forget()


def test_free_choice_without_error_is_the_nearest() -> None:
    graph, demand = world(free_choice=True)
    travellers = draw_travellers(demand, 200, seed=4)
    paths = sampler_of(graph, demand)[0].solve(travellers, sigma=0.0)
    # The wall's gates are above the two destinations, west and east.
    np.testing.assert_array_equal(paths.destination, travellers.origin)
    erring = sampler_of(graph, demand)[0].solve(travellers, sigma=1.0)
    assert 0 < (erring.destination != travellers.origin).mean() < 0.5


def test_a_destination_that_shares_its_cell_with_another_keeps_its_name() -> None:
    graph = graph_of(terrain_of(grid_of()))
    same = np.array([399])
    demand = Demand([np.array([0])], [same, same], np.array([[[0.5], [0.5]]]))
    travellers = draw_travellers(demand, 50, seed=1)
    paths = sampler_of(graph, demand)[0].solve(travellers, sigma=0.3)
    np.testing.assert_array_equal(paths.destination, travellers.destination)


def test_who_cannot_arrive_has_no_path_and_who_is_there_has_not_travelled() -> None:
    graph, _ = walled_world(rows=12)
    ends = [np.array([4]), np.array([224])]
    demand = Demand([np.array([4]), np.array([8])], ends, np.full((2, 2, 1), 0.25))
    travellers = draw_travellers(demand, 80, seed=1)
    paths = sampler_of(graph, demand)[0].solve(travellers, sigma=0.5)
    cut_off = travellers.destination == 1
    there = (travellers.origin == 0) & ~cut_off
    np.testing.assert_array_equal(np.isnan(paths.hours), cut_off)
    np.testing.assert_array_equal(np.isnan(paths.least_hours), cut_off)
    assert (paths.destination[cut_off] == -1).all()
    assert (paths.hours[there] == 0).all()
    np.testing.assert_array_equal(paths.arrived, ~cut_off & ~there)
    np.testing.assert_array_equal(np.isnan(paths.detour), ~paths.arrived)
    assert (np.diff(paths.starts)[~paths.arrived] == 0).all()


def test_memory_holds_paths_and_no_fields() -> None:
    graph = graph_of(terrain_of(grid_of(120, 120)))
    ends = [np.array([60 * 120 + 64])]
    demand = Demand([np.array([60 * 120 + 60])], ends, np.ones((1, 1, 1)))
    finder = PathFinder(graph, hours_of(graph), length_m=1000.0, road_ratio=0.5)
    peaks = []
    for count in (BATCH, 4 * BATCH):
        sampler = Sampler(finder, demand, ["on_foot"], workers=1)
        travellers = draw_travellers(demand, count, seed=1)
        tracemalloc.start()
        paths = sampler.solve(travellers, sigma=0.3)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert paths.arcs.nbytes < 50_000
    # One field is of 14,400 numbers of 4 bytes; 300 travellers more must not need three more.
    assert peaks[1] - peaks[0] < 3 * 4 * graph.grid.size
