"""Testbench of :class:`hdl.control.Control`."""

import random
from collections.abc import Iterator
from typing import Any

import cocotb
from amaranth import Shape
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.agents.beats import pack, unpack
from cocotb_tests.agents.clocking import cycle, cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.register_model import SELF_TEST_FOUND, Orders, RegisterModel
from hdl.contract import Command, Register, code_register, commands
from hdl.control import BusReply, BusRequest
from hdl.results import Correction
from hdl.streams import RowCommand, RowReply

_ACCESSES = 400
_ALL_BYTES = 0b1111

#: How often a packet is malformed.
_MALFORMED = 0.05

#: Registers that count cycles, and those of the self-test, which have tests of their own.
_REGISTERS = [
    register for register in Register if register not in (Register.CYCLES_LOW, Register.CYCLES_HIGH, *SELF_TEST_FOUND)
]

#: Inputs that the testbench has in the core at most.
_IN_FLIGHT = 4


class _Bench:
    """Agents of all ports, with random answers.

    The model gets the same answers.
    """

    def __init__(self, dut: Any, stalls: Stalls = Stalls.NEVER):
        start_clock(dut)
        self.dut = dut
        self.parameters = Parameters.load()
        self.config = self.parameters.core
        self.rng = self.parameters.rng(stalls)
        self.model = RegisterModel(self.parameters.contents)
        self.driver = StreamDriver(dut, "request", BusRequest(), stalls.pattern(self.rng))
        self.answers: list[dict[str, int]] = []
        self.compared = 0
        StreamSink(dut, "answer", stalls.pattern(self.rng))
        self.monitor = StreamMonitor(dut, "answer", BusReply(), self.answers.append)
        self.seen = Orders()
        self.idle()
        cocotb.start_soon(self._rows(stalls.pattern(self.rng)))
        cocotb.start_soon(self._orders())

    def idle(self) -> None:
        self.driver.idle()
        drive(self.dut, started=0, done=0, short_packet=0, long_packet=0)
        drive(self.dut, reply__valid=0, reply__payload=0, command__ready=0, correction_stored=0)
        if self.config.self_test is not None:
            several = ("alarms",) if len(self.config.stochastic.watched) > 1 else ()
            names = ("draws", "drops", "deviation", "complete", "stuck", "out_of_bounds", *several)
            drive(self.dut, **{f"self_test__{name}": 0 for name in names})

    async def reset(self) -> None:
        self.idle()
        await reset(self.dut)
        self.model = RegisterModel(self.parameters.contents)
        self.answers.clear()
        self.seen = Orders()

    async def access(self, address: int, *, write: int = 0, data: int = 0, strobe: int = _ALL_BYTES) -> dict[str, int]:
        """Make an access, compare all that it does, and return its answer."""
        request = {"address": address, "write": write, "data": data, "strobe": strobe}
        await self.driver.send(request)
        answer, orders = self.model.access(request, self.seen)
        assert self.answers == [answer], f"{request}: {self.answers}, not {answer}"
        assert self.seen == orders, f"{request}: {self.seen}, not {orders}"
        levels = {
            "enable": self.model.enable,
            "send_logits": self.model.send_logits,
            "passes": self.model.passes,
            "seed": self.model.seed,
        }
        levels |= {f"codes__{layer}": code for layer, code in enumerate(self.model.codes)}
        shown = {name: int(self.dut[name].value) for name in levels}
        assert shown == levels, f"{request}: {shown}, not {levels}"
        self.answers.clear()
        self.seen = Orders()
        self.compared += 1
        return answer

    async def count_inputs(self) -> None:
        """Start and finish inputs between two accesses."""
        for _ in range(self.rng.randint(1, _IN_FLIGHT)):
            started = int(self.model.enable and self.model.in_flight < _IN_FLIGHT and self.rng.getrandbits(1))
            done = int(self.model.in_flight and self.rng.getrandbits(1))
            short, long = (int(self.rng.random() < _MALFORMED) for _ in range(2))
            drive(self.dut, started=started, done=done, short_packet=short, long_packet=long)
            await FallingEdge(self.dut.clk)
            self.model.in_flight += started - done
            if done:
                self.model.finish()
            self.model.fail(short=bool(short), long=bool(long))
        drive(self.dut, started=0, done=0, short_packet=0, long_packet=0)

    async def compare_interrupt(self) -> None:
        """Compare the line with the model's, which has no delays."""
        await cycles(self.dut, 2)
        assert self.dut.irq.value == self.model.interrupt

    async def drain(self) -> None:
        """Disable, and finish all inputs."""
        await self.access(Register.CONTROL, write=1, data=0)
        while self.model.in_flight:
            await self.count_inputs()

    async def _rows(self, pauses: Iterator[bool]) -> None:
        """Answer row commands with the row that came, another, or an error; a command is taken with its answer."""
        dut = self.dut
        shape, width = RowCommand(self.config), self.config.array.cols
        while True:
            await FallingEdge(dut.clk)
            drive(dut, reply__valid=0, command__ready=0)
            await ReadOnly()
            if dut.rst.value or not dut.command__valid.value:
                continue
            payload = int(dut.command__payload.value)
            command = unpack(shape, payload)
            await FallingEdge(dut.clk)
            while next(pauses):
                await FallingEdge(dut.clk)
            reply = {"row": command["row"] ^ self._difference(width), "error": int(self.rng.random() < 0.2)}
            if self.config.macro is not None:
                members = RowReply(self.config).members
                reply["pulses"] = self.rng.getrandbits(Shape.cast(members["pulses"]).width)
                reply["failed"] = self.rng.choice((0, self.rng.getrandbits(Shape.cast(members["failed"]).width)))
            drive(dut, reply__valid=1, command__ready=1, reply__payload=pack(RowReply(self.config), reply))
            await ReadOnly()
            if dut.rst.value or not dut.command__valid.value:
                continue
            assert int(dut.command__payload.value) == payload, "the row command changed"
            assert dut.reply__ready.value, "the answer to the row command is refused"
            self.seen.rows.append(command)
            self.seen.reply = reply

    def _difference(self, width: int) -> int:
        return self.rng.choice((0, 1 << self.rng.randrange(width), self.rng.getrandbits(width)))

    async def _orders(self) -> None:
        """Note the other orders, and answer those that read constants in the next cycle."""
        dut, shape = self.dut, Correction(self.config)
        while True:
            await FallingEdge(dut.clk)
            await ReadOnly()
            if dut.rst.value:
                continue
            if dut.load.value:
                self.seen.loads.append(int(dut.seed.value))
            index = int(dut.correction_index.value)
            if dut.correction_write.value:
                constants = unpack(shape, int(dut.correction_constants.value))
                self.seen.stored.append({"index": index, **constants})
            if dut.correction_read.value:
                self.seen.fetched.append(index)
                bits = self.rng.getrandbits(Shape.cast(shape).width)
                self.seen.constants = unpack(shape, bits)
                await FallingEdge(dut.clk)
                dut.correction_stored.value = bits


