"""A model of area, energy and time of the core on PCM cells and of its SRAM equivalent."""
