"""How often each post is attacked: counts shrunk to the region's rate, gamma and Poisson."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import elementwise

from corridors.errors import InputError

__all__ = ["AttackRates", "attack_rates", "count_chances"]

FloatArray = NDArray[np.float64]

# Between posts of one region: the coefficient of variation of rates is 1 / sqrt(shape), from 3.2,
# where a tenth of the posts draws nearly all attacks, to 0.1, where they are as good as equal.
SHAPE_MIN, SHAPE_MAX = 0.1, 100.0
SHAPES, MEANS = 16, 32
# The median of the shape before anything is seen: rates spread like an exponential distribution.
SHAPE_MEDIAN = 1.0
# Where the region's rate is looked for at first, as a factor about the plain one either way.
WIDEST = 1e4
# Parts of the mixture that weigh less are left out; together they change no interval that is read.
NEGLIGIBLE = 1e-7
IMPOSSIBLE = 1e-12


@dataclass(frozen=True)
class AttackRates:
    """Attacks a year on each of P posts: a mixture of gamma distributions.

    Attributes
    ----------
    years
        For how long attacks on each were recorded, shape (P,).
    chances
        Chance that each had 0, 1, ... attacks, shape (P, K): positions are uncertain.
    shape, mean, weight
        G kinds of region: the gamma distribution of its posts' rates has this shape and this mean,
        with this weight.
    """

    years: FloatArray
    chances: FloatArray
    shape: FloatArray
    mean: FloatArray
    weight: FloatArray

    @property
    def expected(self) -> FloatArray:
        """Attacks that each post is expected to have had, shape (P,)."""
        return _weighed(self.chances, np.arange(self.chances.shape[1], dtype=float))

    @cached_property
    def _scale(self) -> FloatArray:
        """Years that each post counts for in each kind of region, shape (P, G)."""
        return np.asarray(self.years[:, None] + self.shape / self.mean)

    def estimate(self) -> FloatArray:
        """Return the mean rate of each post, attacks a year."""
        attacks = self.expected[:, None] + self.shape
        return _weighed(attacks / self._scale, self.weight)

    def interval(self, *, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
        """Return the credible interval of each rate, equal tails.

        Parameters
        ----------
        level
            How much of the distribution lies in it.
        """
        rows = np.tile(np.arange(len(self.years)), 2)
        tails = np.repeat([(1 - level) / 2, (1 + level) / 2], len(self.years))
        low, high = self.quantiles(rows, tails).reshape(2, -1)
        return low, high

    def quantiles(self, post: NDArray[np.integer], part: FloatArray) -> FloatArray:
        """Return the rate that a part of a post's distribution lies below, one by one.

        Parameters
        ----------
        post
            Rows of posts.
        part
            Above 0 and below 1; of equal length.
        """
        if not len(post):
            return np.empty(0)
        middle = np.log(np.maximum(self.estimate(), np.finfo(float).tiny))[post]

        def beyond(log_rate: FloatArray, row: FloatArray, wanted: FloatArray) -> FloatArray:
            return self._below(row.astype(np.int64), np.exp(log_rate)) - wanted

        # Rates of a small shape reach far down; up to a million times the mean is enough.
        found = elementwise.find_root(
            beyond,
            (middle - 150.0, middle + 14.0),
            args=(post.astype(float), part),
            tolerances={"xatol": 1e-7},
        )
        return np.asarray(np.exp(found.x))

    def _below(self, row: NDArray[np.int64], rate: FloatArray) -> FloatArray:
        """Return which part of a post's distribution lies below a rate."""
        at = self._scale[row] * rate[:, None]
        total = np.zeros(len(row))
        for attacks in range(self.chances.shape[1]):
            chance = self.chances[row, attacks]
            some = chance > 0
            if some.any():
                below = special.gammainc(self.shape + attacks, at[some])
                total[some] += chance[some] * _weighed(below, self.weight)
        return total

    def chance_within(self, years: float) -> FloatArray:
        """Return the chance of one attack or more within a time to come, shape (P,).

        Parameters
        ----------
        years
            How long.
        """
        none = (self._scale / (self._scale + years)) ** self.shape
        left = np.zeros(len(self.years))
        for attacks in range(self.chances.shape[1]):
            left += self.chances[:, attacks] * _weighed(none, self.weight)
            none = none * self._scale / (self._scale + years)
        return 1.0 - left

    def drawn(
        self, region: FloatArray, part: FloatArray, attacks: NDArray[np.integer]
    ) -> FloatArray:
        """Return rates drawn for all posts together.

        Parameters
        ----------
        region
            A number from 0 to 1 for each draw, shape (D,): which kind of region it is.
        part
            The same for each draw and post, shape (D, P).
        attacks
            How many attacks each post had in each draw, shape (D, P).
        """
        kind = np.minimum(np.searchsorted(np.cumsum(self.weight), region), len(self.weight) - 1)
        shape = self.shape[kind][:, None] + attacks
        return np.asarray(special.gammaincinv(shape, part) / self._scale[:, kind].T)

    def region(self, *, level: float = 0.9) -> tuple[float, float, float]:
        """Return the mean rate of the region's posts: its median, and its interval."""
        order = np.argsort(self.mean)
        below = np.cumsum(self.weight[order]) - self.weight[order] / 2
        ends = [0.5, (1 - level) / 2, (1 + level) / 2]
        middle, low, high = np.exp(np.interp(ends, below, np.log(self.mean[order])))
        return float(middle), float(low), float(high)


