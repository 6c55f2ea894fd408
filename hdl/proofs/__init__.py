"""What is proved of the blocks, a file per block. The command ``bayescim prove`` runs the proofs.

A proof is a bench in Amaranth: the block with free inputs, assumptions about whoever feeds it, assertions, and covers
that must be reachable. Nothing here becomes hardware.
"""

from collections.abc import Callable, Iterator, Mapping

from .axi import axi_lite, packet_input, packet_output
from .bench import Bench
from .control import control
from .crossbar import accumulator, crossbar, weight_draws, weight_sampler
from .crossbar.macro import converted_counts, level_comparator, program_verify, reference_search
from .inputs import bank_pair, flatten, frame_buffer, line_driver, pixel_buffer, window_buffer
from .lanes import adder, columns, popcount
from .neurons import (
    activation_dropout,
    mean_comparator,
    mean_divider,
    mean_unit,
    neuron,
    pool,
    residual,
    sampled_neuron,
    serial_multiplier,
    threshold_rows,
)
from .passes import frame_repeater, mask_sequencer, pass_counter, prefix_repeater, repeater, vector_repeater
from .proof import Method, Proof
from .results import logit_correction, logits, result_join, statistics
from .results.predictive import divider, exponentials, normalization
from .rows import row_access, row_buffer, row_router, row_store
from .stochastic import lfsr, local_units, self_test, stochastic_unit
from .streams import queue, tee

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
    "self_test": self_test.proofs,
    "self_test_bank": self_test.bank_proofs,
    "local_units": local_units.proofs,
    "activation_dropout": activation_dropout.proofs,
    "row_store": row_store.proofs,
    "converted_counts": converted_counts.proofs,
    "level_comparator": level_comparator.proofs,
    "program_verify": program_verify.proofs,
    "reference_search": reference_search.proofs,
    "weight_draws": weight_draws.proofs,
    "weight_sampler": weight_sampler.proofs,
    "logit_correction": logit_correction.proofs,
    "row_access": row_access.proofs,
    "row_buffer": row_buffer.proofs,
    "row_router": row_router.proofs,
    "bank_pair": bank_pair.proofs,
    "pixel_buffer": pixel_buffer.proofs,
    "frame_buffer": frame_buffer.proofs,
    "window_buffer": window_buffer.proofs,
    "line_driver": line_driver.proofs,
    "pass_counter": pass_counter.proofs,
    "repeater": repeater.proofs,
    "frame_repeater": frame_repeater.proofs,
    "vector_repeater": vector_repeater.proofs,
    "mask_sequencer": mask_sequencer.proofs,
    "prefix_repeater": prefix_repeater.proofs,
    "residual": residual.proofs,
    "threshold_rows": threshold_rows.proofs,
    "neuron": neuron.proofs,
    "sampled_neuron": sampled_neuron.proofs,
    "serial_multiplier": serial_multiplier.proofs,
    "mean_divider": mean_divider.proofs,
    "mean_unit": mean_unit.proofs,
    "mean_comparator": mean_comparator.proofs,
    "pool": pool.proofs,
    "flatten": flatten.proofs,
    "logits": logits.proofs,
    "statistics": statistics.proofs,
    "divider": divider.proofs,
    "exponentials": exponentials.proofs,
    "normalization": normalization.proofs,
    "result_join": result_join.proofs,
    "queue": queue.proofs,
    "tee": tee.proofs,
    "control": control.proofs,
    "axi_lite": axi_lite.proofs,
    "packet_input": packet_input.proofs,
    "packet_output": packet_output.proofs,
}
