"""Macros outside the core: access, programming, references, counts."""

from .converted_counts import ConvertedCounts
from .level_comparator import LevelComparator
from .macro_access import MacroAccess
from .macro_array import MacroArray
from .macro_calibration import MacroCalibration
from .macro_ports import MacroPorts, macro_name
from .program_verify import ProgramVerify
from .reference_search import ReferenceSearch

__all__ = [
    "ConvertedCounts",
    "LevelComparator",
    "MacroAccess",
    "MacroArray",
    "MacroCalibration",
    "MacroPorts",
    "ProgramVerify",
    "ReferenceSearch",
    "macro_name",
]
