# The commands of the project. `make run` and `make test` need Python 3.11, pip and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
export DATA_DIR ?= var
export PORT ?= 8000

.PHONY: setup run test test-services check e2e bench soak lock messages clean

setup: .venv/.installed

.venv/bin/python:
	$(PYTHON) -m venv .venv

# uv is five to ten times faster; where it cannot be had or fails, plain pip does the same from the same lock.
define install
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv >/dev/null 2>&1 || true
	@{ test -x $(BIN)/uv && $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(1) 2>/dev/null; } \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
endef

.venv/.installed: requirements.lock | .venv/bin/python
	$(call install,requirements.lock)
	@touch $@

.venv/.developer: requirements-dev.lock .venv/.installed
	$(call install,requirements-dev.lock)
	@touch $@

run: setup
	@exec $(BIN)/python manage.py serve

test: .venv/.developer
	@exec $(BIN)/python -m tests

test-services: .venv/.developer
	@exec $(BIN)/python -m tests --services

check: .venv/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.translations

e2e: .venv/.developer
	@exec $(BIN)/python -m tests --browser

bench: .venv/.developer
	@exec $(BIN)/python -m bench

soak: .venv/.developer
	@exec $(BIN)/python -m tests --soak

lock: .venv/.developer
	$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra dev --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -o requirements-dev.lock

# Adds what the screen says anew to the .po files; the .mo files are compiled when the CRM is set up, in Python too.
messages: .venv/.developer
	@$(BIN)/python -m tests.translations --write

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .import_linter_cache static-root
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
