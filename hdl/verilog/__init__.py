"""Generation of Verilog from components."""

from .column_cells import ColumnCells
from .export import export, name_elements, to_metadata, to_verilog
from .hierarchy import Block, Hierarchy
from .processes import clock_processes, start_processes
from .shared_modules import SharedModules
from .sharing import share_modules
from .values import inline_conditions, name_ports, name_values

__all__ = [
    "Block",
    "ColumnCells",
    "Hierarchy",
    "SharedModules",
    "clock_processes",
    "export",
    "inline_conditions",
    "name_elements",
    "name_ports",
    "name_values",
    "share_modules",
    "start_processes",
    "to_metadata",
    "to_verilog",
]
