"""Rows: storage, access, buffer and router."""

from .column_groups import column_groups, grouped_address, grouped_places
from .row_access import RowAccess
from .row_buffer import RowBuffer
from .row_router import RowRouter
from .row_store import RowStore

__all__ = [
    "RowAccess",
    "RowBuffer",
    "RowRouter",
    "RowStore",
    "column_groups",
    "grouped_address",
    "grouped_places",
]
