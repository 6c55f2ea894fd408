"""All documents with figures."""

from ..studies.bench.document import BENCHMARKS
from ..studies.chips.document import CHIPS
from ..studies.comparison.document import COMPARISON
from ..studies.devices.document import DEVICES
from ..studies.exact.document import EXACT
from ..studies.schemes.document import SCHEMES
from ..studies.uncertainty.document import UNCERTAINTY
from .numerics import NUMERICS
from .readme import README
from .registers import REGISTERS
from .rooms import ROOMS
from .trained import TRAINED

__all__ = ["PAGES"]

#: README.md is the last: where it is written, everything is.
PAGES = (
    TRAINED,
    REGISTERS,
    NUMERICS,
    ROOMS,
    BENCHMARKS,
    EXACT,
    SCHEMES,
    UNCERTAINTY,
    DEVICES,
    CHIPS,
    COMPARISON,
    README,
)
