"""Random draws, exactly those of the hardware."""
