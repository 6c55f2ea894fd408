"""The project's documents: their figures are written by a command, from results that a checkout keeps."""

from ..studies.page import PICTURES, RESULTS, Page
from ..studies.result_kind import ResultKind, kind_of, of_trained
from .pages import PAGES
from .write import document

__all__ = ["PAGES", "PICTURES", "RESULTS", "Page", "ResultKind", "document", "kind_of", "of_trained"]
