"""The public package: a network of a user's from modules to Verilog by its names alone."""

import importlib.metadata

import numpy as np
import torch
from torch import nn

import bayescim as b


def test_version():
    assert b.__version__ == importlib.metadata.version("bayescim")


def test_every_name_is_there_and_documented():
    assert len(set(b.__all__)) == len(b.__all__)
    assert all(getattr(b, name).__doc__ for name in b.__all__)


def test_a_core_of_own_modules():
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(
        b.PixelInput(2),
        b.BinaryLinear(16, 8, generator=generator),
        nn.BatchNorm1d(8),
        b.Sign(),
        b.BinaryLinear(8, 4, generator=generator),
    )
    program = b.program_of(b.from_torch(network, (16,)), name="own", like=b.CoreConfig.load("tiny"))
    pixels = np.random.default_rng(0).integers(0, 4, (20, 16), dtype=np.uint8)
    logits = b.core_model(program).logits(torch.from_numpy(pixels))[:, 0]
    with torch.no_grad():
        wanted = network.eval()(torch.from_numpy(pixels).float())
    assert (logits / 2**program.config.logits.fraction - wanted).abs().max() < 0.01
    assert "module own(" in b.to_verilog(b.AxiCore(program.config, program), "own")
