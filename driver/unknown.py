"""Register value for the threshold of unknown inputs."""

import math

from hdl.config import CoreConfig, InputError, Measure
from hdl.contract import Register, register_map

__all__ = ["unknown_value"]

_PAIR = 2


def unknown_value(config: CoreConfig, unknown: tuple[Measure, float | None]) -> int:
    """Return the value of the register `UNKNOWN`.

    Parameters
    ----------
    config
        Configuration of the core.
    unknown
        Measure, and the least value that makes an input unknown, in nats or as a probability; it is rounded to
        the resolution of the register. None where no input shall be unknown.

    Raises
    ------
    InputError
        The core has no predictive probabilities, or an argument is invalid.
    """
    measures = config.measures
    if measures is None:
        raise InputError(f"unknown must be omitted for a core without predictive probabilities, not {unknown!r}")
    if not isinstance(unknown, tuple) or len(unknown) != _PAIR or not isinstance(unknown[0], Measure):
        raise InputError(f"unknown must be a hdl.config.Measure and a threshold, not {unknown!r}")
    measure, threshold = unknown
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if threshold is not None and not (number and 0 <= threshold < math.inf):
        raise InputError(f"threshold must be a number of at least 0, or None, not {threshold!r}")
    fields = {
        field.name: field.lowest
        for entry in register_map(config)
        if entry.address == Register.UNKNOWN
        for field in entry.fields
    }
    return measure.code << fields["measure"] | measures.threshold(measure, threshold) << fields["threshold"]
