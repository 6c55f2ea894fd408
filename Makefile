# Two commands are all a newcomer needs: `make demo` and `make test`. Both set up what they need.

VENV := .venv
BIN := $(VENV)/bin
# Written last, so that an interrupted set-up is never taken for a finished one.
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup icarus compilers demo test regression lint clean

help:
	@echo "make demo    train, lower, generate, regress, simulate, synthesize and report into build/demo/"
	@echo "make test    lint, types, and all tests on both simulators"
	@echo "make regression  all geometries of every block under Verilator too"
	@echo "make lint    ruff and mypy"
	@echo "make setup   the virtual environment in $(VENV), and Icarus and cross compilers where they can be installed"
	@echo "make clean   remove build/"

setup: $(READY) icarus compilers

$(READY): pyproject.toml constraints.txt scripts/venv.sh
	@scripts/venv.sh $(VENV) $(READY)

icarus:
	@scripts/icarus.sh

compilers: icarus
	@scripts/compilers.sh

demo: setup
	@$(BIN)/bayescim demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: setup lint
	$(BIN)/pytest -n 2

regression: setup
	$(BIN)/pytest -n 2 -m slow

clean:
	rm -rf build
