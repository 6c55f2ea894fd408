"""Plain reference of sampled weights (docs/numerics.md#sampled-weights).

One read, one register, one cell at a time.
"""

import numpy as np

from . import reference
from .convolutions import window_values


class Core:
    """A core that computes one pass after the other, its registers going on from read to read."""

    def __init__(self, program):
        self.program = program
        config = program.config
        random = config.random.model_copy(update={"draw_bits": config.bayes.weight_bits})
        states = iter(config.stochastic.seeds(program.seed))
        # Layer by layer, in it row tile by row tile, in it line by line, in it generator by generator.
        self._registers = []
        for layer in config.layers:
            generators = min(config.bayes.generators, layer.outputs)
            tiles = [
                [
                    [reference.Register(random, next(states)) for _ in range(generators)]
                    for _ in range(layer.rows_per_read)
                ]
                for _ in range(layer.row_tiles)
            ]
            self._registers.append(tiles)
        assert next(states, None) is None

    def single_pass(self, pixels):
        """Return the logits of the next pass, which is one of the input ``pixels``."""
        program = self.program
        config, activations = program.config, []
        current = np.array(pixels)
        if config.network.convolutions:
            current = current.reshape(config.network.image)
        for layer in config.layers:
            began = [[[each.state for each in line] for line in tile] for tile in self._registers[layer.index]]
            counts = []
            for number, values in enumerate(self._vectors(layer, current)):
                total = np.zeros(layer.outputs, dtype=int)
                for plane in reversed(range(layer.input_bits)):
                    if config.bayes.sampling == "pass" and (number or plane < layer.input_bits - 1):
                        self._begin_again(layer, began)
                    bits = [value >> plane & 1 for value in values]
                    total += self._sweep(layer, bits) << plane
                counts.append(total)
            if layer is config.layers[-1]:
                break
            current = self._fire(layer, np.array(counts), activations)
            activations.append(current)
        constants = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
        return [
            reference.logit(2 * p - config.layers[-1].count_max, *each, config.logits)
            for p, each in zip(counts[0].tolist(), constants, strict=True)
        ]

    def _vectors(self, layer, current):
        if layer.window is None:
            return [current.flatten().tolist()]
        places = np.ndindex(layer.window.height, layer.window.width)
        return [window_values(layer.window, current, y, x) for y, x in places]

    def _begin_again(self, layer, states):
        for tile, began in zip(self._registers[layer.index], states, strict=True):
            for line, own in zip(tile, began, strict=True):
                for register, state in zip(line, own, strict=True):
                    register.state = state

    def _sweep(self, layer, bits):
        """Return the agreements of one bit plane of one vector."""
        bayes, codes = self.program.config.bayes, self.program.weights[layer.index]
        most, counts = 2**bayes.weight_bits - 1, np.zeros(layer.outputs, dtype=int)
        for group in range(layer.groups):
            for row_tile, tile in enumerate(self._registers[layer.index]):
                for line, registers in enumerate(tile):
                    # All draw, whether or not there is an input.
                    draws = [register.draw() for register in registers]
                    n = row_tile * layer.rows + group * layer.rows_per_read + line
                    if line + group * layer.rows_per_read >= layer.rows or n >= layer.inputs:
                        continue
                    for m in range(layer.outputs):
                        draw = draws[m % len(draws)]
                        limit = draw & ~1 if draw == most else draw
                        counts[m] += int(limit < codes[m, n]) == bits[n]
        return counts

    def _fire(self, layer, counts, activations):
        neurons = self.program.neurons[layer.index]
        thresholds, flips = neurons["thresholds"].tolist(), neurons["flips"].tolist()
        if layer.window is None:
            return np.array([reference.activation(p, thresholds[m], flips[m], 0) for m, p in enumerate(counts[0])])
        maps = counts.reshape(layer.window.height, layer.window.width, layer.outputs)
        if layer.skip is not None:
            maps = maps + layer.skip_gain * activations[layer.skip]
        fired = np.zeros_like(maps)
        for y, x, m in np.ndindex(maps.shape):
            fired[y, x, m] = reference.activation(maps[y, x, m], thresholds[m], flips[m], 0)
        pooled = np.zeros((maps.shape[0] // layer.pool, maps.shape[1] // layer.pool, layer.outputs), dtype=int)
        for y, x, m in np.ndindex(pooled.shape):
            rows, cols = (slice(at * layer.pool, (at + 1) * layer.pool) for at in (y, x))
            pooled[y, x, m] = int(fired[rows, cols, m].any())
        return pooled