def _value(bench: _Bench, address: int) -> int:
    """Return a value that may be allowed: an end of the register's range, something small, or anything."""
    config, rng = bench.config, bench.rng
    limits = {
        Register.PASSES: config.bayes.max_passes,
        Register.CLASS: config.network.classes - 1,
        Register.SHIFT: config.logits.max_shift,
        Register.COMMAND: max(commands(config)),
        Register.GAIN: 2 ** (config.logits.gain_width - 1) - 1,
        Register.OFFSET: 2 ** (config.logits.offset_width - 1) - 1,
        Register.SEED_LOW: 2 ** min(config.random.lfsr_width, 32) - 1,
        Register.SEED_HIGH: 2 ** max(config.random.lfsr_width - 32, 0) - 1,
        Register.TARGET: rng.choice((1, 1 << 16, 1 << 24, 1 << 25)),
        Register.ROW: rng.choice((1, 1 << 16)),
        Register.INTERRUPT_ENABLE: 3 if config.self_test is None else 7,
        Register.SELF_TEST_SELECT: config.stochastic.mask_width,
        Register.SELF_TEST_UNIT: max(len(config.stochastic.watched) - 1, 0),
        Register.SELF_TEST_BOUND: 2 * config.self_test.window - 1 if config.self_test is not None else 1,
    }
    if config.measures is not None:
        limits[Register.UNKNOWN] = rng.choice((2**config.measures.threshold_width - 1, (4 << 24) - 1))
    limit = limits.get(Register(address), 1) if address in list(Register) else 1
    if Register.CODES <= address < Register.INTERRUPTS:
        limit = 2**config.random.draw_bits - 1
    near = rng.choice((0, limit, limit + 1, rng.randint(0, limit), -limit, -limit - 1, -limit - 2))
    return rng.choice((near, near, near, rng.getrandbits(32))) & 2**32 - 1


