import json

import pytest


def test_golden(bayescim, products, quick):
    answer = bayescim("bench", "golden", quick, "-o", products.directory, "--json")
    assert (answer.code, answer.err) == (0, "")
    (found,) = json.loads(answer.out)["comparisons"]
    assert found["passes"] == 16
    assert found["agreement"] > 0.95
    assert found["speedup"]["median"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("icarus")
def test_simulate(bayescim, products, quick):
    answer = bayescim("bench", "simulate", quick, "-o", products.directory, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found["native"]["bit_macs_per_second"] > 0
    assert found["cocotb_icarus"]["inputs"] == 2
    assert found["speedup"] == found["native"]["inputs_per_second"] / found["cocotb_icarus"]["inputs_per_second"]
    # Compilation beats interpretation even on the smallest core and a busy machine.
    assert found["speedup"] > 10
    answer = bayescim("bench", "simulate", quick, "-o", products.directory)
    assert "speed-up" in answer.out
