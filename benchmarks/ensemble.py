# ruff: noqa: PLC0415 an engine that is not installed is left out, and none is paid for by another
"""Members of an ensemble on the Sinjar sample: threads beside one at a time, and beside Dask.

A size is the number of columns of the grid; 546 are cells of 500 m.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.coupled_graph import WIDE_M, cells
from benchmarks.side_by_side import OURS, Case
from corridors.ensemble.member import calibrated, member_of
from corridors.ensemble.plan import Plan, plan_of
from corridors.ensemble.work import on_cluster, on_cores
from corridors.sample import sample_folder
from corridors.scenario import load_scenario
from corridors.scenario.uncertainty import Uncertainty
from corridors.study import study_ground

MEMBERS, TRAVELLERS = 6, 100
MANY_MEMBERS = 50
DOUBT = Uncertainty(elevation_rmse_m=5, speed=0.15, off_road=0.2, ranges=0.3, probabilities=0.5)
Answer = Callable[[], np.ndarray]


def plan(columns: int) -> Plan:
    """Return what members share, on a grid of so many columns, 110 at least (perception)."""
    scenario = load_scenario(sample_folder() / "scenario.toml")
    area = scenario.area.model_copy(update={"cell_m": WIDE_M / max(columns, 110)})
    asked = scenario.model_copy(update={"area": area, "uncertainty": DOUBT})
    return calibrated(plan_of(study_ground(asked), TRAVELLERS))


def on_threads(given: Plan) -> Answer:
    """Ours: a member on each core."""
    return lambda: np.array([one.undetected for one in on_cores(given, range(MEMBERS))])


def many_on_threads(given: Plan) -> Answer:
    """Ours, as many as a study asks for."""
    return lambda: np.array([one.undetected for one in on_cores(given, range(MANY_MEMBERS))])


def one_by_one(given: Plan) -> Answer:
    """One member after the other, its travellers on all cores."""
    return lambda: np.array(
        [member_of(given, number, workers=0).undetected for number in range(MEMBERS)]
    )


def dask_processes(given: Plan) -> Answer:
    """Two processes of a local Dask cluster, which is there already."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    client = Client(cluster, set_as_default=False)
    list(on_cluster(client, given, range(2)))
    return lambda: np.array([one.undetected for one in on_cluster(client, given, range(MEMBERS))])


CASES = [
    Case(
        f"{MEMBERS} members of {TRAVELLERS} travellers",
        (546,),
        plan,
        {
            OURS: on_threads,
            "corridors, one by one": one_by_one,
            "corridors on Dask, two processes": dask_processes,
        },
        cells_of=lambda columns: MEMBERS * cells(columns),
        rounds_of=lambda _: 1,
    ),
    Case(
        f"{MANY_MEMBERS} members of {TRAVELLERS} travellers",
        (546,),
        plan,
        {OURS: many_on_threads},
        cells_of=lambda columns: MANY_MEMBERS * cells(columns),
        rounds_of=lambda _: 1,
    ),
]
