"""Instructions and operands of the kernel."""

import enum

__all__ = ["ELEMENTWISE", "Code", "Mode"]


class Code(enum.IntEnum):
    """Instructions, as in ``kernel.cpp``."""

    COPY = 0
    NOT = 1
    AND = 2
    OR = 3
    XOR = 4
    XNOR = 5
    MUX = 6
    GATHER = 7
    ADD = 8
    SUB = 9
    LESS = 10
    EQUAL = 11
    ALL = 12
    ANY = 13
    PARITY = 14
    READ = 15
    FORCE = 16
    TABLE = 17


class Mode(enum.IntEnum):
    """Places of an operand, as in ``kernel.cpp``."""

    VECTOR = 0
    SINGLE = 1
    BYTES = 2
    BYTE = 3


#: Instructions whose k-th result depends on the k-th net of each operand alone; on words `TABLE` stands for all.
ELEMENTWISE = frozenset((Code.COPY, Code.NOT, Code.AND, Code.OR, Code.XOR, Code.XNOR, Code.MUX))
