"""Networks on simulated chips of a device."""
