"""Fixtures of the cocotb tests."""

import os

import pytest

from cocotb_tests.runner.simulators import SIMULATORS, Simulator, find_simulator
from hdl.config import InputError

#: Geometries that run under Verilator always; it compiles each for many seconds, and the others in the long regression
#: only. Icarus runs all.
_SHORT = ("padded", "residual")

#: Geometries that run in the long regression only.
_LONGEST = (
    "affine_smallest",
    "affine_maps",
    "random",
    "deterministic",
    "wide",
    "one_pixel",
    "smallest_prefix",
    "drawn_",
)

#: Tests that run in the long regression only, under both simulators.
_LONG_TESTS = (
    "test_axi_core[verilator-",
    "test_a_thousand_sequences[padded",
    "test_core[verilator-residual",
    "test_entropy[verilator",
    "test_any_core[icarus-entropy-axi_core",
    "test_any_core[icarus-units",
    "test_macro_core[icarus-macro_",
    "test_control[icarus-macro",
    "test_reference_search[icarus-macro_column",
    "test_weight_sampler",
    "test_vector_repeater",
    "test_core_of_drawn_weights[icarus-drawn",
    "test_array[icarus-drawn",
)

#: Seed of all tests; BAYESCIM_SEED sets another.
_SEED = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is left to the long regression."""
    for item in items:
        _, _, case = item.name.partition("[verilator-")
        long = case[:1].isalpha() and not case.startswith(_SHORT)
        if long or item.name.startswith(_LONG_TESTS) or item.name.partition("[icarus-")[2].startswith(_LONGEST):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(params=list(SIMULATORS))
def simulator(request: pytest.FixtureRequest) -> Simulator:
    """Return each simulator in turn. Only Icarus may be missing, and then the skip says how to install it."""
    try:
        return find_simulator(request.param)
    except InputError as error:
        if request.param != "icarus":
            raise
        pytest.skip(str(error))


@pytest.fixture
def seed() -> int:
    """Return the seed of everything random, which a failing test shows."""
    value = int(os.environ.get("BAYESCIM_SEED", _SEED))
    print(f"BAYESCIM_SEED={value}")
    return value
