"""Test vectors of docs/numerics.md.

A small Program for each method, and its results. The values are golden's; tests/test_numerics_vectors.py computes it
again from the text of the page alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from golden.data import random_program
from golden.draws import check_masks, lfsr, local_draws, stochastic_unit
from golden.model import IntegerModel, Trace, core_model, passes_of, predictive, statistics
from hdl.config import LFSR_TAPS, CoreConfig, RandomConfig
from hdl.contract import Program

from ..base.files import make_directory, write_atomically
from ..base.record import Record
from .vector_records import RegistersRecord, VectorRecord

__all__ = ["CASES", "REGISTERS", "VECTORS", "case_runs", "register_vectors", "write_vectors"]

#: Where the test vectors of a checkout are kept.
VECTORS = Path("docs/vectors")

#: Name of the file of taps, states, draws and seeds.
REGISTERS = "registers"

#: Shifts after which the state of each register is told.
_SHIFTS = 100

#: Characters of a list that is not broken over several lines.
_LINE = 100

_MAP = {"image": [4, 4, 1], "inputs": 16, "input_bits": 2, "classes": 2}
_POOLED = [
    {"channels": 3, "kernel": 3},
    {"channels": 3, "kernel": 3, "skip": 0, "skip_gain": 3, "pool": 2},
]
_SMALL = {"rows": 6, "cols": 3, "rows_per_read": 2}
_LOGITS = {"width": 7, "fraction": 4, "gain_width": 8, "offset_width": 10, "max_shift": 7}

#: Configurations by the names of the files, as they would be written in TOML.
CASES: Mapping[str, Mapping[str, Any]] = {
    "none": {
        "network": {
            "image": [5, 5, 1],
            "inputs": 25,
            "input_bits": 3,
            "convolutions": [
                {"channels": 3, "kernel": 3, "stride": 2, "padding": 0},
                {"channels": 3, "kernel": 1, "skip": 0, "skip_gain": 2},
            ],
            "hidden": [4],
            "classes": 3,
        },
        "bayes": {"method": "none", "passes": 1, "max_passes": 1},
        "random": {"lfsr_width": 16, "draw_bits": 4, "seed": 1},
    },
    "scale_dropout": {
        "network": {"inputs": 10, "input_bits": 2, "hidden": [5, 4], "classes": 3},
        "bayes": {"method": "scale-dropout", "p": [0.6, 0.40625], "passes": 4, "max_passes": 8},
        "random": {"lfsr_width": 16, "draw_bits": 4, "seed": 44257},
        "predictive": {"probability_bits": 8, "entropy_bits": 8, "difference_bits": 3, "threshold": 0.8},
    },
    "affine_dropout": {
        "network": {
            "image": [3, 3, 1],
            "inputs": 9,
            "input_bits": 2,
            "convolutions": [{"channels": 3, "kernel": 3}],
            "hidden": [4],
            "classes": 2,
        },
        "bayes": {"method": "affine-dropout", "p": [0.4, 0.4], "passes": 3, "max_passes": 4},
        "random": {"lfsr_width": 24, "draw_bits": 5, "seed": 1234567, "units": 3},
    },
    "prefix": {
        "network": {"inputs": 7, "hidden": [4, 3], "classes": 3},
        "bayes": {"method": "affine-dropout", "p": [0.3, 0.4], "passes": 6, "max_passes": 8, "order": "prefix"},
        "random": {"lfsr_width": 33, "draw_bits": 3, "seed": 98765},
        "predictive": {"probability_bits": 8, "entropy_bits": 10, "measure": "mutual-information", "threshold": 0.1},
    },
    "spatial_dropout": {
        "network": {**_MAP, "convolutions": _POOLED},
        "bayes": {"method": "spatial-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 4},
        "random": {"lfsr_width": 20, "draw_bits": 4, "seed": 4711, "units": 2},
    },
    "spin_dropout": {
        "network": {**_MAP, "convolutions": _POOLED},
        "bayes": {"method": "spin-dropout", "p": [0.3, 0.5], "passes": 2, "max_passes": 4},
        "random": {"lfsr_width": 41, "draw_bits": 4, "seed": 31415, "units": 2},
    },
    "subset_vi": {
        "network": {"inputs": 9, "input_bits": 2, "hidden": [5, 3], "classes": 3},
        "bayes": {"method": "subset-vi", "passes": 3, "max_passes": 4, "levels": 4},
        "random": {"lfsr_width": 17, "draw_bits": 5, "seed": 999, "units": 2},
    },
    "ensemble": {
        "network": {"inputs": 9, "input_bits": 2, "hidden": [5, 4], "classes": 3},
        "bayes": {"method": "ensemble", "passes": 4, "max_passes": 4, "sets": 4},
        "random": {"lfsr_width": 64, "draw_bits": 2, "seed": 2718281828},
    },
    "sampled_weights": {
        "network": {"inputs": 10, "input_bits": 2, "hidden": [5, 4], "classes": 3},
        "array": {**_SMALL, "folding": [3, 2, 2]},
        "bayes": {"method": "sampled-weights", "passes": 3, "max_passes": 4, "weight_bits": 4, "generators": 2},
        "random": {"lfsr_width": 32, "seed": 271828},
    },
    "sampled_weights_pass": {
        "network": {
            "image": [3, 3, 1],
            "inputs": 9,
            "input_bits": 2,
            "convolutions": [{"channels": 3, "kernel": 3}, {"channels": 3, "kernel": 1, "skip": 0, "skip_gain": 2}],
            "classes": 2,
        },
        "bayes": {"method": "sampled-weights", "passes": 3, "max_passes": 4, "weight_bits": 3, "sampling": "pass"},
        "random": {"lfsr_width": 18, "seed": 5},
    },
}

#: Seeds of the random integers of each case: chosen such that passes and inputs differ, and some logits
#: round up or saturate; in `none` two classes are equal.
_SEEDS: Mapping[str, int] = {
    "none": 1266,
    "scale_dropout": 108,
    "affine_dropout": 41,
    "prefix": 14,
    "spatial_dropout": 7,
    "spin_dropout": 7,
    "subset_vi": 141,
    "ensemble": 120,
    "sampled_weights": 129,
    "sampled_weights_pass": 5,
}

#: Inputs of each case.
_INPUTS = 2


def write_vectors(directory: Path) -> None:
    """Write all test vectors into ``directory``.

    Raises
    ------
    InputError
        The directory cannot be written.
    """
    make_directory(directory)
    _write(directory / f"{REGISTERS}.json", RegistersRecord, register_vectors())
    for name, fields in CASES.items():
        configuration = {"name": name, "array": _SMALL, "logits": _LOGITS, **fields}
        config = CoreConfig.from_document(configuration, name)
        rng = np.random.default_rng(_SEEDS[name])
        program = random_program(config, rng)
        pixels = rng.integers(0, 2**config.network.input_bits, (_INPUTS, config.network.inputs))
        case = {
            "configuration": configuration,
            "program": _integers(program),
            "unit_seeds": config.stochastic.seeds(program.seed),
            "inputs": pixels.tolist(),
            "runs": case_runs(program, pixels),
        }
        write_atomically(directory / f"{name}.npz", program.to_bytes())
        _write(directory / f"{name}.json", VectorRecord, case)


def _write(path: Path, kind: type[Record], content: Mapping[str, Any]) -> None:
    """Write ``content``, which is of that kind, with a line for everything that fits on one."""
    kind.of(content)
    write_atomically(path, _text(content).encode())


def _integers(program: Program) -> dict[str, Any]:
    """Return the integers of ``program`` by the names of the arrays in its file, fixed weights as bits."""
    found: dict[str, Any] = {}
    for layer, weights in zip(program.config.layers, program.weights, strict=True):
        fixed = layer.sampling is None
        found[f"weights_{layer.index}"] = _bits(torch.from_numpy(weights)) if fixed else weights.tolist()
    for index, neurons in enumerate(program.neurons):
        found |= {f"{name}_{index}": values.tolist() for name, values in neurons.items()}
    constants = {name: getattr(program, name).tolist() for name in ("gains", "offsets", "shifts", "codes")}
    return found | constants | {"seed": program.seed}


def register_vectors() -> dict[str, Any]:
    """Return taps and a state of the register of each width."""
    return {
        "shifts": _SHIFTS,
        "registers": [
            {
                "width": width,
                "taps": list(taps),
                "state": RandomConfig(lfsr_width=width, draw_bits=2).jump(1, _SHIFTS),
            }
            for width, taps in LFSR_TAPS.items()
        ],
    }


def case_runs(program: Program, pixels: Any) -> list[dict[str, Any]]:
    """Return what golden makes of ``pixels``, shape (n, inputs): one run, or with pass weights also an exact one."""
    exact = (False, True) if program.config.passes_weighted else (False,)
    return [_run(program, pixels, mode) for mode in exact]


def _run(program: Program, pixels: Any, exact: bool) -> dict[str, Any]:
    config = program.config
    run: dict[str, Any] = {"exact": exact}
    weights = None
    if config.passes_weighted:
        passes = config.bayes.passes
        made = passes_of(program, len(pixels), passes=passes, exact=exact)
        weights = made.weights
        if not exact:
            run["draws"] = stochastic_unit.draws(config, program.seed, len(pixels), passes=passes).tolist()
        each = list(_weighted_passes(program, pixels, made.masks, weights))
    else:
        each = list(_plain_passes(program, pixels))
    run["passes"] = each
    run["results"] = [
        _results(config, [found for found in each if found["input"] == number]) for number in range(len(pixels))
    ]
    return run


def _plain_passes(program: Program, pixels: Any) -> Iterator[dict[str, Any]]:
    """Yield the draws and values of each pass of each input."""
    config = program.config
    model = core_model(program)
    for number in range(len(pixels)):
        for index in range(config.bayes.passes):
            since = number * config.bayes.passes + index
            own = pixels[number : number + 1]
            drawn = {"input": number, "pass": index} | _drawn(program, since)
            yield drawn | _traced(model.trace(own, first_pass=since))


def _weighted_passes(program: Program, pixels: Any, masks: Tensor, weights: Tensor) -> Iterator[dict[str, Any]]:
    """Yield the passes of each input that have a weight."""
    config = program.config
    model = IntegerModel(program)
    for number in range(len(pixels)):
        for place in weights[number].nonzero()[:, 0].tolist():
            mask = masks[number : number + 1, place : place + 1]
            draws = check_masks(config, mask, 1, 1, torch.device("cpu"))
            found = {"input": number, "mask": _bits(mask.flatten()), "weight": int(weights[number, place])}
            yield found | _traced(model.trace(pixels[number : number + 1], draws=draws))


def _drawn(program: Program, since: int) -> dict[str, Any]:
    """Return the draws of pass ``since``, counted from the seed, as the registers make them."""
    config, random, states = program.config, program.config.random, program.config.stochastic.seeds(program.seed)
    found: dict[str, Any] = {}
    if config.stochastic.mask_width:
        draws = stochastic_unit.draws(config, program.seed, 1, passes=1, first_pass=since)
        found["draws"] = draws.flatten().tolist()
        found["mask"] = _bits(stochastic_unit.kept(config, program.codes, draws).flatten())
    for layer in config.layers:
        first = config.stochastic.first(layer)
        own = states[first : first + layer.units]
        if layer.local is not None:
            # By drawing and channel.
            drawings = local_draws(random, layer.local, own, since, 1)[0]
            found.setdefault("layer_draws", []).append(drawings.tolist())
        if layer.sampling is not None:
            # By unit, those of the groups in the first sweep.
            weight = random.model_copy(update={"draw_bits": layer.sampling.bits})
            each = [lfsr.draws(weight, state, since * layer.weight_draws, layer.groups).tolist() for state in own]
            found.setdefault("layer_draws", []).append(each)
    return found


def _traced(trace: Trace) -> dict[str, Any]:
    return {
        "counts": [counts[0].tolist() for counts in trace.counts],
        "activations": [_bits(bits[0]) for bits in trace.activations],
        "logits": trace.logits[0].tolist(),
    }


def _bits(values: Tensor) -> Any:
    """Return bits as text, index 0 first; of several positions a list."""
    if values.ndim > 1:
        return [_bits(each) for each in values]
    return "".join(str(bit) for bit in values.tolist())


def _results(config: CoreConfig, passes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the results that the core sends after the passes of one input."""
    logits = torch.tensor([[each["logits"] for each in passes]])
    weights = torch.tensor([[each.get("weight", 1) for each in passes]])
    found = statistics(logits, weights)
    results = {
        "sums": found.sums[0].tolist(),
        "squares": found.squares[0].tolist(),
        "votes": found.votes[0].tolist(),
        "class": int(found.winner[0]),
    }
    section, measures = config.predictive, config.measures
    if section is None or measures is None:
        return results
    prediction = predictive(logits, measures, weights=weights)
    threshold = measures.threshold(section.measure, section.threshold)
    return results | {
        "probability": prediction.probability[0].tolist(),
        "predictive_entropy": int(prediction.predictive_entropy[0]),
        "expected_entropy": int(prediction.expected_entropy[0]),
        "mutual_information": int(prediction.mutual_information[0]),
        "error_probability": int(prediction.error_probability[0]),
        "unknown": bool(prediction.unknown(section.measure, threshold)[0]),
    }


def _text(value: Any) -> str:
    """Return JSON with a line for everything that fits on one."""
    return _layout(value, "") + "\n"


def _layout(value: Any, indent: str) -> str:
    line = json.dumps(value)
    if not isinstance(value, dict | list | tuple) or len(line) <= _LINE:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_layout(each, inner)}" for key, each in value.items()]
        start, end = "{", "}"
    else:
        parts = [_layout(each, inner) for each in value]
        start, end = "[", "]"
    return f"{start}\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}{end}"
