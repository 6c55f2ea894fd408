"""Networks of PyTorch modules."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, InputError

from ..model import core_model
from ..training import BinaryConv2d, BinaryLinear, sign
from .configuration import to_document
from .folding import Folding, Traced, refuse
from .network import ForeignNetwork
from .program import logit_error, to_program
from .quantizer import IntegerQuantizer

__all__ = ["BinaryProduct", "BinarySign", "PixelInput", "Sign", "from_torch"]

#: Random inputs on which a network and its folding are compared.
_COMPARED = 16

#: Relative rounding of a network in single precision.
_ROUNDING = 1e-4


@runtime_checkable
class BinaryProduct(Protocol):
    """Product of somebody else: a module with weights ±a, whose forward is that of linear layers or convolutions.

    Attributes `bias`, `stride` and `padding` are used where there are any; a convolution's padding must be 0.
    """

    def binary_weight(self) -> Tensor:
        """Return the weights, shape (outputs, inputs) or (outputs, channels, side, side); each output has one a."""


@runtime_checkable
class BinarySign(Protocol):
    """Activation of somebody else: a module that gives +`binary_scale` where x ≥ 0, and −`binary_scale` elsewhere."""

    binary_scale: float
    """Size of an activation."""


class PixelInput(nn.Module):
    """Input of a network: pixels v = 0 … 2^bits − 1 as 2v − (2^bits − 1).

    Parameters
    ----------
    bits
        Bit planes of a pixel, 1 to 8.
    """

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the odd integers of ``pixels``, of the same shape."""
        return pixels * 2.0 - (2.0**self.bits - 1)


class Sign(nn.Module):
    """Sign of its input, +1 for 0, with the gradient of :func:`golden.training.sign`."""

    binary_scale = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """Return ±1, of the shape of ``x``."""
        return sign(x)


@torch.no_grad()
def from_torch(module: nn.Module, shape: Sequence[int]) -> ForeignNetwork:
    """Return the network of ``module``, in evaluation mode, whose modules compute one after the other.

    Modules are `nn.Sequential` and `nn.ModuleList` of :class:`PixelInput`, :class:`Sign`, :class:`BinaryLinear` and
    :class:`BinaryConv2d` of :mod:`golden.training`, :class:`BinaryProduct`, :class:`BinarySign`, `nn.BatchNorm1d` and
    `nn.BatchNorm2d`, `nn.MaxPool2d`, `nn.Flatten`, `nn.Dropout`, and `nn.Identity`. The result is compared with the
    module on random inputs.

    Parameters
    ----------
    module
        The network.
    shape
        Shape of one input, (channels, height, width) or (inputs,).

    Raises
    ------
    InputError
        A module is not one of these or cannot be had in a core, or the network computes something else than its modules
        one after the other; the line names the module.
    """
    folding = Folding(shape)
    value, place = folding.input, "module"
    for place, each in _leaves(module, ""):
        value = _folded(folding, each, value, place)
    network = folding.finish(value, name=place)
    _compare(module, network)
    return network


