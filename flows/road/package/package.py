"""Step from a core to a self-contained folder."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from amaranth.hdl import Shape
from amaranth.lib import data
from vcd.gtkw import GTKWSave

from driver.beats import pack_pixels, pixel_beat
from golden.draws import stochastic_unit
from golden.model import core_model, results, weighted_logits
from hdl.axi import stream_width
from hdl.config import CoreConfig
from hdl.contract import ADDRESS_WIDTH, IDENTITY, WORD_WIDTH, Program, Register, program_writes, register_map
from hdl.streams import Logit, PixelBeat, Result

from ...base.files import to_json, write_folder
from .ip_xact import ip_xact
from .names import prefixed, vhdl_identifier
from .ports import Port, core_ports
from .registers import c_header, compile_rdl, register_constants, register_table, system_rdl
from .template import template

__all__ = ["package"]

#: Inputs of the testbench: more than the core holds at a time.
_INPUTS = 4

#: File that every such folder has, whatever the name of the core.
_MARK = "registers.md"

#: Streams and the layouts of their beats.
_STREAMS: Mapping[str, Callable[[CoreConfig], data.StructLayout]] = {
    "s_axis": PixelBeat,
    "m_axis": Result,
    "m_axis_logits": Logit,
}

#: Names of the streams in the testbench.
_KINDS = {"input": "s_axis", "result": "m_axis", "logit": "m_axis_logits"}


def package(
    directory: Path, config: CoreConfig, program: Program | None, *, verilog: str, metadata: Mapping[str, Any]
) -> list[Path]:
    """Write all files that a user of the core needs, and return them.

    Parameters
    ----------
    directory
        Folder; that of an earlier core is replaced as a whole.
    config, program
        The core, and the contents of its memories, if any. Without a Program there is no testbench, nor where arrays
        are macros, which are outside the core.
    verilog, metadata
        Verilog of the core, and its metadata.

    Raises
    ------
    InputError
        The folder cannot be written, or is not of a core.
    """
    name, version = config.name, metadata["provenance"]["versions"]["bayescim"]
    ports = core_ports(metadata["ports"])
    files: dict[str, str] = {f"{name}.v": verilog, f"{name}.json": to_json(metadata)}
    files |= _documents(config, program, ports, version) | _instances(name, ports)
    tested = program is not None and config.macro is None
    if program is not None and tested:
        files |= _testbench(config, program)
    files["README.md"] = template("README.md", **_facts(config, metadata["program"]))
    files["Makefile"] = template("Makefile", name=name)
    files["lint.vlt"] = template("lint.vlt")
    files[f"{name}.core"] = template("core.core", name=name, version=version, testbench=tested)
    return write_folder(directory, {file: text.encode() for file, text in files.items()}, mark=_MARK)


def _documents(config: CoreConfig, program: Program | None, ports: list[Port], version: str) -> dict[str, str]:
    """Return the descriptions of the registers, and with them that of the whole core."""
    name = config.name
    registers = register_map(config, program)
    rdl = system_rdl(registers, name)
    root = compile_rdl(rdl)
    return {
        "registers.md": register_table(registers, name),
        f"{name}_registers.h": c_header(registers, name),
        f"{name}_registers.py": register_constants(registers, name, _constants(config)),
        f"{name}.rdl": rdl,
        f"{name}.xml": ip_xact(root, name, ports, version=version),
    }


def _instances(name: str, ports: list[Port]) -> dict[str, str]:
    """Return what designs that contain the core begin with."""
    return {
        f"{name}_instance.vh": template("instance.vh", name=name, prefix=prefixed(name), ports=ports),
        f"{name}_component.vhd": template(
            "component.vhd",
            name=name,
            package=vhdl_identifier(f"{prefixed(name)}_component"),
            component=vhdl_identifier(name),
            ports=ports,
        ),
    }


def _constants(config: CoreConfig) -> dict[str, int]:
    """Return the constants of the streams for software: positions of fields, and sizes of packets."""
    found = {
        "INPUTS_PER_PACKET": config.network.inputs,
        "CLASSES": config.network.classes,
        "BEATS_PER_INPUT": config.beats_per_input,
        "PIXELS_PER_BEAT": config.ports.pixels_per_beat,
        "PIXEL_BITS": config.network.input_bits,
    }
    for bus, make in _STREAMS.items():
        layout = make(config)
        found[f"{bus.upper()}_BYTES"] = stream_width(layout.size) // 8
        for field, place in layout:
            found[f"{bus.upper()}_{field.upper()}_OFFSET"] = place.offset
            found[f"{bus.upper()}_{field.upper()}_WIDTH"] = place.width
    return found


def _facts(config: CoreConfig, contents: Mapping[str, Any] | None) -> dict[str, Any]:
    network = config.network
    widths = {f"{kind}_bits": stream_width(_STREAMS[bus](config).size) for kind, bus in _KINDS.items()}
    return {
        "name": config.name,
        "shape": "-".join(map(str, (network.inputs, *network.hidden, network.classes))),
        "passes": config.bayes.passes,
        "contents": contents["sha256"] if contents is not None and config.macro is None else None,
        "macros": sum(layer.arrays for layer in config.layers) if config.macro is not None else 0,
        "beats": config.beats_per_input,
        "pixels": config.ports.pixels_per_beat,
        "classes": network.classes,
        "entropy_bits": _entropy_bits(config),
        "draws": config.stochastic.mask_steps,
        "draws_of_beat": config.stochastic.shared,
        "beats_of": {bus: [*_fields(make(config))] for bus, make in _STREAMS.items()},
        **widths,
    }


def _entropy_bits(config: CoreConfig) -> int:
    """Return the width of the beats of `s_axis_entropy`, 0 where there is no such port."""
    return stream_width(config.stochastic.entropy_width) if config.stochastic.external else 0


def _fields(layout: data.StructLayout) -> Any:
    """Yield name and position of each member."""
    for name, field in layout:
        signed = not isinstance(field.shape, data.Layout) and Shape.cast(field.shape).signed
        highest = field.offset + field.width - 1
        yield name, f"{highest}–{field.offset}{', signed' if signed else ''}"


def _testbench(config: CoreConfig, program: Program) -> dict[str, str]:
    """Return the testbench, and its inputs with golden's results."""
    rng = np.random.default_rng(config.training.seed)
    pixels = rng.integers(0, 2**config.network.input_bits, (_INPUTS, config.network.inputs))
    images = torch.from_numpy(pixels)
    logits, weights = weighted_logits(core_model(program), images, passes=config.bayes.passes)
    classes = config.network.classes

    weighed = np.ones(logits.shape[:2], dtype=np.int64) if weights is None else weights.numpy()
    image, place = np.nonzero(weighed)
    last = np.append(image[1:] != image[:-1], True)
    members = {
        "value": logits.numpy()[image, place].ravel(),
        "index": np.tile(np.arange(classes), len(image)),
        "last": np.repeat(last, classes),
        "weight": np.repeat(weighed[image, place], classes),
    }
    logit_beats = _packed(Logit(config), members)
    result = {name: values.numpy().ravel() for name, values in results(logits, config, weights=weights).items()}
    result_beats = _packed(Result(config), result)

    octets = pack_pixels(pixels, config).reshape(-1, pixel_beat(config).octets)
    pixel_beats = [int.from_bytes(row.tobytes(), "little") for row in octets]

    writes = [address << WORD_WIDTH | value for address, value in program_writes(program)]
    ends = {
        "input": np.arange(len(pixel_beats)) % config.beats_per_input == config.beats_per_input - 1,
        "result": result["index"] == classes - 1,
        "logit": members["last"] & (members["index"] == classes - 1),
    }
    beats = {"input": pixel_beats, "result": result_beats, "logit": logit_beats}
    widths = {kind: stream_width(_STREAMS[bus](config).size) for kind, bus in _KINDS.items()}
    drawn = []
    if config.stochastic.external:
        drawn = stochastic_unit.beats(
            config, stochastic_unit.draws(config, program.seed, _INPUTS, passes=config.bayes.passes)
        )
    text = template(
        "testbench.v",
        name=config.name,
        address_bits=ADDRESS_WIDTH,
        writes=len(writes),
        inputs=_INPUTS,
        entropy_beats=len(drawn),
        entropy_bits=_entropy_bits(config),
        identity=IDENTITY,
        config_hash=config.hash[:8],
        registers={register.name: f"{ADDRESS_WIDTH}'h{register:x}" for register in Register},
        **{f"{kind}_beats": len(values) for kind, values in beats.items()},
        **{f"{kind}_bits": width for kind, width in widths.items()},
    )
    return {
        f"{config.name}_tb.v": text,
        f"{config.name}.gtkw": _waves(config),
        "program.hex": _hex(writes, ADDRESS_WIDTH + WORD_WIDTH),
        **({"entropy.hex": _hex(drawn, _entropy_bits(config))} if drawn else {}),
        **{
            f"{kind}s.hex": _hex(
                [value | end << widths[kind] for value, end in zip(values, ends[kind].tolist(), strict=True)],
                widths[kind] + 1,
            )
            for kind, values in beats.items()
        },
    }


