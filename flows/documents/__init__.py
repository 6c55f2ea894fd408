"""Documents of the project.

Their figures are written by a command, from results that a checkout keeps.
"""

from .pages import find_pages
from .write import document

__all__ = ["document", "find_pages"]
