# Everything on a machine that has Python 3.11 or newer (with venv) and make: `make demo`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint assets bench bench-api bench-match soak format clean

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

demo: $(VENV)/.installed ## resolve made-up data of six sources and show the profiles it found, and why
	@folder=$$(mktemp -d) && $(BIN)/graph-cdp demo --dir "$$folder" && echo \
	&& echo 'The same, asked in GraphQL (graph-cdp query docs/demo.graphql; graph-cdp serve answers it over HTTP):' \
	&& cat docs/demo.graphql && $(BIN)/graph-cdp query docs/demo.graphql --store "sqlite:///$$folder/demo.db" && echo \
	&& echo 'Two guests of a list without identifiers, and why they are one person (graph-cdp match explain guests.csv 1 2):' \
	&& $(BIN)/graph-cdp match explain "$$folder/guests.csv" 1 2

test: $(VENV)/.installed-dev lint ## lint, then every test, on SQLite and on a real Neo4j
	$(BIN)/pytest -n 2 --no-loadscope-reorder

lint: $(VENV)/.installed-dev ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

assets: $(VENV)/.installed ## fetch what the GraphiQL page needs, from npm packages
	$(BIN)/python -m api.graphql.assets

bench: $(VENV)/.installed-dev ## print the table of ratios to ceilings measured in the same run
	$(BIN)/python -m tests.bench

bench-api: $(VENV)/.installed-dev ## the same for the service over HTTP, beside a peer (needs Node.js and npm)
	$(BIN)/python -m tests.bench.api

bench-match: $(VENV)/.installed-dev ## the same for matching records, beside Splink, which it installs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench-match]'
	$(BIN)/python -m tests.bench.match

soak: $(VENV)/.installed-dev ## kills, faults and crowds for long, and memory over a million events: about an hour
	$(BIN)/pytest -s tests/soak/soak_service.py

format: $(VENV)/.installed-dev ## put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what was built and installed here
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("graph-cdp needs Python 3.11 or newer: set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed
