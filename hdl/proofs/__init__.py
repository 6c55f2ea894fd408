"""What is proved of the blocks, a file per block. The command ``bayescim prove`` runs the proofs.

A proof is a bench in Amaranth: the block with free inputs, assumptions about whoever feeds it, assertions, and covers
that must be reachable. Nothing here becomes hardware.
"""

from collections.abc import Callable, Iterator, Mapping

from . import (
    accumulator,
    adder,
    axi_lite,
    columns,
    control,
    crossbar,
    flatten,
    frame_buffer,
    frame_repeater,
    lfsr,
    line_driver,
    logit_correction,
    logits,
    mean_comparator,
    mean_unit,
    neuron,
    packet_input,
    packet_output,
    pixel_buffer,
    pool,
    popcount,
    repeater,
    residual,
    row_access,
    row_buffer,
    row_router,
    row_store,
    statistics,
    stochastic_unit,
    tee,
    window_buffer,
)
from .bench import Bench
from .proof import Method, Proof

__all__ = ["BLOCKS", "Bench", "Method", "Proof"]

#: How to list the proofs of each block.
BLOCKS: Mapping[str, Callable[[], Iterator[Proof]]] = {
    "adder": adder.proofs,
    "agreement_counter": popcount.counter_proofs,
    "popcount": popcount.proofs,
    "columns": columns.proofs,
    "accumulator": accumulator.proofs,
    "crossbar": crossbar.proofs,
    "lfsr": lfsr.proofs,
    "stochastic_unit": stochastic_unit.proofs,
    "row_store": row_store.proofs,
    "logit_correction": logit_correction.proofs,
    "row_access": row_access.proofs,
    "row_buffer": row_buffer.proofs,
    "row_router": row_router.proofs,
    "pixel_buffer": pixel_buffer.proofs,
    "frame_buffer": frame_buffer.proofs,
    "window_buffer": window_buffer.proofs,
    "line_driver": line_driver.proofs,
    "repeater": repeater.proofs,
    "frame_repeater": frame_repeater.proofs,
    "residual": residual.proofs,
    "neuron": neuron.proofs,
    "mean_unit": mean_unit.proofs,
    "mean_comparator": mean_comparator.proofs,
    "pool": pool.proofs,
    "flatten": flatten.proofs,
    "logits": logits.proofs,
    "statistics": statistics.proofs,
    "tee": tee.proofs,
    "control": control.proofs,
    "axi_lite": axi_lite.proofs,
    "packet_input": packet_input.proofs,
    "packet_output": packet_output.proofs,
}