def _leaves(module: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(module, nn.Sequential | nn.ModuleList):
        for key, each in module.named_children():
            yield from _leaves(each, f"{name}.{key}" if name else key)
    else:
        yield f"module {name or 'network'!r} ({type(module).__name__})", module


def _folded(folding: Folding, module: nn.Module, x: Traced, name: str) -> Traced:
    if hasattr(module, "quant_weight") or hasattr(module, "act_quant"):
        refuse(name, "modules of Brevitas come by brevitas.export.export_qonnx and `bayescim import`, which are exact")
    for kinds, fold in _KINDS:
        if isinstance(module, kinds):
            return fold(folding, module, x, name)
    names = ", ".join(sorted({kind.__name__ for kinds, _ in _KINDS for kind in kinds}))
    refuse(name, f"it must be in a Sequential and be one of {names}")


def _input(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    try:
        quantizer = IntegerQuantizer(scale=np.float32(1), bits=module.bits, signed=False)
    except InputError as error:
        refuse(name, str(error))
    found = folding.quantize(x, quantizer, name=name)
    found = folding.multiply(found, np.array(2.0), name=name)
    return folding.add(found, np.array(1.0 - 2**module.bits), name=name)


def _own_linear(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    return folding.dense(x, _bipolar(module, name), name=name)


def _own_convolution(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    window = module.window
    if window.padding:
        x = folding.pad(x, window.padding, 1.0 - 2**window.source.bits, name=name)
    return folding.convolve(x, _bipolar(module, name), window.stride, name=name)


def _bipolar(module: Any, name: str) -> npt.NDArray[np.float64]:
    if module.takes_draws:
        refuse(name, "it must have one set of weights")
    return _array(sign(module.latent))


def _product(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    weights, bias = _array(module.binary_weight()), getattr(module, "bias", None)
    if weights.ndim == 2:
        found = folding.dense(x, weights, name=name)
    else:
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        numbers = {key: _one(getattr(module, key, value), key, name) for key, value in usual.items()}
        stride = numbers.pop("stride")
        if stride not in (1, 2) or list(numbers.values()) != [0, 1, 1]:
            refuse(name, "stride must be 1 or 2, padding 0, dilation 1 and groups 1")
        if weights.ndim != 4 or not weights.shape[2] % 2:
            refuse(name, f"weights must be windows of odd side, not of shape {weights.shape}")
        found = folding.convolve(x, weights, stride, name=name)
    if bias is None:
        return found
    return folding.add(found, _array(bias).reshape(-1, *(1,) * (weights.ndim - 2)), name=name)


def _one(value: Any, key: str, name: str) -> int:
    values = set(value) if isinstance(value, tuple) else {value}
    if len(values) != 1 or not isinstance(found := values.pop(), int):
        refuse(name, f"{key} must be one number, not {value!r}")
    return found


def _sign(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    return folding.sign(x, np.array(float(module.binary_scale)), name=name)


def _norm(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    if module.running_mean is None or module.running_var is None:
        refuse(name, "it must have running statistics")
    channels = module.num_features
    gamma, beta = module.weight, module.bias
    norm = (
        np.ones(channels) if gamma is None else _array(gamma),
        np.zeros(channels) if beta is None else _array(beta),
        _array(module.running_mean),
        _array(module.running_var),
    )
    return folding.normalize(x, norm, module.eps, name=name)


def _pool(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    numbers = {key: _one(getattr(module, key), key, name) for key in ("kernel_size", "stride", "padding", "dilation")}
    if list(numbers.values()) != [2, 2, 0, 1] or module.ceil_mode or module.return_indices:
        refuse(name, "squares must be of 2 × 2, side by side")
    return folding.pool(x, name=name)


def _flatten(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    if module.start_dim != 1 or module.end_dim not in (-1, x.elements.ndim - 1):
        refuse(name, "start_dim must be 1 and end_dim the last")
    return folding.rearrange(x, lambda elements: elements.reshape(len(elements), -1), name=name)


def _drop(folding: Folding, module: Any, x: Traced, name: str) -> Traced:
    return folding.drop(x, float(module.p), name=name)


def _same(_folding: Folding, _module: Any, x: Traced, _name: str) -> Traced:
    return x


#: Kinds of modules, and how each is folded; the first that fits is taken.
_KINDS: Sequence[tuple[tuple[type, ...], Callable[[Folding, Any, Traced, str], Traced]]] = (
    ((PixelInput,), _input),
    ((BinaryLinear,), _own_linear),
    ((BinaryConv2d,), _own_convolution),
    ((BinaryProduct,), _product),
    ((BinarySign,), _sign),
    ((nn.BatchNorm1d, nn.BatchNorm2d), _norm),
    ((nn.MaxPool2d,), _pool),
    ((nn.Flatten,), _flatten),
    ((nn.Dropout, nn.Dropout1d, nn.Dropout2d), _drop),
    ((nn.Identity,), _same),
)


def _array(tensor: Tensor) -> npt.NDArray[np.float64]:
    return tensor.detach().double().cpu().numpy()


def _compare(module: nn.Module, network: ForeignNetwork) -> None:
    """Compare ``network`` with ``module`` on random inputs."""
    document = to_document(network, name="network", like=None, method="none", drops=())
    config = CoreConfig.from_document(document, "network")
    program = to_program(network, config)
    coding = network.coding
    generator = np.random.default_rng(0)
    shape = (_COMPARED, *coding.shape)
    if isinstance(coding.quantizer, IntegerQuantizer):
        values = generator.integers(0, 2**coding.quantizer.bits, shape).astype(np.float32)
    else:
        values = generator.normal(size=shape).astype(np.float32)
    logits = core_model(program).logits(torch.from_numpy(coding.pixels(values)))[:, 0]
    found = logits.double() / 2**config.logits.fraction
    training = {each: each.training for each in module.modules()}
    module.eval()
    try:
        wanted = module(torch.from_numpy(values)).double().cpu()
    except (RuntimeError, ValueError, TypeError) as error:
        line = " ".join(str(error).split())
        raise InputError(f"module must take inputs of shape {shape}, and does not: {line:.200}") from None
    finally:
        for each, was in training.items():
            each.training = was
    bound = logit_error(network, program) + _ROUNDING * max(1.0, float(wanted.abs().max()))
    if wanted.shape != found.shape or not bool(((wanted - found).abs() <= bound).all()):
        raise InputError("module must compute its modules one after the other, and gives other logits than they do")
