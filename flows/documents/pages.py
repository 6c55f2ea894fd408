"""All documents with figures."""

from .benchmarks import BENCHMARKS
from .chips import CHIPS
from .comparison import COMPARISON
from .devices import DEVICES
from .exact import EXACT
from .numerics import NUMERICS
from .readme import README
from .registers import REGISTERS
from .schemes import SCHEMES
from .trained import TRAINED
from .uncertainty import UNCERTAINTY

__all__ = ["PAGES"]

#: README.md is the last: where it is written, everything is.
PAGES = (TRAINED, REGISTERS, NUMERICS, BENCHMARKS, EXACT, SCHEMES, UNCERTAINTY, DEVICES, CHIPS, COMPARISON, README)
