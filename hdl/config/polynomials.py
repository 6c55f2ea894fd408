"""Maximal-length linear feedback shift registers.

Their taps, and their state after any number of shifts.
"""

import functools

__all__ = ["LFSR_TAPS", "jump", "spread"]

#: Width of the register to the stages, counted from 1, whose exclusive-or is shifted in. For each
#: width the polynomial with the fewest and then the latest taps; a test proves each one primitive.
LFSR_TAPS: dict[int, tuple[int, ...]] = {
    8: (8, 7, 6, 1),
    9: (9, 5),
    10: (10, 7),
    11: (11, 9),
    12: (12, 11, 10, 4),
    13: (13, 12, 11, 8),
    14: (14, 13, 12, 2),
    15: (15, 14),
    16: (16, 15, 13, 4),
    17: (17, 14),
    18: (18, 11),
    19: (19, 18, 17, 14),
    20: (20, 17),
    21: (21, 19),
    22: (22, 21),
    23: (23, 18),
    24: (24, 23, 22, 17),
    25: (25, 22),
    26: (26, 25, 24, 20),
    27: (27, 26, 25, 22),
    28: (28, 25),
    29: (29, 27),
    30: (30, 29, 28, 7),
    31: (31, 28),
    32: (32, 31, 30, 10),
    33: (33, 20),
    34: (34, 33, 32, 7),
    35: (35, 33),
    36: (36, 25),
    37: (37, 36, 35, 28),
    38: (38, 37, 35, 25),
    39: (39, 35),
    40: (40, 39, 38, 5),
    41: (41, 38),
    42: (42, 41, 40, 13),
    43: (43, 42, 41, 31),
    44: (44, 43, 41, 6),
    45: (45, 44, 42, 41),
    46: (46, 45, 43, 37),
    47: (47, 42),
    48: (48, 47, 45, 20),
    49: (49, 40),
    50: (50, 49, 48, 34),
    51: (51, 50, 49, 23),
    52: (52, 49),
    53: (53, 52, 51, 47),
    54: (54, 53, 52, 37),
    55: (55, 31),
    56: (56, 55, 54, 14),
    57: (57, 50),
    58: (58, 39),
    59: (59, 58, 57, 35),
    60: (60, 59),
    61: (61, 60, 59, 56),
    62: (62, 61, 59, 34),
    63: (63, 62),
    64: (64, 63, 62, 53),
}


def jump(width: int, state: int, shifts: int) -> int:
    """Return the state of a register of ``width`` stages ``shifts`` shifts after ``state``."""
    # The polynomials are primitive, so the sequence of states repeats after 2^width − 1 shifts.
    shifts %= 2**width - 1
    for exponent in range(shifts.bit_length()):
        if shifts >> exponent & 1:
            state = _image(_columns(width, exponent), state)
    return state


def spread(width: int, state: int, shifts: int, count: int) -> tuple[int, ...]:
    """Return ``count`` states of a register of ``width`` stages, each ``shifts`` shifts after the one before."""
    # One matrix for all steps: a core has thousands of registers.
    columns = tuple(jump(width, 1 << bit, shifts) for bit in range(width)) if count > 1 else ()
    states = [state]
    while len(states) < count:
        states.append(_image(columns, states[-1]))
    return tuple(states)


@functools.cache
def _columns(width: int, exponent: int) -> tuple[int, ...]:
    """Return, for each bit of the state, the state 2^exponent shifts after the one that has that bit alone."""
    if exponent:
        half = _columns(width, exponent - 1)
        return tuple(_image(half, column) for column in half)
    feedback = sum(1 << tap - 1 for tap in LFSR_TAPS[width])
    return tuple((1 << bit + 1) % 2**width | (feedback >> bit & 1) for bit in range(width))


def _image(columns: tuple[int, ...], state: int) -> int:
    """Return the exclusive-or of the columns of the bits that are set: a matrix times a vector over GF(2)."""
    image = 0
    for bit, column in enumerate(columns):
        if state >> bit & 1:
            image ^= column
    return image
