"""Quality of mask bits, by source.

Tests of the bits, and effects of poor ones on the uncertainty of a network.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from golden.data import load
from golden.draws import watch
from golden.model import IntegerModel
from golden.randomness import bit_tests, core_limits, mask_sources
from hdl.config import LFSR_TAPS, CoreConfig, InputError, RandomConfig, SelfTestConfig
from hdl.contract import Program

from ...base.bounds import check_passes
from ...base.console import OnProgress
from ...base.products import Products
from ...base.provenance import provenance
from ...road.generate import load_program, program_input
from ..effect import Effect, Logits, measure_effect, probes
from ..study import Study
from . import show
from .options import RandomnessOptions
from .quality import Quality
from .record import RandomnessRecord

__all__ = ["STUDY", "effects", "qualities", "run"]

#: Widths of registers that are compared.
_WIDTHS = (8, 12, 16, 24, 32, 48, 64)

#: Shifts per draw, of k, of a register whose draws overlap.
_SHIFTS = (1, 2, 4)

#: Probabilities with which a bit repeats the one before.
_RHOS = (0.5, 0.9, 0.99)

#: Errors of p from a trim that is off.
_TRIM = 0.1

#: Steps between the seeds of repetitions: an odd number without a pattern, 2^64 over the golden ratio.
_STEP = 0x9E3779B97F4A7C15

#: Makes the bits of so many passes from a seed, shape (passes, L).
Source = Callable[[int, int], mask_sources.Masks]


def run(products: Products, options: RandomnessOptions, *, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Test the bits of each source, and measure its effect on the network.

    Parameters
    ----------
    products
        Where the Program is.
    options
        Network, passes and inputs.
    on_progress
        Called with the sources done, and their number.

    Raises
    ------
    InputError
        Nothing is drawn, a number is out of range, or a file cannot be used.
    """
    config = products.config
    passes = check_passes(config, options.passes)
    _limits(config)
    program = load_program(products, options.program)
    dataset = load(config, options.data)
    tests = list(qualities(config, passes=options.tested))
    images, labels = dataset.test_pixels[: options.inputs], dataset.test_labels[: options.inputs]
    found = effects(program, images, labels, passes=passes, repeats=options.repeats, on_progress=on_progress)
    return {
        "provenance": provenance(config, {"program": program_input(products, options.program)}, data=dataset.digest),
        "inputs": len(images),
        "passes": passes,
        "tested": options.tested,
        "repeats": options.repeats,
        "qualities": [{**vars(each), "repeats": each.repeats, "passed": each.passed} for each in tests],
        "effects": found,
        "self_test": core_limits(config),
        "watched_units": len(config.stochastic.watched),
    }


def qualities(config: CoreConfig, *, passes: int) -> Iterator[Quality]:
    """Yield the tests of each source: registers by width, shared or one per layer, and the poor ones.

    Raises
    ------
    InputError
        Nothing is drawn, or there are too few passes.
    """
    self_test = _limits(config)
    for name, source, period, draws in _registers(config, passes):
        yield _quality(config, self_test, name, source, passes, period=period, draws=draws)
    for name, source in _sources(config).items():
        yield _quality(
            config, self_test, name, source, passes, period=None, draws=passes * config.stochastic.mask_width
        )


def effects(
    program: Program,
    pixels: torch.Tensor,
    labels: torch.Tensor,
    *,
    passes: int,
    repeats: int,
    on_progress: OnProgress | None = None,
) -> list[Effect]:
    """Return the effect of each source on the network of ``program``.

    Parameters
    ----------
    program
        A trained network.
    pixels, labels
        Test inputs, shapes (n, inputs) and (n,).
    passes
        Monte-Carlo passes T.
    repeats
        Repetitions, each with the next bits of a source or another seed.
    on_progress
        Called with the sources done, and their number.

    Raises
    ------
    InputError
        Nothing is drawn.
    """
    config = program.config
    _limits(config)
    random = config.random
    own = f"LFSR, {random.lfsr_width} bits"
    sources = {own: _lfsr(config, random.lfsr_width), "LFSR, 8 bits": _lfsr(config, min(LFSR_TAPS))}
    if random.draw_bits > min(LFSR_TAPS):
        del sources["LFSR, 8 bits"]
    sources |= _sources(config)
    inputs = probes(config, pixels)
    model = IntegerModel(program)
    found = []
    for done, (name, source) in enumerate(sources.items()):
        if on_progress is not None:
            on_progress(done, len(sources))
        logits = _logits(model, source, kinds=len(inputs), passes=passes)
        found.append(measure_effect(name, config, inputs, labels, logits, repeats=repeats))
    if on_progress is not None:
        on_progress(len(sources), len(sources))
    return found


