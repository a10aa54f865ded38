"""Ensembles on a real Dask cluster of two processes."""

import os
import re
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from corridors.ensemble.plan import plan_of
from corridors.ensemble.run import ground_ensemble
from corridors.ensemble.work import ClusterError, connect, on_cluster
from corridors.errors import RunError, UnreachableError
from corridors.study import Ground
from tests.ensemble.test_ensemble import assert_same

distributed = pytest.importorskip("distributed", reason="needs the extra distributed")

Tiny = Callable[..., Ground]
SIZE = {"members": 10, "travellers": 20}


@contextmanager
def client_of(workers: int) -> Iterator[Any]:
    """Yield a client of a cluster of processes with one thread each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cluster's own, as of a port that is taken
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        )
        client = distributed.Client(cluster, set_as_default=False)
    try:
        yield client
    finally:
        client.close()
        cluster.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with client_of(2) as client:
        yield client


def test_on_a_cluster_the_ensemble_is_the_same_and_a_killed_worker_is_made_up_for(
    tiny: Tiny, client: Any
) -> None:
    ground = tiny()
    here = ground_ensemble(ground, **SIZE)
    assert_same(here, ground_ensemble(ground, client=client, **SIZE))
    killed = []

    def kill(count: int) -> None:
        if count == 2:
            killed.append(min(client.run(os.getpid).values()))
            os.kill(killed[0], signal.SIGKILL)

    assert_same(here, ground_ensemble(ground, client=client, on_member=kill, **SIZE))
    assert killed
    client.wait_for_workers(2, timeout=60)
    assert killed[0] not in client.run(os.getpid).values()


def test_both_workers_killed_lose_what_was_sent_and_it_is_sent_again(
    tiny: Tiny, client: Any
) -> None:
    ground = tiny()
    here = ground_ensemble(ground, **SIZE)

    def kill(count: int) -> None:
        if count == 2:
            for process in client.run(os.getpid).values():
                os.kill(process, signal.SIGKILL)

    assert_same(here, ground_ensemble(ground, client=client, on_member=kill, **SIZE))


def test_what_is_wrong_with_a_member_is_told_as_it_is_here(
    tiny: Tiny, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = tiny()
    berm = ground.scenario.barriers[0]
    shut = berm.model_copy(update={"delay_minutes": {"walk": "impassable", "slow": "impassable"}})
    scenario = ground.scenario.model_copy(update={"barriers": [shut]})
    monkeypatch.setattr("corridors.ensemble.run.calibrated", lambda plan, **_: plan)
    monkeypatch.setattr("corridors.ensemble.run.as_given", lambda *_, **__: None)
    monkeypatch.setattr("corridors.ensemble.run.Gathered", lambda *_: None)
    with pytest.raises(UnreachableError, match="travellers of member 0 reaches"):
        ground_ensemble(Ground(**{**vars(ground), "scenario": scenario}), client=client, **SIZE)


def test_a_client_that_is_closed_is_told(tiny: Tiny, client: Any) -> None:
    closed = distributed.Client(client.scheduler.address, set_as_default=False)
    closed.close()
    with pytest.raises(ClusterError, match="client of the cluster is closed"):
        ground_ensemble(tiny(), client=closed, **SIZE)


def test_a_cluster_without_workers_is_told(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridors.ensemble.work.PATIENCE_S", 0.5)
    with client_of(0) as client, pytest.raises(ClusterError, match="has no workers"):
        ground_ensemble(tiny(), client=client, **SIZE)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("not an address", "'not an address' is no address of a Dask scheduler: missing port"),
        ("", "'' is no address"),
        ("10.0.0.1", "missing port number"),
        ("tcp://here:door", "is no address"),
        ("http://127.0.0.1:8786", "to begin with tcp://HOST"),
        ("ucx://127.0.0.1:8786", "to begin with tcp://HOST"),
        ("inproc://127.0.0.1/1/1", "is no address"),
        ("tls://127.0.0.1:8786", "needs certificates, and Dask has none"),
    ],
)
def test_an_address_that_is_none_is_refused_before_a_client_is_made(
    monkeypatch: pytest.MonkeyPatch, address: str, text: str
) -> None:
    # A client that fails on such an address ends in an error of its own, or tells a second one
    # when it is let go.
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("a client was made"))
    with pytest.raises(ClusterError, match=re.escape(text)):
        connect(address)


class Lost:
    """A client whose members all end in one way."""

    status = "running"

    def __init__(self, end: Exception) -> None:
        self.end = end
        self.asked: list[int] = []

    def wait_for_workers(self, *_: Any, **__: Any) -> None:
        """Find them at once."""

    def nthreads(self) -> dict[str, int]:
        """Return one worker."""
        return {"one": 1}

    def scatter(self, plan: Any, **_: Any) -> Any:
        """Send nothing."""
        return plan

    def submit(self, _: Any, __: Any, number: int, **___: Any) -> "Lost":
        """Take a member in."""
        self.asked.append(number)
        return self

    def result(self) -> None:
        """End."""
        raise self.end

    def cancel(self) -> None:
        """Let go."""


@pytest.mark.parametrize(
    ("end", "error", "text", "tries"),
    [
        (distributed.KilledWorker("t", None, 4), RunError, "member 0 ended its worker 3 times", 3),
        (ModuleNotFoundError("No module named 'corridors'"), ClusterError, "same version", 1),
        (ConnectionError("gone"), ClusterError, "lost at member 0: gone", 1),
    ],
)
def test_a_cluster_that_does_not_do_the_work_is_told(
    tiny: Tiny, end: Exception, error: type[Exception], text: str, tries: int
) -> None:
    lost = Lost(end)
    with pytest.raises(error, match=text):
        list(on_cluster(lost, plan_of(tiny(), 20), range(1)))
    assert lost.asked == [0] * tries
