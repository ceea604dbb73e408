"""A measured figure with its bootstrap interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from vnqa.records import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 20
_RESAMPLES = 1_000


class Figure(Record):
    """A figure over questions, with its 95% interval.

    Attributes:
        value: The figure itself.
        low: 2.5th percentile over bootstrap resamples.
        high: 97.5th percentile.
        n: How many questions it was computed over.
    """

    value: float
    low: float
    high: float
    n: int


def bootstrapped(
    statistic: Callable[[NDArray[np.intp]], float], clusters: Sequence[Hashable]
) -> Figure:
    """Return a statistic with its percentile bootstrap interval (Efron 1979), fixed seed.

    Whole clusters are drawn with replacement (Field & Welsh 2007), since questions about one
    article succeed and fail together; drawn one by one they would make the interval too narrow.

    Args:
        statistic: Given indices of questions, some of them repeated, returns the figure; NaN where
            a resample leaves it undefined, which is then left out.
        clusters: For each question what it belongs to, at least one; see `Question.cluster`.
    """
    import numpy as np

    places: dict[Hashable, int] = {}
    cluster = np.array([places.setdefault(name, len(places)) for name in clusters])
    questions = np.arange(len(cluster))
    value = float(statistic(questions))
    random = np.random.default_rng(SEED)
    resampled = []
    for _ in range(_RESAMPLES):
        drawn = random.integers(len(places), size=len(places))
        times = np.bincount(drawn, minlength=len(places))
        found = float(statistic(np.repeat(questions, times[cluster])))
        if not math.isnan(found):
            resampled.append(found)
    low, high = np.percentile(resampled, [2.5, 97.5]) if resampled else (value, value)
    return Figure(value=value, low=float(low), high=float(high), n=len(cluster))


def mean_figure(values: Sequence[float], clusters: Sequence[Hashable]) -> Figure:
    """Return the mean of one value a question, with its interval; see `bootstrapped`."""
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    return bootstrapped(lambda drawn: float(array[drawn].mean()), clusters)


def median_figure(values: Sequence[float], clusters: Sequence[Hashable]) -> Figure:
    """Return the median of one value a question, with its interval; see `bootstrapped`."""
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    return bootstrapped(lambda drawn: float(np.median(array[drawn])), clusters)
