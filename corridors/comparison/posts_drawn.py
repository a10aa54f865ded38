"""Isolation and exposure index of posts in draws that are the same in all scenarios.

What is not known (who travels, how often posts are attacked, how late support is) is the same in
two scenarios, whatever their values. A draw therefore takes one and the same of it in both, and
their difference holds only the doubt of what is not common to them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.exposure import nearest_support
from corridors.flow import Flow
from corridors.risk import Resampling, drawn_attacks, isolation
from corridors.study import Ground
from corridors.study.risk import (
    DRAWS,
    hold_hours,
    horizon_years,
    study_attacks,
    study_record,
)
from corridors.study.support import Support

__all__ = ["PostsDrawn", "change_interval", "posts_drawn"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class PostsDrawn:
    """Checkpoints in D draws; NaN where nothing is known.

    Attributes
    ----------
    ids
        Of P checkpoints.
    alone
        Chance that support comes too late, shape (D, P).
    attacked
        Chance of an attack within the time to come, shape (D, P).
    share
        Share of the transits that each meets, shape (D, P).
    """

    ids: tuple[str, ...]
    alone: FloatArray
    attacked: FloatArray
    share: FloatArray

    def of(self, name: str, ids: list[str], *, more_share: FloatArray | None = None) -> FloatArray:
        """Return ``isolation`` or ``exposure_index`` of some posts, shape (D, posts).

        Parameters
        ----------
        name
            Which.
        ids
            Of the posts; one that is not known here is NaN.
        more_share
            Added to the share of the transits, shape (D, posts).
        """
        found = np.full((3, len(self.alone), len(ids)), np.nan)
        row = {post: number for number, post in enumerate(self.ids)}
        for column, post in enumerate(ids):
            if post in row:
                for part, of in enumerate((self.alone, self.attacked, self.share)):
                    found[part, :, column] = of[:, row[post]]
        alone, attacked, share = found
        if name == "isolation":
            return alone
        return np.asarray(alone * attacked * (share if more_share is None else share + more_share))


def posts_drawn(ground: Ground, flow: Flow, support: Support, met: FloatArray) -> PostsDrawn:
    """Return checkpoints in draws of travellers, attacks and delays of support.

    Parameters
    ----------
    ground, flow, support
        One scenario, its travellers, and how far help is.
    met
        Whether each sensor meets each traveller, checkpoints first, 0 for those
        who do not arrive; shape (travellers, sensors).

    Notes
    -----
    Draws are those of `corridors.study.risk.study_risk`, but for one thing: travellers are drawn
    again from all and not from those who arrive, so that they are the same in every scenario; a
    share is of those of them who arrive.
    """
    scenario, posts = ground.scenario, ground.layers["checkpoints"]
    wanted, count = scenario.posts, len(posts)
    resampling = Resampling(scenario.seed, DRAWS)
    hours = nearest_support(support.now["bases"])["hours"].to_numpy(float)
    late = np.exp(np.sqrt(np.log1p(wanted.support_spread**2)) * resampling.normals("support"))
    alone = isolation(
        late[:, None] * hours,
        hold_hours(scenario, posts),
        support_spread=0.0,
        hold_spread=wanted.hold_spread,
    ).chance
    means = resampling.means(
        {"met": met[:, :count], "arrived": flow.paths.arrived[:, None].astype(float)},
        flow.travellers.stratum,
    )
    # A draw in which nobody arrives says nothing.
    among = np.where(means["arrived"] > 0, means["arrived"], np.nan)
    ids = tuple(posts["id"].astype(str))
    return PostsDrawn(ids, alone, _attacked(ground, resampling, ids), means["met"] / among)


def _attacked(ground: Ground, resampling: Resampling, ids: tuple[str, ...]) -> FloatArray:
    """Return the chance of an attack on each post in each draw."""
    scenario, posts = ground.scenario, ground.layers["checkpoints"]
    record = study_record(scenario, ground.layers)
    rates = study_attacks(scenario, posts, record)
    if rates is None or posts.empty:
        return np.full((resampling.draws, len(posts)), np.nan)
    radius_m = scenario.exposure.incident_radius_m
    placed = drawn_attacks(resampling, posts, record.attacks, radius_m=radius_m)
    drawn = resampling.rates(rates, ids, placed)
    return np.asarray(-np.expm1(-drawn * horizon_years(scenario)))


def change_interval(
    change: FloatArray, first: FloatArray, other: FloatArray, *, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of differences from paired draws.

    Parameters
    ----------
    change
        The estimates, shape (posts,).
    first, other
        Of two scenarios in the same draws, shape (D, posts).
    level
        How often the interval is to hold the true difference.

    Returns
    -------
    low, high
        Quantiles of the paired differences, widened to hold the estimate, which is a mean and may
        lie beyond them where differences are very skewed; NaN where one of the two is not known.

    References
    ----------
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 13.3 (percentiles).

    Examples
    --------
    >>> base = np.linspace(0, 1, 101)[:, None]
    >>> low, high = change_interval(np.array([0.1]), base, base + 0.1, level=0.9)
    >>> print(f"{low[0]:.2f} {high[0]:.2f}")
    0.10 0.10
    """
    apart = other - first
    low, high = np.quantile(apart, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.minimum(low, change), np.maximum(high, change)
