"""Random draws, identical to those of the hardware."""
