"""Row as words of the register port."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import row_words

__all__ = ["RowBuffer"]

_WORD = 32


class RowBuffer(wiring.Component):
    """Rotating row buffer with a one-word window.

    It rotates at each access. After as many accesses as the row has words, each word is back in its place.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    rotate : :py:`In(1)`
        Access the window: ``word`` has been read, or is replaced.
    replace : :py:`In(1)`
        With ``rotate``: put ``replacement`` in place of the word.
    replacement, word : :py:`In(32)`, :py:`Out(32)`
        The word in the window.
    load : :py:`In(1)`
        Take ``loaded`` whole.
    loaded, row : :py:`In(cols)`, :py:`Out(cols)`
        The row.
    """

    def __init__(self, config: CoreConfig):
        self._words = row_words(config)
        super().__init__(
            {
                "rotate": In(1),
                "replace": In(1),
                "replacement": In(_WORD),
                "word": Out(_WORD),
                "load": In(1),
                "loaded": In(config.array.cols),
                "row": Out(config.array.cols),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words = Signal(self._words * _WORD)
        m.d.comb += [self.word.eq(words), self.row.eq(words)]
        with m.If(self.load):
            m.d.sync += words.eq(self.loaded)
        with m.Elif(self.rotate):
            m.d.sync += words.eq(Cat(words[_WORD:], Mux(self.replace, self.replacement, self.word)))
        return m
