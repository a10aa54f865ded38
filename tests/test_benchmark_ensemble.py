"""The benchmark of ensembles runs, at a size of seconds, and its engines agree."""

import numpy as np
import pytest

bench = pytest.importorskip("benchmarks.ensemble", reason="the benchmarks are not beside the tests")


def test_threads_and_one_after_the_other_give_the_same_members(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "MEMBERS", 2)
    monkeypatch.setattr(bench, "TRAVELLERS", 20)
    case = bench.CASES[0]
    given = case.build(1)
    assert (given.travellers, given.graph.grid.columns) == (20, pytest.approx(110, abs=3))
    ours, singly = (case.engines[name](given)() for name in ("corridors", "corridors, one by one"))
    assert ours.shape == (2,)
    assert ((ours >= 0) & (ours <= 1)).all()
    np.testing.assert_allclose(ours, singly, rtol=case.rtol)
