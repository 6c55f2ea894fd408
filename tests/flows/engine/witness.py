"""Verilator as a witness: every output in every cycle, under recorded inputs."""

import ctypes
import os
import re
import subprocess
from pathlib import Path

import numpy as np

from cocotb_tests.runner.simulators import find_simulator
from flows.engine.machine import Machine

HARNESS = """
#include "Vtop.h"
#include <cstdint>
#include <cstring>
#include <algorithm>
template <typename Port> void put(Port& port, const uint8_t*& from, size_t size) {
    std::memset((void*)&port, 0, sizeof(Port));
    std::memcpy((void*)&port, from, std::min(size, sizeof(Port)));
    from += size;
}
template <typename Port> void get(const Port& port, uint8_t*& to, size_t size) {
    std::memcpy(to, (const void*)&port, std::min(size, sizeof(Port)));
    to += size;
}
extern "C" void witness(const uint8_t* inputs, uint8_t* outputs, size_t cycles, uint32_t fault) {
    VerilatedContext context;
    Vtop top{&context, "top"};
    FAULT
    top.aclk = 0;
    for (size_t cycle = 0; cycle < cycles; ++cycle) {
        PUT
        top.eval();
        GET
        top.aclk = 1;
        top.eval();
        top.aclk = 0;
    }
}
"""


def build(directory: Path, verilog: str, top: str, netlist, *, fault: bool = False) -> ctypes.CDLL:
    """Compile ``verilog``; with ``fault`` its input of that name is set for a whole run."""
    harness = HARNESS.replace("FAULT", "top.fault = fault;" if fault else "(void)fault;")
    for word, ports in (("PUT", netlist.inputs), ("GET", netlist.outputs)):
        call = "inputs" if word == "PUT" else "outputs"
        lines = [f"{word.lower()}(top.{name}, {call}, {-(-len(bits) // 8)});" for name, bits in ports.items()]
        harness = harness.replace(word, "\n        ".join(lines))
    (directory / "harness.cpp").write_text(harness)
    (directory / "top.v").write_text(verilog)
    simulator = find_simulator("verilator")
    command = [str(simulator.executable), "--cc", "--exe", "--build", "--prefix", "Vtop", "-O3", "--x-assign", "fast"]
    command += ["--x-initial", "fast", "--expand-limit", "1", "--output-split", "100000", "-Wno-lint", "-Wno-style"]
    command += ["-CFLAGS", "-fPIC", "-LDFLAGS", "-shared", "--top-module", top, "-Mdir", "obj", "-o", "top.so"]
    command += ["-MAKEFLAGS", "VK_PCH_I_FAST= VK_PCH_I_SLOW= OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1"]
    done = subprocess.run(
        [*command, "top.v", "harness.cpp"],
        cwd=directory,
        env={**os.environ, **simulator.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return ctypes.CDLL(str(directory / "obj" / "top.so"))


def packed(ports, planes):
    """Return bits of shape (cycles, all ports) as the bytes of each port."""
    parts, place = [], 0
    for bits in ports.values():
        parts.append(np.packbits(planes[:, place : place + len(bits)], axis=1, bitorder="little"))
        place += len(bits)
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def simulated(library, netlist, stimulus, fault=0):
    """Return the outputs of Verilator as bytes of shape (cycles, bytes of all ports)."""
    given = packed(netlist.inputs, stimulus)
    size = sum(-(-len(bits) // 8) for bits in netlist.outputs.values())
    outputs = np.zeros((len(stimulus), size), dtype=np.uint8)
    library.witness(
        ctypes.c_void_p(given.ctypes.data),
        ctypes.c_void_p(outputs.ctypes.data),
        ctypes.c_size_t(len(stimulus)),
        ctypes.c_uint32(fault),
    )
    return outputs


def played(machine: Machine, stimulus):
    """Return the outputs of a machine under inputs that all lanes share, shape (cycles, all ports, parts)."""
    inputs = np.concatenate(list(machine.netlist.inputs.values()))
    outputs = np.concatenate(list(machine.netlist.outputs.values()))
    found = []
    for bits in stimulus:
        machine.set(inputs, bits)
        machine.evaluate()
        found.append(machine.get_lanes(outputs))
        machine.edge()
    return np.array(found)


def faulty(verilog: str, top: str, faults) -> str:
    """Return ``verilog`` with fault k, from 1, at the k-th: (module, its `assign`, net, bit, kind, cycle)."""
    changes = {}
    for number, (module, assign, net, bit, kind, cycle) in enumerate(faults, 1):
        active = f"\\{top} .fault == {number}"
        if kind == "flipped":
            active += f" && \\{top} .elapsed == {cycle}"
        operator = {"stuck-0": "& ~", "stuck-1": "|", "inverted": "^", "flipped": "^"}[kind]
        mask = f"({{600'd0, ({active})}} << {bit})"
        before = changes.get((module, assign), assign.split("= ", 1)[1].removesuffix(";"))
        changes[module, assign] = f"(({before}) {operator} {mask})"
        del net
    for (module, assign), changed in changes.items():
        start = re.search(rf"^module \\?{re.escape(module)} ?\(", verilog, re.MULTILINE).start()
        place = verilog.index(assign, start)
        verilog = f"{verilog[:place]}{assign.split('= ', 1)[0]}= {changed};{verilog[place + len(assign) :]}"
    begin = re.search(rf"^module \\?{top} ?\(", verilog, re.MULTILINE)
    end = verilog.index(");", begin.end())
    counter = "  input [31:0] fault;\n  reg [63:0] elapsed = 0;\n  always @(posedge aclk) elapsed <= elapsed + 1;\n"
    return f"{verilog[: begin.end()]}fault, {verilog[begin.end() : end]});\n{counter}{verilog[end + 2 :]}"
