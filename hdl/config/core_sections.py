"""Sections of a configuration, and derived numbers."""

import dataclasses
import functools
import itertools

from pydantic import ConfigDict

from .array import ArrayConfig
from .bayes import AnyBayesConfig
from .hardware import HardwareConfig
from .layer import Layer
from .logits import LogitConfig
from .macro import MacroConfig
from .network import NetworkConfig
from .ports import PortConfig
from .predictive import PredictiveConfig, PredictiveFormat
from .random import RandomConfig
from .section import ModuleName, Section
from .self_test import SelfTestConfig
from .sensing import Sensing
from .stochastic_units import StochasticUnits
from .training import DataConfig, TrainingConfig

__all__ = ["CoreSections"]

#: Windows and activations of one layer that are in flight at the same time; fewer would cost throughput.
_WINDOWS_ON_THE_WAY = 4


class CoreSections(Section):
    """All sections of a core, consistent or not.

    Every derived width is a property here, in :class:`Layer` or in :class:`StochasticUnits`, and is computed nowhere
    else.
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

    @property
    def rows_per_read(self) -> tuple[int, ...]:
        """Word lines driven at a time in each layer."""
        layers = len(self.network.convolutions) + len(self.network.hidden) + 1
        return self.array.folding or (self.array.rows_per_read,) * layers

    @property
    def cols_per_read(self) -> tuple[int, ...]:
        """Columns sensed at a time in each layer."""
        layers = len(self.network.convolutions) + len(self.network.hidden) + 1
        return self.array.column_folding or (self.array.cols_per_read or self.array.cols,) * layers

    @functools.cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The binary layers, first to last."""
        network, lines, columns = self.network, self.rows_per_read, self.cols_per_read
        layers = [
            Layer(
                index=index,
                inputs=window.inputs,
                outputs=convolution.channels,
                input_bits=window.source.bits,
                rows=self.array.rows,
                cols=self.array.cols,
                rows_per_read=lines[index],
                column_folds=self.array.cols // columns[index],
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
                column_folds=self.array.cols // columns[index],
                flattened=network.maps[-1] if 0 < index == len(network.convolutions) else None,
            )
            for index, (inputs, outputs) in enumerate(itertools.pairwise(widths), len(network.convolutions))
        ]
        applied = self.bayes.scheme.apply(self.bayes, self.random, tuple(layers))
        return applied if self.macro is None else tuple(map(self._outside, applied))

    @staticmethod
    def _outside(layer: Layer) -> Layer:
        """Return ``layer`` on macros, whose cells draw for themselves and need no registers for it."""
        sampling = None if layer.sampling is None else dataclasses.replace(layer.sampling, generators=0)
        return dataclasses.replace(layer, sampling=sampling, calibrated=True)

    @property
    def hidden_layers(self) -> tuple[Layer, ...]:
        """The layers that end in neurons."""
        return self.layers[:-1]

    def skip_depth(self, layer: Layer) -> int:
        """Activations that wait for ``layer``, which adds them, when its counts for the first of them come."""
        if layer.skip is None:
            raise ValueError(f"layer must have a skip, not {layer!r}")
        between = [each.window for each in self.layers[layer.skip + 1 : layer.index + 1] if each.window is not None]
        held = sum(self.bayes.scheme.extra_in_flight(each) for each in self.layers[layer.skip + 1 : layer.index])
        return sum(window.lead for window in between) + 1 + len(between) * _WINDOWS_ON_THE_WAY + held

    @functools.cached_property
    def stochastic(self) -> StochasticUnits:
        """The stochastic units, and their draws."""
        probabilities = self.bayes.scheme.code_probabilities(self.bayes, len(self.hidden_layers))
        return StochasticUnits(
            random=self.random, layers=self.layers, probabilities=probabilities, self_test=self.self_test
        )

    @property
    def sensing(self) -> Sensing:
        """Sensing of the columns."""
        return Sensing(macro=self.macro)

    @property
    def passes_weighted(self) -> bool:
        """Whether passes have weights."""
        return self.bayes.order == "prefix"

    @property
    def exact_weight_total(self) -> int:
        """Sum of the weights of all masks in the exact mode, where a weight is a probability in this unit."""
        return 1 << self.random.draw_bits * self.stochastic.mask_width

    @property
    def pass_weight_total(self) -> int:
        """Largest sum of the weights of the passes of an input; a pass without a weight counts 1."""
        return max(self.bayes.max_passes, self.exact_weight_total) if self.passes_weighted else self.bayes.max_passes

    @property
    def pass_weight_width(self) -> int:
        """Bits of the weight of a pass, and of the votes for a class."""
        return self.pass_weight_total.bit_length()

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
        return self.logits.width + (self.pass_weight_total - 1).bit_length()

    @property
    def square_width(self) -> int:
        """Bits of the unsigned sum of the squares of the logits of all passes, times their weights."""
        return (self.pass_weight_total * self.logits.lowest**2).bit_length()

    @property
    def read_stages(self) -> int:
        """Cycles from a read to its counts beside those of a core without any register stage."""
        return self.hardware.pipeline + self.sensing.stages

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
