"""Layers, reads and clock cycles of one inference."""

import dataclasses
import math

from hdl.config import CoreConfig, InputError, Layer

from ...mapping.storage import memory_bits
from ...mapping.timing_model import cycles_of_further_input, predict, stage_cycles

__all__ = ["LayerWork", "Work", "work_of"]

#: Memories of :func:`flows.mapping.storage.memory_bits` that a core with sampled weights has as well, whatever its
#: arrays are.
_SHARED = ("thresholds", "images", "rows of maps", "halves of pools", "skips", "outputs")


@dataclasses.dataclass(frozen=True)
class LayerWork:
    """Work of one layer in an inference."""

    layer: Layer
    """Geometry."""

    passes: int
    """Passes T. Each reads the first layer again as well: its weights are drawn too."""

    compare_cycles: int
    """Cycles in which the neurons compare the counts of a vector; 0 in the last layer."""

    @property
    def sweeps(self) -> int:
        """Visits of all word lines: bit planes × vectors × passes."""
        return self.layer.input_bits * self.layer.vectors * self.passes

    @property
    def reads(self) -> int:
        """Cycles in which the arrays read."""
        return self.layer.groups * self.sweeps

    @property
    def weight_reads(self) -> int:
        """Weights that are read. Word lines and columns that hold no weight of the layer are not driven."""
        return self.layer.inputs * self.layer.outputs * self.sweeps

    @property
    def column_reads(self) -> int:
        """Columns that count, or are converted: outputs in each row tile, in each read."""
        return self.reads * self.layer.row_tiles * self.layer.outputs

    @property
    def line_reads(self) -> int:
        """Word lines of row tiles, driven or not, with draws."""
        return self.reads * self.layer.row_tiles * self.layer.rows_per_read

    @property
    def array_reads(self) -> int:
        """Reads of single arrays."""
        return self.reads * self.layer.arrays

    @property
    def cells(self) -> int:
        """Places for a weight in all arrays, used or not."""
        return self.layer.arrays * self.layer.rows * self.layer.cols

    @property
    def sensed_columns(self) -> int:
        """Columns of all banks: each word line of a read lies in a bank of its own, with its own bit lines."""
        return self.layer.arrays * self.layer.cols * self.layer.rows_per_read

    @property
    def bank_rows(self) -> int:
        """Word lines of a bank."""
        return self.layer.rows // self.layer.rows_per_read


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """Work of a network in an inference.

    The network is on arrays of some size, and an inference has T passes.
    """

    config: CoreConfig
    """The same network without randomness, on these arrays: its geometry is that of both cores."""

    passes: int
    """Passes T."""

    layers: tuple[LayerWork, ...]
    """The layers, first to last."""

    cycles: float
    """Clock cycles that each further inference takes: T of the network without randomness, all layers in every pass."""

    latency_cycles: float
    """Clock cycles of an inference alone."""

    memory_bits: int
    """Bits of memories that are no arrays."""

    @property
    def macs(self) -> int:
        """Multiplications by a weight in one pass, whatever the bits of an input."""
        return sum(each.layer.inputs * each.layer.outputs * each.layer.vectors for each in self.layers)

    @property
    def operations(self) -> int:
        """Multiplications and additions of an inference."""
        return 2 * self.macs * self.passes


def work_of(config: CoreConfig, *, size: int | None = None, lines: float = 1.0, passes: int | None = None) -> Work:
    """Return the work of an inference of ``config``.

    Parameters
    ----------
    config
        Network, arrays, folding and passes; its method is ignored.
    size
        Word lines and columns of an array instead of those of the configuration.
    lines
        Factor of the word lines that are driven at a time, as far as arrays have them.
    passes
        Passes T instead of those of the configuration.

    Raises
    ------
    InputError
        The size does not go with the folding, or an argument is out of range.
    """
    passes = config.bayes.passes if passes is None else passes
    if passes < 1:
        raise InputError(f"passes must be at least 1, not {passes!r}")
    plain = _without_randomness(config, size, lines)
    per_pass = _pass_cycles(plain)
    alone = predict(plain, inputs=1, passes=1, axi=True)
    bits = memory_bits(plain)
    hidden = plain.hidden_layers
    return Work(
        config=plain,
        passes=passes,
        layers=tuple(
            LayerWork(layer, passes, plain.hardware.compare_cycles(layer) if layer in hidden else 0)
            for layer in plain.layers
        ),
        cycles=passes * per_pass,
        latency_cycles=alone.cycles + (passes - 1) * per_pass,
        memory_bits=sum(bits[name] for name in _SHARED),
    )


def _pass_cycles(plain: CoreConfig) -> float:
    """Return the cycles of a pass: those of an input in a core without randomness.

    Unless these are for the work per input, not per pass: pixels come in and results go out.
    """
    found = cycles_of_further_input(plain, passes=1)
    stages = stage_cycles(plain, 1)
    once = max(stages.pop("pixels"), stages.pop("statistics"))
    return found if found > once else max(plain.network.classes, *stages.values())


def _without_randomness(config: CoreConfig, size: int | None, lines: float) -> CoreConfig:
    content = config.model_dump()
    array = content["array"]
    rows, cols = (array["rows"], array["cols"]) if size is None else (size, size)
    folding = tuple(_fit(each * lines, rows) for each in config.rows_per_read)
    array |= {"rows": rows, "cols": cols, "rows_per_read": folding[0], "folding": folding}
    content["bayes"] = {"method": "none"}
    # Whole beats fill a read of the first layer.
    if not config.network.convolutions:
        content["ports"]["pixels_per_beat"] = math.gcd(config.ports.pixels_per_beat, folding[0])
    for section in ("self_test", "predictive", "macro"):
        content.pop(section, None)
    content["random"] |= {"source": "lfsr", "units": 1}
    return CoreConfig.model_validate(content)


def _fit(lines: float, rows: int) -> int:
    """Return the largest number of word lines, 2 at the least, that divides ``rows`` and is not above ``lines``."""
    return max((count for count in range(2, rows + 1) if rows % count == 0 and count <= lines), default=2)
