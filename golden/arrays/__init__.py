"""Arrays: fixed, drawn, noisy and macros."""

from .arrays import Arrays, DigitalArrays, Sweeps
from .crossbar import agreements, counts, read_counts
from .fixed import FixedArrays
from .fresh_arrays import FreshArrays, bernoulli_source
from .independent_arrays import IndependentArrays
from .macro import MacroArrays, MacroChip
from .macro_array import MacroArray
from .macro_cells import MacroCells
from .probabilities import check_probabilities, code_probabilities
from .program_verify import program_row
from .reference_search import search_reference

__all__ = [
    "Arrays",
    "DigitalArrays",
    "FixedArrays",
    "FreshArrays",
    "IndependentArrays",
    "MacroArray",
    "MacroArrays",
    "MacroCells",
    "MacroChip",
    "Sweeps",
    "agreements",
    "bernoulli_source",
    "check_probabilities",
    "code_probabilities",
    "counts",
    "program_row",
    "read_counts",
    "search_reference",
]
