"""Times at which device models are examined."""

from collections.abc import Mapping

__all__ = ["TIMES"]

_HOUR = 3600.0
_DAY = 24 * _HOUR

#: Times since programming of the moments, s.
TIMES: Mapping[str, float] = {"20 s": 20.0, "1 h": _HOUR, "1 day": _DAY, "30 days": 30 * _DAY}
