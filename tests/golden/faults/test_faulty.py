import dataclasses

import numpy as np
import pytest
import torch

import golden.faults.faulty
from golden.arrays import FixedArrays
from golden.data import random_config, random_program
from golden.faults import (
    FAULTS,
    AdditiveVariation,
    BitFlips,
    FaultyModel,
    MultiplicativeVariation,
    PreActivationFault,
    UniformNoise,
)
from golden.model import Model, statistics
from hdl.config import CoreConfig, InputError

SEEDS = range(12)
CHIPS = 3


def some(seed, inputs=4, **overrides):
    """A random Program, with convolutions every other time, and pixels for it."""
    rng = np.random.default_rng(seed)
    # Logits that do not saturate show every z.
    logits = {"width": 24, "offset_width": 16, "gain_width": 8}
    config = random_config(rng, convolutions=bool(seed % 2), logits=logits, **overrides)
    pixels = rng.integers(0, config.layers[0].plane_gain, (inputs, config.network.inputs), endpoint=True)
    classes = config.network.classes
    program = dataclasses.replace(
        random_program(config, rng),
        gains=rng.integers(1, 100, classes),
        offsets=rng.integers(-100, 100, classes),
        shifts=rng.integers(0, 2, classes),
    )
    return program, torch.from_numpy(pixels)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recorded(PreActivationFault):
    """A fault that keeps what it drew: for each layer and chip, in their order."""

    drawn: list = dataclasses.field(default_factory=list)
    strength: float = 1.0

    name = "recorded"
    unit = "strength"

    def noise(self, shape, generator):
        self.drawn.append(torch.randint(-3, 4, shape, generator=generator))
        return self.drawn[-1].float()


class Offset(Recorded):
    """z + 2 n, which moves a count by n."""

    def disturb(self, z, noise, deviation):
        assert deviation > 0
        return z + 2 * noise


class Turned(Recorded):
    """−z in some columns, as if all their weights were the other way round."""

    def disturb(self, z, noise, deviation):
        assert deviation > 0
        return torch.where(noise > 0, -z, z)


@pytest.mark.parametrize("method", [None, "affine-dropout"])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "fault",
    [
        *(fault(strength=0.0) for fault in FAULTS.values()),
        AdditiveVariation(strength=0.0, fresh=True),
        MultiplicativeVariation(strength=0.0, fresh=True),
    ],
    ids=repr,
)
def test_no_fault_is_the_integer_model(seed, fault, method):
    """Bit for bit, on every chip, with branches shared and apart."""
    program, pixels = some(seed, **({"bayes": {"method": method}} if method else {}))
    expected = Model(program, FixedArrays(program)).logits(pixels)
    found = FaultyModel(program, fault, chips=CHIPS).logits(pixels)
    assert found.shape == (CHIPS, *expected.shape)
    assert (found == expected).all()


@pytest.mark.parametrize("method", [None, "affine-dropout"])
@pytest.mark.parametrize("seed", SEEDS)
def test_flipped_weights_are_another_program(seed, method):
    """The integer model with the weights of each chip gives its logits."""
    program, pixels = some(seed, **({"bayes": {"method": method}} if method else {}))
    weights = []

    class Spy(BitFlips):
        def weights(self, signs, generators):
            weights.append(super().weights(signs, generators))
            return weights[-1]

    found = FaultyModel(program, Spy(strength=0.2), chips=CHIPS).logits(pixels)
    assert torch.equal(found, FaultyModel(program, BitFlips(strength=0.2), chips=CHIPS).logits(pixels))
    for chip in range(CHIPS):
        changed = tuple((layer[chip].numpy() > 0).astype(np.int64) for layer in weights)
        assert any((one != other).any() for one, other in zip(changed, program.weights, strict=True))
        other = dataclasses.replace(program, weights=changed)
        assert (Model(other, FixedArrays(other)).logits(pixels) == found[chip]).all()


def agree(trace, expected, chip):
    """Compare all values of a chip with those of the walk; return how many there were."""
    assert torch.equal(trace.logits[chip], expected.logits)
    compared = 0
    for name in ("counts", "fired", "activations"):
        for found, wanted in zip(getattr(trace, name), getattr(expected, name), strict=True):
            assert found[chip].shape == wanted.shape
            assert (found[chip] == wanted).all()
            compared += wanted.numel()
    return compared


@pytest.mark.parametrize("method", [None, "affine-dropout"])
@pytest.mark.parametrize("fault", [BitFlips(strength=0.0), UniformNoise(strength=0.0)], ids=repr)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_trace_is_that_of_the_walk(seed, fault, method):
    program, pixels = some(seed, **({"bayes": {"method": method}} if method else {}))
    expected = Model(program, FixedArrays(program)).trace(pixels, first_pass=7)
    trace = FaultyModel(program, fault, chips=2).trace(pixels, first_pass=7)
    assert min(agree(trace, expected, chip) for chip in range(2)) > 0
    masks = torch.from_numpy(
        np.random.default_rng(seed).integers(0, 2, (len(pixels), program.config.stochastic.mask_width))
    )
    expected = Model(program, FixedArrays(program)).trace(pixels, masks)
    trace = FaultyModel(program, fault, chips=2).trace(pixels, masks)
    assert min(agree(trace, expected, chip) for chip in range(2)) > 0


