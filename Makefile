# Everything starts here. Needs Python 3.11 to 3.13 and a package registry, nothing else.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)/src
# $(call say,English,Chinese): the one that the terminal's reader reads. No commas in either.
say = case "$${ANJU_LANGUAGE:-$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}}" in zh*|ZH*) echo "$(2)";; *) echo "$(1)";; esac

.PHONY: demo demo-reset test check bench torture city setup locks clean

demo: $(VENV)/.base
	@$(BIN)/python -m anju.config.cli demo

demo-reset: $(VENV)/.base
	@$(BIN)/python -m anju.config.cli demo-reset

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

# The database is stopped again unless it ran before.
city: $(VENV)/.base
	@$(BIN)/python -m anju.config.cli db status >/dev/null && ran=1; \
	$(BIN)/python -m anju.config.cli setup-database && \
	ANJU_DB_ROLE=anju_migrate $(BIN)/python -m anju.config.cli make-city --size full; \
	made=$$?; test -n "$$ran" || $(BIN)/python -m anju.config.cli db stop; exit $$made

setup: $(VENV)/.base
	$(BIN)/python -m anju.config.cli setup

locks:
	@command -v uv >/dev/null || { $(call say,uv is needed: pip install uv,需要uv：pip install uv) >&2; exit 1; }
	cd requirements && for f in base dev; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q $$f.in -o $$f.txt; done

$(VENV)/bin/python:
	@test -w . || { $(call say,This folder cannot be written by this user. Clone Anju into one that can.,当前用户无权写入本目录。请把安居克隆到可写的目录。) >&2; exit 1; }
	@test -n "$(PYTHON)" || { $(call say,Anju needs Python 3.11 or 3.12 or 3.13 and found none. Install one of them or name it: make demo PYTHON=/path/to/python3.12,安居需要Python 3.11、3.12或3.13，本机没有找到。请安装其中之一，或指明路径：make demo PYTHON=/path/to/python3.12) >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { $(call say,$(PYTHON) is not Python 3.11 or 3.12 or 3.13. Name another: make demo PYTHON=/path/to/python3.12,$(PYTHON)不是Python 3.11、3.12或3.13。请指明另一个：make demo PYTHON=/path/to/python3.12) >&2; exit 1; }
	@sh .ci/venv "$(PYTHON)" $(VENV)

# A new interpreter (another Python since) makes both stamps old.
$(VENV)/.base: requirements/base.txt .ci/link.py $(VENV)/bin/python
	@$(call say,Installing what Anju needs,安装安居所需的软件包)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/base.txt
	@$(BIN)/python .ci/link.py
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@$(call say,Installing what tests and checks need,安装测试和检查所需的软件包)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@touch $@

# Root's servers keep their data in /var/lib, where PostgreSQL's own user can go.
clean:
	@test ! -x $(BIN)/python || $(BIN)/python -m anju.config.cli db clean
	rm -rf $(VENV) node_modules frontend/build var
