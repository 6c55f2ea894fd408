"""Plain reference of docs/numerics.md.

One bit, one cell, one pass at a time, in plain Python.
"""

from fractions import Fraction
from math import floor


class Register:
    """The shift register (docs/numerics.md#shift-registers), shifted one bit at a time."""

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


def statistics(logits, weights):
    """Return sums, squares and votes of section 10 as [class], and the winner; ``logits`` is [pass][class]."""
    classes = range(len(logits[0]))
    sums = [sum(w * y[c] for y, w in zip(logits, weights, strict=True)) for c in classes]
    squares = [sum(w * y[c] ** 2 for y, w in zip(logits, weights, strict=True)) for c in classes]
    votes = [sum(w for y, w in zip(logits, weights, strict=True) if first_largest(y) == c) for c in classes]
    return sums, squares, votes, first_largest(sums)


def half_up(fraction):
    return floor(fraction + Fraction(1, 2))


def predictive(logits, weights, measures, exponentials, surprises):
    """Return probabilities and measures of section 9; ``logits`` is [pass][class], tables are lists."""
    one, b, r = 2**measures.dropped_bits, measures.probability_bits, measures.reciprocal_bits
    each = []
    for y in logits:
        indices = [half_up(Fraction(max(y) - value, one)) for value in y]
        powers = [exponentials[index] if index < len(exponentials) else 0 for index in indices]
        reciprocal = 2**r // sum(powers)
        each.append([half_up(Fraction(power * reciprocal, 2 ** (r - b))) for power in powers])
    total = sum(weights)

    def mean(values):
        return half_up(Fraction(sum(w * value for value, w in zip(values, weights, strict=True)), total))

    probability = [mean(values) for values in zip(*each, strict=True)]
    entropy = sum(surprises[p] for p in probability)
    expected = mean([sum(surprises[p] for p in of_pass) for of_pass in each])
    return probability, entropy, expected, max(entropy - expected, 0), 2**b - max(probability)
