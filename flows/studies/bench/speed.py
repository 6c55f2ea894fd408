"""Speed of golden, native simulation and fresh noise."""

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

from cocotb_tests.blocks.case import Case
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import find_simulator
from golden.benchmarks import measure, measure_noise
from golden.data import load
from golden.devices import Pair, devices
from golden.training import Network, lower
from hdl.axi import AxiCore
from hdl.contract import Program
from hdl.core import Core
from hdl.verilog import export

from ...base.console import OnProgress
from ...base.products import Products
from ...base.provenance import versions
from ...road.lower import load_checkpoint
from ...road.native import simulate

__all__ = ["bench_golden", "bench_noise", "bench_simulate"]

#: Images for the integer model, and for the native simulation.
_IMAGES = 2000

#: Numbers of passes that the integer model is measured at.
_PASSES = (16, 64)

#: Device and m₀, µS, of the chip whose noise is measured, and passes.
_DEVICE, _NOISE_TARGET = "pcm", 2.5
_NOISE_PASSES = 1

#: Images under cocotb, which takes seconds for one.
_COCOTB_IMAGES = 2


def bench_golden(products: Products, *, data: Path | None, on_progress: OnProgress) -> dict[str, Any]:
    """Time the integer model and a plain loop of float passes of the same network on the same images.

    The network is the trained one among ``products``, or one with initial weights where there is none: the
    speed is the same.
    """
    on_progress(0, 1)
    dataset = load(products.config, data)
    most = products.config.bayes.max_passes
    passes = [count for count in _PASSES if count <= most] or [most]
    found = measure(_network(products), dataset.test_pixels[:_IMAGES], passes=passes)
    on_progress(1, 1)
    return dataclasses.asdict(found)


def bench_noise(products: Products, *, data: Path | None, on_progress: OnProgress) -> dict[str, Any]:
    """Time fresh read noise in output space and weight by weight, on the same chip and images.

    The network is the trained one among ``products``, or one with initial weights where there is none: the speed is
    the same.
    """
    on_progress(0, 1)
    dataset = load(products.config, data)
    pair = Pair(model=devices()[_DEVICE], noise_target=_NOISE_TARGET)
    found = measure_noise(_program(products), pair, dataset.test_pixels[:_IMAGES], passes=_NOISE_PASSES)
    on_progress(1, 1)
    return dataclasses.asdict(found)


def bench_simulate(products: Products, *, data: Path | None, on_progress: OnProgress) -> dict[str, Any]:
    """Time the native simulation and cocotb on Icarus, on the same core, and compare both with golden.

    The time to build is in neither.
    """
    config = products.config
    icarus = find_simulator("icarus")
    dataset = load(config, data)
    program = _program(products)
    pixels = dataset.test_pixels[:_IMAGES].numpy()
    on_progress(0, 2)
    with tempfile.TemporaryDirectory(prefix="bayescim-bench-") as name:
        directory = Path(name)
        source = export(AxiCore(config, program), config.name, directory)
        native = simulate(program, source, pixels)
        on_progress(1, 2)
        figures = directory / "figures.json"
        case = Case(
            block="throughput",
            component=Core(config, program, logits=True),
            tests=1,
            top=config.name,
            config=config,
            program=program,
            values={"pixels": pixels[:_COCOTB_IMAGES].tolist(), "figures": str(figures)},
        )
        run(case, directory=directory / "icarus", simulator=icarus, seed=0)
        slow = json.loads(figures.read_text(encoding="utf-8"))
    on_progress(2, 2)
    slow_rate = slow["inputs"] / slow["seconds"]
    return {
        "name": config.name,
        "passes": config.bayes.passes,
        "native": {
            "inputs": len(pixels),
            "inputs_per_second": native.inputs_per_second,
            "bit_macs_per_second": native.bit_macs_per_second,
            "cycles_per_input": native.cycles_per_input,
            "workers": native.workers,
        },
        "cocotb_icarus": {**slow, "inputs_per_second": slow_rate},
        "speedup": native.inputs_per_second / slow_rate,
        "versions": {**versions(), "icarus": icarus.version},
    }


def _network(products: Products) -> Network:
    if products.checkpoint.exists():
        return load_checkpoint(products).network()
    return Network(products.config)


def _program(products: Products) -> Program:
    if products.program.exists():
        return Program.load(products.program, products.config)
    return lower(_network(products))
