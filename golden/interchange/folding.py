"""Folding of a network's operations into layers."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

from .line import Line
from .network import Convolved, ForeignLayer, ForeignNetwork
from .quantizer import BipolarQuantizer, InputCoding, Quantizer, Step

__all__ = ["Array", "Folding", "Traced", "refuse"]

#: Bits of the largest logit, and after the point of the smallest difference of two, that 24 bits have room for.
_WHOLE, _FRACTION = 22, 23

#: Numbers that floating point can hold, and the square of which too.
_REPRESENTABLE = 2**200

#: Values of the largest tensor.
_MOST_VALUES = 2**24

Array = npt.NDArray[Any]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Traced:
    """Tensor of a network for one input: which number of a layer each of its elements is, and on which line.

    Element e of the tensor is line ``lines[c]`` of number n = ``elements[e]`` of the layer, c being n modulo the number
    of lines. The numbers of a map are those of a core: (y · width + x) · channels + c.
    """

    stage: Literal["real", "input", "sums", "signs"]
    """Numbers of the lines: real inputs, pixels as 2v − (2^B − 1), pre-activations z, or activations of ±1."""

    layer: int
    """Layer whose numbers they are, −1 for the input."""

    elements: npt.NDArray[np.int64]
    """Numbers, shape (1, ...)."""

    lines: tuple[Line, ...]
    """Lines, one for each channel or output."""

    whole: tuple[int, int] | None = None
    """Height and width of a map in the order (batch, channels, height, width), None of anything else."""

    border: int = 0
    """Positions of −1 around the map, the darkest pixel around an image."""

    pooled: bool = False
    """Whether a maximum was taken."""


class Folding:
    """Network under construction: each method is an operation, and returns its result.

    Parameters
    ----------
    shape
        Shape of one real input, (channels, height, width) or (inputs,).

    Raises
    ------
    InputError
        An operation has no counterpart in a core; the line begins with its name, the argument ``name``.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)
        if len(shape) not in (1, 3) or min(shape) < 1 or math.prod(shape) > _MOST_VALUES:
            raise InputError(f"input must be of shape (inputs) or (channels, height, width), not {self._shape}")
        self._steps: list[Step] = []
        self._quantizer: Quantizer | None = None
        self._layers: list[ForeignLayer] = []
        self._signed = 0
        self._ignored: list[str] = []
        whole = (shape[1], shape[2]) if len(shape) > 1 else None
        elements = np.arange(shape[0])[np.newaxis] if whole is None else _map_elements(shape[0], *whole)
        lines = (Line.of(Fraction(1)),) * shape[0]
        self.input = Traced(stage="real", layer=-1, elements=elements, lines=lines, whole=whole)

    def finish(self, logits: Traced, *, name: str) -> ForeignNetwork:
        """Return the network whose logits are ``logits``."""
        if logits.stage != "sums" or logits.layer != len(self._layers) - 1:
            refuse(name, "the output must be a dense layer's, with nothing but scales and offsets behind it")
        last = self._layers[-1]
        if last.convolved is not None:
            refuse(name, "the output must be of a dense layer, not of a convolution")
        if (
            logits.elements.shape != (1, len(logits.lines))
            or (logits.elements[0] != np.arange(len(logits.lines))).any()
        ):
            refuse(name, f"the output must have the shape (1, classes), not {logits.elements.shape}")
        if len(self._layers) == 1:
            refuse(name, "there must be a hidden layer, not the last one alone")
        _check_size(logits.lines, last.weights.shape[1], name)
        if self._quantizer is None:
            raise RuntimeError("quantizer must be set where there are layers")
        coding = InputCoding(shape=self._shape, steps=tuple(self._steps), quantizer=self._quantizer)
        layers = (*self._layers[:-1], dataclasses.replace(last, lines=logits.lines))
        return ForeignNetwork(coding=coding, layers=layers, ignored=tuple(self._ignored))

    def add(self, x: Traced, term: Array, *, name: str) -> Traced:
        """Return ``x`` + ``term``, a constant."""
        if x.stage == "real":
            return self._before(x, np.add, term, name)
        terms = _by_line(x, term, name)
        return dataclasses.replace(x, lines=tuple(line.plus(each) for line, each in zip(x.lines, terms, strict=True)))

    def multiply(self, x: Traced, factor: Array, *, name: str) -> Traced:
        """Return ``x`` · ``factor``, a constant."""
        if x.stage == "real":
            return self._before(x, np.multiply, factor, name)
        return _scaled(x, _by_line(x, factor, name), name)

    def divide(self, x: Traced, divisor: Array, *, name: str) -> Traced:
        """Return ``x`` / ``divisor``, a constant."""
        if (divisor == 0).any():
            refuse(name, "a divisor must not be 0")
        if x.stage == "real":
            return self._before(x, np.divide, divisor, name)
        return _scaled(x, [1 / each for each in _by_line(x, divisor, name)], name)

    def normalize(self, x: Traced, norm: Sequence[Array], epsilon: float, *, name: str) -> Traced:
        """Return the batch norm of ``x`` over dimension 1; ``norm`` has γ, β, mean and variance, each of its size."""
        if x.stage != "sums":
            refuse(name, "a batch norm must follow a product, and have a sign behind it or be the last")
        shape = (1, -1) + (1,) * (x.elements.ndim - 2)
        gammas, betas, means, variances = (_by_line(x, each.reshape(shape), name) for each in norm)
        _check_pooled(x, gammas, name)
        added = _fraction(epsilon, name)
        try:
            lines = tuple(
                line.normalized(gamma, beta, mean, variance + added)
                for line, gamma, beta, mean, variance in zip(x.lines, gammas, betas, means, variances, strict=True)
            )
        except ValueError as error:
            refuse(name, str(error))
        return dataclasses.replace(x, lines=lines)

    def quantize(self, x: Traced, quantizer: Quantizer, *, name: str) -> Traced:
        """Return pixels of the real input ``x``."""
        if x.stage != "real":
            refuse(name, "activations must be of 1 bit (BipolarQuant); only the input may have more")
        if self._quantizer is not None:
            refuse(name, "the input must be quantized once")
        self._quantizer = quantizer
        # Pixel v in terms of s = 2v − (2^B − 1).
        slope = quantizer.step / 2
        line = Line.of(slope, quantizer.lowest + slope * (2**quantizer.bits - 1))
        return dataclasses.replace(x, stage="input", lines=(line,) * len(x.lines))

    def sign(self, x: Traced, scale: Array, *, name: str) -> Traced:
        """Return ``scale`` where ``x`` ≥ 0 and −``scale`` elsewhere; of a real input, which is quantized so."""
        if scale.size != 1:
            refuse(name, f"a scale must be one number, not {scale.size}")
        factor = _fraction(scale.reshape(-1)[0], name)
        if factor <= 0:
            refuse(name, f"a scale must be greater than 0, not {float(factor)!r}")
        if x.stage == "real":
            return self.quantize(x, BipolarQuantizer(scale=factor), name=name)
        if x.stage != "sums":
            refuse(name, "a sign must follow a product")
        self._check_chain(x, name)
        if self._signed == len(self._layers):
            refuse(name, "a product must have one sign, not several")
        self._signed = len(self._layers)
        self._layers[-1] = dataclasses.replace(self._layers[-1], lines=x.lines)
        return dataclasses.replace(x, stage="signs", lines=(Line.of(factor),) * len(x.lines))

    def drop(self, x: Traced, probability: float, *, name: str) -> Traced:
        """Note a dropout of ``x``, which changes nothing in inference."""
        if not 0 <= probability < 1:
            refuse(name, f"a probability must be at least 0 and less than 1, not {probability!r}")
        if x.stage != "signs":
            where = "sums of a layer" if x.stage == "sums" else "input"
            self._ignored.append(f"{name}: dropout of the {where}")
            return x
        self._check_chain(x, name)
        if self._layers[-1].drop is not None:
            refuse(name, "there must be one dropout behind a sign, not several")
        self._layers[-1] = dataclasses.replace(self._layers[-1], drop=_fraction(probability, name))
        return x

    def rearrange(self, x: Traced, change: Callable[[npt.NDArray], npt.NDArray], *, name: str) -> Traced:
        """Return ``x`` in the shape and order that ``change`` gives its elements; dimension 0 stays the batch."""
        try:
            elements = change(x.elements)
        except (ValueError, TypeError, IndexError):
            refuse(name, f"it must fit a tensor of shape {x.elements.shape}")
        if x.border or elements.size != x.elements.size or not elements.ndim or elements.shape[0] != 1:
            refuse(name, f"the batch must stay dimension 0, of size 1, not become {elements.shape}")
        same = elements.shape == x.elements.shape and bool((elements == x.elements).all())
        return dataclasses.replace(x, elements=elements, whole=x.whole if same else None)

    def pad(self, x: Traced, border: int, value: float, *, name: str) -> Traced:
        """Return the map ``x`` with a border of ``value`` on all four sides."""
        if x.stage not in ("input", "signs") or x.whole is None or x.border:
            refuse(name, "a border must be around a map of signs or the quantized input, once")
        lowest = 1 if x.stage == "signs" else 2**self._bits - 1
        wanted = {line.plus(-_fraction(value, name)).offset.a - line.slope.a * lowest for line in x.lines}
        if wanted != {0}:
            low = x.lines[0].at(-lowest)
            refuse(name, f"the border must be {low:g}, the lowest value, not {value:g}: the core has no other")
        return dataclasses.replace(x, border=border)

    def pool(self, x: Traced, *, name: str) -> Traced:
        """Return the maximum of each square of 2 × 2 positions of the map ``x``."""
        if x.stage not in ("sums", "signs") or x.whole is None or x.border or x.pooled:
            refuse(name, "a maximum must be of the map of a convolution, once")
        self._check_chain(x, name)
        height, width = x.whole
        if height % 2 or width % 2:
            refuse(name, f"a map must have an even height and width, not {height} × {width}")
        if x.stage == "signs" and any(line.slope.sign < 0 for line in x.lines):
            refuse(name, "a maximum of signs must not follow a negative factor")
        last = self._layers[-1]
        if last.convolved is None:
            raise RuntimeError("a layer with a map must be a convolution")
        convolved = dataclasses.replace(last.convolved, pool=2)
        self._layers[-1] = dataclasses.replace(last, convolved=convolved)
        whole = height // 2, width // 2
        return dataclasses.replace(x, elements=_map_elements(len(x.lines), *whole), whole=whole, pooled=True)

    def dense(self, x: Traced, weights: Array, *, name: str) -> Traced:
        """Return Σ_n weights[m, n] · x_n for ``weights`` of shape (outputs, inputs)."""
        magnitude = self._check_product(x, name)
        if weights.ndim != 2 or x.elements.shape != (1, weights.shape[1]):
            refuse(name, f"weights of shape {weights.shape} must fit an input of shape {x.elements.shape}")
        bits, factors = _binary(weights, name)
        order = np.argsort(x.elements[0])
        lines = [x.lines[number % len(x.lines)] for number in range(weights.shape[1])]
        return self._product(bits[:, order], factors, lines, magnitude, None, name)

    def convolve(self, x: Traced, weights: Array, stride: int, *, name: str) -> Traced:
        """Return the convolution with ``weights`` of shape (outputs, channels, side, side)."""
        magnitude = self._check_product(x, name)
        if x.whole is None:
            refuse(name, "a convolution must see a map in the order (batch, channels, height, width)")
        if weights.ndim != 4 or weights.shape[2] != weights.shape[3] or weights.shape[1] != len(x.lines):
            refuse(name, f"weights of shape {weights.shape} must be square windows over {len(x.lines)} channels")
        kernel = weights.shape[2]
        height, width = ((side + 2 * x.border - kernel) // stride + 1 for side in x.whole)
        if height < 1 or width < 1 or height * width * weights.shape[0] > _MOST_VALUES:
            refuse(name, f"a window of {kernel} × {kernel} must fit a map of {x.whole[0]} × {x.whole[1]}")
        bits, factors = _binary(weights, name)
        ordered = bits.transpose(0, 2, 3, 1).reshape(len(bits), -1)
        convolved = Convolved(kernel=kernel, stride=stride, padding=x.border, pool=1)
        found = self._product(ordered, factors, [*x.lines] * kernel**2, magnitude, convolved, name)
        return dataclasses.replace(
            found, elements=_map_elements(len(bits), height, width), whole=(height, width), pooled=False
        )

    @property
    def _bits(self) -> int:
        return 1 if self._quantizer is None else self._quantizer.bits

    def _before(self, x: Traced, operation: np.ufunc, constant: Array, name: str) -> Traced:
        """Return the real input ``x`` after some arithmetic."""
        values = np.empty(x.elements.size, dtype=np.float32)
        values[x.elements.reshape(-1)] = _broadcast(x, constant, name).reshape(-1)
        self._steps.append(Step(operation=operation, values=values))
        return x

    def _check_chain(self, x: Traced, name: str) -> None:
        if x.layer != len(self._layers) - 1:
            refuse(name, "layers must follow each other, without branches")

    def _check_product(self, x: Traced, name: str) -> Fraction:
        """Return the factor that all inputs ``x`` of a product have in common, but for its sign."""
        if x.stage == "real":
            refuse(name, "the input must be quantized to 1 to 8 bits before the first product (Quant or BipolarQuant)")
        if x.stage == "sums":
            refuse(name, "there must be a sign (BipolarQuant) between two products")
        self._check_chain(x, name)
        last = self._layers[-1] if self._layers else None
        if last is not None and last.convolved is not None and x.pooled != (last.convolved.pool > 1):
            refuse(name, "layers must follow each other, without branches")
        magnitudes = {abs(line.slope.a) for line in x.lines}
        if len(magnitudes) != 1 or magnitudes == {0}:
            refuse(name, "all its inputs must have the same scale, which is not 0")
        return magnitudes.pop()

    def _product(
        self,
        bits: npt.NDArray[np.bool_],
        factors: Sequence[Fraction],
        lines: Sequence[Line],
        magnitude: Fraction,
        convolved: Convolved | None,
        name: str,
    ) -> Traced:
        """Return the sums of a product, ``bits`` and ``lines`` being in the order of a core."""
        # A negative scale of an input turns its weights.
        negative = np.array([line.slope.sign < 0 for line in lines])
        weights = (bits ^ negative).astype(np.int64)
        constants = [line.offset.a for line in lines]
        common = math.lcm(*(each.denominator for each in constants))
        numerators = np.array([each.numerator * (common // each.denominator) for each in constants], dtype=object)
        if any(numerators):
            sums = [Fraction(int(each), common) for each in (2 * bits.astype(object) - 1) @ numerators]
        else:
            sums = [Fraction(0)] * len(bits)
        made = tuple(Line.of(factor * magnitude, factor * offset) for factor, offset in zip(factors, sums, strict=True))
        self._layers.append(ForeignLayer(node=name, weights=weights, lines=made, convolved=convolved))
        elements = np.arange(len(bits))[np.newaxis]
        return Traced(stage="sums", layer=len(self._layers) - 1, elements=elements, lines=made)


def refuse(name: str, reason: str) -> NoReturn:
    """Raise the error of the operation ``name``."""
    raise InputError(f"{name}: {reason}")


def _check_size(lines: Sequence[Line], inputs: int, name: str) -> None:
    """Check that logits of ``lines`` over the sums of ``inputs`` products have room in a core, and do not vanish."""
    numbers = [each for line in lines for each in (line.slope, line.offset)]
    if any(max(abs(each.a), abs(each.b), each.r) > _REPRESENTABLE for each in numbers):
        refuse(name, f"the logits must be less than 2^{_WHOLE}: divide them at the end")
    slopes = [abs(float(line.slope)) for line in lines]
    largest = max(abs(float(line.offset)) + slope * inputs for line, slope in zip(lines, slopes, strict=True))
    if largest >= 2**_WHOLE:
        refuse(name, f"the logits must be less than 2^{_WHOLE}, not {largest:.3g}: divide them at the end")
    # Sums next to each other differ by 2.
    if max(slopes) < 2.0 ** -(_FRACTION + 1):
        found = 2 * max(slopes)
        refuse(name, f"some logits must differ by 2^−{_FRACTION}, not by {found:.3g} at most: multiply them at the end")


def _map_elements(channels: int, height: int, width: int) -> npt.NDArray[np.int64]:
    """Return the numbers of a map, shape (1, channels, height, width)."""
    return np.arange(channels * height * width).reshape(1, height, width, channels).transpose(0, 3, 1, 2)


def _broadcast(x: Traced, constant: Array, name: str) -> Array:
    """Return ``constant`` in the shape of ``x``."""
    if not np.isfinite(constant).all():
        refuse(name, "a constant must be finite")
    try:
        return np.broadcast_to(constant, x.elements.shape)
    except ValueError:
        refuse(name, f"a constant of shape {constant.shape} must fit a tensor of shape {x.elements.shape}")


def _by_line(x: Traced, constant: Array, name: str) -> list[Fraction]:
    """Return the value of ``constant`` for each line of ``x``."""
    lines = x.elements.reshape(-1) % len(x.lines)
    values = np.asarray(_broadcast(x, constant, name), dtype=np.float64).reshape(-1)
    found = np.empty(len(x.lines))
    found[lines] = values
    if (found[lines] != values).any():
        refuse(name, "a constant must be the same at all positions of a channel")
    return [Fraction(value) for value in found.tolist()]


def _fraction(value: float | np.generic, name: str) -> Fraction:
    number = float(value)
    if not math.isfinite(number):
        refuse(name, f"a constant must be finite, not {number!r}")
    return Fraction(number)


def _scaled(x: Traced, factors: Sequence[Fraction], name: str) -> Traced:
    _check_pooled(x, factors, name)
    lines = tuple(line.times(factor) for line, factor in zip(x.lines, factors, strict=True))
    return dataclasses.replace(x, lines=lines)


def _check_pooled(x: Traced, factors: Sequence[Fraction], name: str) -> None:
    if x.stage == "sums" and x.pooled and any(factor < 0 for factor in factors):
        refuse(name, "a factor must not be negative behind a maximum: take the maximum of the signs, behind the norm")


def _binary(weights: Array, name: str) -> tuple[npt.NDArray[np.bool_], list[Fraction]]:
    """Return the bits of ``weights``, and the factor of each output."""
    values = np.asarray(weights, dtype=np.float64)
    flat = np.abs(values.reshape(len(values), -1))
    if not np.isfinite(flat).all() or (flat == 0).any() or (flat != flat[:, :1]).any():
        wrong = "0" if (flat == 0).any() else "several magnitudes"
        refuse(name, f"weights must be bipolar, +a and −a with one a for each output (BipolarQuant), not with {wrong}")
    return values > 0, [Fraction(value) for value in flat[:, 0].tolist()]
