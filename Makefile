# `make demo` and `make test` do all the set-up on a fresh Linux machine with Python 3.11 or newer.

SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
BIN := $(VENV)/bin
DEMO_OUT ?= out/demo
.DEFAULT_GOAL := help

.PHONY: help demo test lint docs nightly bench clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## ?/  make \1\t/' | expand -t 16

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 with the venv module is needed (Debian, Ubuntu: sudo apt-get install python3 python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[keras]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[keras,dev,docs]'
	@touch $@

.PHONY: system
system:
	@.ci/system-packages bubblewrap:bwrap

demo: system $(VENV)/.installed  ## grade the two example batches in a sandbox and say where the reports are
	@$(BIN)/autograder grade 00_introduction assignments/00_introduction/examples --out $(DEMO_OUT)/00_introduction --fresh
	@$(BIN)/autograder grade 01_backpropagation assignments/01_backpropagation/examples --out $(DEMO_OUT)/01_backpropagation --fresh

test: system $(VENV)/.installed-dev  ## set up, then run the whole test suite
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev  ## ruff, mypy --strict, import layers, docs build
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mkdocs build --strict --quiet

docs: $(VENV)/.installed-dev  ## build the documentation into site/
	$(BIN)/mkdocs build --strict

bench: system $(VENV)/.installed-dev  ## measure against other graders, side by side
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[compare]'
	$(BIN)/python benchmarks/compare.py

nightly: test  ## what is too long for every change: more seeds, longer fuzzing, benchmarks
	AUTOGRADER_SEEDS=5 AUTOGRADER_FUZZ_S=60 $(BIN)/python -m pytest -m 'slow or not slow'
	$(MAKE) bench

clean:  ## remove what was built
	rm -rf $(VENV) out site build .pytest_cache .mypy_cache .ruff_cache