def attack_rates(chances: ArrayLike, years: ArrayLike) -> AttackRates:
    """Return how often each post is attacked, as far as its own record and the region's tell.

    Parameters
    ----------
    chances
        Chance that each post had 0, 1, ... attacks, shape (P, K), from `count_chances`.
    years
        For how long attacks were recorded, one or one each.

    Returns
    -------
    AttackRates
        With its `estimate` and `interval`.

    Raises
    ------
    InputError
        When chances do not sum to 1, or a time is not above 0.

    Notes
    -----
    Attacks on post i are Poisson with rate r_i, and rates of one region gamma with shape a and mean
    m: given those, n attacks in t years leave a gamma distribution of shape a + n and mean
    (a + n) / (a / m + t), between the region's rate and the post's own. Where positions leave the
    number of attacks uncertain, this is averaged over the numbers.

    Shape and mean are estimated from all posts by the likelihood of their expected numbers, which
    are then negative binomial. They are not set to what is likeliest, which for few posts or few
    attacks is "all alike" and makes intervals far too narrow, but weighed by their likelihood and
    a prior that says little: m^(-1/2) of the mean (Jeffreys for a Poisson rate) and a / (1 + a)
    uniform of the shape (Christiansen and Morris). A single post then keeps Jeffreys' own
    posterior, of shape n + 1/2, and posts of a region without any attack have a rate above 0.

    References
    ----------
    Clayton and Kaldor 1987, doi 10.2307/2532003 (gamma and Poisson, empirical Bayes); Deely and
    Lindley 1981, doi 10.1080/01621459.1981.10477731 (its parameters averaged over); Christiansen
    and Morris 1997, doi 10.1080/01621459.1997.10474012 (the prior of the shape).

    Examples
    --------
    Four posts in two years; one had three attacks, the others none.

    >>> rates = attack_rates(np.eye(4)[[3, 0, 0, 0]], 2.0)
    >>> rates.estimate().round(2).tolist()
    [1.09, 0.22, 0.22, 0.22]
    """
    given = np.asarray(chances, dtype=float)
    if given.ndim != 2 or not np.allclose(given.sum(axis=1), 1.0) or (given < 0).any():
        raise InputError(
            f"chances of shape {given.shape} are no chances of 0, 1, ... attacks, a row a post; "
            "give rows that sum to 1: corridors.risk.count_chances"
        )
    time = np.broadcast_to(np.asarray(years, dtype=float), len(given)).copy()
    if not (np.isfinite(time).all() and (time > 0).all()):
        raise InputError("the time of the record is not above 0 years; say since when it is kept")
    expected = _weighed(given, np.arange(given.shape[1], dtype=float))
    shape, mean, weight = _regions(expected, time)
    return AttackRates(time, given, shape, mean, weight)


