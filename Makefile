# make                  what can be done
# make ask Q="…"        set up, load seeds/, answer
# make test             set up, run all tests, real models included

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
INDEX  := embeddings/seeds
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export ASKED := $(value Q)

.PHONY: help setup ask test check format bench-quality bench-speed bench-peers bench-faults clean

help:  ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## Create .venv with the library and the bundled models

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "Setting up $(VENV) (about 2 GB, once)…" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --editable '.[bundled,html]'
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(PIP) --editable '.[bundled,html,hf,eval,dev]'
	@touch $@

$(INDEX)/library.sqlite: $(VENV)/.ready $(wildcard seeds/*.txt)
	@$(BIN)/vnqa add seeds --index $(INDEX)
	@touch $@

ask: $(INDEX)/library.sqlite  ## Answer a question from seeds/: make ask Q="…"
	@test -n "$$ASKED" || { echo 'Usage: make ask Q="Hội Hữu nghị Việt – Nga thành lập ngày nào?"'; exit 2; }
	@$(BIN)/vnqa ask --index $(INDEX) -- "$$ASKED" || test $$? -eq 3

test: $(VENV)/.ready-dev  ## Run all tests, real models included
	@$(BIN)/python -m pytest

check: $(VENV)/.ready-dev  ## Lint, check formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.ready-dev  ## Put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench-quality: $(VENV)/.ready-dev  ## Measure quality (hours): table, plots, README section
	@$(BIN)/python -m benchmarks.quality $(ARGS)

bench-speed: $(VENV)/.ready-dev  ## Measure speed (half an hour, more the first time): table, plot, README section
	@$(BIN)/python -m benchmarks.speed $(ARGS)

bench-peers: $(VENV)/.ready-dev  ## Measure ask beside LlamaIndex and Haystack, in an environment of their own
	@$(BIN)/python -m benchmarks.speed --only extract,ask $(ARGS)

bench-faults: $(VENV)/.ready-dev  ## Kill, damage, fill up, share indexes (an hour): table, result file
	@$(BIN)/python -m benchmarks.faults $(ARGS)

clean:  ## Remove the environment and the index of make ask
	rm -rf $(VENV) $(INDEX)
