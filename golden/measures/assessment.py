"""Assessment of uncertainty by number of passes."""

import dataclasses
from collections.abc import Mapping, Sequence

from torch import Tensor

from .detection import Detection, detection, scores
from .prediction import predict
from .risk_coverage import risk_coverage
from .uncertainty import uncertainty

__all__ = ["Assessment", "Selective", "assess", "assess_exactly"]

#: Number of points of a risk–coverage curve that are kept.
_POINTS = 50


@dataclasses.dataclass(frozen=True, kw_only=True)
class Selective:
    """Risk–coverage curve in brief; see :func:`risk_coverage`."""

    aurc: float
    """Area under the curve, 0 to 1."""

    excess: float
    """Excess area over that of a perfect score."""

    coverage: tuple[float, ...]
    """Up to 50 coverages, evenly spread, the last one 1."""

    risk: tuple[float, ...]
    """Risk at each of them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assessment:
    """Measures of the first T passes.

    Those of the test set alone are of :class:`Uncertainty`.
    """

    passes: int | None
    """Passes T; None where all possible masks were averaged by their probabilities."""

    accuracy: float
    """Fraction of right predictions."""

    nll: float
    """Negative log-likelihood, in nats."""

    brier: float
    """Brier score, 0 to 2."""

    ece: float
    """Expected calibration error over equally wide bins."""

    adaptive_ece: float
    """Expected calibration error over bins with equally many inputs."""

    selective: Mapping[str, Selective]
    """Selective prediction by score: inputs with small scores are answered first."""

    detection: Mapping[str, Mapping[str, Detection]]
    """Detection by out-of-distribution set and by score, against the test set."""

    mean_score: Mapping[str, Mapping[str, float]]
    """Mean score by set, including the test set (`test`), and by score."""


def assess(
    test: Tensor, labels: Tensor, strange: Mapping[str, Tensor], *, passes: Sequence[int]
) -> tuple[Assessment, ...]:
    """Measure a network by its logits, once for each number of passes, always the first ones.

    Parameters
    ----------
    test
        Logits of the test set as real numbers, shape (n, T, classes).
    labels
        Its classes, shape (n,).
    strange
        Logits of each out-of-distribution set by name, shape (m, T, classes).
    passes
        Numbers of passes, each 1 to T.

    Raises
    ------
    InputError
        A shape does not fit, or a number of passes is not available.
    """
    return tuple(_assess(test, labels, strange, passes=count) for count in passes)


def assess_exactly(test: Tensor, labels: Tensor, strange: Mapping[str, Tensor], weights: Tensor) -> Assessment:
    """Measure a network by its logits for all its masks: the limit of many passes, without sampling error.

    Arguments as in :func:`assess`, T being the number of masks, and ``weights`` their probabilities in any unit,
    shape (T,).
    """
    return _assess(test, labels, strange, passes=None, weights=weights)


def _assess(
    test: Tensor,
    labels: Tensor,
    strange: Mapping[str, Tensor],
    *,
    passes: int | None,
    weights: Tensor | None = None,
) -> Assessment:
    measured = uncertainty(test, labels, passes=passes, weights=weights)
    known = scores(predict(test, passes=passes, weights=weights))
    others = {name: scores(predict(logits, passes=passes, weights=weights)) for name, logits in strange.items()}
    return Assessment(
        passes=passes,
        accuracy=measured.accuracy,
        nll=measured.nll,
        brier=measured.brier,
        ece=measured.ece,
        adaptive_ece=measured.adaptive_ece,
        selective={name: _selective(score, measured.right) for name, score in known.items()},
        detection={
            name: {score: detection(known[score], found[score]) for score in known} for name, found in others.items()
        },
        mean_score={
            name: {score: float(values.mean()) for score, values in found.items()}
            for name, found in {"test": known, **others}.items()
        },
    )


def _selective(score: Tensor, right: Tensor) -> Selective:
    curve = risk_coverage(score, right)
    points = min(_POINTS, len(score))
    kept = [len(score) * (point + 1) // points - 1 for point in range(points)]
    return Selective(
        aurc=curve.aurc,
        excess=curve.excess,
        coverage=tuple(curve.coverage[kept].tolist()),
        risk=tuple(curve.risk[kept].tolist()),
    )
