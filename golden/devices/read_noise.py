"""Noise of successive reads, independent or 1/f."""

import abc
import math

import torch
from torch import Tensor

from hdl.config import InputError

from .draws import Generators, normal

__all__ = ["Flicker", "Independent", "ReadNoise"]

#: Relaxation times per decade: away from its ends the spectrum is then within 0.1 % of 1/f.
_PER_DECADE = 2


class ReadNoise(abc.ABC):
    """Noise of the reads of all cells.

    Each with mean 0 and variance 1; cells are independent of each other.
    """

    @abc.abstractmethod
    def sample(self, like: Tensor, generator: Generators, reads: int) -> Tensor:
        """Return the noise of the next ``reads`` reads of cells in the shape of ``like``, shape (reads, chips, ...)."""


class Independent(ReadNoise):
    """Independent noise in every read."""

    def sample(self, like: Tensor, generator: Generators, reads: int) -> Tensor:
        """Draw from N(0, 1)."""
        return normal(like, generator, reads=reads)


class Flicker(ReadNoise):
    r"""1/f noise, correlated from read to read [derived].

    Between 1/(2π longest) and 1/(2π shortest) the one-sided spectrum is 1/(f ln(longest/shortest)) [1/Hz], which the
    variance 1 makes necessary. It is the sum of K Ornstein-Uhlenbeck processes of equal variance 1/K, whose relaxation
    times τ_k are spaced evenly in the logarithm, each in the middle of its K-th of the range:

    S(f) = Σ_k (4 τ_k / K) / (1 + (2π f τ_k)²),   r(Δ) = Σ_k exp(−Δ/τ_k) / K.

    Each process is sampled exactly at the times of the reads. The state stays with the object: the next call continues
    where this one ended, so one object serves one array.

    The read noise of PCM, σ² ∝ ln((t + t_read)/(2 t_read)), is the power of 1/f noise between 1/(t + t_read) and
    1/(2 t_read); so :meth:`of_device` takes longest = (t + t_read)/2π and shortest = t_read/π [derived].

    Parameters
    ----------
    interval
        Time from one read of a cell to the next, s.
    shortest, longest
        Ends of the relaxation times, s.

    Raises
    ------
    InputError
        A time is not positive, or the ends are not in order.
    """

    def __init__(self, *, interval: float, shortest: float, longest: float):
        if not 0 < interval < math.inf:
            raise InputError(f"interval must be a positive number, not {interval!r}")
        if not 0 < shortest < math.inf:
            raise InputError(f"shortest must be a positive number, not {shortest!r}")
        if not shortest < longest < math.inf:
            raise InputError(f"longest must be more than shortest ({shortest:g}), not {longest!r}")
        self._interval = interval
        count = max(1, math.ceil(_PER_DECADE * math.log10(longest / shortest)))
        places = (torch.arange(count, dtype=torch.float64) + 1 / 2) / count
        #: Relaxation times, s, float64.
        self.relaxation_times = shortest * (longest / shortest) ** places
        self._waited = 0.0
        self._components: Tensor | None = None

    @classmethod
    def of_device(cls, *, interval: float, read_time: float, seconds: float) -> "Flicker":
        """Return the noise of cells ``seconds`` after programming whose reads take ``read_time``."""
        return cls(interval=interval, shortest=read_time / math.pi, longest=(seconds + read_time) / (2 * math.pi))

    def autocorrelation(self, lag: Tensor) -> Tensor:
        """Return the correlation of two reads that are ``lag`` seconds apart, float64."""
        exponents = lag.to(torch.float64).abs()[..., None] / self.relaxation_times
        return torch.exp(-exponents).mean(dim=-1)

    def spectrum(self, frequency: Tensor) -> Tensor:
        """Return the one-sided power spectral density of the noise at ``frequency`` [Hz], in 1/Hz, float64."""
        times = self.relaxation_times
        turns = 2 * math.pi * frequency.to(torch.float64)[..., None] * times
        return (4 * times / (1 + turns.square())).mean(dim=-1)

    def wait(self, seconds: float) -> None:
        """Add ``seconds`` to the interval before the next read.

        Raises
        ------
        InputError
            The time is negative.
        """
        if not 0 <= seconds < math.inf:
            raise InputError(f"seconds must be a finite number of at least 0, not {seconds!r}")
        self._waited += seconds

    def sample(self, like: Tensor, generator: Generators, reads: int) -> Tensor:
        """Continue the noise for ``reads`` reads.

        Raises
        ------
        InputError
            The cells have another shape than in earlier calls.
        """
        if self._components is not None and self._components.shape[1:] != like.shape:
            wanted = tuple(self._components.shape[1:])
            raise InputError(f"cells must have the shape of those read before, {wanted}, not {tuple(like.shape)}")
        result = torch.empty((reads, *like.shape), dtype=like.dtype, device=like.device)
        count = len(self.relaxation_times)
        for index in range(reads):
            drawn = normal(like, generator, reads=count)
            if self._components is None:
                self._components = drawn
            else:
                kept, fresh = self._decay(self._interval + self._waited, like)
                self._components = kept * self._components + fresh * drawn
            self._waited = 0.0
            result[index] = self._components.sum(dim=0) / math.sqrt(count)
        return result

    def _decay(self, seconds: float, like: Tensor) -> tuple[Tensor, Tensor]:
        """Return the decay of each process in ``seconds``, and the standard deviation of the added noise."""
        exponents = -seconds / self.relaxation_times
        shape = (-1, *(1,) * like.ndim)
        kept, fresh = exponents.exp(), (-torch.expm1(2 * exponents)).sqrt()
        return kept.to(like).reshape(shape), fresh.to(like).reshape(shape)