def _packed(layout: data.StructLayout, members: Mapping[str, np.ndarray]) -> list[int]:
    """Return beats, one for each value of the members."""
    columns = zip(*(members[name].tolist() for name, _ in layout), strict=True)
    names = [name for name, _ in layout]
    return [layout.const(dict(zip(names, values, strict=True))).as_bits() for values in columns]


def _hex(values: list[int], width: int) -> str:
    digits = -(-width // 4)
    return "".join(f"{value:0{digits}x}\n" for value in values)


def _waves(config: CoreConfig) -> str:
    """Return a view of the ports for a waveform viewer."""
    text = io.StringIO()
    save = GTKWSave(text)
    save.dumpfile(f"{config.name}.vcd", abspath=False)
    top = f"{config.name}_tb.dut"
    stream = ("tvalid", "tready", "tlast", "tdata")
    with save.group("clock"):
        for port in ("aclk", "aresetn"):
            save.trace(f"{top}.{port}")
    for bus in _STREAMS:
        with save.group(bus):
            for port in stream:
                width = stream_width(_STREAMS[bus](config).size) if port == "tdata" else 1
                save.trace(f"{top}.{bus}_{port}" + (f"[{width - 1}:0]" if width > 1 else ""))
    channels = {"aw": ADDRESS_WIDTH, "w": WORD_WIDTH, "b": 2, "ar": ADDRESS_WIDTH, "r": WORD_WIDTH}
    contents = {"aw": "addr", "w": "data", "b": "resp", "ar": "addr", "r": "data"}
    with save.group("registers"):
        for channel, width in channels.items():
            for port in ("valid", "ready"):
                save.trace(f"{top}.s_axi_{channel}{port}")
            save.trace(f"{top}.s_axi_{channel}{contents[channel]}[{width - 1}:0]")
    return text.getvalue()
