"""docs/numerics.md read aloud: one bit, one cell, one pass at a time, in plain Python."""

from fractions import Fraction
from math import floor


class Register:
    """The shift register of section 4, shifted one bit at a time."""

    def __init__(self, random, state):
        self.random = random
        self.state = state

    def shift(self):
        """Shift once and return the bit that came in."""
        feedback = 0
        for stage in self.random.taps:
            feedback ^= self.state >> (stage - 1) & 1
        self.state = (self.state << 1 | feedback) % 2**self.random.lfsr_width
        return feedback

    def draw(self):
        for _ in range(self.random.draw_bits):
            self.shift()
        return self.state % 2**self.random.draw_bits


def mask_bits(config, codes, seed, inputs, passes, first_pass=0):
    """Return mask bits as [input][pass][layer]."""
    registers = [Register(config.random, state) for state in config.stochastic.seeds(seed)[: config.stochastic.shared]]

    def drawn():
        bits = []
        while len(bits) < len(codes):
            # All registers draw together, also where there are fewer bits left.
            bits += [register.draw() for register in registers]
        return [int(draw >= code) for draw, code in zip(bits, codes, strict=False)]

    for _ in range(first_pass):
        drawn()
    return [[drawn() for _ in range(passes)] for _ in range(inputs)]


def count(layer, inputs, weights):
    """Return the weighted agreement count of one neuron, cell by cell."""
    total = 0
    for plane in range(layer.input_bits):
        for value, weight in zip(inputs, weights, strict=True):
            total += 2**plane * int((value >> plane & 1) == weight)
    return total


def activation(count, thresholds, flip, mask):
    """Return the output of one neuron; ``mask`` is 0 where there is one choice."""
    return int(count >= thresholds[mask]) ^ flip


def logit(z, gain, offset, shift, logits):
    """Return one corrected logit, rounding a fraction half up."""
    rounded = floor(Fraction(gain * z + offset, 2**shift) + Fraction(1, 2)) if shift else gain * z + offset
    return max(-(2 ** (logits.width - 1)), min(2 ** (logits.width - 1) - 1, rounded))


def single_pass(program, pixels, mask):
    """Return the logits of one pass of one input; ``mask`` has one bit per hidden layer, or none."""
    config = program.config
    values = list(pixels)
    for layer in config.layers:
        counts = [count(layer, values, weights) for weights in program.weights[layer.index].tolist()]
        if layer is config.layers[-1]:
            break
        thresholds, flips = program.thresholds[layer.index].tolist(), program.flips[layer.index].tolist()
        choice = mask[layer.index] if mask else 0
        values = [activation(*neuron, choice) for neuron in zip(counts, thresholds, flips, strict=True)]
    correction = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
    return [
        logit(2 * p - layer.inputs, *integers, config.logits) for p, integers in zip(counts, correction, strict=True)
    ]


def first_largest(values):
    winner = 0
    for index, value in enumerate(values):
        if value > values[winner]:
            winner = index
    return winner
