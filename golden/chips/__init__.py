"""Networks deployed on simulated chips of a memory device."""
