# Make owns the environment, the tests and the names of things; the Python runner owns the notebooks.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV ?= uv            # UV=no installs with pip
DATA ?=
BUILD ?= report/_build
JOBS ?= 2
NOTEBOOK ?= notebooks/30-latency.ipynb
GRID ?= quantile=0.5,0.9,0.99 scenario=steady
PLAN ?= data/testbed/plans/first.toml
TO ?= data/runs
NAME ?= captured-$(shell date +%Y%m%d-%H%M%S)
TESTS ?= tests

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp-$(firstword $(shell cat requirements.lock pyproject.toml report/lab-overrides.json | sha256sum))
TOOLS := .venv-capture/.stamp-$(firstword $(shell sha256sum data/testbed/tools.lock))
UV_VERSION := 0.13.9
export JUPYTER_PREFER_ENV_PATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help env report test lab batch capture bench coverage lock clean
help: ## print this help
	@echo "schedlab: two Go servers differ; in what, by how much, how sure are we, and why?"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

env: $(STAMP) ## create the environment in .venv (the other targets do it too)

report: $(STAMP) ## run the notebooks, render HTML and PDF      DATA=data/runs/tiny BUILD=DIR JOBS=2
	@$(BIN)/schedlab report $(DATA) --build $(BUILD) --jobs $(JOBS)

test: $(STAMP) ## run the tests                                TESTS=tests/pipeline
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(TESTS)

lab: $(STAMP) ## open JupyterLab in notebooks/
	$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

batch: $(STAMP) ## one notebook over a grid of parameters         NOTEBOOK=FILE GRID="quantile=0.5,0.99"
	@$(BIN)/schedlab batch $(NOTEBOOK) $(foreach axis,$(GRID),--grid $(axis)) \
		$(if $(DATA),-p data=$(DATA)) --jobs $(JOBS)

capture: $(STAMP) $(TOOLS) ## capture anew on this machine              PLAN=FILE NAME=EXPERIMENT TO=DIR
	@$(BIN)/schedlab capture $(PLAN) --name $(NAME) --to $(TO)

$(TOOLS): data/testbed/tools.lock
	@echo "fetching Go and Locust into .venv-capture ..."
	@$(PYTHON) -m venv --clear .venv-capture
	@.venv-capture/bin/pip install --quiet --require-hashes -r data/testbed/tools.lock
	@touch $@

bench: $(STAMP) ## measure schedlab's own speed against named peers
	@for bench in tests/bench/bench_*.py; do $(BIN)/python $$bench; done

coverage: $(STAMP) ## simulate how often intervals cover the truth (hours)
	@$(BIN)/python tests/simulation/run.py
	@$(BIN)/python tests/simulation/fits.py

lock: $(STAMP) ## resolve requirements.lock anew from pyproject.toml (needs uv)
	uv=$$(command -v uv || echo $(BIN)/uv); $$uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --extra test --extra cluster pyproject.toml -o requirements.lock

clean: ## remove the environment, caches and built reports; never data/
	rm -rf $(VENV) .cache report/_build .pytest_cache .ruff_cache .hypothesis
	find lib tests -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml report/lab-overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $(PYTHON) is older; say make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "creating the environment in $(VENV) ..."
	@rm -f $(VENV)/.stamp-*
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@uv=no; \
	if [ "$(strip $(UV))" != no ]; then \
		uv=$$(command -v $(strip $(UV)) || command -v $(CURDIR)/$(BIN)/uv || echo no); \
		if [ $$uv = no ] && $(BIN)/pip install --quiet uv==$(UV_VERSION); then uv=$(BIN)/uv; fi; \
	fi; \
	if [ $$uv != no ]; then \
		$$uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock; \
	else \
		echo "installing with pip; uv would be quicker"; \
		$(BIN)/pip install --quiet --require-hashes -r requirements.lock; \
	fi
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp report/lab-overrides.json $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $@
