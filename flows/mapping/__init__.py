"""Layers on arrays, clock cycles and storage."""

__all__ = [
    "mapping",
    "mapping_picture",
    "mapping_record",
    "mapping_tables",
    "storage",
]