def _addresses(rng: random.Random, codes: int) -> Iterator[int]:
    """Yield addresses, those of the commands often, and some that do not exist."""
    registers = [
        *_REGISTERS,
        *(code_register(layer) for layer in range(codes + 1)),
        0xFC,
        0x100 + Register.PASSES,
        Register.ROW + 2,
    ]
    while True:
        yield rng.choice((Register.COMMAND, Register.DATA, *rng.choices(registers, k=4)))


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def accesses_do_as_described(dut: Any, stalls: Stalls) -> None:
    """Random accesses, allowed or not, while inputs come and go, and while there are none."""
    bench = _Bench(dut, stalls)
    await bench.reset()
    addresses = _addresses(bench.rng, bench.config.stochastic.mask_width)
    for index in range(_ACCESSES):
        if index % (_ACCESSES // 5) == 0:
            await bench.access(Register.CONTROL, write=1, data=1)
        if index % (_ACCESSES // 5) == _ACCESSES // 20:
            await bench.drain()
        address = next(addresses)
        # Mostly disabled: most commands are refused otherwise.
        if address == Register.CONTROL and bench.rng.random() < 0.8:
            address = Register.STATUS
        strobe = bench.rng.choice((_ALL_BYTES, _ALL_BYTES, bench.rng.getrandbits(4)))
        write = bench.rng.getrandbits(1)
        offset = bench.rng.choice((0, 0, 0, bench.rng.randrange(4)))
        await bench.access(address + offset, write=write, data=_value(bench, address), strobe=strobe)
        await bench.count_inputs()
        await bench.compare_interrupt()
    assert bench.compared >= _ACCESSES


@testcase()
async def running_refuses_changes(dut: Any) -> None:
    """Enabled, or disabled with an input in the core, it takes no passes, codes and commands; idle, it takes them."""
    bench = _Bench(dut)
    config, rng = bench.config, bench.rng
    await bench.reset()
    for enable, in_flight in ((1, 0), (1, 1), (0, 1), (0, 0)):
        bench.model.in_flight += in_flight
        drive(dut, started=in_flight)
        await FallingEdge(dut.clk)
        drive(dut, started=0)
        await bench.access(Register.CONTROL, write=1, data=enable)
        await bench.access(Register.STATUS)
        accesses: list[tuple[int, int]] = [(Register.PASSES, config.bayes.max_passes), (Register.STREAMS, 1)]
        accesses += [(code_register(layer), rng.getrandbits(1)) for layer in range(config.stochastic.mask_width)]
        accesses += [(Register.COMMAND, command) for command in (Command.RESEED, Command.STORE_CORRECTION)]
        for address, value in accesses:
            answer = await bench.access(address, write=1, data=value)
            assert answer["error"] == (enable | in_flight), f"{address:#04x}, {value}"
        if in_flight:
            bench.model.in_flight = 0
            bench.model.finish()
            drive(dut, done=1)
            await FallingEdge(dut.clk)
            drive(dut, done=0)


@testcase()
async def parts_of_words_do_not_act(dut: Any) -> None:
    """Every strobe and every byte address of the registers that act: whole words act, parts are refused."""
    bench = _Bench(dut)
    await bench.reset()
    await bench.drain()
    for address in (Register.DATA, Register.COMMAND):
        for strobe in range(_ALL_BYTES + 1):
            for offset in range(4):
                data = Command.STORE_CORRECTION
                answer = await bench.access(address + offset, write=1, data=data, strobe=strobe)
                whole = not offset and strobe == _ALL_BYTES
                assert answer["error"] == (strobe > 0 and not whole), f"{address + offset:#x}, {strobe:#06b}"
                await bench.access(Register.DATA)
                await bench.access(Register.ERRORS, write=1, data=1)
    for offset in range(1, 4):
        answer = await bench.access(Register.DATA + offset)
        assert answer == {"data": 0, "error": 1}
        await bench.access(Register.DATA)


@testcase()
async def events_call(dut: Any) -> None:
    """Each event raises the line where its interrupt is enabled, until its flag, and no other, is cleared."""
    bench = _Bench(dut)
    await bench.reset()
    events = {"error": ("long_packet", 1), "done": ("done", 2)}
    if bench.config.self_test is not None:
        several = len(bench.config.stochastic.watched) > 1
        events["alarm"] = (f"self_test__{'alarms' if several else 'stuck'}", 4)
    await bench.access(Register.CONTROL, write=1, data=1)
    for _ in range(2):
        for enabled in range(1 << len(events)):
            await bench.access(Register.INTERRUPT_ENABLE, write=1, data=enabled)
            for name, (port, flag) in events.items():
                drive(dut, started=int(name == "done"))
                await FallingEdge(dut.clk)
                drive(dut, started=0)
                drive(dut, **{port: 1})
                await FallingEdge(dut.clk)
                drive(dut, **{port: int(name == "alarm")})
                if name == "error":
                    bench.model.fail(long=True)
                elif name == "done":
                    bench.model.finish()
                else:
                    bench.model.alarm()
                await bench.compare_interrupt()
                assert dut.irq.value == bool(enabled & flag)
                await bench.access(Register.INTERRUPTS, write=1, data=7 & ~flag)
                await bench.compare_interrupt()
                # An alarm lasts, and calls once.
                await bench.access(Register.INTERRUPTS, write=1, data=flag)
                await bench.compare_interrupt()
                assert not dut.irq.value
                await bench.access(Register.INTERRUPTS)
                drive(dut, **{port: 0})
                await FallingEdge(dut.clk)
    await bench.access(Register.INTERRUPT_ENABLE, write=1, data=1)
    await bench.access(0xFDC)
    await bench.compare_interrupt()
    assert dut.irq.value == 1


@testcase()
async def every_command_is_carried_out(dut: Any) -> None:
    """Each command with random parameters, many times, since random accesses may omit some."""
    bench = _Bench(dut, Stalls.OFTEN)
    config, rng = bench.config, bench.rng
    await bench.reset()
    await bench.drain()
    done = dict.fromkeys(commands(config), 0)
    while min(done.values()) < _ACCESSES // 40:
        for address in (Register.SEED_LOW, Register.CLASS, Register.GAIN, Register.OFFSET, Register.SHIFT):
            await bench.access(address, write=1, data=_value(bench, address))
        await bench.access(Register.TARGET, write=1, data=rng.getrandbits(1) << 24 | rng.getrandbits(1))
        await bench.access(Register.ROW, write=1, data=rng.getrandbits(1) << 16 | rng.getrandbits(1))
        for _ in range(-(-config.array.cols // 32)):
            await bench.access(Register.DATA, write=1, data=rng.getrandbits(32))
        command = rng.choice(commands(config))
        answer = await bench.access(Register.COMMAND, write=1, data=command)
        done[command] += not answer["error"]
        for address in (
            Register.ERRORS,
            Register.INPUTS,
            Register.DATA,
            Register.GAIN,
            Register.OFFSET,
            Register.SHIFT,
        ):
            await bench.access(address)


@testcase()
async def answers_come_after_four_cycles(dut: Any) -> None:
    """Four cycles after the request was offered; the request is taken with the answer."""
    bench = _Bench(dut)
    await bench.reset()
    for register in _REGISTERS:
        offered = cycle()
        await bench.access(register)
        assert bench.monitor.cycles[-1] == offered + 4, f"register {register:#04x}"
        assert cycle() == offered + 5


@testcase()
async def cycles_are_counted(dut: Any) -> None:
    """Those with an input in the core, and no others; both halves are of one moment; a command clears them."""
    bench = _Bench(dut)
    await bench.reset()
    expected = 0
    for _ in range(_ACCESSES // 40):
        length = bench.rng.randint(1, _ACCESSES // 10)
        drive(dut, started=1)
        await FallingEdge(dut.clk)
        drive(dut, started=0)
        await cycles(dut, length - 1)
        drive(dut, done=1)
        await FallingEdge(dut.clk)
        drive(dut, done=0)
        await cycles(dut, bench.rng.randint(0, 3))
        expected += length
        bench.model.finish()
        for address, value in ((Register.CYCLES_LOW, expected), (Register.CYCLES_HIGH, 0)):
            await bench.driver.send({"address": address, "write": 0, "data": 0, "strobe": 0})
            assert bench.answers == [{"data": value, "error": 0}]
            bench.answers.clear()
    await bench.drain()
    await bench.access(Register.COMMAND, write=1, data=Command.CLEAR_COUNTERS)
    await bench.access(Register.INPUTS)
    await bench.driver.send({"address": Register.CYCLES_LOW, "write": 0, "data": 0, "strobe": 0})
    assert bench.answers == [{"data": 0, "error": 0}]


@testcase()
async def a_reset_sets_the_first_values(dut: Any) -> None:
    """In the middle of any access, row commands included."""
    bench = _Bench(dut, Stalls.OFTEN)
    addresses = _addresses(bench.rng, bench.config.stochastic.mask_width)
    for _ in range(_ACCESSES // 20):
        await bench.reset()
        await bench.drain()
        for address in (Register.PASSES, Register.SEED_LOW, Register.TARGET, Register.DATA, Register.GAIN):
            await bench.access(address, write=1, data=1)
        command = bench.rng.choice(list(Command))
        request = {"address": next(addresses), "write": 1, "data": command, "strobe": _ALL_BYTES}
        sending = cocotb.start_soon(bench.driver.send(request))
        await cycles(dut, bench.rng.randint(1, 8))
        sending.cancel()
    await bench.reset()
    everything: list[int] = [
        *_REGISTERS,
        *(code_register(layer) for layer in range(bench.config.stochastic.mask_width)),
    ]
    for place in everything:
        await bench.access(place)
    assert bench.compared > len(_REGISTERS)
