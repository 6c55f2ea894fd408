"""Surroundings of a block in a testbench."""

__all__ = [
    "affine_bench",
    "axi_bench",
    "axi_traffic",
    "core_bench",
    "drawn_weights",
    "driver_suite",
    "local_bench",
    "local_draws",
    "local_neuron_bench",
    "macro_bench",
    "map_bench",
    "mixed_program",
    "pixel_bench",
    "register_model",
    "repeat_bench",
    "stream_bench",
]
