"""Report: numbers, pictures, and one page of both."""

from .report import report, report_tables

__all__ = [
    "report",
    "report_record",
    "report_tables",
]
