"""Networks of PyTorch modules, folded, against the modules themselves."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from golden.interchange import PixelInput, Sign, from_torch, program_of
from golden.model import core_model
from golden.training import BinaryLinear, Network, lower, sign
from hdl.config import CoreConfig, InputError, config_twin


class OwnLinear(nn.Linear):
    """Layer of somebody else, with a scale for each output."""

    def binary_weight(self):
        return sign(self.weight) * self.weight.abs().mean(dim=1, keepdim=True)

    def forward(self, x):
        return nn.functional.linear(x, self.binary_weight(), self.bias)


class OwnConvolution(nn.Conv2d):
    def binary_weight(self):
        return sign(self.weight)

    def forward(self, x):
        return nn.functional.conv2d(x, self.binary_weight(), self.bias, self.stride)


class OwnSign(nn.Module):
    binary_scale = 4.0

    def forward(self, x):
        return torch.where(x >= 0, 4.0, -4.0)


def settled(module, seed):
    """Return ``module`` with random norms of both signs, as after a training."""
    generator = torch.Generator().manual_seed(seed)
    for each in module.modules():
        if isinstance(each, nn.BatchNorm1d | nn.BatchNorm2d):
            each.running_mean.normal_(generator=generator)
            each.running_var.uniform_(1, 30, generator=generator)
            if each.affine:
                nn.init.normal_(each.weight, generator=generator)
                nn.init.normal_(each.bias, std=0.3, generator=generator)
    return module


def generator():
    return torch.Generator().manual_seed(0)


def ours(bits=3):
    return nn.Sequential(
        PixelInput(bits),
        BinaryLinear(24, 10, generator=generator()),
        nn.BatchNorm1d(10),
        Sign(),
        nn.Dropout(0.2),
        nn.Sequential(BinaryLinear(10, 6, generator=generator()), nn.BatchNorm1d(6, affine=False), Sign()),
        BinaryLinear(6, 4, generator=generator()),
        nn.BatchNorm1d(4),
    )


def theirs():
    return nn.Sequential(
        nn.Flatten(),
        OwnSign(),
        OwnLinear(24, 10),
        nn.BatchNorm1d(10),
        OwnSign(),
        nn.Identity(),
        OwnLinear(10, 4, bias=False),
    )


def convolutions():
    return nn.Sequential(
        Sign(),
        OwnConvolution(2, 6, 3, stride=2),
        nn.BatchNorm2d(6),
        Sign(),
        OwnConvolution(6, 5, 1, bias=False),
        nn.BatchNorm2d(5),
        Sign(),
        nn.MaxPool2d(2),
        nn.Dropout2d(0.1),
        nn.Flatten(),
        OwnLinear(5 * 4, 4),
    )


@pytest.mark.parametrize(("make", "shape"), [(ours, (24,)), (theirs, (2, 3, 4)), (convolutions, (2, 9, 9))])
def test_logits(make, shape):
    """Ours and somebody else's modules, one after the other, in all the places that they may have."""
    torch.manual_seed(1)
    module = settled(make(), 2).eval()
    network = from_torch(module, shape)
    program = program_of(network, name="net")
    values = np.random.default_rng(5).normal(size=(60, *shape)).astype(np.float32)
    if make is ours:
        values = np.random.default_rng(5).integers(0, 8, (60, *shape)).astype(np.float32)
    logits = core_model(program).logits(torch.from_numpy(network.coding.pixels(values)))[:, 0]
    with torch.no_grad():
        wanted = module(torch.from_numpy(values))
    assert len(torch.unique(logits, dim=0)) > 5
    assert (logits / 2**program.config.logits.fraction - wanted).abs().max() < 0.01
    assert [layer.drop for layer in network.layers] == {
        ours: [pytest.approx(0.2), None, None],
        theirs: [None, None],
        convolutions: [None, pytest.approx(0.1), None],
    }[make]


