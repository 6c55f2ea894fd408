"""Checks of arguments, seeds and windows."""
