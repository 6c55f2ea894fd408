"""Drivers, monitors and scoreboards."""
