"""Plain reference of stochastic schemes.

As in docs/numerics.md: one bit and one neuron at a time.
"""

import numpy as np

from . import reference
from .convolutions import window_values


def unit_states(config, seed):
    """Return the state of each unit, by shifting a register as often as it takes to be there."""
    register, states = reference.Register(config.random, seed), []
    for _ in range(max(config.stochastic.units, 1)):
        states.append(register.state)
        for _ in range(2**config.random.lfsr_width // max(config.stochastic.units, 1)):
            register.shift()
    return states


def level(draw, levels):
    """Return the ones among the lowest bits."""
    return bin(draw % 2 ** (levels - 1)).count("1")


def drawn(program, states, passes, first_pass=0):
    """Return [pass][layer]: the number of a choice, values as [drawing][channel], or None where nothing is drawn."""
    config, bayes = program.config, program.config.bayes
    registers = [reference.Register(config.random, state) for state in states]
    found = []
    for _ in range(first_pass + passes):
        values, unit, bit = [], int(config.stochastic.mask_width > 0), 0
        for layer in config.layers:
            if layer.mask_bits:
                choice = 0
                for place in range(layer.mask_bits):
                    choice += int(registers[0].draw() >= program.codes[bit]) << place
                    bit += 1
                values.append(choice)
            elif bayes.method in ("spatial-dropout", "spin-dropout", "subset-vi") and layer is not config.layers[-1]:
                side_by_side = min(config.random.units, layer.outputs)
                own = registers[unit : unit + side_by_side]
                unit += side_by_side
                positions = layer.vectors if bayes.method == "spin-dropout" else 1
                drawings = []
                for _ in range(positions):
                    draws = [each.draw() for _ in range(0, layer.outputs, side_by_side) for each in own]
                    if bayes.method == "subset-vi":
                        drawings.append([level(draw, bayes.levels) for draw in draws[: layer.outputs]])
                    else:
                        code = int(program.codes[layer.index])
                        drawings.append([int(draw >= code) for draw in draws[: layer.outputs]])
                values.append(drawings)
            else:
                values.append(None)
        found.append(values)
    return found[first_pass:]


def _fire(program, layer, count, m, position, value):
    """Return the activation of neuron ``m`` at a position; ``value`` is what was drawn for the layer."""
    neurons = program.neurons[layer.index]
    thresholds, flips = neurons["thresholds"].tolist()[m], neurons["flips"].tolist()[m]
    if isinstance(flips, list):
        return reference.activation(count, thresholds, flips[value or 0], value or 0)
    if not isinstance(value, list):
        return reference.activation(count, thresholds, flips, value or 0)
    own = value[position if len(value) > 1 else 0][m]
    if program.config.bayes.method == "subset-vi":
        return reference.activation(count, thresholds, flips, own)
    return reference.activation(count, thresholds, flips, 0) if own else 0


def single_pass(program, pixels, values):
    """Return the logits of one pass of one input; ``values`` are one pass of :func:`drawn`."""
    config, activations = program.config, []
    current = np.array(pixels)
    if config.network.convolutions:
        current = current.reshape(config.network.image)
    for layer in config.layers:
        value, weights = values[layer.index], program.weights[layer.index]
        weights = (weights[value] if weights.ndim == 3 else weights).tolist()
        last = layer is config.layers[-1]
        if layer.window is None:
            flat = current.flatten().tolist()
            counts = [reference.count(layer, flat, each) for each in weights]
            if not last:
                current = np.array([_fire(program, layer, each, m, 0, value) for m, each in enumerate(counts)])
        else:
            window = layer.window
            fired = np.zeros((window.height, window.width, layer.outputs), dtype=int)
            for y, x, m in np.ndindex(fired.shape):
                total = reference.count(layer, window_values(window, current, y, x), weights[m])
                if layer.skip is not None:
                    total += layer.skip_gain * int(activations[layer.skip][y, x, m])
                fired[y, x, m] = _fire(program, layer, total, m, y * window.width + x, value)
            current = np.zeros((window.height // layer.pool, window.width // layer.pool, layer.outputs), dtype=int)
            for y, x, m in np.ndindex(current.shape):
                rows, cols = (slice(at * layer.pool, (at + 1) * layer.pool) for at in (y, x))
                current[y, x, m] = int(fired[rows, cols, m].any())
        activations.append(current)
    correction = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
    fan_in = config.layers[-1].inputs
    return [
        reference.logit(2 * p - fan_in, *integers, config.logits)
        for p, integers in zip(counts, correction, strict=True)
    ]
