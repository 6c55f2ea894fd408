"""Both sides of the word-line interface."""

from cocotb_tests.agents.lanes import from_bits
from hdl.testing import pause, plain


def line_inputs(layer, tile, group):
    """Return the inputs that the driven word lines of a group hold, line 0 first."""
    first = tile * layer.rows + group * layer.rows_per_read
    stop = tile * layer.rows + layer.tile_inputs(tile)
    return range(first, min(first + layer.rows_per_read, max(first, stop)))


class VectorSource:
    """Offers vectors to a crossbar, which must read each group of each plane once, planes from the highest.

    For each group of columns.

    Parameters
    ----------
    lines
        The crossbar's port.
    layer
        Geometry.
    vectors
        Pairs of values and tag.
    rng
        Bits of the word lines that hold no input, and of those that were not read.
    idle
        Empty cycles before each vector.
    """

    def __init__(self, lines, layer, vectors, rng, *, idle=0):
        self._lines = lines
        self._layer = layer
        self._vectors = vectors
        self._rng = rng
        self._idle = idle
        self.offered = []
        """Cycles in which each vector was offered first."""
        self.read = []
        """Cycles of all reads."""

    async def run(self, ctx):
        cycle = 0
        lines, layer = self._lines, self._layer
        order = [(plane, group) for plane in reversed(range(layer.input_bits)) for group in range(layer.groups)]
        order *= layer.column_groups
        for values, tag in self._vectors:
            await pause(ctx, self._idle)
            cycle += self._idle
            self.offered.append(cycle)
            ctx.set(lines.valid, 1)
            ctx.set(lines.tag, tag)
            for index, place in enumerate(order):
                while True:
                    _, _, read, plane, group, done = await ctx.tick().sample(
                        lines.read, lines.plane, lines.group, lines.done
                    )
                    cycle += 1
                    if read:
                        break
                self.read.append(cycle - 1)
                assert (plane, group) == place
                assert done == (index == len(order) - 1)
                for tile, bits in enumerate(lines.bits):
                    ctx.set(bits, self._word(values, tile, group, plane))
            ctx.set(lines.valid, 0)
            ctx.set(lines.tag, {"last": self._rng.getrandbits(1)})

    def _word(self, values, tile, group, plane):
        bits = [values[n] >> plane & 1 for n in line_inputs(self._layer, tile, group)]
        padding = self._layer.rows_per_read - len(bits)
        return from_bits([*bits, *(self._rng.getrandbits(1) for _ in range(padding))])


class VectorReader:
    """Reads vectors as a crossbar does, or in another order.

    Parameters
    ----------
    lines
        Port of the owner of the vectors.
    layer
        Geometry.
    count
        Vectors to read.
    rng
        Order of the reads of a vector, where given.
    idle
        Empty cycles before each read.
    """

    def __init__(self, lines, layer, count, *, rng=None, idle=0):
        self._lines = lines
        self._layer = layer
        self._count = count
        self._rng = rng
        self._idle = idle
        self.vectors = []
        """Pairs of values and tag."""
        self.padding = []
        """Bits of the word lines that hold no input."""
        self.seen = []
        """Cycles in which each vector was there first."""
        self.finished = []
        """Cycles of the last reads."""

    async def run(self, ctx):
        lines, layer = self._lines, self._layer
        cycle = 0
        for _ in range(self._count):
            while not ctx.get(lines.valid):
                await ctx.tick()
                cycle += 1
            self.seen.append(cycle)
            tag = plain(ctx.get(lines.tag))
            order = [(plane, group) for plane in reversed(range(layer.input_bits)) for group in range(layer.groups)]
            if self._rng:
                self._rng.shuffle(order)
            values = [0] * layer.inputs
            words = None
            for index, (plane, group) in enumerate(order):
                for _ in range(self._idle):
                    await ctx.tick()
                    cycle += 1
                    assert ctx.get(lines.valid)
                    assert plain(ctx.get(lines.tag)) == tag
                    # The bits that were read are stable for any address.
                    assert words in (None, [ctx.get(bits) for bits in lines.bits])
                ctx.set(lines.read, 1)
                ctx.set(lines.plane, plane)
                ctx.set(lines.group, group)
                ctx.set(lines.done, index == len(order) - 1)
                assert ctx.get(lines.valid)
                await ctx.tick()
                cycle += 1
                ctx.set(lines.read, 0)
                ctx.set(lines.plane, (plane + 1) % layer.input_bits)
                ctx.set(lines.group, (group + 1) % layer.groups)
                words = [ctx.get(bits) for bits in lines.bits]
                for tile, word in enumerate(words):
                    self._gather(values, tile, group, plane, word)
            self.finished.append(cycle - 1)
            self.vectors.append((values, tag))

    def _gather(self, values, tile, group, plane, word):
        inputs = line_inputs(self._layer, tile, group)
        for line, n in enumerate(inputs):
            values[n] |= (word >> line & 1) << plane
        self.padding.append(word >> len(inputs))
