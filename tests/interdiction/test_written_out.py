"""Best reply on road networks too large to try every plan: the same value as one program."""

import pytest

bench = pytest.importorskip(
    "benchmarks.interdiction", reason="the benchmarks are not beside the tests"
)


@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_cuts_find_the_value_of_the_program_written_out(ratio: float, seed: int) -> None:
    given = bench.problem(70, ratio=ratio, seed=seed)
    assert bench.ours(given)() == pytest.approx(bench.written_out(given)(), rel=1e-5)


def test_the_network_of_the_benchmark_has_the_published_shape() -> None:
    given = bench.problem(783, ratio=0.1)
    assert len(given.graph.tails) == 2586
    assert given.graph.candidates == 320
    assert len(given.pairs.origins) == 456
    assert given.budget == 30
