"""External draws of a core."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import cocotb
import numpy as np
import numpy.typing as npt
import torch
from cocotb.task import Task

from golden.draws import lfsr, stochastic_unit
from hdl.config import CoreConfig
from hdl.contract import Program

from .agents import StreamDriver

__all__ = ["EntropySequence", "EntropySource", "Fault"]

#: Function from a draw to that of a faulty source.
Fault = Callable[[int], int]

#: Draws of golden's register at a time.
_BLOCK = 1024


class EntropySequence:
    """Draws of a source, and golden's masks from them.

    Golden's register makes the draws.

    Parameters
    ----------
    config
        Configuration of a core with draws from outside.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        self._good = self._register()
        self._drawn: list[list[int]] = []
        self._used = 0
        self.faults: dict[int, Fault] = {}
        """Fault of each draw of a unit that has not been sent yet."""

    @property
    def used(self) -> npt.NDArray[np.int64]:
        """Draws for the mask bits of the inputs that golden was asked for, shape (passes, L)."""
        beats = np.array(self._drawn[: self._used], dtype=np.int64)
        return beats.reshape(-1, self._config.stochastic.mask_steps * self._config.stochastic.shared)[
            :, : self._config.stochastic.mask_width
        ]

    def __getitem__(self, index: int) -> int:
        """Return beat ``index``: a draw for each unit, that of unit 0 in the lowest bits."""
        while len(self._drawn) <= index:
            draws = list(itertools.islice(self._good, self._config.stochastic.shared))
            for unit, fault in self.faults.items():
                draws[unit] = fault(draws[unit])
            self._drawn.append(draws)
        return sum(draw << self._config.random.draw_bits * unit for unit, draw in enumerate(self._drawn[index]))

    def masks(self, program: Program, passes: int) -> torch.Tensor:
        """Return the mask bits of the next input, shape (1, passes, L), with the codes of ``program``."""
        self._used += passes * self._config.stochastic.mask_steps
        # All of them are drawn now.
        self[self._used - 1]
        return stochastic_unit.kept(self._config, program.codes, self.used[None, -passes:])

    def _register(self) -> Iterator[int]:
        first = 0
        while True:
            yield from lfsr.draws(self._config.random, self._config.random.seed, first, _BLOCK).tolist()
            first += _BLOCK


class EntropySource:
    """Driver of the stream `entropy` of a core.

    It sends the draws of a sequence, from the first on after every start.

    Parameters
    ----------
    dut
        Core under test.
    config
        Its configuration.
    stalls
        When draws pause, cycle by cycle.
    """

    def __init__(self, dut: Any, config: CoreConfig, stalls: Iterator[bool] | None = None):
        self._config = config
        pattern = iter(lambda: False, True) if stalls is None else stalls
        self._driver = StreamDriver(dut, "entropy", config.stochastic.entropy_width, pattern)
        self.sequence = EntropySequence(config)
        self._task: Task | None = None

    def stop(self) -> None:
        """Offer nothing, as before a reset."""
        if self._task is not None:
            self._task.cancel()
        self._driver.idle()

    def start(self) -> None:
        """Begin a sequence anew."""
        self.sequence = EntropySequence(self._config)
        self._task = cocotb.start_soon(self._run(self.sequence))

    async def _run(self, sequence: EntropySequence) -> None:
        index = 0
        while True:
            await self._driver.send(sequence[index])
            index += 1
