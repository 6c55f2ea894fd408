"""Allowed and refused values of each register."""

from hdl.contract import Register, code_register
from hdl.streams import RowAddress

WORD = 2**32


def field(layout, name):
    return layout[name].width


def values(config, rng):
    """Return per register that can be written: values that are allowed, and some that are not."""
    logits = config.logits
    address = RowAddress(config)
    tile, layer, group, line = (field(address, name) for name in ("tile", "layer", "group", "line"))
    seed = config.random.lfsr_width
    low, high = min(seed, 32), max(seed - 32, 0)
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    most = config.bayes.max_passes
    code = config.random.draw_bits

    def bits(width, shift=0, reach=32):
        """All bits of a field, and each bit above it."""
        return [((1 << width) - 1) << shift], [1 << bit + shift for bit in range(width, reach)]

    def signed(bound):
        good = [-bound, bound - 1, 0, -1, rng.randrange(-bound, bound)]
        bad = [bound, -bound - 1, 2 * bound, 2**31 - 1] if bound < 2**31 else []
        return [value % WORD for value in good], [value % WORD for value in bad]

    tiles, layers, groups, lines = bits(tile, 0, 16), bits(layer, 16, 8), bits(group, 0, 16), bits(line, 16, 16)
    table = {
        Register.CONTROL: ([0, 1], [2, 3, 1 << 31]),
        Register.STREAMS: ([0, 1], [2, 3, 1 << 31]),
        Register.PASSES: ([1, most, rng.randint(1, most)], [0, most + 1, most + WORD // 2]),
        Register.SEED_LOW: bits(low),
        Register.SEED_HIGH: bits(high),
        Register.EXACT: bits(int(config.passes_weighted)),
        Register.UNIT: ([0, max(config.stochastic.units, 1) - 1], [max(config.stochastic.units, 1), WORD - 1]),
        Register.TARGET: (
            [*tiles[0], *layers[0], 1 << 24, tiles[0][0] | layers[0][0] | 1 << 24, 0],
            [*tiles[1], *layers[1], *(1 << bit for bit in range(25, 32))],
        ),
        Register.ROW: ([*groups[0], *lines[0], groups[0][0] | lines[0][0], 0], [*groups[1], *lines[1]]),
        Register.CLASS: ([0, config.network.classes - 1], [config.network.classes, WORD - 1]),
        Register.GAIN: signed(gain),
        Register.OFFSET: signed(offset),
        Register.SHIFT: ([0, logits.max_shift], [logits.max_shift + 1, WORD - 1]),
    }
    if config.measures is not None:
        threshold, measure = bits(config.measures.threshold_width, 0, 24), bits(2, 24, 8)
        table[Register.UNKNOWN] = [*threshold[0], *measure[0], 0], [*threshold[1], *measure[1]]
    table |= {code_register(layer): bits(code) for layer in range(len(config.stochastic.drop_codes))}
    if config.self_test is not None:
        width = config.self_test.bound_width
        table |= {
            Register.SELF_TEST_SELECT: (
                [0, config.stochastic.mask_width],
                [config.stochastic.mask_width + 1, WORD - 1],
            ),
            Register.SELF_TEST_BOUND: bits(width),
            Register.SELF_TEST_RUNS: ([0, WORD - 1, rng.randrange(WORD)], []),
            **({Register.SELF_TEST_UNIT: ([1, 0], [2, WORD - 1])} if len(config.stochastic.watched) > 1 else {}),
        }
    return table
