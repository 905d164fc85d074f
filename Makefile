# Everything starts here. Needs Python 3.11 to 3.13 and a package registry, nothing else.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)/src

.PHONY: demo demo-reset test check bench torture city setup locks clean

demo: $(VENV)/.base
	@$(BIN)/python -m anju.config.cli demo

demo-reset: $(VENV)/.base
	@$(BIN)/python -c "from anju.config.demo import demo_reset; from anju.config.setup import ROOT; demo_reset(ROOT / 'var')"
	@echo "The next make demo starts afresh."

test: $(VENV)/.dev
	@$(BIN)/python tests/run.py $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src
	$(BIN)/python tests/checks.py

bench: $(VENV)/.dev
	$(BIN)/python -m bench $(ARGS)

torture: $(VENV)/.dev
	$(BIN)/python -m torture $(ARGS)

city: $(VENV)/.base
	@$(BIN)/python -m anju.config.cli setup-database
	@ANJU_DB_ROLE=anju_migrate $(BIN)/python -m anju.config.cli make-city --size full

setup: $(VENV)/.dev
	$(BIN)/python -m anju.config.cli setup

locks:
	cd requirements && for f in base dev; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q $$f.in -o $$f.txt; done

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and was not found."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || sh .ci/venv-package "$(PYTHON)" $(VENV)

$(VENV)/.base: requirements/base.txt | $(VENV)/bin/python
	@echo "Installing what Anju needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/base.txt
	@$(BIN)/python .ci/link.py
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what tests and checks need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) node_modules frontend/build var
