"""All documents with figures."""

from ..studies.page import Page
from ..studies.registry import find_studies
from .campaigns import CAMPAIGNS
from .claims import CLAIMS
from .engines import ENGINES
from .faults import FAULTS
from .numerics import NUMERICS
from .readme import README
from .registers import REGISTERS
from .rooms import ROOMS
from .trained import TRAINED

__all__ = ["find_pages"]


def find_pages() -> tuple[Page, ...]:
    """Return the documents of all studies and those of no study.

    Several may be sections of the same document. README.md is the last: where it is written, everything is.
    """
    pages = (listing.study.page for listing in find_studies())
    return (
        TRAINED,
        REGISTERS,
        NUMERICS,
        CAMPAIGNS,
        CLAIMS,
        ENGINES,
        FAULTS,
        ROOMS,
        *(page for page in pages if page is not None),
        README,
    )
