# `make demo` and `make test` do all the set-up on a fresh Linux machine with Python 3.11, 3.12 or 3.13.

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_OUT ?= out/demo
WORKERS ?= $(shell cores=$$(nproc); echo $$((cores < 4 ? cores : 4)))
FITS := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c '$(FITS)' >/dev/null 2>&1 && echo $$python && break; done)
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
.DEFAULT_GOAL := help

.PHONY: help demo test lint docs pictures bench nightly clean system

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## ?/  make \1\t/' | expand -t 20

demo: $(VENV)/.installed  ## grade the two example batches in a sandbox, and say where the reports are
	@echo; echo "Grading the example batch of 00_introduction (NumPy and Keras) ..."
	@$(BIN)/autograder grade 00_introduction assignments/00_introduction/examples --out $(DEMO_OUT)/00_introduction --fresh
	@echo; echo "Grading the example batch of 01_backpropagation (NumPy) ..."
	@$(BIN)/autograder grade 01_backpropagation assignments/01_backpropagation/examples --out $(DEMO_OUT)/01_backpropagation --fresh
	@echo; echo "Open in a browser:"
	@$(BIN)/python -c 'import pathlib; [print(f"  {path.resolve().as_uri()}") for path in sorted(pathlib.Path("$(DEMO_OUT)").glob("*/index.html"))]'

test: $(VENV)/.installed-dev  ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.installed-dev  ## ruff, mypy --strict, import layers, documentation
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs: $(VENV)/.installed-dev  ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

pictures: $(VENV)/.installed-dev demo  ## take the pictures of the documentation anew, from the demo (needs Chromium)
	$(BIN)/python docs/make_screenshots.py $(DEMO_OUT)/01_backpropagation

bench: $(VENV)/.installed-dev  ## measure against other graders, side by side
	$(PIP) install --editable '.[compare]'
	$(BIN)/python benchmarks/compare.py

nightly: export AUTOGRADER_FUZZ_S = 60
nightly: export AUTOGRADER_HYPOTHESIS = nightly
nightly: $(VENV)/.installed-dev  ## what is too long for every change: a minute of fuzzing, every threat in gVisor too, 5 seeds, 3,000 draws, every small mistake, benchmarks; writes RESULTS.md and the page of threats
	mkdir -p build
	$(PIP) install --editable '.[torch]'
	status=0; $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder --junitxml=build/nightly.xml $(ARGS) || status=$$?; \
	AUTOGRADER_WRITE_SECURITY=1 $(BIN)/python -m pytest --junitxml=build/threats.xml tests/threats || status=$$?; \
	$(BIN)/python benchmarks/nightly.py build/nightly.xml build/threats.xml --write; exit $$status
	status=0; $(BIN)/autograder prove --seeds 5 --flakes 3000 --mutate --prices --html build/proofs.html --json > build/proofs.json || status=$$?; \
	$(BIN)/python benchmarks/proofs.py build/proofs.json --write; exit $$status
	$(PIP) install --editable '.[compare]'
	for name in compare scale station_memory fork walls wire; do $(BIN)/python benchmarks/$$name.py --write || exit; done

clean:  ## remove what was built
	rm -rf $(VENV) out site build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Set-up --------------------------------------------------------------------------------------------------------

system:
	@.ci/system-packages bubblewrap:bwrap $(if $(PYTHON),,$(if $(shell command -v apt-get),python3-venv))

$(VENV)/.installed: pyproject.toml | system
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed, and none is on PATH."; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version). TensorFlow is a large download: this takes a minute or more, once."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --editable '.[keras]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what tests and documentation need."
	@$(PIP) install --editable '.[keras,dev,docs]'
	@touch $@
