"""Timing of :class:`hdl.results.ResultUnit` with predictive probabilities."""

from hdl.config import PredictiveFormat

from .block import Block, Consumer, Timed
from .buffered_queue import BufferedQueue

__all__ = ["Predictive", "Summaries", "predictive_cycles"]

#: Bits of a quotient that a divider finds in a cycle.
_BITS_PER_CYCLE = 2

#: Entries of the queues: inputs of a pass that wait for their maximum, and for the reciprocal of their sum.
_PASSES, _PEAKS, _ENDS = 3, 4, 3

#: Cycles from the last probability of an input to its totals, and of a mean beside its division.
_TOTALS, _MEAN = 3, 2


class Summaries(Consumer):
    """Queue between the statistics and the join.

    Parameters
    ----------
    classes
        Number of classes, which all fit.
    """

    def __init__(self, classes: int):
        self.queue = BufferedQueue(classes)

    def offer(self, at: int, last: bool) -> int:
        written = max(at, self.queue.writable)
        self.queue.write(written)
        return written


class Predictive(Block):
    """Logits, then results, which take their statistics along.

    Those of an input must have been offered to the statistics before its last logit is offered here.

    Parameters
    ----------
    measures
        Formats.
    summaries
        Statistics of the input.
    o
        Consumer of the results.
    """

    cycles = ("free", "_exponential", "_dividing", "_quotient", "_probability", "_released", "_measuring", "_look_ups")

    def __init__(self, measures: PredictiveFormat, summaries: BufferedQueue, o: Consumer):
        self._classes = classes = measures.classes
        self._reciprocal, self._mean = _division(measures.reciprocal_width), _division(_mean_width(measures))
        self._summaries = summaries
        self._o = o
        self._values, self._shares = BufferedQueue(_PASSES * classes), BufferedQueue(_PASSES * classes)
        self._peaks, self._ends = BufferedQueue(_PEAKS), BufferedQueue(_ENDS)
        self._index = 0
        # When the registers of exponentials and probabilities were last emptied, and the divider.
        self._exponential = self._probability = 0
        self._dividing = self._quotient = 0
        # When the sums of the previous input are free, its measures given, and when it reads the table.
        self._released = self._measuring = 0
        self._look_ups: list[int] = []

    @property
    def queues(self) -> tuple[Timed, ...]:
        """Queues within it."""
        return self._values, self._peaks, self._shares, self._ends, self._summaries

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free, self._values.writable, self._peaks.writable)
        self._values.write(taken)
        self.free = taken + 1
        self._index = (self._index + 1) % self._classes
        if not self._index:
            self._peaks.write(taken)
            self._exponentials()
            self._probabilities(last)
            if last:
                self._measure()
            else:
                self._forget(taken)
        return taken

    def _exponentials(self) -> None:
        """Compute when the exponentials of a pass, whose maximum is known, are taken by the normalization."""
        for index in range(self._classes):
            taken = max(self._values.offered, self._peaks.offered, self._exponential)
            self._values.take(taken)
            given = max(taken + 1, self._shares.writable)
            if index == self._classes - 1:
                self._peaks.take(taken)
                given = max(given, self._ends.writable, self._dividing)
                self._ends.write(given)
            self._exponential = given
            self._shares.write(given)

    def _probabilities(self, last: bool) -> None:
        """Compute when the probabilities of a pass are accumulated."""
        # The previous quotient may still be waiting.
        divided = max(self._exponential + self._reciprocal - 1, self._quotient)
        self._dividing = divided + 1
        for index in range(self._classes):
            given = max(self._shares.offered, self._ends.offered, divided + 1, self._probability)
            self._shares.take(given)
            taken = given + 1
            if last and index == self._classes - 1:
                taken = max(taken, self._released)
            while taken in self._look_ups:
                taken += 1
            self._probability = taken
        self._ends.take(given)
        self._quotient = given

    def _measure(self) -> None:
        """Compute when the results of an input are taken, with their statistics."""
        start = max(self._probability + _TOTALS, self._measuring)
        period = self._mean + _MEAN
        first = start + 1 + self._mean
        self._look_ups = [first + index * period for index in range(self._classes)]
        # The sums are released when the last division begins, that of the entropy.
        dividing = self._look_ups[-1] + _MEAN
        self._released = dividing + 1
        cycle = dividing + self._mean + _MEAN
        for _ in range(self._classes):
            taken = self._o.offer(max(cycle, self._summaries.offered), True)
            self._summaries.take(taken)
            cycle = taken + 1
        self._measuring = cycle

    def _forget(self, taken: int) -> None:
        """Forget what affects no later pass, so that passes become periodic."""
        self._summaries.forget(taken)
        self._released = max(self._released, self._probability)
        self._measuring = max(self._measuring, self._probability)
        self._look_ups = [cycle for cycle in self._look_ups if cycle > self._probability]


def predictive_cycles(measures: PredictiveFormat, passes: int) -> int:
    """Return the fewest clock cycles of an input: those of its passes, or of its measures."""
    divisions = passes * max(measures.classes, _division(measures.reciprocal_width))
    mean = _division(_mean_width(measures))
    return max(divisions, 1 + measures.classes * (mean + _MEAN) + mean + _MEAN + measures.classes)


def _division(width: int) -> int:
    """Return the cycles of a division with a quotient of ``width`` bits."""
    return -(-width // _BITS_PER_CYCLE) + 1


def _mean_width(measures: PredictiveFormat) -> int:
    return max(measures.probability_width, measures.entropy_width)
