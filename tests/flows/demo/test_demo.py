import json

import pytest

from flows.base.products import Products
from flows.demo.demo import Step, run
from hdl.config import CoreConfig

SHA = 64 * "0"

#: A report, as far as its reader cares.
REPORT = {
    "name": "tiny",
    "provenance": {"config_name": "tiny", "config_hash": SHA, "seed": 0, "versions": {}, "inputs": {}},
    "random_weights": False,
    "inputs": 4,
    "passes": 2,
    "correct": 3,
    "twin": True,
    "accuracy": {"rtl": 0.75, "golden": 0.75, "float": None, "deterministic": None, "passes": 2},
    "float_agreement": None,
    "equivalence": {"compared": 80, "mismatches": 0, "compared_statistics": 160, "statistics_mismatches": 0},
    "uncertainty": {"1": {"accuracy": 0.75, "nll": 1.5, "brier": 0.5, "ece": 0.25}},
    "cycles_per_input": 12.5,
    "resources": {},
    "area": {},
    "regression": None,
    "regression_results": [],
    "skipped_simulators": {},
}


@pytest.fixture
def products(tmp_path):
    return Products(CoreConfig.load("tiny"), tmp_path)


class Road:
    """Three steps that write files, the last of them the numbers of a report."""

    def __init__(self, products):
        self.products = products
        self.taken = []
        self.fail_in = None
        self.first = products.directory / "first"
        self.second = products.directory / "second"

    def plan(self):
        return [
            self.step("first", (), self.first),
            self.step("second", (self.first,), self.second),
            self.step("report", (self.first, self.second), self.products.figures),
        ]

    def step(self, name, inputs, output):
        def act(again):
            self.taken.append((name, again))
            if self.fail_in == name:
                raise KeyboardInterrupt
            text = [path.read_text() for path in inputs]
            told = REPORT | {"name": " ".join([name, *text])} if output == self.products.figures else [name, *text]
            output.write_text(json.dumps(told))

        return Step(name=name, packages=("flows",), inputs=inputs, outputs=(output,), act=act)

    def run(self):
        self.taken.clear()
        seen = []
        numbers = run(self.products, self.plan(), lambda number, step, done: seen.append((number, step.name, done)))
        return numbers, seen


def test_every_step_is_taken_once(products):
    road = Road(products)
    numbers, seen = road.run()
    assert numbers.name.startswith("report")
    assert seen == [(1, "first", False), (2, "second", False), (3, "report", False)]
    assert road.taken == [("first", False), ("second", False), ("report", False)]
    again, seen = road.run()
    assert again == numbers
    assert road.taken == []
    assert [done for _, _, done in seen] == [True, True, True]


def test_goes_on_where_it_was_interrupted(products):
    road = Road(products)
    road.fail_in = "second"
    with pytest.raises(KeyboardInterrupt):
        road.run()
    road.fail_in = None
    road.run()
    # The step that was begun is told that it may go on from what it left.
    assert road.taken == [("second", True), ("report", False)]


def test_what_depends_on_a_change_is_done_again(products):
    road = Road(products)
    road.run()
    road.second.write_text("edited")
    road.run()
    # The edited product is made again, as it was, and so nothing after it changes.
    assert road.taken == [("second", True)]
    other = CoreConfig.model_validate({**products.config.model_dump(), "training": {"epochs": 3}})
    road.products = Products(other, products.directory)
    road.run()
    assert road.taken == [("first", False), ("second", False), ("report", False)]


def test_demo(bayescim, quick, tmp_path):
    """The whole road on the smallest network, and nothing at all the second time."""
    answer = bayescim("demo", "--config", quick, "-o", tmp_path, "--json")
    assert answer.code == 0, answer.err
    numbers = json.loads(answer.out)
    assert json.loads((tmp_path / "report.json").read_text()) == numbers
    assert numbers["equivalence"]["mismatches"] == 0
    assert numbers["equivalence"]["compared"] == 360 * 10 * (16 + 1)
    assert list(numbers["resources"]) == ["ice40", "ecp5", "xilinx", "gates"]
    assert set(numbers["uncertainty"]) == {"1", "4", "16", "deterministic"}
    assert numbers["accuracy"]["float"] is not None
    for each in numbers["regression"].values():
        assert each["tests"] > 0
        assert each["failed"] == 0
    steps = [line for line in answer.err.splitlines() if line.startswith("[")]
    assert len(steps) == 10
    again = bayescim("demo", "--config", quick, "-o", tmp_path, "--json")
    assert (again.code, again.out) == (0, answer.out)
    assert [line for line in again.err.splitlines() if line.startswith("[")] == [
        f"{step}: done before" for step in steps
    ]
