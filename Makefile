# `make dev` and `make test` need Python 3.10+ and make. They fetch the rest into .venv and node_modules.
# Files named .done-* are stamps: a step runs again only when its inputs have changed.

PYTHON ?= python3
PORT ?= 8080
SECONDS ?= 300
VENV := .venv
STATIC := flamescope_py/static/index.html
KERNEL := $(VENV)/.done-kernel

# Modules are compiled when they are first imported, since most that pip installs never are. With this variable, each
# process would compile them anew.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NPM_CONFIG_UPDATE_NOTIFIER := false
export NPM_CONFIG_PROGRESS := false

PINS := setup.cfg pyproject.toml requirements/run.txt requirements/dev.txt
# Folders are listed too, because their time changes when a file in them is removed.
FRONTEND := $(wildcard frontend/*.html frontend/*.json frontend/*.ts) \
            $(shell find frontend/src frontend/public ! -name '*.test.*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help dev test test-cluster lint type bench bench-ui bench-fleet load fuzz screenshots kernel frontend types wheel wheel-check clean
.DELETE_ON_ERROR:
# Two steps may install into the same .venv.
.NOTPARALLEL:

help: ## list these targets
	@LC_ALL=C sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-14s %s\n' "$$name" "$$text"; done

dev: $(VENV)/.done-install $(KERNEL) $(STATIC) ## install everything needed and serve examples/ on PORT (8080)
	@exec $(VENV)/bin/flamescope-py serve examples --port $(PORT)

test: | $(VENV)/bin/pip ## run every check and every test
	@.ci/check

test-cluster: $(KERNEL) ## test collections on Spark Connect, an S3 server and Dask; downloads 200 MB
	@.ci/install-cluster
	@.venv-cluster/bin/python -m pytest tests/cluster

lint: $(VENV)/.done-install-dev ## ruff: rules and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

type: $(VENV)/.done-install-dev ## mypy, strict
	@$(VENV)/bin/mypy

bench: $(VENV)/.done-install-dev $(KERNEL) ## measure parsing, drawing data and memory
	@$(VENV)/bin/python -m tools.bench $(if $(PEERS),--peers $(PEERS)) $(BENCH)

bench-ui: $(VENV)/.done-install-dev $(STATIC) ## measure dragging, zooming and opening in the browser; needs chromium
	@$(VENV)/bin/python -m tools.bench.ui $(BENCH)

bench-fleet: $(VENV)/.done-install-dev $(KERNEL) ## ask a collection of 100 million samples; 900 MB of disk
	@$(VENV)/bin/python -m tools.bench.fleet $(BENCH)

load: $(VENV)/.done-install-dev $(KERNEL) ## send the requests of 50 clients, alone and beside hostile ones
	@$(VENV)/bin/python -m tools.load $(LOAD)

fuzz: $(VENV)/.done-install-dev $(KERNEL) ## hostile inputs for SECONDS (300), or INPUTS of them, counted by kind
	@$(VENV)/bin/python -m tools.fuzz --seconds $(SECONDS) $(if $(INPUTS),--inputs $(INPUTS))

screenshots: $(VENV)/.done-install-dev $(STATIC) ## take the pictures of docs/images again; needs chromium
	@$(VENV)/bin/python -m tools.screens $(ONLY)

kernel: $(KERNEL) ## compile the readers' inner loops; needs a C compiler

frontend: $(STATIC) ## build the front end into flamescope_py/static

types: $(VENV)/.done-install-dev frontend/node_modules/.done-ci ## write the front end's types of what the server sends
	@$(VENV)/bin/python -m tools.types

wheel: $(VENV)/.done-install-dev $(STATIC) ## build dist/*.whl, front end included, and a list of what is in it
	@rm -rf build dist
	@$(VENV)/bin/python -m build --wheel --no-isolation --quiet
	@$(VENV)/bin/python -m tools.sbom dist/*.whl
	@ls dist/*

wheel-check: wheel ## install and try the wheel on each Python from 3.10 on, with checked hashes and no compiler
	@$(VENV)/bin/python -m tools.wheel_check dist/*.whl $(PYTHONS)

clean: ## remove everything that make has made
	rm -f flamescope_py/_kernel/*.so
	rm -rf $(VENV) .venv-cluster frontend/node_modules flamescope_py/static build dist *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find flamescope_py tests tools examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@.ci/make-venv $(PYTHON) $(VENV)

$(VENV)/.done-install: $(PINS) | $(VENV)/bin/pip
	@.ci/install .
	@touch $@

$(VENV)/.done-install-dev: $(PINS) | $(VENV)/bin/pip
	@.ci/install '.[dev]'
	@touch $@ $(VENV)/.done-install

# CC is part of the stamp's meaning: CC=false makes a kernel that was built before stay, so remove it to go without.
$(KERNEL): $(wildcard flamescope_py/_kernel/*.[ch]) flamescope_py/_kernel/build.py | $(VENV)/.done-install
	@$(VENV)/bin/python -m flamescope_py._kernel.build
	@touch $@

frontend/node_modules/.done-ci: frontend/package-lock.json | $(VENV)/bin/pip
	@echo "Installing the front end's packages"
	@cd frontend && ../.ci/node npm ci --loglevel=error --no-audit --no-fund >/dev/null
	@touch $@

$(STATIC): frontend/node_modules/.done-ci $(FRONTEND)
	@echo "Building the front end"
	@cd frontend && ../.ci/node npm run --silent build -- --logLevel warn
	@touch $@
