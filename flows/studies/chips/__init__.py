"""Study of chips of a memory device."""
