# Two commands for a newcomer: `make run` and `make test`. Both set themselves up.
PYTHON ?= python3.11
HOME_DIR ?= workspace
VENV := .venv
READY := $(VENV)/.ready

.PHONY: run test test-slow lint clean

run: $(READY)
	$(VENV)/bin/berry build quickstart --home $(HOME_DIR)

test: $(READY) lint
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-slow: $(READY)
	sh tests/setup.sh
	$(VENV)/bin/python -m pytest -m slow

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: no '$(PYTHON)' here. Name another with 'make run PYTHON=python3'."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(HOME_DIR)
