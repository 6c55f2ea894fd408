"""Study of calibration and detection."""
