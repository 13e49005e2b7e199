# Make owns the environment and the names of things; the Python runner owns the notebooks.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH

PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.stamp-$(firstword $(shell cat requirements.lock pyproject.toml | sha256sum))

.PHONY: help env test
help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

env: $(STAMP) ## create the environment in .venv

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet uv
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(VENV)/bin/python requirements.lock
	$(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation -e .
	rm -f $(VENV)/.stamp-* && touch $@

test: $(STAMP) ## run the tests
	$(VENV)/bin/python -m pytest
