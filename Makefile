# `make` alone lists the targets. Everything runs from .venv, which is made from the lock files.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    ?=

.DEFAULT_GOAL := help
.PHONY: help report test nbval lint types baseline bench lab lock clean setup setup-test

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed; say which: make PYTHON=python3.12 report" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

setup: $(VENV)/.run ## Make .venv with exact versions (only when a lock file changed)
setup-test: $(VENV)/.test

report: $(VENV)/.run ## Run the whole analysis and write the HTML pages
	@$(BIN)/analysis run $(RUN)

test: $(VENV)/.test ## Everything that must hold: lint, types, tests, nbval
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.everything

lock: ## Renew the lock files (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build --extra test -o requirements-test.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build -c requirements-test.lock -o requirements.lock pyproject.toml

clean: ## Remove runs, caches and .venv
	rm -rf $(VENV) .cache reports/*/ reports/latest .pytest_cache .mypy_cache .ruff_cache
