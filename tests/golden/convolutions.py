"""Plain reference of convolutions (docs/numerics.md#convolutions).

One position, one window, one value at a time, in plain loops.
"""

import numpy as np

from . import reference


def window_values(window, maps, y, x):
    """Return the inputs of window (y, x) of one map, shape (H, W, C), as a list."""
    source = window.source
    values = []
    for i in range(window.kernel):
        for j in range(window.kernel):
            row, col = y * window.stride - window.padding + i, x * window.stride - window.padding + j
            inside = 0 <= row < source.height and 0 <= col < source.width
            values += [int(maps[row, col, c]) if inside else 0 for c in range(source.channels)]
    return values


def convolution(layer, maps, weights, thresholds, flips, choice, added):
    """Return counts, shape (H', W', outputs), and activations, pooled, of one convolution of one input."""
    window = layer.window
    counts = np.zeros((window.height, window.width, layer.outputs), dtype=int)
    fired = np.zeros_like(counts)
    for y in range(window.height):
        for x in range(window.width):
            values = window_values(window, maps, y, x)
            for m in range(layer.outputs):
                total = reference.count(layer, values, weights[m])
                if added is not None:
                    total += layer.skip_gain * int(added[y, x, m])
                counts[y, x, m] = total
                fired[y, x, m] = reference.activation(total, thresholds[m], flips[m], choice)
    pooled = np.zeros((window.height // layer.pool, window.width // layer.pool, layer.outputs), dtype=int)
    for y, x, m in np.ndindex(pooled.shape):
        rows, cols = (slice(at * layer.pool, (at + 1) * layer.pool) for at in (y, x))
        pooled[y, x, m] = int(fired[rows, cols, m].any())
    return counts, pooled


def single_pass(program, pixels, mask):
    """Return counts and activations of each layer, and the logits, of one pass of one input.

    ``mask`` has one bit per hidden layer, or none. Those of a convolution have the shape (H, W, outputs).
    """
    config = program.config
    values = np.array(pixels).reshape(config.network.image)
    counts, activations = [], []
    for layer in config.layers:
        weights = program.weights[layer.index].tolist()
        choice = mask[layer.index] if len(mask) and layer is not config.layers[-1] else 0
        if layer.window is not None:
            neurons = program.thresholds[layer.index].tolist(), program.flips[layer.index].tolist(), choice
            added = None if layer.skip is None else activations[layer.skip]
            count, values = convolution(layer, values, weights, *neurons, added)
        else:
            count = [reference.count(layer, values.flatten().tolist(), each) for each in weights]
            if layer is not config.layers[-1]:
                neurons = zip(
                    count, program.thresholds[layer.index].tolist(), program.flips[layer.index].tolist(), strict=True
                )
                values = np.array([reference.activation(*neuron, choice) for neuron in neurons])
        counts.append(np.array(count))
        activations.append(values)
    correction = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
    last = config.layers[-1].inputs
    logits = [
        reference.logit(2 * p - last, *integers, config.logits)
        for p, integers in zip(counts[-1].tolist(), correction, strict=True)
    ]
    return counts, activations[:-1], logits
