"""Device model for arrays outside a Verilated core."""

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from golden.arrays import MacroChip
from hdl.config import CoreConfig, Layer
from hdl.crossbar.macro import MacroPorts, macro_name

__all__ = ["MacroAnswers", "header"]

_BYTE, _WORD = 8, 32

#: Port types of Verilator: ports of up to so many bits are one integer, wider ones are words of 32 bits.
_PORTS = (8, 16, 32, 64)

#: Operations of an array.
_READ, _PULSE, _VERIFY = range(3)

#: Order of the ports in the harness.
_OUTPUTS = ("read", "pulse", "verify", "group", "line", "columns", "levels", "reference")


def header(config: CoreConfig) -> str:
    """Return the header of the harness: the names of the ports of all arrays, in the order of layers and arrays."""
    names = [macro_name(layer, tile) for layer in config.layers for tile in range(layer.arrays)]
    found = "codes" if config.sensing.converts else "words"
    # Comparators have no bits: any port stands in for the missing ones.
    driven = ("bits", "drive") if config.sensing.converts else ("read", "read")
    ports = ", ".join(f"top.name##_{port}" for port in (*_OUTPUTS, *driven, found, "sensed"))
    each = " ".join(f"DO({index}, {name})" for index, name in enumerate(names))
    return (
        f"#define MACRO_COUNT {len(names)}\n"
        f"#define MACRO_STAGES {config.sensing.stages}\n"
        f"#define MACRO_PORTS(name) {ports}\n"
        f"#define MACRO_ANSWER(name) name##_{found}\n"
        f"#define MACRO_EACH(DO) {each}\n"
    )


class MacroAnswers:
    """Answers of macros to the harness.

    Parameters
    ----------
    chip
        The device model.
    on_error
        Called when an answer fails; the exception is kept in ``error``.
    """

    def __init__(self, chip: MacroChip, on_error: Callable[[], None]):
        self._config = config = chip.config
        self._arrays = [
            (layer, array, _Layouts(config, layer))
            for layer, arrays in zip(config.layers, chip.arrays, strict=True)
            for array in arrays
        ]
        self._on_error = on_error
        self.error: Exception | None = None
        """Exception of a failed answer."""
        prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_int] * 4, ctypes.c_void_p, ctypes.c_void_p)
        self.function = prototype(self._answer)
        """Callback for the harness."""

    def _answer(self, index: int, order: int, group: int, line: int, given: int, answer: int) -> None:
        # An exception cannot pass through the harness.
        try:
            self._serve(index, order, group, line, given, answer)
        except Exception as error:
            self.error = self.error or error
            self._on_error()

    def _serve(self, index: int, order: int, group: int, line: int, given: int, answer: int) -> None:
        layer, array, layouts = self._arrays[index]
        if order == _PULSE:
            columns, levels = layouts.unpack(given, "columns", "levels")
            array.pulse(group, line, columns.bool(), layouts.numbers(levels, layer.weight_bits))
        elif order == _VERIFY:
            layouts.pack(answer, "sensed", array.verify(group, line) >> torch.arange(layer.weight_bits)[:, None] & 1)
        elif not self._config.sensing.converts:
            (reference,) = layouts.unpack(given, "reference")
            layouts.pack(answer, "words", array.read(group, layouts.codes(reference)))
        else:
            reference, bits, drive = layouts.unpack(given, "reference", "bits", "drive")
            codes = array.read(group, layouts.codes(reference), bits, drive)
            layouts.pack(answer, "codes", codes >> torch.arange(self._config.sensing.adc_width(layer))[:, None] & 1)


class _Layouts:
    """Bit layouts of an array's ports."""

    def __init__(self, config: CoreConfig, layer: Layer):
        self._widths = {name: _width(port.shape) for name, port in MacroPorts(config, layer).members.items()}
        self._reference_bits = 0 if config.macro is None else config.macro.reference_bits

    def unpack(self, place: int, *names: str) -> list[Tensor]:
        """Return the bits of consecutive ports, uint8."""
        values = []
        for name in names:
            size = _octets(self._widths[name])
            octets = np.frombuffer(ctypes.string_at(place, size), dtype=np.uint8)
            values.append(torch.from_numpy(np.unpackbits(octets, bitorder="little", count=self._widths[name])))
            place += size
        return values

    def pack(self, place: int, name: str, bits: Tensor) -> None:
        """Write bits, in any shape, to a port."""
        octets = np.zeros(_octets(self._widths[name]), dtype=np.uint8)
        packed = np.packbits(bits.flatten().numpy().astype(np.uint8), bitorder="little")
        octets[: packed.size] = packed
        ctypes.memmove(place, octets.ctypes.data, octets.size)

    def numbers(self, bits: Tensor, planes: int) -> Tensor:
        """Return the numbers in concatenated planes, int64."""
        return (bits.view(planes, -1).long() << torch.arange(planes)[:, None]).sum(dim=0)

    def codes(self, bits: Tensor) -> Tensor:
        """Return the codes of references."""
        return self.numbers(bits, self._reference_bits)


def _width(shape: Any) -> int:
    return shape if isinstance(shape, int) else shape.width


def _octets(width: int) -> int:
    """Return the bytes of a port in Verilator."""
    fitting = next((port for port in _PORTS if width <= port), -(-width // _WORD) * _WORD)
    return fitting // _BYTE
