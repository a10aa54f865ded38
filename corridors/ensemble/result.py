"""What an ensemble found: tables with two kinds of interval, and how stable they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.ensemble.member import AsGiven, Member
from corridors.ensemble.plan import Plan
from corridors.ensemble.spread import (
    Running,
    kendall,
    member_interval,
    rank_correlations,
    rank_noise,
)
from corridors.risk import ranking
from corridors.study.risk import RANKED

__all__ = ["Ensemble", "Gathered"]

FloatArray = NDArray[np.float64]

TOP = 3
# Rows of the table of convergence, about.
LOOKS = 10
# Below this many members a rank correlation says little.
FEW = 30
OF_POSTS = ("incidents", "hours_from_base", "attack_chance", "isolation", "exposure_index")


@dataclass(frozen=True)
class Ensemble:
    """A study over what is not known of its inputs.

    Columns without an ending are means over members; ``_low`` and ``_high`` hold what is not known
    of the inputs, if that is drawn as members are. ``_as_given`` is the study with its inputs as
    given, and ``_as_given_low``, ``_as_given_high`` hold the chance of the draw of travellers.

    Attributes
    ----------
    members, travellers, level
        How many, how many each solved, and how often intervals are to hold.
    uncertain
        Names of the inputs that were drawn.
    inputs
        What each member drew, a row each.
    shares
        Rows ``undetected``, ``crossed``, ``detour``, ``arrived``.
    border
        Stretches with ``share``.
    checkpoints
        With ``transit_share, first_catch, loss, incidents, hours_from_base, attack_chance,
        isolation, exposure_index``, and for the first three and the last the columns of
        `corridors.risk.ranking`, over members.
    posts
        ``first_catch``, ``loss`` and ``met`` of all sensors, patrols among them.
    journeys
        Hours by origin, destination and profile, of the members in which somebody went.
    agreement
        By what posts are ranked: Kendall's tau between the members' rankings and that of the mean.
    matters
        Rank correlation of each input with the undetected share, and with the share of each of the
        most crossed stretches; ``noise`` is what chance alone stays below.
    convergence
        After so many members: mean of the undetected share with its standard error and its
        interval, and how much of the border's mean shares moved since the row before.
    density_mean, density_sd
        Metres travelled per km2, shape (rows, columns).
    """

    members: int
    travellers: int
    level: float
    uncertain: list[str]
    inputs: pd.DataFrame
    shares: pd.DataFrame
    border: gpd.GeoDataFrame
    checkpoints: gpd.GeoDataFrame
    posts: pd.DataFrame
    journeys: pd.DataFrame
    agreement: dict[str, float]
    matters: pd.DataFrame
    convergence: pd.DataFrame
    density_mean: FloatArray
    density_sd: FloatArray

    def notes(self) -> list[str]:
        """Return what a reader must know of the numbers."""
        level = f"{self.level:.0%}"
        notes = [
            (
                f"_low and _high are {level} intervals over {self.members} members: they hold "
                "what is not known of the inputs, as far as [uncertainty] says it."
            ),
            (
                f"_as_given_low and _as_given_high are {level} intervals over "
                f"{self.travellers} travellers: they hold the chance of their draw. The members' "
                "travellers are the same, so that members differ by their inputs alone."
            ),
            (
                "Heights and places of events are no single number and have no rank correlation; "
                "of ranges and probabilities it is that of their mean over all sensors."
            ),
        ]
        least = (1 + self.level) / (1 - self.level)
        if self.members < least - 1e-9:
            held = (self.members - 1) / (self.members + 1)
            notes.append(
                f"With {self.members} members an interval is the least and the greatest, which "
                f"hold {held:.0%}, not {level}; take {np.ceil(least - 1e-9):.0f} or more."
            )
        if self.members < FEW:
            notes.append(
                f"{self.members} members are few to tell which input matters: chance alone gives "
                f"rank correlations up to {rank_noise(self.members):.2f}."
            )
        return notes


class Gathered:
    """Takes members in, one after the other and in their order, and holds no map of any.

    Parameters
    ----------
    plan, given
        What members share, and the study as given.
    """

    def __init__(self, plan: Plan, given: AsGiven) -> None:
        self._plan = plan
        self._given = given
        self._rows: dict[str, list[FloatArray]] = {
            name: [] for name in given.found.arrays() if name != "density"
        }
        self._density = Running()

    def add(self, member: Member) -> None:
        """Take in the next member."""
        for name, rows in self._rows.items():
            rows.append(getattr(member, name))
        self._density.add(member.density)

    def ensemble(self, told: list[str]) -> Ensemble:
        """Return what the members say together.

        Parameters
        ----------
        told
            Names of the inputs of every member.
        """
        found = {name: np.array(rows, float) for name, rows in self._rows.items()}
        plan, settings = self._plan, self._plan.scenario.flow
        border = self._border(found)
        inputs = pd.DataFrame(found["told"], columns=told)
        return Ensemble(
            members=self._density.count,
            travellers=plan.travellers,
            level=settings.confidence,
            uncertain=plan.scenario.uncertainty.drawn(),
            inputs=inputs,
            shares=self._shares(found),
            border=border,
            checkpoints=self._checkpoints(found),
            posts=self._posts(found),
            journeys=self._journeys(found),
            agreement={name: kendall(self._of_checkpoints(found[name])) for name in RANKED},
            matters=self._matters(inputs, found, border),
            convergence=self._convergence(found),
            density_mean=np.asarray(self._density.mean),
            density_sd=np.sqrt(self._density.variance),
        )

    def _told(self, name: str, values: FloatArray, given: FloatArray) -> dict[str, FloatArray]:
        """Return the columns of something: over members, and as given."""
        low, high = member_interval(values, level=self._plan.scenario.flow.confidence)
        says = np.isfinite(values)
        total = np.where(says, values, 0.0).sum(axis=0)
        count = says.sum(axis=0)
        mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        return {
            name: np.asarray(mean, float),
            f"{name}_low": low,
            f"{name}_high": high,
            f"{name}_as_given": given,
        }

    def _of_checkpoints(self, values: FloatArray) -> FloatArray:
        return values[:, : len(self._plan.checkpoints)]

    def _shares(self, found: Mapping[str, FloatArray]) -> pd.DataFrame:
        given = self._given
        names = ["undetected", "crossed", "detour", "arrived"]
        table = pd.DataFrame(
            [
                {
                    "what": name,
                    **self._told(
                        "share", found[name][:, None], np.atleast_1d(getattr(given.found, name))
                    ),
                }
                for name in names
            ]
        ).set_index("what")
        table = table.map(lambda value: float(np.asarray(value).item()))
        bounds = {
            "undetected": given.undetected.share[1:],
            "crossed": (float(given.crossed.low[0]), float(given.crossed.high[0])),
        }
        for end, key in enumerate(("share_as_given_low", "share_as_given_high")):
            table[key] = [bounds[name][end] if name in bounds else np.nan for name in names]
        return table

    def _border(self, found: Mapping[str, FloatArray]) -> gpd.GeoDataFrame:
        shares = self._given.border
        return self._plan.stretches.assign(
            **self._told("share", found["border"], shares.share),
            share_as_given_low=shares.low,
            share_as_given_high=shares.high,
        )

    def _checkpoints(self, found: Mapping[str, FloatArray]) -> gpd.GeoDataFrame:
        given, transit = self._given, self._given.transit
        count = len(self._plan.checkpoints)
        posts = given.undetected.posts.iloc[:count]
        columns = self._told("transit_share", found["transit_share"], transit.share)
        columns |= {
            "transit_share_as_given_low": transit.low,
            "transit_share_as_given_high": transit.high,
        }
        for name in ("first_catch", "loss"):
            columns |= self._told(
                name, self._of_checkpoints(found[name]), posts[name].to_numpy(float)
            )
            for end in ("low", "high"):
                columns[f"{name}_as_given_{end}"] = posts[f"{name}_{end}"].to_numpy(float)
        for name in OF_POSTS:
            columns |= self._told(name, found[name], getattr(given.found, name))
        for name in RANKED:
            values = self._of_checkpoints(found[name])
            columns |= ranking(
                name, columns[name], values, level=self._plan.scenario.flow.confidence
            )
        return self._plan.checkpoints.assign(**columns)

    def _posts(self, found: Mapping[str, FloatArray]) -> pd.DataFrame:
        posts = self._given.undetected.posts
        columns: dict[str, FloatArray] = {}
        for name in ("first_catch", "loss", "met"):
            columns |= self._told(name, found[name], posts[name].to_numpy(float))
        return posts[["id", "name"]].assign(**columns)

    def _journeys(self, found: Mapping[str, FloatArray]) -> pd.DataFrame:
        scenario = self._plan.scenario
        keys = product(
            *([one.name for one in part] for part in (scenario.origins, scenario.destinations)),
            [one.name for one in scenario.profiles],
        )
        table = pd.DataFrame(list(keys), columns=["origin", "destination", "profile"])
        table["travellers"] = found["journey_travellers"].mean(axis=0)
        return table.assign(
            **self._told("hours", found["journey_hours"], self._given.found.journey_hours)
        )

    def _matters(
        self, inputs: pd.DataFrame, found: Mapping[str, FloatArray], border: gpd.GeoDataFrame
    ) -> pd.DataFrame:
        crossed = border[border["share"] > 0]
        top = crossed.nlargest(TOP, "share").index
        outcomes = np.column_stack([found["undetected"], found["border"][:, top]])
        names = ["undetected", *(f"share of {border.loc[row, 'id']}" for row in top)]
        table = pd.DataFrame(
            rank_correlations(inputs.to_numpy(float), outcomes),
            columns=names,
            index=pd.Index(inputs.columns, name="input"),
        )
        order = table.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
        return table.loc[order].assign(noise=rank_noise(len(inputs)))

    def _convergence(self, found: Mapping[str, FloatArray]) -> pd.DataFrame:
        count = self._density.count
        looks = np.unique(np.linspace(min(2, count), count, min(LOOKS, count)).round().astype(int))
        rows = []
        before: FloatArray | None = None
        for n in looks.tolist():
            values = found["undetected"][:n]
            low, high = member_interval(values, level=self._plan.scenario.flow.confidence)
            mean = found["border"][:n].mean(axis=0)
            rows.append(
                {
                    "members": n,
                    "undetected": float(values.mean()),
                    "standard_error": float(values.std(ddof=1) / np.sqrt(n)),
                    "low": float(low),
                    "high": float(high),
                    "border_moved": np.nan
                    if before is None
                    else float(np.abs(mean - before).sum() / 2),
                }
            )
            before = mean
        return pd.DataFrame(rows)
