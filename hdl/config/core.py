"""Parameters of a core. Knows neither torch nor Amaranth, so that everybody may read it."""

import dataclasses
import functools
import hashlib
import itertools
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, ValidationError, model_validator

from .array import ArrayConfig
from .bayes import AnyBayesConfig
from .consistency import check_consistency
from .data import DataConfig
from .errors import InputError
from .extensions import add_plugin
from .hardware import HardwareConfig
from .layer import Layer
from .logits import LogitConfig
from .macro import MacroConfig
from .module_name import ModuleName
from .network import NetworkConfig
from .ports import PortConfig
from .predictive import PredictiveConfig, PredictiveFormat
from .random import RandomConfig
from .refusal import first_line
from .section import Section
from .self_test import SelfTestConfig
from .training import TrainingConfig

__all__ = ["CoreConfig"]


class CoreConfig(Section):
    """Geometry and choices of one core, and nothing that training finds.

    Every derived width is a property here or in :class:`Layer`, and is computed nowhere else.
    """

    # The union of sections `bayes` is made when it is first needed, so that schemes from outside are in it.
    model_config = ConfigDict(defer_build=True)

    name: ModuleName
    """Name of the core, which is also the name of its Verilog module."""

    network: NetworkConfig
    array: ArrayConfig
    data: DataConfig = DataConfig()
    bayes: AnyBayesConfig
    """Bayesian method and its sampling: the section of a scheme."""

    random: RandomConfig = RandomConfig()
    logits: LogitConfig = LogitConfig()
    macro: MacroConfig | None = None
    """Arrays that are macros outside the core; without the section they are digital ones within it."""

    predictive: PredictiveConfig | None = None
    """Predictive probabilities in the core; without the section it has none."""
    ports: PortConfig = PortConfig()
    self_test: SelfTestConfig | None = None
    """Self-test of the stochastic unit, where the core has one."""

    hardware: HardwareConfig = HardwareConfig()
    training: TrainingConfig = TrainingConfig()

    @model_validator(mode="after")
    def _check_across_sections(self) -> Self:
        check_consistency(self)
        return self

    @classmethod
    def add_plugin(cls, folder: Path) -> None:
        """Let configurations have what the extensions in ``folder`` offer (docs/extending.md).

        Raises
        ------
        InputError
            It is not a folder with extensions, or one of them cannot be used.
        """
        add_plugin(folder)
        cls.model_rebuild(force=True)

    @classmethod
    def parse(cls, text: str, source: str = "configuration") -> Self:
        """Read TOML ``text``; ``source`` is named in the :class:`InputError` of a bad one."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{source}: not TOML: {error}") from None
        return cls.from_document(document, source)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], source: str = "configuration") -> Self:
        """Return the configuration of parsed TOML; ``source`` is named in the :class:`InputError` of a bad one."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise InputError(f"{source}: {first_line(error)}") from None

    @classmethod
    def load(cls, config: str | Path) -> Self:
        """Read the named configuration, or the TOML file, ``config``.

        Raises
        ------
        InputError
            There is neither such a name nor such a file, or it does not hold a valid configuration.
        """
        if str(config) in cls.names():
            return cls.parse((_NAMED / f"{config}.toml").read_text(), str(config))
        try:
            return cls.parse(Path(config).read_text(), str(config))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise InputError(
                f"configuration must be one of {', '.join(cls.names())} or a TOML file, not {str(config)!r} ({reason})"
            ) from None

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the named configurations."""
        return tuple(sorted(path.stem for path in _NAMED.glob("*.toml")))

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of everything but the sections `training` and `hardware`."""
        content = self.model_dump(mode="json", exclude={"training", "hardware"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def rows_per_read(self) -> tuple[int, ...]:
        """Word lines driven at a time in each layer."""
        layers = len(self.network.convolutions) + len(self.network.hidden) + 1
        return self.array.folding or (self.array.rows_per_read,) * layers

    @functools.cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The binary layers, first to last."""
        network, lines = self.network, self.rows_per_read
        layers = [
            Layer(
                index=index,
                inputs=window.inputs,
                outputs=convolution.channels,
                input_bits=window.source.bits,
                rows=self.array.rows,
                cols=self.array.cols,
                rows_per_read=lines[index],
                window=window,
                pool=convolution.pool,
                skip=convolution.skip,
                skip_gain=0 if convolution.skip is None else convolution.skip_gain,
            )
            for index, (convolution, window) in enumerate(zip(network.convolutions, network.windows, strict=True))
        ]
        widths = (network.features, *network.hidden, network.classes)
        layers += [
            Layer(
                index=index,
                inputs=inputs,
                outputs=outputs,
                input_bits=network.input_bits if index == 0 else 1,
                rows=self.array.rows,
                cols=self.array.cols,
                rows_per_read=lines[index],
                flattened=network.maps[-1] if 0 < index == len(network.convolutions) else None,
            )
            for index, (inputs, outputs) in enumerate(itertools.pairwise(widths), len(network.convolutions))
        ]
        applied = self.bayes.scheme.apply(self.bayes, self.random, tuple(layers))
        return applied if self.macro is None else tuple(self._outside(layer, self.macro) for layer in applied)

    @staticmethod
    def _outside(layer: Layer, macro: MacroConfig) -> Layer:
        """Return ``layer`` on macros, whose cells draw for themselves and need no registers for it."""
        sampling = None if layer.sampling is None else dataclasses.replace(layer.sampling, generators=0)
        return dataclasses.replace(layer, sampling=sampling, reference_groups=macro.reference_groups)

    @property
    def hidden_layers(self) -> tuple[Layer, ...]:
        """The layers that end in neurons."""
        return self.layers[:-1]

    def skip_depth(self, layer: Layer) -> int:
        """Activations that wait for ``layer``, which adds them, when its counts for the first of them come."""
        if layer.skip is None:
            raise ValueError(f"layer must have a skip, not {layer!r}")
        between = [each.window for each in self.layers[layer.skip + 1 : layer.index + 1] if each.window is not None]
        held = sum(self.bayes.scheme.held(each) for each in self.layers[layer.skip + 1 : layer.index])
        return sum(window.lead for window in between) + 1 + len(between) * _WINDOWS_ON_THE_WAY + held

    @property
    def mask_width(self) -> int:
        """Random bits that travel with a pass."""
        return sum(layer.mask_bits for layer in self.layers)

    @property
    def weighted(self) -> bool:
        """Whether passes have weights."""
        return self.bayes.order == "prefix"

    @property
    def masks(self) -> int:
        """Different masks, 2^mask_width."""
        return 1 << self.mask_width

    @property
    def exact_total(self) -> int:
        """Sum of the weights of all masks in the exact mode, where a weight is a probability in this unit."""
        return 1 << self.random.draw_bits * self.mask_width

    @property
    def total_weight(self) -> int:
        """Largest sum of the weights of the passes of an input; a pass without a weight counts 1."""
        return max(self.bayes.max_passes, self.exact_total) if self.weighted else self.bayes.max_passes

    @property
    def weight_width(self) -> int:
        """Bits of the weight of a pass, and of the votes for a class."""
        return self.total_weight.bit_length()

    @property
    def random_bits(self) -> int:
        """Random decisions per pass: mask bits, draws of local units for the channels, and draws for the weights."""
        local = (layer.local for layer in self.layers if layer.local is not None)
        weights = sum(layer.units * layer.weight_draws for layer in self.layers)
        return self.mask_width + sum(units.channels * units.drawings for units in local) + weights

    @property
    def shared_units(self) -> int:
        """Registers that draw masks side by side: register u mask bits u, u + `shared_units` and so on."""
        return min(self.random.units, self.mask_width)

    @property
    def mask_steps(self) -> int:
        """Draws of each of them in a pass."""
        return -(-self.mask_width // self.shared_units) if self.shared_units else 0

    @property
    def units(self) -> int:
        """All stochastic units: those that draw masks, then those of one layer after the other."""
        return self.shared_units + sum(layer.units for layer in self.layers)

    @property
    def watched_units(self) -> tuple[tuple[int, ...], ...]:
        """For each stochastic unit that a self-test can watch, in the order of `units`, its drop codes by their index.

        They are those of its draws, one after the other and again from the first. Units whose draws no code decides
        cannot be watched.
        """
        shared = (tuple(range(unit, self.mask_width, self.shared_units)) for unit in range(self.shared_units))
        layers = self.hidden_layers if self.drop_codes else ()
        local = ((layer.index,) for layer in layers if layer.local is not None for _ in range(layer.local.units))
        return (*shared, *local)

    def unit_seeds(self, seed: int) -> tuple[int, ...]:
        """Return the state of each stochastic unit that starts from ``seed``: equal distances on the one sequence.

        Without any unit it is that of the seed registers alone.
        """
        units = max(self.units, 1)
        return self.random.spread(seed, 2**self.random.lfsr_width // units, units)

    def first_unit(self, layer: Layer) -> int:
        """Return the number of the first unit that ``layer`` has for itself."""
        return self.shared_units + sum(each.units for each in self.layers[: layer.index])

    @property
    def drop_codes(self) -> tuple[int, ...]:
        """Codes c of the comparison draw < c that drops, so that the realised p is c / 2^k."""
        steps = 2**self.random.draw_bits
        hidden = len(self.hidden_layers)
        return tuple(min(round(p * steps), steps - 1) for p in self.bayes.scheme.code_probabilities(self.bayes, hidden))

    @property
    def realised_p(self) -> tuple[float, ...]:
        """Probabilities of dropping that the hardware has."""
        return tuple(code / 2**self.random.draw_bits for code in self.drop_codes)

    @property
    def external(self) -> bool:
        """Whether draws come from outside: the core then has a stream of them."""
        return self.random.source == "external" and self.mask_width > 0

    @property
    def entropy_width(self) -> int:
        """Bits of a beat of that stream: a draw for each shared unit, that of unit 0 in the lowest bits."""
        return self.shared_units * self.random.draw_bits

    @property
    def deviation_width(self) -> int:
        """Bits of 2^k (drops) − Σ codes over a window of the self-test, signed."""
        if self.self_test is None:
            raise ValueError("deviation_width must be asked of a configuration with a self-test")
        return self.self_test.window_bits + self.random.draw_bits + _DEVIATION_SPARE

    @property
    def beats_per_input(self) -> int:
        """Beats of the input stream that carry one input; the last may have unused pixels."""
        return -(-self.network.inputs // self.ports.pixels_per_beat)

    @property
    def passes_width(self) -> int:
        """Bits of a number of passes, 1 to max_passes."""
        return self.bayes.max_passes.bit_length()

    @property
    def corrected_width(self) -> int:
        """Bits of gain · z + offset with its rounding constant, signed, for all operands."""
        product = self.logits.gain_width + self.layers[-1].z_width
        return max(product, self.logits.offset_width, self.logits.max_shift + 1) + 2

    @property
    def sum_width(self) -> int:
        """Bits of the signed sum of the logits of all passes, times their weights."""
        return self.logits.width + (self.total_weight - 1).bit_length()

    @property
    def square_width(self) -> int:
        """Bits of the unsigned sum of the squares of the logits of all passes, times their weights."""
        return (self.total_weight * self.logits.lowest**2).bit_length()

    @property
    def pulses_width(self) -> int:
        """Bits of the number of pulses that the cells of a row of a macro get until it is programmed."""
        return 0 if self.macro is None else (self.array.cols * self.macro.max_pulses).bit_length()

    @property
    def converts(self) -> bool:
        """Whether macros count, with converters."""
        return self.macro is not None and self.macro.sense == "adc"

    @property
    def sense_stages(self) -> int:
        """Cycles that macros take from the bits of a read to its counts."""
        return self.macro.adc_cycles if self.macro is not None and self.converts else 0

    @property
    def read_stages(self) -> int:
        """Cycles from a read to its counts beside those of a core without any register stage."""
        return self.hardware.pipeline + self.sense_stages

    def adc_width(self, layer: Layer) -> int:
        """Bits of the codes of the converters of ``layer``."""
        return layer.read_width if self.macro is None else min(self.macro.adc_bits, layer.read_width)

    def adc_shift(self, layer: Layer) -> int:
        """Power of two that a step of the converters of ``layer`` is in agreements."""
        return layer.read_width - self.adc_width(layer)

    def reference_lines(self, layer: Layer, row_tile: int) -> int:
        """Word lines that are counted when reference cells are read: those that hold an input in group 0.

        With converters an odd number of their steps, so that half of the lines is where one code becomes the next.
        """
        held, step = layer.driven_lines(row_tile, 0), 1 << self.adc_shift(layer)
        if not self.converts or held < step:
            return held
        return step * (held // step - (held // step + 1) % 2)

    @property
    def measures(self) -> PredictiveFormat | None:
        """Formats of probabilities and measures, where the core has them."""
        section = self.predictive
        if section is None:
            return None
        return PredictiveFormat(
            classes=self.network.classes,
            logit_width=self.logits.width,
            fraction=self.logits.fraction,
            probability_bits=section.probability_bits,
            entropy_bits=section.entropy_bits,
            difference_bits=section.difference_bits,
        )


#: Windows and activations of one layer that are on their way at the same time; less would cost speed.
_WINDOWS_ON_THE_WAY = 4

#: A deviation is ±2^(w + k) at most, both included.
_DEVIATION_SPARE = 2

_NAMED = Path(__file__).parent / "named"
