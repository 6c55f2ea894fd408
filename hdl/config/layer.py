"""Geometry of one layer and its arrays."""

import dataclasses

from .feature_map import FeatureMap, Window
from .local_units import LocalUnits
from .neuron_field import NeuronField
from .neuron_kind import NeuronKind
from .weight_sampling import WeightSampling

__all__ = ["Layer"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layer:
    """One binary layer on a grid of arrays.

    Made by :attr:`CoreConfig.layers`, never by hand.

    Input ``n`` of the layer is word line ``line_of(n)`` of row tile ``tile_of(n)``, read with group
    ``group_of(n)``. Output ``m`` is column ``m % cols`` of column tile ``m // cols``.
    """

    index: int
    """Position in the network, 0 for the layer that sees the pixels."""

    inputs: int
    """Fan-in N: of a convolution, the values in a window."""

    outputs: int
    """Number of neurons, of channels of a convolution, or of classes in the last layer, M."""

    input_bits: int
    """Bit planes B of each input: 1 except in the first layer."""

    rows: int
    """Word lines of one array."""

    cols: int
    """Columns of one array."""

    rows_per_read: int
    """Word lines driven at a time."""

    column_folds: int = 1
    """Groups of columns of an array, one of which is sensed at a time."""

    neuron_kind: NeuronKind | None = None
    """Kind of the neurons; None in the last layer, which has none."""

    choices: int = 1
    """Values of each integer of a neuron, of which one is chosen."""

    mask_bits: int = 0
    """Bits of the pass's mask that belong to the layer."""

    mask_offset: int = 0
    """The first of them."""

    sets: int = 1
    """Sets of weights, of which the mask bits choose one."""

    neuron_fields: tuple[NeuronField, ...] = ()
    """Integers of the neurons, in the order of their lines; none in the last layer."""

    local: LocalUnits | None = None
    """Stochastic units that the layer has for itself."""

    sampling: WeightSampling | None = None
    """Sampling of the weights; None where they are fixed."""

    calibrated: bool = False
    """Whether the arrays are macros, which have references and target counts beside their cells."""

    window: Window | None = None
    """Window of a convolution; None in a layer that sees all of its input at once."""

    pool: int = 1
    """Side of the square of activations of which the largest is kept."""

    skip: int | None = None
    """Layer whose activations are added to the counts."""

    skip_gain: int = 0
    """Weight of an added activation in the count."""

    flattened: FeatureMap | None = None
    """Map that is taken as one input vector."""

    @property
    def vectors(self) -> int:
        """Input vectors of one pass: the windows of a convolution, otherwise 1."""
        return 1 if self.window is None else self.window.positions

    @property
    def cols_per_read(self) -> int:
        """Columns of an array that are sensed at a time."""
        return self.cols // self.column_folds

    @property
    def column_groups(self) -> int:
        """Groups of columns that a computation visits: those that hold an output in some tile."""
        return -(-min(self.outputs, self.cols) // self.cols_per_read)

    @property
    def beats(self) -> int:
        """Beats of counts in a pass: one for each group of columns and input vector."""
        return self.vectors * self.column_groups

    @property
    def beat_outputs(self) -> int:
        """Outputs of which a beat has counts, those of all column tiles side by side; some may be padding."""
        return sum(self.tile_lanes(tile) for tile in range(self.col_tiles))

    @property
    def map(self) -> FeatureMap | None:
        """Pooled activations of a convolution."""
        if self.window is None:
            return None
        return FeatureMap(
            height=self.window.height // self.pool, width=self.window.width // self.pool, channels=self.outputs
        )

    @property
    def row_tiles(self) -> int:
        """Arrays needed to hold the fan-in, ⌈N / rows⌉."""
        return -(-self.inputs // self.rows)

    @property
    def col_tiles(self) -> int:
        """Arrays needed to hold the outputs, ⌈M / cols⌉."""
        return -(-self.outputs // self.cols)

    @property
    def arrays(self) -> int:
        """Arrays of the layer. Array ``tile`` is row tile ``tile // col_tiles``."""
        return self.row_tiles * self.col_tiles

    @property
    def set_groups(self) -> int:
        """Groups of word lines that hold a set of weights, rows / rows_per_read."""
        return self.rows // self.rows_per_read

    @property
    def array_groups(self) -> int:
        """Groups of word lines in an array: those of all sets of weights, one set after the other."""
        return self.sets * self.set_groups

    @property
    def row_groups(self) -> int:
        """Groups in the addresses of rows: behind the cells of a macro that of its references and target counts."""
        return self.array_groups + self.calibrated

    @property
    def groups(self) -> int:
        """Groups of word lines that a computation visits: those that hold an input in some tile."""
        return -(-min(self.inputs, self.rows) // self.rows_per_read)

    @property
    def reads(self) -> int:
        """Array reads, and so cycles, for one input vector: groups × bit planes."""
        return self.groups * self.input_bits

    @property
    def weight_bits(self) -> int:
        """Bits that are kept for a weight: 1, or those of a probability code."""
        return 1 if self.sampling is None else self.sampling.bits

    @property
    def group_rows(self) -> int:
        """Rows of memory in a group: the planes of the weights of each word line, the lowest first."""
        return self.rows_per_read * self.weight_bits

    @property
    def line_units(self) -> int:
        """Stochastic units that draw the weights of a row tile: those of a word line, then those of the next."""
        return 0 if self.sampling is None else self.rows_per_read * self.sampling.generators

    @property
    def units(self) -> int:
        """Stochastic units that the layer has for itself, those that draw weights row tile after row tile."""
        return (0 if self.local is None else self.local.units) + self.row_tiles * self.line_units

    @property
    def sweeps(self) -> int:
        """Visits of all groups in a pass: bit planes of all vectors."""
        return self.vectors * self.input_bits

    @property
    def weight_draws(self) -> int:
        """Draws in a pass of each unit that draws weights."""
        if self.sampling is None:
            return 0
        return self.groups * (self.sweeps if self.sampling.drawn_per == "read" else 1)

    @property
    def shared_by_passes(self) -> bool:
        """Whether the layer is computed once for all passes of an input."""
        return self.index == 0 and self.sampling is None

    @property
    def repeats(self) -> bool:
        """Whether several sweeps of a pass use the same drawn weights."""
        return self.sampling is not None and self.sampling.drawn_per == "pass" and self.sweeps > 1

    @property
    def replays(self) -> bool:
        """Whether draws for weights are made again: for the sweeps of a pass, or for the columns of a vector."""
        return self.repeats or (self.sampling is not None and self.column_groups > 1)

    @property
    def lanes(self) -> int:
        """Columns of all column tiles side by side, padding included."""
        return self.col_tiles * self.cols

    @property
    def plane_gain(self) -> int:
        """Sum of the weights of the bit planes, 2^B − 1."""
        return 2**self.input_bits - 1

    @property
    def count_max(self) -> int:
        """Largest count P: N (2^B − 1) agreements, and a residual. The pre-activation is 2P − count_max."""
        return self.inputs * self.plane_gain + self.skip_gain

    @property
    def count_width(self) -> int:
        """Bits of a weighted agreement count P, which takes every value from 0 to count_max."""
        return self.count_max.bit_length()

    @property
    def read_width(self) -> int:
        """Bits of the agreement count of one read of one array, 0 to rows_per_read."""
        return self.rows_per_read.bit_length()

    @property
    def threshold_max(self) -> int:
        """Largest threshold: one more than any count, so that a neuron can be told never to fire."""
        return self.count_max + 1

    @property
    def threshold_width(self) -> int:
        """Bits of a threshold, 0 to threshold_max."""
        return self.threshold_max.bit_length()

    @property
    def threshold_fields(self) -> tuple[NeuronField, ...]:
        """Integers of neurons that compare with a threshold, which is chosen, and have a polarity."""
        return (
            NeuronField(
                name="thresholds", width=self.threshold_width, lowest=0, highest=self.threshold_max, chosen=True
            ),
            NeuronField(name="flips", width=1, lowest=0, highest=1),
        )

    @property
    def neuron_lines(self) -> int:
        """Lines in the rows of the neurons for one choice: the bit planes of all fields."""
        return sum(field.width for field in self.neuron_fields)

    @property
    def z_width(self) -> int:
        """Bits of the signed pre-activation z, −count_max to count_max."""
        return self.count_max.bit_length() + 1

    def generator_of(self, col_tile: int) -> int:
        """Generator that serves the first column of ``col_tile``."""
        return 0 if self.sampling is None else col_tile * self.cols % self.sampling.generators

    def tile_outputs(self, col_tile: int) -> int:
        """Outputs that fall into column tile ``col_tile``; the other columns are padding."""
        return min(self.cols, self.outputs - col_tile * self.cols)

    def tile_lanes(self, col_tile: int) -> int:
        """Columns of ``col_tile`` of which a beat has counts."""
        return min(self.cols_per_read, self.tile_outputs(col_tile))

    def beat_columns(self, column_group: int) -> tuple[int | None, ...]:
        """Return the output of each count in the beat of ``column_group``; None where the column is padding."""
        found: list[int | None] = []
        for tile in range(self.col_tiles):
            first = column_group * self.cols_per_read
            columns = range(first, first + self.tile_lanes(tile))
            found += [tile * self.cols + each if each < self.tile_outputs(tile) else None for each in columns]
        return tuple(found)

    def tile_inputs(self, row_tile: int) -> int:
        """Inputs that fall into row tile ``row_tile``; the other word lines are padding."""
        return min(self.rows, self.inputs - row_tile * self.rows)

    def driven_groups(self, row_tile: int, line: int) -> int:
        """Number of leading groups in which word line ``line`` of ``row_tile`` holds an input."""
        return max(0, -(-(self.tile_inputs(row_tile) - line) // self.rows_per_read))

    def driven_lines(self, row_tile: int, group: int) -> int:
        """Word lines of ``group`` of ``row_tile`` that hold an input: the first ones."""
        return max(0, min(self.rows_per_read, self.tile_inputs(row_tile) - group * self.rows_per_read))

    def tile_of(self, n: int) -> int:
        """Row tile of input ``n``."""
        return n // self.rows

    def group_of(self, n: int) -> int:
        """Group of word lines, within its tile, of input ``n``."""
        return n % self.rows // self.rows_per_read

    def line_of(self, n: int) -> int:
        """Word line, within its group, of input ``n``."""
        return n % self.rows % self.rows_per_read
