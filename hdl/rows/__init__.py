"""Rows: storage, access, buffer and router."""

from .row_access import RowAccess
from .row_buffer import RowBuffer
from .row_router import RowRouter
from .row_store import RowStore

__all__ = [
    "RowAccess",
    "RowBuffer",
    "RowRouter",
    "RowStore",
]
