# `make demo` shows Verbatim, `make test` proves it, `make help` lists the rest.
# PORT=8000 and DATABASE_URL=sqlite:///var/corpus.sqlite3 (the defaults) may be given to every command, as arguments or
# in the environment. The tests never touch that database: they make their own.

PORT ?= 8000
# Tests run in this many processes; `make test workers=0` keeps them in one, for a debugger.
workers ?= auto
python := .venv/bin/python
pip := $(python) -m pip --disable-pip-version-check --quiet --quiet
# The pins are complete and every one of them comes built: nothing to resolve, nothing to compile.
install := $(pip) install --no-deps --only-binary=:all:

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: .venv help demo test lint format types test-sqlite test-postgresql test-browser requirements clean

help: ## list these commands
	@awk -F ':.*## ' '/^[^\t#]*:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

demo: .venv/runtime ## a server with the sample corpus, at 127.0.0.1, port PORT
	@exec $(python) manage.py demo --serve 127.0.0.1:$(PORT)

test: lint types test-sqlite test-postgresql ## everything that must hold: style, types, both databases, browser

lint: .venv/development ## style, without changing anything
	@$(python) -m ruff check --quiet
	@$(python) -m ruff format --check --quiet --output-format concise || { \
		echo 'The files above are not formatted; `make format` does it.' >&2; exit 1; }

format: .venv/development ## style, put right
	@$(python) -m ruff check --quiet --fix-only
	@$(python) -m ruff format --quiet

types: .venv/development ## types
	@$(python) -m mypy --no-error-summary

test-sqlite: .venv/development ## the tests on SQLite, without a browser
	@TEST_DATABASE=sqlite $(python) -m pytest -n $(workers) -m 'not browser'

test-postgresql: .venv/development ## the tests on PostgreSQL, with a browser where there is one
	@TEST_DATABASE=postgresql $(python) -m pytest -n $(workers)

test-browser: .venv/development ## the tests in a browser only, on SQLite
	@TEST_DATABASE=sqlite $(python) -m pytest -m browser

.venv: .venv/development ## the environment, with all that the commands above need
	@:

# Each stamp is younger than the pins that it stands for, so that a second run costs nothing.
.venv/runtime: requirements.txt
	@$(pip) --version >/dev/null 2>&1 || { \
		echo 'Making .venv; once, it takes a minute.'; \
		for python in python3.11 python3 python none; do \
			$$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && break; \
		done; \
		[ $$python != none ] || { echo 'Verbatim needs Python 3.11, as python3.11 or python3; there is none on the PATH.' >&2; exit 1; }; \
		$$python -m venv --clear .venv; \
	}
	@$(install) -r $<
	@# The project is importable from anywhere, also when only .venv/bin/pytest is called.
	@echo ../../../.. >.venv/lib/python3.11/site-packages/verbatim.pth
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@$(install) -r $<
	@touch $@

# `make requirements upgrade=--upgrade` takes newer versions; without it only what pyproject.toml asks for changes.
compile := .venv/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url $(upgrade) pyproject.toml

requirements: .venv/tools/bin/uv ## pin again what pyproject.toml asks for
	@$(compile) --output-file requirements.txt
	@$(compile) --group dev --constraint requirements.txt --output-file requirements-dev.txt

.venv/tools/bin/uv: | .venv/runtime
	@$(python) -m venv .venv/tools
	@.venv/tools/bin/python -m pip --disable-pip-version-check --quiet --quiet install uv

clean: ## remove the environment and what tools left behind; var/, with the corpus, stays
	@rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
