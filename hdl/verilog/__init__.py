"""Generation of Verilog from components."""

from .column_cells import ColumnCells
from .export import export, name_elements, to_metadata, to_verilog
from .hierarchy import Block, Hierarchy
from .shared_modules import SharedModules
from .sharing import share_modules

__all__ = [
    "Block",
    "ColumnCells",
    "Hierarchy",
    "SharedModules",
    "export",
    "name_elements",
    "share_modules",
    "to_metadata",
    "to_verilog",
]