def _weighed(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return sums over the last axis; no library of linear algebra decides their last digit."""
    return np.asarray((values * weight).sum(axis=-1))


def _regions(expected: FloatArray, years: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return kinds of region with their weights, those that weigh something."""
    if not len(expected):
        return np.ones(1), np.ones(1), np.ones(1)
    # With n posts the product of n times the shape and the half of the mean's prior must stay
    # above 1, or rates without bound would weigh most.
    least = max(SHAPE_MIN, 1.0 / len(expected))
    shapes = _middles(least, SHAPE_MAX, SHAPES)
    plain = (expected.sum() + 0.5) / years.sum()
    ends = plain / WIDEST, plain * WIDEST
    for _ in range(3):
        means = _middles(*ends, MEANS)
        weight = _weights(expected, years, shapes[:, None], means)
        some = np.flatnonzero(weight.sum(axis=0) > NEGLIGIBLE)
        ends = means[max(some[0] - 1, 0)], means[min(some[-1] + 1, MEANS - 1)]
    shape, mean = np.broadcast_arrays(shapes[:, None], means)
    kept = weight > NEGLIGIBLE
    return shape[kept], mean[kept], weight[kept] / weight[kept].sum()


def _middles(least: float, most: float, count: int) -> FloatArray:
    """Return the middles of so many steps that are even in their logarithms."""
    edges = np.geomspace(least, most, count + 1)
    return np.asarray(np.sqrt(edges[:-1] * edges[1:]))


def _weights(
    expected: FloatArray, years: FloatArray, shape: FloatArray, mean: FloatArray
) -> FloatArray:
    """Return the weight of every shape and mean, on a grid that is even in their logarithms."""
    log = 0.5 * np.log(mean) + np.log(shape) - 2 * np.log(SHAPE_MEDIAN + shape)
    for number, time in zip(expected, years, strict=True):
        with_own = shape + mean * time
        log = (
            log
            + special.gammaln(shape + number)
            - special.gammaln(shape)
            + shape * np.log(shape / with_own)
            + number * np.log(mean * time / with_own)
        )
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


def count_chances(shares: ArrayLike) -> FloatArray:
    """Return the chance of each number of attacks, from the chance of each that it was here.

    Parameters
    ----------
    shares
        Chance that each of N attacks was on each of P posts, shape (N, P).

    Returns
    -------
    numpy.ndarray
        Shape (P, K), as wide as the greatest number that well can be: Poisson-binomial, exact but
        for chances below 1e-12.

    Examples
    --------
    >>> count_chances([[1.0], [0.5]]).tolist()
    [[0.0, 0.5, 0.5]]
    """
    rows = [_one_post(own[own > 0]) for own in np.asarray(shares, dtype=float).T]
    found = np.zeros((len(rows), max((len(row) for row in rows), default=1)))
    for post, row in enumerate(rows):
        found[post, : len(row)] = row
    return found


def _one_post(shares: FloatArray) -> FloatArray:
    """Return the chance of 0, 1, ... attacks, without those that hardly can be."""
    certain = int((shares >= 1.0).sum())
    chance = np.ones(1)
    for one in shares[shares < 1.0]:
        chance = np.convolve(chance, [1.0 - one, one])
    used = int(np.flatnonzero(chance > IMPOSSIBLE).max())
    kept = np.where(chance > IMPOSSIBLE, chance, 0.0)[: used + 1]
    return np.concatenate([np.zeros(certain), kept / kept.sum()])
