"""Members solved side by side and given back in order: on the cores here, or on a cluster."""

import asyncio
import concurrent.futures
import time
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from corridors.ensemble.member import Member, member_of
from corridors.ensemble.plan import Plan
from corridors.errors import InputError, MissingExtraError, RunError
from corridors.processors import processors

__all__ = ["ClusterError", "connect", "on_cluster", "on_cores"]

# So many members are under way or waiting for one before them, for each thread: it bounds memory.
AHEAD = 2
# How often a member is tried whose worker is lost; the cluster itself tries each of these again.
TRIES = 3
PATIENCE_S = 10
PAUSE_S = 1.0
# How a scheduler is spoken to, and which of these ways need certificates.
SCHEMES, ENCRYPTED = ("tcp", "tls", "ws", "wss"), ("tls", "wss")


class ClusterError(InputError, ConnectionError):
    """A cluster cannot be reached, or does not do the work."""


def on_cores(
    plan: Plan, numbers: Iterable[int], *, workers: int | None = None
) -> Generator[Member, None, None]:
    """Yield members in order, solved in threads.

    Parameters
    ----------
    plan
        With sigmas.
    numbers
        Which.
    workers
        Threads; as many as there are processors unless given.
    """
    count = workers or processors()
    waiting: deque[concurrent.futures.Future[Member]] = deque()
    left = iter(numbers)
    pool = ThreadPoolExecutor(count)
    try:
        while True:
            while len(waiting) < AHEAD * count and (number := next(left, None)) is not None:
                waiting.append(pool.submit(member_of, plan, number))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def connect(address: str) -> Any:
    """Return a client of the Dask cluster at an address.

    Parameters
    ----------
    address
        Such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    MissingExtraError
        When ``distributed`` is not installed.
    ClusterError
        When that is no address, or nobody answers there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 an extra
    except ImportError as error:
        raise MissingExtraError(
            "a cluster needs the package distributed: pip install 'corridors[distributed]'"
        ) from error
    # Before there is a client: one that cannot even begin complains once more when it is let go.
    _require_address(address)
    try:
        return Client(  # type: ignore[no-untyped-call]  # its own
            address, timeout=PATIENCE_S, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({str(error) or type(error).__name__}); start "
            "one with 'dask scheduler', or leave the cluster out to use the cores here"
        ) from error


def _require_address(address: str) -> None:
    """Refuse what is no address of a scheduler, or one that needs certificates without them."""
    from distributed.comm import addressing  # noqa: PLC0415 an extra
    from distributed.security import Security  # noqa: PLC0415 an extra

    try:
        scheme, place = addressing.parse_address(address)
        host, _ = addressing.parse_host_port(place)
        wrong = "" if host and scheme in SCHEMES else f"it is to begin with {SCHEMES[0]}://HOST"
    except ValueError as error:
        scheme, wrong = "", str(error)
    if wrong:
        raise ClusterError(
            f"'{address}' is no address of a Dask scheduler: {wrong}; give one such as "
            "tcp://10.0.0.1:8786, or leave the cluster out to use the cores here"
        )
    secured: Any = Security  # untyped
    if scheme in ENCRYPTED and not secured().get_connection_args("client")["ssl_context"]:
        raise ClusterError(
            f"{address} needs certificates, and Dask has none; name them in its configuration "
            "under distributed.comm.tls, or leave the cluster out to use the cores here"
        )


def on_cluster(client: Any, plan: Plan, numbers: Iterable[int]) -> Generator[Member, None, None]:
    """Yield members in order, solved by the workers of a Dask cluster.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    plan
        With sigmas; it is sent to every worker once.
    numbers
        Which.

    Raises
    ------
    ClusterError
        When the cluster is closed or has no workers.
    RunError
        When a member ends its worker again and again.

    Notes
    -----
    A worker that is lost costs the members that it had under way: the cluster gives them to
    others. Where what was sent is lost too, it is sent again.
    """
    threads = _threads(client)
    waiting: deque[tuple[int, Any]] = deque()
    left = iter(numbers)
    sent = _Sent(client, plan)
    try:
        while True:
            while len(waiting) < AHEAD * threads and (number := next(left, None)) is not None:
                waiting.append((number, sent.submit(number)))
            if not waiting:
                return
            number, future = waiting.popleft()
            yield sent.result(number, future)
    finally:
        for _, future in waiting:
            future.cancel()


class _Sent:
    """A plan on a cluster, sent again when it is lost."""

    def __init__(self, client: Any, plan: Plan) -> None:
        self._client = client
        self._plan = plan
        self._scatter()

    def _scatter(self) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._there = self._client.scatter(self._plan, broadcast=True, hash=False)
            except OSError as error:
                # A worker that was lost a moment ago may still be on the cluster's list.
                if attempt < TRIES and self._client.status == "running":
                    time.sleep(PAUSE_S)
                    _threads(self._client)
                    continue
                raise ClusterError(
                    f"what members share cannot be sent to the cluster: {error}; start it again, "
                    "or leave it out to use the cores here"
                ) from error
            return

    def submit(self, number: int) -> Any:
        return self._client.submit(member_of, self._there, number, pure=False)

    def result(self, number: int, future: Any) -> Member:
        from distributed import KilledWorker  # noqa: PLC0415 an extra

        for attempt in range(TRIES):
            if attempt:
                _threads(self._client)
                self._scatter()
                future = self.submit(number)
            try:
                member: Member = future.result()
            except (KilledWorker, asyncio.CancelledError, concurrent.futures.CancelledError):
                continue
            except ImportError as error:
                raise ClusterError(
                    f"a worker of the cluster cannot do the work: {error}; install the same "
                    "version of corridors for the workers"
                ) from error
            except OSError as error:
                raise ClusterError(
                    f"the cluster was lost at member {number}: {error}; start it again, or leave "
                    "it out to use the cores here"
                ) from error
            return member
        raise RunError(
            f"member {number} ended its worker {TRIES} times; give workers more memory, or make "
            "area.cell_m larger"
        )


def _threads(client: Any) -> int:
    """Return how many threads a cluster's workers have."""
    if client.status != "running":
        raise ClusterError(
            f"the client of the cluster is {client.status}; connect again, or leave the cluster "
            "out to use the cores here"
        )
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError as error:
        raise ClusterError(
            "the cluster has no workers; start some with 'dask worker', or leave the cluster out "
            "to use the cores here"
        ) from error
    threads: int = sum(client.nthreads().values())
    return max(threads, 1)