@pytest.mark.parametrize("seed", range(3))
def test_our_own_lowering(seed):
    """A trained network of ours becomes the same integers by its modules as by its lowering in double precision."""
    trained = Network(config_twin(CoreConfig.load("tiny")), seed=seed)
    settled(trained, seed)
    own = lower(trained)
    modules = [PixelInput(trained.config.network.input_bits)]
    for held in trained.hidden:
        norm = copy.deepcopy(held.neurons.norm)
        # Its statistics are those of z / unit.
        norm.running_mean.mul_(held.unit)
        norm.running_var.add_(norm.eps).mul_(held.unit**2)
        norm.eps = 0.0
        modules += [held.linear, norm, Sign()]
    network = from_torch(nn.Sequential(*modules, trained.output), (trained.config.network.inputs,))
    found = program_of(network, name="net")
    for ours, theirs in zip(own.weights, found.weights, strict=True):
        assert np.array_equal(ours, theirs)
    for ours, theirs in zip(own.neurons, found.neurons, strict=True):
        assert np.array_equal(ours["thresholds"], theirs["thresholds"])
        assert np.array_equal(ours["flips"], theirs["flips"])


def test_method():
    module = settled(ours(), 0)
    program = program_of(from_torch(module, (24,)), name="net", dropout=0.5, like=CoreConfig.load("tiny"))
    assert program.config.bayes.method == "spin-dropout"
    assert program.codes.tolist() == [2 ** (program.config.random.draw_bits - 1)] * 2
    # It is left as it was.
    assert module.training


class Detour(nn.Sequential):
    def forward(self, x):
        return super().forward(-x)


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = ours()

    def forward(self, x):
        return self.inner(x)


class Ternary(OwnLinear):
    def binary_weight(self):
        return torch.round(self.weight * 3)


class Brevitas(nn.Module):
    act_quant = None


@pytest.mark.parametrize(
    ("module", "shape", "line"),
    [
        (
            Detour(*settled(ours(), 0)),
            (24,),
            r"module must compute its modules one after the other, and gives other logits",
        ),
        (Branch(), (24,), r"module 'network' \(Branch\): it must be in a Sequential and be one of BatchNorm1d, "),
        (
            nn.Sequential(PixelInput(2), nn.Linear(4, 4)),
            (4,),
            r"module '1' \(Linear\): it must be in a Sequential and be ",
        ),
        (
            nn.Sequential(PixelInput(9)),
            (4,),
            r"module '0' \(PixelInput\): bits of an input must be between 1 and 8, not 9$",
        ),
        (nn.Sequential(Sign(), Ternary(4, 4)), (4,), r"module '1' \(Ternary\): weights must be bipolar, "),
        (nn.Sequential(Sign(), nn.ReLU()), (4,), r"module '1' \(ReLU\): it must be in a Sequential and be one of "),
        (nn.Sequential(Brevitas()), (4,), r"module '0' \(Brevitas\): modules of Brevitas come by brevitas\.export"),
        (
            nn.Sequential(OwnConvolution(2, 3, 3)),
            (2, 5, 5),
            r"module '0' \(OwnConvolution\): the input must be quantized",
        ),
        (
            nn.Sequential(Sign(), OwnConvolution(2, 3, 3, padding=1)),
            (2, 5, 5),
            r"module '1' .*: stride must be 1 or 2, pad",
        ),
        (
            nn.Sequential(Sign(), OwnConvolution(2, 3, 2)),
            (2, 5, 5),
            r"module '1' .*: weights must be windows of odd side, ",
        ),
        (
            nn.Sequential(Sign(), nn.BatchNorm1d(4, track_running_stats=False)),
            (4,),
            r"module '1' .*: it must have running ",
        ),
        (nn.Sequential(Sign(), nn.MaxPool2d(3)), (2, 6, 6), r"module '1' .*: squares must be of 2 × 2, side by side$"),
        (nn.Sequential(Sign(), nn.Flatten(2)), (2, 6, 6), r"module '1' .*: start_dim must be 1 and end_dim the last$"),
        (
            nn.Sequential(Sign(), OwnLinear(4, 4)),
            (4, 4),
            r"input must be of shape \(inputs\) or \(channels, height, width\)",
        ),
        (
            nn.Sequential(),
            (4,),
            r"module: the output must be a dense layer's, with nothing but scales and offsets behind it$",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_refusals(module, shape, line):
    with pytest.raises(InputError, match=f"^{line}"):
        from_torch(module, shape)
