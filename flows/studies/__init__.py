"""Studies: measurements with tables, pictures and pages."""

__all__ = [
    "page",
    "registry",
    "result_kind",
    "study",
]
