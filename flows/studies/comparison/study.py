"""Comparison of PCM core and SRAM equivalent.

It covers every size, precision and way of sensing.
"""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hdl.config import CoreConfig, InputError
from hdl.config.schemes import SampledWeightsConfig

from ...base.bounds import check_integer, check_passes
from ...base.files import read
from ...base.provenance import Input, input_of, provenance
from ...base.yosys import Yosys
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .constants import Constants, load_constants
from .measured import Measured, measure
from .options import ComparisonOptions, Sweep
from .pcm_core import pcm_core
from .record import CompareRecord
from .sensitivity import sensitivity
from .sram_core import sram_core
from .terms import Core, Cost, cost
from .work import Work, work_of

__all__ = ["STUDY", "evaluate", "run", "works_of"]

#: Most word lines driven at a time, over those of the configuration.
_MOST_LINES = 512

#: Most samples of all constants.
_MOST_SAMPLES = 10**6

#: Digits that are kept: the model is not worth more, and different machines agree on them.
_DIGITS = 6


def run(
    config: CoreConfig,
    directory: Path,
    options: ComparisonOptions,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Compare both cores for ``config``.

    Parameters
    ----------
    config
        Network and arrays.
    directory
        Where the measured logic is kept.
    options
        Constants, variants and passes.
    on_step
        Called with the name of each step.

    Raises
    ------
    InputError
        An option is out of range, a file cannot be used, or Yosys fails.
    """
    constants, chosen = load_constants(options.constants), _checked(options.sweep)
    passes = check_passes(config, options.passes)
    works = works_of(config, chosen, passes)
    measured = measure(
        works, (*chosen.bits, _drawn(config).weight_bits), directory / "logic.json", yosys=Yosys.find(), on_step=on_step
    )
    return {
        "comparison": config.name,
        "provenance": provenance(config, _sources(directory, options)),
        "yosys": measured.yosys,
        "layers": [config.layers[0].inputs, *(layer.outputs for layer in config.layers)],
        "passes": passes,
        "sweep": dataclasses.asdict(chosen),
        "constants": {name: constant.model_dump() for name, constant in constants.items()},
        "logic": measured.dump(),
        **evaluate(config, works, measured, constants, chosen),
    }


def _sources(directory: Path, options: ComparisonOptions) -> dict[str, Input]:
    """Return the files that the result is made from, those that ship aside."""
    if options.constants is None:
        return {}
    return {"constants": input_of(directory, options.constants, read(options.constants, "bayescim compare"))}


def works_of(config: CoreConfig, sweep: Sweep, passes: int) -> dict[tuple[int | None, float], Work]:
    """Return the inference on every size of arrays, and with every factor of word lines: of the base (None, 1)."""
    variants = [(None, lines) for lines in dict.fromkeys((1.0, *sweep.lines))]
    own = (config.array.rows, config.array.cols)
    sizes = [(size, 1.0) for size in sweep.sizes if own != (size, size)]
    return {
        (size, lines): work_of(config, size=size, lines=lines, passes=passes) for size, lines in (*variants, *sizes)
    }


def evaluate(
    config: CoreConfig,
    works: Mapping[tuple[int | None, float], Work],
    measured: Measured,
    constants: Constants,
    sweep: Sweep,
) -> dict[str, Any]:
    """Return the figures of all variants, and the sensitivity of the base. Runs no tool."""
    base = works[None, 1.0]
    widest = max(each.layer.outputs for each in base.layers)
    own_bits, shared = _drawn(config).weight_bits, _drawn(config).generators
    values = {name: constant.value for name, constant in constants.items()}

    def variant(
        work: Work, *, bits: int = own_bits, generators: int = shared, adc: bool = False, parts: bool = False
    ) -> dict[str, Any]:
        adc_bits = max(each.layer.read_width for each in work.layers) if adc else None
        cores = _cores(work, measured, bits, generators, adc_bits)
        pcm, sram = (cost(core, values) for core in cores)
        return {
            "rows": work.config.array.rows,
            "cols": work.config.array.cols,
            "rows_per_read": list(work.config.rows_per_read),
            "bits": bits,
            "generators": generators,
            "sensing": f"ADC of {adc_bits} bits" if adc else "comparators",
            "pcm": _figures(pcm, parts),
            "sram": _figures(sram, parts),
            "ratios": _ratios(pcm, sram),
        }

    return {
        "base": variant(base, parts=True),
        "independent": variant(base, generators=widest, parts=True),
        "sizes": [
            variant(work, bits=bits)
            for work in sorted(_sized(works), key=lambda work: work.config.array.rows)
            for bits in sweep.bits
        ],
        "generators": [variant(base, generators=count) for count in _powers(widest)],
        "lines": [variant(work, adc=adc) for work in _different(works, sweep) for adc in (False, True)],
        "sensitivity": {
            name: sensitivity(
                _cores(base, measured, own_bits, generators, None), constants, samples=sweep.samples, seed=sweep.seed
            )
            for name, generators in (("shared", shared), ("independent", widest))
        },
    }


def _drawn(config: CoreConfig) -> SampledWeightsConfig:
    """Return the sampling of weights; that of a network whose weights are fixed is the default."""
    return config.bayes if isinstance(config.bayes, SampledWeightsConfig) else SampledWeightsConfig()


def _sized(works: Mapping[tuple[int | None, float], Work]) -> list[Work]:
    """Return the base and the works with other sizes of arrays."""
    return [work for (size, lines), work in works.items() if size is not None or lines == 1]


def _different(works: Mapping[tuple[int | None, float], Work], sweep: Sweep) -> list[Work]:
    """Return the works with every factor of word lines; factors that arrays do not have are those of others."""
    found = {works[None, lines].config.rows_per_read: works[None, lines] for lines in sweep.lines}
    return list(found.values())


def _checked(sweep: Sweep) -> Sweep:
    for name, values, least, most in (("bits", sweep.bits, 2, 16), ("size", sweep.sizes, 2, 4096)):
        for value in values:
            if value not in range(least, most + 1):
                raise InputError(f"{name} must be between {least} and {most}, not {value!r}")
    for lines in sweep.lines:
        if not 0 < lines <= _MOST_LINES:
            raise InputError(f"lines must be above 0 and at most {_MOST_LINES}, not {lines!r}")
    if not sweep.bits or not sweep.lines:
        raise InputError(f"{'lines' if sweep.bits else 'bits'} must be numbers, not none")
    check_integer("samples", sweep.samples, 1, _MOST_SAMPLES)
    return sweep


def _cores(work: Work, measured: Measured, bits: int, generators: int, adc_bits: int | None) -> tuple[Core, Core]:
    return (
        pcm_core(work, measured.lanes, measured.rest, adc_bits=adc_bits),
        sram_core(work, measured.lanes, measured.rest, bits=bits, generators=generators),
    )


def _powers(widest: int) -> list[int]:
    """Return 1, 4, 16 … and, last, ``widest``."""
    counts = [4**power for power in range(widest.bit_length()) if 4**power < widest]
    return [*counts, widest]


def _figures(found: Cost, parts: bool) -> dict[str, Any]:
    """Return the figures of a core, and with ``parts`` those of its components."""
    components = {
        "area": {name: _rounded(value / 1e6) for name, value in found.area.items()},
        "energy": {name: _rounded(value / 1e6) for name, value in found.energy.items()},
    }
    return {
        "area_mm2": _rounded(found.total_area),
        "energy_nj": _rounded(found.total_energy),
        "time_us": _rounded(found.time / 1e3),
        "latency_us": _rounded(found.latency / 1e3),
        "gops": _rounded(found.gops),
        "gops_per_watt": _rounded(found.efficiency),
        "gops_per_watt_mm2": _rounded(found.density),
        "loading_nj": _rounded(found.loading / 1e6),
        **(components if parts else {}),
    }


def _ratios(pcm: Cost, sram: Cost) -> dict[str, float]:
    """Return the ratios of the PCM core to its SRAM equivalent: above 1, it is better."""
    return {
        "gops": _rounded(pcm.gops / sram.gops),
        "gops_per_watt": _rounded(pcm.efficiency / sram.efficiency),
        "gops_per_watt_mm2": _rounded(pcm.density / sram.density),
    }


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")


STUDY = Study(
    name="compare",
    record=CompareRecord,
    run=run,
    title=lambda result: f"PCM and SRAM cores for {result['comparison']}",
    markdown=show.to_markdown,
    tables=show.comparison_tables,
    sentences=lambda result: [f"{result['comparison']}. {show.said(result)}"],
    pictures=show.pictures,
    sections=show.sections,
    document=Path("docs/comparison.md"),
    kind=ResultKind(
        command="compare",
        record=CompareRecord,
        member="comparison",
        directory="comparison",
        stem=lambda result: result["comparison"],
    ),
)
