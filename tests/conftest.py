"""What all tests share."""

import functools
import re

import pytest

from .once import made_once, shared_directory

#: Tests that take many seconds, most of them to build a core with Verilator: only in the long regression.
_LONG = (
    "flows/studies/test_bench.py::test_simulate",
    "flows/studies/test_chips.py::test_the_same_seed_gives_the_same_figures",
    "flows/studies/test_chips.py::test_verified_programming_and_another_device",
    "flows/studies/test_chips.py::test_constants_that_do_not_fit_are_flagged",
    "flows/studies/test_exact.py::test_figures_are_those_of_golden",
    "flows/road/test_external.py::test_each_draw_is_used_once",
    "flows/road/test_external.py::test_simulation_agrees_with_golden",
    "flows/road/test_layers.py::test_every_activation_is_compared[dense",
    "flows/road/test_layers_of_schemes.py::test_every_activation_is_compared[ensemble",
    "flows/road/test_layers_of_schemes.py::test_every_activation_is_compared[subset-vi",
    "flows/road/test_layers_of_schemes.py::test_every_activation_is_compared[spin-dropout",
    "flows/synthesis/test_netlist.py::test_the_netlist_is_the_rtl",
    "flows/road/test_package.py::test_testbench_can_fail",
    "flows/synthesis/test_place.py::test_a_small_core_is_placed[ice40",
    "flows/road/test_regress.py::test_edited_verilog",
    "flows/studies/test_generation_cost.py::test_what_a_core_costs",
    "flows/road/test_simulate.py::test_layers",
    "flows/road/test_simulate.py::test_loading_is_apart",
    "driver/test_transports.py::test_suite[prefix-native-runs_equal_golden",
    "golden/training/schemes/test_drawn_schemes.py::test_what_is_drawn_matters[maps-ensemble",
    "golden/training/schemes/test_drawn_schemes.py::test_what_is_drawn_matters[maps-spin-dropout",
    "golden/training/schemes/test_drawn_schemes.py::test_what_is_drawn_matters[maps-subset-vi",
    "driver/test_guard.py::test_it_refuses_what_the_core_refuses_and_nothing_else[prefix",
    "hdl/core/test_core_schemes.py::test_loaded_through_registers_and_read_back",
    "flows/demo/test_demo_methods.py::test_goes_to_its_end[none",
    "flows/demo/test_demo_methods.py::test_goes_to_its_end[prefix",
    # Of `cocotb_tests`: what is left to CI is the same on the other simulator or in another core.
    "test_axi_core.py::test_axi_core[icarus-predictive",
    "test_axi_core.py::test_axi_core[icarus-watched",
    "test_core.py::test_core_of_schemes[sampled-icarus",
    "test_entropy.py::test_any_core[icarus-entropies-core",
    "test_entropy.py::test_any_core[icarus-watched-core",
    "test_entropy.py::test_any_core[icarus-watched_channels-control",
    "test_entropy.py::test_any_core[icarus-watched-control",
    "test_regress.py::test_given_verilog_is_what_is_judged[icarus",
    "test_unit_faults.py::test_unit_faults[icarus",
)

#: Blocks in the middle sizes, and in all numbers of pipeline stages but the fewest and the most: the same.
_MIDDLE = re.compile(
    r"tests/hdl/(?:\w+/)+test_\w+\.py::.*\[(.*-)?even\b|tests/hdl/(?:\w+/)+test_(crossbar|array|accumulator)\.py::.*\[(\w+-){1,2}[123]-[a-z]"
)


def pytest_collection_modifyitems(items):
    for item in items:
        if any(f"tests/{each}" in item.nodeid for each in _LONG) or _MIDDLE.search(item.nodeid):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _libraries_of_this_run(tmp_path_factory):
    """Build each library once a run, whichever worker wants it, and leave nothing in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAYESCIM_CACHE", str(shared_directory(tmp_path_factory) / "libraries"))
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a directory that a function filled, once a run; it is called with a name and that function."""
    return functools.partial(made_once, shared_directory(tmp_path_factory))
