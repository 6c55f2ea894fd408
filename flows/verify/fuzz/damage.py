"""Damage to the bytes of a file."""

import random
import re
from collections.abc import Callable

__all__ = ["NUMBERS", "damage", "damage_text"]

#: Numbers that nobody means.
NUMBERS = (
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e-320",
    "inf",
    "-inf",
    "nan",
    "1" * 30,
    "9" * 5000,
    "18446744073709551616",
    "9223372036854775808",
    "4294967296",
    "1099511627776",
    "65537",
    "0.5",
    "1_0",
    "٣",
    "0x10",
    "",
    " ",
    "true",
    "null",
    "[]",
    "{}",
    "'",
    "[" * 5000,
)

_NUMBER = re.compile(rb"-?\d+(\.\d+)?(e[-+]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_]{2,}")

Damage = Callable[[random.Random, bytes], bytes]


def damage(rng: random.Random, content: bytes) -> bytes:
    """Return ``content`` with some of its bytes changed, gone, or in other places."""
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        content = rng.choice(_BYTES)(rng, content)
    return content


def damage_text(rng: random.Random, content: bytes) -> bytes:
    """Return ``content``, which is text, with numbers, names or lines of another kind, or damaged as bytes."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = rng.choice((*_TEXT, *_TEXT, damage))(rng, content)
    return content


def _flip(rng: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    place = rng.randrange(8 * len(content))
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _behead(rng: random.Random, content: bytes) -> bytes:
    return content[rng.randrange(len(content) + 1) :]


def _extend(rng: random.Random, content: bytes) -> bytes:
    return content + rng.randbytes(rng.choice((1, 64, 5000)))


def _double(_: random.Random, content: bytes) -> bytes:
    return content + content


def _overwrite(rng: random.Random, content: bytes) -> bytes:
    start, length = rng.randrange(len(content) + 1), rng.choice((1, 8, 200))
    filled = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))
    return content[:start] + filled + content[start + length :]


def _remove(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.choice((1, 8, 200)) :]


def _move(rng: random.Random, content: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return content[end:] + content[start:end] + content[:start]


def _replace(rng: random.Random, content: bytes) -> bytes:
    return rng.choice((b"", b"\0", rng.randbytes(rng.choice((10, 1000))), content[:0] + b"\xef\xbb\xbf" + content))


def _number(rng: random.Random, content: bytes) -> bytes:
    return _substitute(rng, content, _NUMBER, rng.choice(NUMBERS).encode())


def _word(rng: random.Random, content: bytes) -> bytes:
    other = rng.choice(_WORD.findall(content) or [b"x"])
    return _substitute(
        rng, content, _WORD, rng.choice((b"", b"x", b"\xc3\xa9", b"a." * 40, b'"""', other, b"x" * 5000))
    )


def _substitute(rng: random.Random, content: bytes, pattern: re.Pattern[bytes], by: bytes) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return content
    chosen = rng.choice(found)
    return content[: chosen.start()] + by + content[chosen.end() :]


def _line(rng: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[other])
        case _:
            lines[place], lines[other] = lines[other], lines[place]
    return b"".join(lines)


_BYTES: tuple[Damage, ...] = (_flip, _flip, _cut, _behead, _extend, _double, _overwrite, _remove, _move, _replace)
_TEXT: tuple[Damage, ...] = (_number, _number, _word, _line)
