"""Layouts of the stream beats between blocks.

Each class defines one kind of beat and nothing else.
"""

from amaranth import Value, signed
from amaranth.lib import data
from amaranth.utils import ceil_log2

from ..config import CoreConfig, Layer, PredictiveFormat
from ..contract import address_field_width

__all__ = [
    "Activations",
    "ClassStatistics",
    "Counts",
    "Logit",
    "PassTag",
    "PixelBeat",
    "Preactivation",
    "Prediction",
    "Result",
    "RowAddress",
    "RowCommand",
    "RowReply",
    "index_width",
    "layer_mask",
]


def index_width(size: int) -> int:
    """Return the bits of an index into ``size`` elements, at least 1: a zero-width port is illegal in Verilog."""
    return max(1, ceil_log2(size))


class PixelBeat(data.StructLayout):
    """Pixels of one input in one beat.

    Members
    -------
    pixels : :py:`data.ArrayLayout(input_bits, pixels_per_beat)`
        Pixels in their order; those after the input's last are ignored.
    """

    def __init__(self, config: CoreConfig):
        super().__init__({"pixels": data.ArrayLayout(config.network.input_bits, config.ports.pixels_per_beat)})


class PassTag(data.StructLayout):
    """Tag of a Monte-Carlo pass, beside the data.

    Members
    -------
    mask : :py:`unsigned(mask_width)`
        Mask bits of the pass, concatenated layer by layer: 0 where something is dropped.
    last : :py:`unsigned(1)`
        Set on the final pass of an input.
    present : :py:`unsigned(masks // 2)`
        Only where passes have weights: masks that occur among those that agree with `mask` so far, the first layer's
        bits highest in the index.
    weight : :py:`unsigned(weight_width)`
        Only where passes have weights: weight of the pass, from the last hidden layer on.
    """

    def __init__(self, config: CoreConfig):
        members = {"mask": config.stochastic.mask_width, "last": 1}
        if config.passes_weighted:
            members |= {"present": config.stochastic.masks // 2, "weight": config.pass_weight_width}
        super().__init__(members)


def layer_mask(tag: data.View, layer: Layer) -> Value:
    """Return the mask bits in ``tag``, a :class:`PassTag`, that belong to ``layer``."""
    return tag.mask[layer.mask_offset : layer.mask_offset + layer.mask_bits]


class Counts(data.StructLayout):
    """Weighted agreement counts of one layer, bit-sliced.

    A column is a lane. Where a read senses a group of columns at a time, each group is a beat.

    Members
    -------
    planes : :py:`data.ArrayLayout(beat_outputs, count_width)`
        Bit ``c`` of plane ``i`` is bit ``i`` of the count of output ``c``, or of the output that
        ``layer.beat_columns`` tells.
    tag : :class:`PassTag`
        Pass of the counts; unused before the repeater, where there are no passes yet.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        super().__init__(
            {
                "planes": data.ArrayLayout(layer.beat_outputs, layer.count_width),
                "tag": PassTag(config),
            }
        )


class Activations(data.StructLayout):
    """Binary values for one pass.

    An input vector of a layer, or one position of a feature map.

    Members
    -------
    bits : :py:`unsigned(width)`
        Bit ``n`` is value ``n``: 1 stands for +1 and 0 for -1. The pixels of an image have several planes: bit
        ``i * size + n`` is bit ``i`` of the value ``n`` of ``size``.
    tag : :class:`PassTag`
        Pass of the values; unused before the repeater, where there are no passes yet.
    """

    def __init__(self, config: CoreConfig, width: int):
        super().__init__({"bits": width, "tag": PassTag(config)})


class Preactivation(data.StructLayout):
    """Sum of products for one class and pass.

    Members
    -------
    z : :py:`signed(z_width)`
        z = 2P - count_max.
    index : :py:`unsigned(index_width(classes))`
        The class. Classes follow one another in order.
    last : :py:`unsigned(1)`
        Set on all classes of the final pass of an input.
    weight : :py:`unsigned(pass_weight_width)`
        Weight of the pass; only where passes have weights.
    """

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "z": signed(config.layers[-1].z_width),
                "index": index_width(config.network.classes),
                "last": 1,
                **_weight(config),
            }
        )


class Logit(data.StructLayout):
    """Corrected logit of one class in one pass.

    Members
    -------
    value : :py:`signed(logits.width)`
        Fixed-point logit with ``logits.fraction`` bits after the point.
    index, last, weight
        As in :class:`Preactivation`.
    """

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "value": signed(config.logits.width),
                "index": index_width(config.network.classes),
                "last": 1,
                **_weight(config),
            }
        )


def _weight(config: CoreConfig) -> dict[str, int]:
    return {"weight": config.pass_weight_width} if config.passes_weighted else {}


class ClassStatistics(data.StructLayout):
    """Monte-Carlo statistics of one class of one input.

    Members
    -------
    sum : :py:`signed(sum_width)`
        Sum of the class's logits over the passes, each times the weight of its pass where passes have weights.
    square : :py:`unsigned(square_width)`
        Sum of their squares.
    votes : :py:`unsigned(pass_weight_width)`
        Passes in which the class had the largest logit, or the sum of their weights.
    index : :py:`unsigned(index_width(classes))`
        The class. Classes follow one another in order.
    winner : :py:`unsigned(index_width(classes))`
        Class with the largest sum, the same in all beats of an input.
    """

    def __init__(self, config: CoreConfig):
        index = index_width(config.network.classes)
        super().__init__(
            {
                "sum": signed(config.sum_width),
                "square": config.square_width,
                "votes": config.pass_weight_width,
                "index": index,
                "winner": index,
            }
        )


class Prediction(data.StructLayout):
    """Mean probability of one class, and uncertainty.

    Members
    -------
    probability : :py:`unsigned(probability_width)`
        Mean of the class's probabilities over the passes, with ``probability_bits`` fraction bits.
    predictive_entropy, expected_entropy, mutual_information : :py:`unsigned(entropy_width)`
        Entropy of the mean, mean of the entropies and their difference, in nats, with ``entropy_bits`` fraction bits.
    unknown : :py:`unsigned(1)`
        The chosen measure has reached the threshold: "don't know". Like the measures the same in all beats of an input.
    """

    def __init__(self, measures: PredictiveFormat):
        entropies = ("predictive_entropy", "expected_entropy", "mutual_information")
        super().__init__(
            {
                "probability": measures.probability_width,
                **dict.fromkeys(entropies, measures.entropy_width),
                "unknown": 1,
            }
        )


class Result(data.StructLayout):
    """Result of one class of one input.

    The members of :class:`ClassStatistics`, and where the core has predictive probabilities those of
    :class:`Prediction`.
    """

    def __init__(self, config: CoreConfig):
        members = dict(ClassStatistics(config).members)
        if config.measures is not None:
            members |= Prediction(config.measures).members
        super().__init__(members)


class RowAddress(data.StructLayout):
    """Address of a row.

    :class:`hdl.contract.rows.Row` defines each member.
    """

    def __init__(self, config: CoreConfig):
        line, group, tile, layer = (address_field_width(config, name) for name in ("line", "group", "tile", "layer"))
        super().__init__({"line": line, "group": group, "tile": tile, "thresholds": 1, "layer": layer})


class RowCommand(data.StructLayout):
    """Command to program or read back a row.

    Members
    -------
    address : :class:`RowAddress`
        The row.
    write : :py:`unsigned(1)`
        Program the row with ``row``; otherwise read it.
    row : :py:`unsigned(cols)`
        One bit per column.
    calibrate : :py:`unsigned(1)`
        Only where the core has macros: find the references of the array at ``address.tile`` instead.
    """

    def __init__(self, config: CoreConfig):
        members = {"address": RowAddress(config), "write": 1, "row": config.array.cols}
        super().__init__(members | ({} if config.macro is None else {"calibrate": 1}))


class RowReply(data.StructLayout):
    """Answer to one :class:`RowCommand`.

    Members
    -------
    row : :py:`unsigned(cols)`
        The row that was read.
    error : :py:`unsigned(1)`
        There is no row at the address; no access was made.
    pulses, failed
        Only where the core has macros: programming pulses, and cells outside the tolerance after the last.
    """

    def __init__(self, config: CoreConfig):
        members = {"row": config.array.cols, "error": 1}
        if config.macro is not None:
            members |= {
                "pulses": config.macro.pulses_width(config.array.cols),
                "failed": config.array.cols.bit_length(),
            }
        super().__init__(members)