@pytest.mark.parametrize("name", ["bit-flips", "additive"])
@pytest.mark.parametrize("seed", SEEDS)
def test_statistics_and_traces_are_those_of_the_logits(name, seed):
    program, pixels = some(seed)
    model = FaultyModel(program, FAULTS[name](strength=0.3), chips=CHIPS)
    found = model.statistics(pixels)
    for chip, logits in enumerate(model.logits(pixels)):
        expected = statistics(logits)
        for field in dataclasses.fields(expected):
            assert torch.equal(getattr(found, field.name)[chip], getattr(expected, field.name))
    assert (model.trace(pixels, first_pass=3).logits == model.logits(pixels, passes=1, first_pass=3)[:, :, 0]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_offset_of_a_column_is_another_threshold(seed):
    program, pixels = some(seed)
    fault, layers = Offset(), program.config.layers
    found = FaultyModel(program, fault, chips=CHIPS).logits(pixels)
    drawn = [[fault.drawn[layer.index * CHIPS + chip].numpy() for layer in layers] for chip in range(CHIPS)]
    for chip in range(CHIPS):
        # Beyond the ends a threshold means what the end means.
        neurons = tuple(
            {**old, "thresholds": (old["thresholds"] - moved[:, None]).clip(0, layer.threshold_max)}
            for layer, old, moved in zip(layers, program.neurons, drawn[chip], strict=False)
        )
        offsets = program.offsets + 2 * program.gains * drawn[chip][-1]
        other = dataclasses.replace(program, neurons=neurons, offsets=offsets)
        assert (Model(other, FixedArrays(other)).logits(pixels) == found[chip]).all()
    assert (found[0] != found[1]).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_turned_column_is_one_with_other_weights(seed):
    program, pixels = some(seed)
    fault, layers = Turned(), program.config.layers
    found = FaultyModel(program, fault, chips=CHIPS).logits(pixels)
    for chip in range(CHIPS):
        turned = [fault.drawn[layer.index * CHIPS + chip].numpy() > 0 for layer in layers]
        weights = tuple(old ^ each[:, None] for old, each in zip(program.weights, turned, strict=True))
        # The addend of a residual is digital: no fault of the array affects it.
        other = dataclasses.replace(program, weights=weights)
        assert (Model(other, FixedArrays(other)).logits(pixels) == found[chip]).all()
    assert (found[0] != found[1]).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_reads_that_are_fresh(seed):
    """In the first layer one for an input, in the others one for each pass; and each where it is read."""
    program, pixels = some(seed, bayes={"max_passes": 5, "passes": 5, "method": "scale-dropout"})
    fault = Offset(fresh=True)
    FaultyModel(program, fault, chips=CHIPS).logits(pixels)
    shapes = [tuple(noise.shape) for noise in fault.drawn]
    assert shapes == [
        (CHIPS, len(pixels), 5 if layer.index else 1, layer.vectors, layer.outputs) for layer in program.config.layers
    ]


@pytest.mark.parametrize("fault", [AdditiveVariation, MultiplicativeVariation, UniformNoise])
@pytest.mark.parametrize("fresh", [False, True])
def test_passes_with_one_mask_differ_where_reads_are_fresh(fault, fresh):
    config = CoreConfig.load("digits")
    program = random_program(config, np.random.default_rng(0))
    pixels = torch.randint(16, (6, 64), generator=torch.Generator().manual_seed(0))
    masks = torch.ones(6, 4, 2, dtype=torch.uint8)
    found = FaultyModel(program, fault(strength=1.0, fresh=fresh), chips=2).logits(pixels, masks=masks)
    assert (found[0] != found[1]).any()
    assert (found != found[:, :, :1]).any() == fresh


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "uniform"])
@pytest.mark.parametrize("seed", [2, 3])
def test_a_chip_is_the_same_among_others_and_in_any_batch(name, seed, monkeypatch):
    program, pixels = some(seed, inputs=7)

    def logits(chips, seed):
        return FaultyModel(program, FAULTS[name](strength=0.3), chips=chips, seed=seed).logits(pixels)

    found = logits(5, 8)
    assert torch.equal(logits(2, 8), found[:2])
    assert (logits(5, 9) != found).any()
    monkeypatch.setattr(golden.faults.faulty, "_VALUES", 1)
    assert torch.equal(logits(5, 8), found)


def test_fresh_noise_is_that_of_its_seed():
    program, pixels = some(2)
    fault = UniformNoise(strength=2.0)
    found = [FaultyModel(program, fault, chips=CHIPS, seed=seed).logits(pixels) for seed in (1, 1, 2)]
    assert torch.equal(found[0], found[1])
    assert (found[0] != found[2]).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chips": 0}, r"^chips must be an integer of at least 1, not 0$"),
        ({"seed": -1}, r"^seed must be an integer of at least 0, not -1$"),
        ({"passes": 0}, r"^passes must be an integer between 1 and \d+, not 0$"),
        ({"pixels": torch.zeros(2, 3, dtype=torch.uint8)}, r"^pixels must have shape \(any, \d+\), not \(2, 3\)$"),
    ],
)
def test_refuses_what_is_out_of_range(change, message):
    program, pixels = some(0)
    made = {"chips": 2, "seed": 0} | change
    asked = {"pixels": pixels} | {name: made.pop(name) for name in ("pixels", "passes") if name in change}
    with pytest.raises(InputError, match=message):
        FaultyModel(program, BitFlips(strength=0.1), **made).logits(**asked)
