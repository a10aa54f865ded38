"""Best reply with a proof, beside the same problem written out as one program.

Networks have the shape of the stochastic network interdiction instances of Pan and Morton (2008):
783 nodes, 2,586 arcs, about 320 of them with a place for a sensor, 456 pairs, a budget of 30. Roads
lie at random and are short; places for sensors are on three lines across, as at borders. A size is
the number of nodes; all else is in proportion.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from benchmarks.side_by_side import OURS, Case
from corridors.interdiction import Candidates, Pairs, SensorGraph, interdict_reliability

NODES, ARCS, PLACES, PAIRS, BUDGET = 783, 2586, 320, 456, 30
LINES = (0.3, 0.5, 0.7)
LIMIT_S = 600.0
Answer = Callable[[], np.ndarray]


@dataclass
class Problem:
    """Who goes where, and how many sensors there are."""

    graph: SensorGraph
    pairs: Pairs
    budget: int


def problem(
    nodes: int, *, ratio: float, plain: tuple[float, float] = (0.9, 1.0), seed: int = 1
) -> Problem:
    """Return a network of so many nodes.

    Parameters
    ----------
    nodes
        As the size.
    ratio
        What a sensor leaves of the probability to pass its arc unseen.
    plain
        Between what limits the probabilities of arcs without a place lie; those with one have 0.3
        to 0.6.
    seed
        Another seed is another network.
    """
    rng = np.random.default_rng(seed)
    part = nodes / NODES
    xy = rng.random((nodes, 2))
    ends = _roads(xy, int(ARCS / 2 * part), rng)
    tails, heads = np.concatenate([ends, ends[:, ::-1]]).T
    middle = (xy[tails, 0] + xy[heads, 0]) / 2
    beside = np.min([np.abs(middle - line) for line in LINES], axis=0)
    watched = np.argsort(beside, kind="stable")[: int(PLACES * part)]
    survival = rng.uniform(*plain, len(tails))
    survival[watched] = rng.uniform(0.3, 0.6, len(watched))
    graph = SensorGraph.of(
        nodes,
        tails,
        heads,
        survival,
        watched=(watched, np.arange(len(watched)), survival[watched] * ratio),
    )
    count = int(PAIRS * part)
    both = np.array([rng.choice(nodes, 2, replace=False) for _ in range(count)])
    weights = rng.uniform(0.1, 1.0, count)
    pairs = Pairs(both[:, 0], both[:, 1], weights / weights.sum())
    return Problem(graph, pairs, max(round(BUDGET * part), 1))


def _roads(xy: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a connected network of short pieces between neighbours."""
    corners = Delaunay(xy).simplices
    ends = np.unique(np.sort(np.vstack([corners[:, p] for p in ([0, 1], [1, 2], [0, 2])])), axis=0)
    length = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    matrix = csr_array((length, (ends[:, 0], ends[:, 1])), shape=(len(xy), len(xy)))
    tree = minimum_spanning_tree(matrix).tocoo()
    known = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    needed = np.array([(a, b) in known for a, b in ends.tolist()])
    order = np.argsort(np.where(needed, 0.0, length * rng.uniform(0.5, 1.5, len(ends))))
    return ends[order[:count]]


def ours(given: Problem) -> Answer:
    """Cut generation over ways."""

    def call() -> np.ndarray:
        plan = interdict_reliability(
            given.graph,
            given.pairs,
            Candidates(given.graph.candidates, budget=given.budget),
            seconds=LIMIT_S,
        )
        if plan.status != "proven optimal":
            raise SystemExit(f"not proven in {LIMIT_S:g} s, gap {plan.gap:.2%}")
        return np.array([plan.before, plan.after])

    return call


def written_out(given: Problem) -> Answer:
    """One program with a potential for each node and destination, by the same solver.

    pi_i >= r pi_j on plain arcs; pi_i >= r pi_j - (r - q) psi_j x and pi_i >= q pi_j on arcs with a
    place, psi_j the best from j with nothing placed (Morton, Pan and Saeger 2007; one vector per
    destination as of Towle and Luedtke 2018).
    """
    graph, pairs = given.graph, given.pairs
    places, nodes, arcs = graph.candidates, graph.nodes, len(graph.tails)
    place = np.full(arcs, -1)
    place[graph.watched_arc] = graph.watched_by
    left = graph.survival.copy()
    left[graph.watched_arc] = graph.watched_survival
    ends, of = np.unique(pairs.destinations, return_inverse=True)
    cost = np.zeros(places + nodes * len(ends))
    np.add.at(cost, places + of * nodes + pairs.origins, pairs.weights)
    lower = np.zeros(len(cost))
    blocks, first = [], 0
    watched = place >= 0
    some = np.flatnonzero(watched)
    for number, end in enumerate(ends):
        base = places + number * nodes
        psi = _best_to(graph, int(end))
        lower[base + end] = 1.0
        row = first + np.arange(arcs)
        blocks += [
            (row, base + graph.tails, np.ones(arcs)),
            (row, base + graph.heads, -graph.survival),
            (
                row[some],
                place[some],
                (graph.survival - left)[some] * psi[graph.heads[some]],
            ),
        ]
        first += arcs
        row = first + np.arange(len(some))
        blocks += [
            (row, base + graph.tails[some], np.ones(len(some))),
            (row, base + graph.heads[some], -left[some]),
        ]
        first += len(some)
    rows, columns, values = (np.concatenate([block[n] for block in blocks]) for n in range(3))
    matrix = coo_array((values, (rows, columns)), shape=(first, len(cost))).tocsr()
    chosen = np.concatenate([np.ones(places), np.zeros(len(cost) - places)])

    def call() -> np.ndarray:
        found = milp(
            cost,
            constraints=[
                LinearConstraint(matrix, 0.0, np.inf),
                LinearConstraint(chosen[None], 0.0, given.budget),
            ],
            integrality=chosen,
            bounds=Bounds(lower, 1.0),
            options={"time_limit": LIMIT_S, "mip_rel_gap": 1e-6},
        )
        if found.status != 0:
            gap = "no plan" if found.x is None else f"gap {found.mip_gap:.2%}"
            raise SystemExit(f"not proven in {LIMIT_S:g} s, {gap}")
        before = sum(
            weight * _best_to(graph, int(end))[start]
            for start, end, weight in zip(
                pairs.origins, pairs.destinations, pairs.weights, strict=True
            )
        )
        return np.array([before, found.fun])

    return call


def _best_to(graph: SensorGraph, end: int) -> np.ndarray:
    best = np.zeros(graph.nodes)
    best[end] = 1.0
    while True:
        through = graph.survival * best[graph.heads]
        new = best.copy()
        np.maximum.at(new, graph.tails, through)
        if np.array_equal(new, best):
            return best
        best = new


def case(ratio: float) -> Case:
    """Return the case of a sensor that leaves so much."""
    return Case(
        f"best reply, a sensor leaves {ratio:g}",
        (120, 783),
        lambda nodes: problem(nodes, ratio=ratio),
        {OURS: ours, "one program, HiGHS": written_out},
        cells_of=lambda nodes: nodes,
        rounds_of=lambda _: 1,
    )


CASES = [case(0.1), case(0.5), case(0.0)]
