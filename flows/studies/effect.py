"""Effect of a source of draws on a network.

Accuracy, calibration and detection, over repetitions.
"""

import dataclasses
from collections.abc import Callable, Mapping

from torch import Tensor

from golden.data import image_shape, make_ood
from golden.measures import detection, uncertainty
from hdl.config import CoreConfig

from ..base.spread import Spread

__all__ = ["Effect", "Logits", "measure_effect", "probes"]

#: Names of the inputs: the test set, and two out-of-distribution sets.
_TEST, _NOISE, _ROTATED = "test", "noise", "rotated-90"

#: Seed of the pixels of noise.
_SEED = 0

#: Computes logits as integers, shape (n, T, classes), from pixels, shape (n, inputs). Its first argument counts
#: the previous calls, each with as many inputs, so that the draws go on.
Logits = Callable[[int, Tensor], Tensor]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Effect:
    """Figures of a network with one source of draws.

    Areas under the ROC curve are of the predictive entropy.
    """

    source: str
    """Source of the draws."""

    accuracy: Spread
    nll: Spread
    ece: Spread
    auroc_rotated: Spread | None
    """Test images against the same turned by a quarter; None where they are not square."""
    auroc_noise: Spread
    """Test images against uniform noise."""


def probes(config: CoreConfig, pixels: Tensor) -> dict[str, Tensor]:
    """Return the test inputs ``pixels``, shape (n, inputs), by name, and as many of each other kind."""
    height, width, _ = image_shape(config)
    names = (_NOISE, _ROTATED) if height == width else (_NOISE,)
    return {_TEST: pixels} | {name: make_ood(name, config, pixels, seed=_SEED) for name in names}


def measure_effect(
    source: str, config: CoreConfig, inputs: Mapping[str, Tensor], labels: Tensor, logits: Logits, *, repeats: int
) -> Effect:
    """Return the figures over ``repeats`` repetitions; each kind of inputs gets the next draws.

    Parameters
    ----------
    source
        Source of the draws, for display.
    config
        Format of the logits.
    inputs
        As :func:`probes` returns them.
    labels
        Of the test inputs, shape (n,).
    logits
        Computes them.
    repeats
        Repetitions.
    """
    measured = []
    for repeat in range(repeats):
        found = {
            name: uncertainty(logits(repeat * len(inputs) + place, pixels).double() / 2**config.logits.fraction, labels)
            for place, (name, pixels) in enumerate(inputs.items())
        }
        known = found.pop(_TEST)
        figures = {"accuracy": known.accuracy, "nll": known.nll, "ece": known.ece}
        for name, strange in found.items():
            figures[name] = detection(known.predictive_entropy, strange.predictive_entropy).auroc
        measured.append(figures)
    spreads = {key: Spread.of([each[key] for each in measured]) for key in measured[0]}
    return Effect(
        source=source,
        accuracy=spreads["accuracy"],
        nll=spreads["nll"],
        ece=spreads["ece"],
        auroc_rotated=spreads.get(_ROTATED),
        auroc_noise=spreads[_NOISE],
    )
