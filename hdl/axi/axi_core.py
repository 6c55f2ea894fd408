"""Exported core with standard ports and conventional names."""

from collections.abc import Iterator

from amaranth import ClockDomain, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import Flow, In, Out

from ..config import CoreConfig, Layer
from ..contract import Program
from ..core import Core
from ..crossbar.macro import MacroPorts, macro_name
from ..streams import Logit, PixelBeat, Result
from .axi import AxiLite, AxiStream, stream_width
from .axi_lite import AxiLiteBridge
from .packet_input import PacketInput
from .packet_output import PacketOutput

__all__ = ["AxiCore"]


class AxiCore(wiring.Component):
    """:class:`Core` with AXI4-Stream and AXI4-Lite ports.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry and choices.
    program : :class:`Program`, optional
        Initial contents of all memories and registers; without it the arrays are empty.

    Members
    -------
    aclk, aresetn : :py:`In(1)`
        Clock, and reset, active low and synchronous.
    irq : :py:`Out(1)`
        An event has happened whose interrupt is enabled; active high, until its flag in `INTERRUPTS` is cleared.
    s_axi_* : AXI4-Lite
        Registers, as in :func:`hdl.contract.register_map.register_map`.
    s_axis_* : AXI4-Stream
        Inputs, a packet each of ``beats_per_input`` beats of :class:`PixelBeat`.
    m_axis_* : AXI4-Stream
        Results, a packet for each input of a beat per class, as :class:`Result`.
    m_axis_logits_* : AXI4-Stream
        Logits of every pass, while the register `STREAMS` enables them: a packet for each input of a beat per class and
        pass, as :class:`Logit`.

    s_axis_entropy_* : AXI4-Stream
        Draws of an external source: each beat holds one draw for each shared stochastic unit, `draw_bits` bits each,
        that of unit 0 lowest. `tlast` is ignored.

    macro_<layer>_<row tile>_<column tile>_* : :class:`MacroPorts`
        Ports of each array, where arrays are macros.

    Raises
    ------
    InputError
        ``program`` is for another configuration.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None):
        self._config = config
        # Built here rather than in `elaborate`, so that a wrong Program is refused at once.
        self._core = Core(config, program)
        self._buses: dict[str, tuple[Flow, wiring.Signature]] = {
            "s_axi": (In, AxiLite()),
            "s_axis": (In, AxiStream(stream_width(PixelBeat(config).size))),
            "m_axis": (Out, AxiStream(stream_width(Result(config).size))),
            "m_axis_logits": (Out, AxiStream(stream_width(Logit(config).size))),
        }
        if config.stochastic.external:
            self._buses["s_axis_entropy"] = (In, AxiStream(stream_width(config.stochastic.entropy_width)))
        ports: dict[str, wiring.Member] = {"aclk": In(1), "aresetn": In(1), "irq": Out(1)}
        for name, (flow, signature) in self._buses.items():
            for member, port in (signature if flow is Out else signature.flip()).members.items():
                ports[f"{name}_{member}"] = port
        if config.macro is not None:
            for layer, tile in self._macros():
                for member, port in MacroPorts(config, layer).members.items():
                    ports[f"{macro_name(layer, tile)}_{member}"] = port
        super().__init__(ports)

    @property
    def config(self) -> CoreConfig:
        """Geometry and choices."""
        return self._config

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.sync = sync = ClockDomain()
        m.d.comb += [sync.clk.eq(self.aclk), sync.rst.eq(~self.aresetn)]

        m.submodules.core = core = self._core
        m.submodules.bridge = bridge = AxiLiteBridge()
        m.submodules.input = pixels = PacketInput(self._config)
        m.submodules.results = results = PacketOutput(self._config, Result(self._config))
        m.submodules.logits = logits = PacketOutput(self._config, Logit(self._config))
        wiring.connect(m, bridge.request, core.request)
        wiring.connect(m, core.answer, bridge.answer)
        wiring.connect(m, pixels.o, core.pixels)
        wiring.connect(m, core.results, results.i)
        wiring.connect(m, core.logits, logits.i)
        m.d.comb += [core.short_packet.eq(pixels.too_short), core.long_packet.eq(pixels.too_long)]
        m.d.comb += self.irq.eq(core.irq)
        for name, bus in (("s_axi", bridge.bus), ("s_axis", pixels.bus)):
            self._connect(m, name, bus)
        if self._config.stochastic.external:
            m.d.comb += [
                core.entropy.payload.eq(self.s_axis_entropy_tdata),
                core.entropy.valid.eq(self.s_axis_entropy_tvalid),
                self.s_axis_entropy_tready.eq(core.entropy.ready),
            ]
        for name, bus in (("m_axis", results.bus), ("m_axis_logits", logits.bus)):
            self._connect(m, name, bus)
        if self._config.macro is not None:
            for layer, tile in self._macros():
                name = macro_name(layer, tile)
                for member, port in MacroPorts(self._config, layer).members.items():
                    outer, inner = getattr(self, f"{name}_{member}"), getattr(getattr(core, name), member)
                    m.d.comb += outer.eq(inner) if port.flow is Out else inner.eq(outer)

        return m

    def _macros(self) -> Iterator[tuple[Layer, int]]:
        """Yield layer and number of each array."""
        return ((layer, tile) for layer in self._config.layers for tile in range(layer.arrays))

    def _connect(self, m: Module, name: str, bus: wiring.PureInterface) -> None:
        """Connect the ports ``name_…`` of the core to an internal bus."""
        flow, signature = self._buses[name]
        for member, port in (signature if flow is Out else signature.flip()).members.items():
            outer, inner = getattr(self, f"{name}_{member}"), getattr(bus, member)
            m.d.comb += outer.eq(inner) if port.flow is Out else inner.eq(outer)
