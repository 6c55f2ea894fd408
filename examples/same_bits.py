"""Random access to passes: golden has the hardware's bits.

Pass t of input i is computed without the earlier passes.

Run it from the root of a checkout: python examples/same_bits.py
"""

from pathlib import Path

import numpy as np

from golden.data import random_program
from golden.draws import jump
from golden.model import IntegerModel
from hdl.config import CoreConfig

config = CoreConfig.load(Path(__file__).with_name("custom.toml"))
rng = np.random.default_rng(1)
program = random_program(config, rng)
model = IntegerModel(program)
pixels = rng.integers(0, 2**config.network.input_bits, (6, config.network.inputs))

# All inputs from the start, as the core computes them after reset.
everything = model.logits(pixels)

# The last input alone: the index of its first draw is known, and so is the state of the shift register then.
first_pass = 5 * config.bayes.passes
alone = model.logits(pixels[5:], first_pass=first_pass)
if (alone != everything[5:]).any():
    raise SystemExit("a pass depends on those before it")

print(f"{config.name}: {len(config.layers)} layers on {sum(layer.arrays for layer in config.layers)} arrays")
print(f"drop probabilities as realised: {', '.join(f'{p:.4f}' for p in config.stochastic.realised_p)}")
state = jump(config.random, program.seed, first_pass * config.stochastic.mask_width)
print(f"seed that starts a core at input 5: {state:#x}")
print(f"logits of input 5, pass 0: {alone[0, 0].tolist()}")