def _logits(model: IntegerModel, source: Source, *, kinds: int, passes: int) -> Logits:
    """Return a function for logits with the bits of ``source``, drawn for all kinds of inputs of a repetition."""

    def logits(before: int, pixels: torch.Tensor) -> torch.Tensor:
        repeat, place = divmod(before, kinds)
        bits = source(repeat, kinds * len(pixels) * passes).reshape(kinds, len(pixels), passes, -1)
        return model.logits(pixels, masks=torch.from_numpy(bits[place]))

    return logits


def _limits(config: CoreConfig) -> SelfTestConfig:
    if not config.stochastic.mask_width:
        raise InputError(f"config must be of a stochastic method, not {config.bayes.method!r}")
    return core_limits(config)


def _lfsr(config: CoreConfig, width: int, *, separate: bool = False) -> Source:
    random = RandomConfig(lfsr_width=width, draw_bits=config.random.draw_bits)
    draw = mask_sources.separate if separate else mask_sources.shared
    return lambda repeat, passes: draw(random, config.stochastic.drop_codes, _seed(config, width, repeat), passes)


def _seed(config: CoreConfig, width: int, repeat: int) -> int:
    """Return the configuration's seed for repetition 0, as far as a register of ``width`` has it, then others."""
    return 1 + (config.random.seed - 1 + repeat * _STEP) % (2**width - 1)


def _registers(config: CoreConfig, passes: int) -> Iterator[tuple[str, Source, int, int]]:
    """Yield name, source, period, and draws of a register in ``passes`` passes."""
    k = config.random.draw_bits
    for width in _WIDTHS:
        shifts = 2**width - 1
        if width < k:
            continue
        period = shifts // math.gcd(shifts, k)
        yield f"LFSR, {width} bits, shared", _lfsr(config, width), period, passes * config.stochastic.mask_width
        if config.stochastic.mask_width > 1:
            name = f"LFSR, {width} bits, one per layer"
            yield name, _lfsr(config, width, separate=True), period, passes


def _sources(config: CoreConfig) -> dict[str, Source]:
    """Return the reference and the poor sources by name."""
    random, codes = config.random, config.stochastic.drop_codes
    trim = round(_TRIM * 2**random.draw_bits)
    sources: dict[str, Source] = {"independent (PCG64)": lambda seed, n: mask_sources.ideal(random, codes, seed, n)}
    for shift in _SHIFTS:
        if shift < random.draw_bits:
            name = f"overlapping draws, {shift} of {random.draw_bits} bits new"
            sources[name] = lambda repeat, n, shift=shift: mask_sources.overlapping(  # type: ignore[misc]
                random, codes, _seed(config, random.lfsr_width, repeat), n, shift=shift
            )
    sources["alternating"] = lambda seed, n: mask_sources.alternating(random, codes, seed, n)
    for rho in _RHOS:
        sources[f"repeats the bit before, ρ = {rho}"] = lambda seed, n, rho=rho: mask_sources.correlated(  # type: ignore[misc]
            random, codes, seed, n, rho=rho
        )
    for sign, name in ((1, "p + 0.1"), (-1, "p − 0.1")):
        sources[name] = lambda seed, n, sign=sign: mask_sources.ideal(  # type: ignore[misc]
            random, codes, seed, n, shift=sign * trim
        )
    for kept, name in ((1, "stuck at keep"), (0, "stuck at drop")):
        sources[name] = lambda _, n, kept=kept: mask_sources.stuck(codes, n, kept=kept)  # type: ignore[misc]
    return sources


def _quality(
    config: CoreConfig,
    self_test: SelfTestConfig,
    name: str,
    source: Source,
    passes: int,
    *,
    period: int | None,
    draws: int,
) -> Quality:
    masks = source(0, passes)
    raised: dict[str, int] = {}
    for own in config.stochastic.watched:
        codes = np.tile([config.stochastic.drop_codes[bit] for bit in own], passes)
        record = watch(self_test, masks[:, own].reshape(-1) == 0, codes, draw_bits=config.random.draw_bits)
        for alarm, flags in (("stuck", record.stuck), ("out of bounds", record.out_of_bounds)):
            if flags[-1]:
                raised[alarm] = min(raised.get(alarm, len(flags)), int(flags.argmax()) + 1)
    first = min(raised, key=lambda alarm: raised[alarm], default=None)
    return Quality(
        source=name,
        period=period,
        draws=draws,
        tests=tuple(bit_tests(masks, config.stochastic.realised_p)),
        alarm=first,
        alarm_draw=raised[first] if first is not None else None,
    )


STUDY = Study(
    name="randomness",
    record=RandomnessRecord,
    run=run,
    title=lambda result: f"Random bits of {show.name(result)}",
    markdown=show.to_markdown,
    tables=show.randomness_tables,
    pictures=show.pictures,
    sections=show.sections,
)
