"""Decoding of packets of results and logits."""

import numpy as np

from hdl.config import CoreConfig

from .beats import Beat, logit_beat, result_beat
from .errors import DriverError
from .inference import Inference
from .predictive import Predictive

__all__ = ["read_answers"]

#: Members of a result that are the same for all classes.
_PER_INPUT = ("winner", "predictive_entropy", "expected_entropy", "mutual_information", "unknown")


def read_answers(
    config: CoreConfig, count: int, passes: int, sent: int, results: bytes, logits: bytes, *, total: int
) -> Inference:
    """Decode the packets that a core sent.

    Parameters
    ----------
    config
        Configuration of the core.
    count
        Inputs that were sent.
    passes
        Monte-Carlo passes of each input.
    sent
        Passes whose logits are sent: all, or 0.
    results, logits
        All packets of each stream, concatenated.
    total
        Sum of the weights of the passes of each input.

    Raises
    ------
    DriverError
        The size differs from the expected one, or a beat is not the one expected at its place.
    """
    classes = config.network.classes
    statistics = _take_apart("results", result_beat(config), results, (count, classes))
    values = _take_apart("logits", logit_beat(config), logits, (count, sent, classes))
    indices, last = np.arange(classes), (np.arange(sent) == sent - 1)[:, None]
    weight = values.get("weight", np.ones_like(values["value"]))
    common = [(f"{name} of a result", each, each[:, :1]) for name, each in statistics.items() if name in _PER_INPUT]
    for name, given, expected in (
        ("class of a result", statistics["index"], indices),
        *common,
        ("class of a logit", values["index"], indices),
        ("last pass of a logit", values["last"], last),
        ("weight of a logit", weight, weight[:, :, :1]),
    ):
        if (given != expected).any():
            raise DriverError(f"{name} must be that of its place, not another: beats were lost")
    measures = config.measures
    return Inference(
        passes=passes,
        total=total,
        fraction=config.logits.fraction,
        sums=statistics["sum"],
        squares=statistics["square"],
        votes=statistics["votes"],
        winner=statistics["winner"][:, 0],
        logits=values["value"] if sent else None,
        weights=weight[:, :, 0] if sent and config.passes_weighted else None,
        predictive=None if measures is None else Predictive.of(statistics, measures),
    )


def _take_apart(name: str, beat: Beat, content: bytes, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    expected = int(np.prod(shape)) * beat.octets
    if len(content) != expected:
        raise DriverError(f"{name} must be {expected} bytes, not {len(content)}")
    fields = beat.unpack(np.frombuffer(content, dtype=np.uint8).reshape(-1, beat.octets))
    return {field: values.reshape(shape) for field, values in fields.items()}
