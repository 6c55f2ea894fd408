"""Calibration, uncertainty, detection and agreement."""
