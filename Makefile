# make                  what can be done
# make ask Q="…"        set up, load seeds/, answer
# make test             set up, run all tests, real models included

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
INDEX  := embeddings/tin-tuc
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

export Q

.PHONY: help setup ask test check format clean

help:  ## List what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.ready  ## Create .venv with the library and the bundled models

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "Setting up $(VENV) (about 2 GB, once)…" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --editable '.[bundled,html]'
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(PIP) --editable '.[bundled,html,hf,dev]'
	@touch $@

$(INDEX)/library.sqlite: $(VENV)/.ready $(wildcard seeds/*.txt)
	@$(BIN)/vnqa add seeds --index $(INDEX)
	@touch $@

ask: $(INDEX)/library.sqlite  ## Answer a question from seeds/: make ask Q="…"
	@test -n "$$Q" || { echo 'Usage: make ask Q="Hội Hữu nghị Việt – Nga thành lập ngày nào?"'; exit 2; }
	@$(BIN)/vnqa ask --index $(INDEX) -- "$$Q" || test $$? -eq 3

test: $(VENV)/.ready-dev  ## Run all tests, real models included
	@$(BIN)/python -m pytest

check: $(VENV)/.ready-dev  ## Lint, check formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.ready-dev  ## Put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## Remove the environment and the built index
	rm -rf $(VENV) $(INDEX)
