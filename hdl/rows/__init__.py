"""Rows: storage, access, buffer and router."""
