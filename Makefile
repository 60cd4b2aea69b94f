# `make` alone lists the targets. Everything runs from .venv, which is made from the lock files.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUN    ?= --language both
SEED   ?= 1

.DEFAULT_GOAL := help
.PHONY: help report test lint types pytest nbval mutants mutants-changed quick pictures baseline bench lab lock clean setup setup-test

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed; say which: make PYTHON=python3.12 report" >&2; exit 2; }
	@echo "Setting up $(VENV) once: a Python environment apart from yours,"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "  then $$(grep -c '^[a-z].*==' requirements.lock) packages in the exact versions of requirements.lock (about a minute, quiet meanwhile)"
	@$(INSTALL) --require-hashes -r requirements.lock
	@echo "  then the command itself: $(BIN)/analysis"
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	@echo "Adding the tools for tests once, in the exact versions of requirements-test.lock (half a minute, quiet meanwhile)"
	@$(INSTALL) --require-hashes -r requirements-test.lock
	@touch $@

setup: $(VENV)/.run ## Make .venv with exact versions (only when a lock file changed)
setup-test: $(VENV)/.test ## The same with the tools for tests

report: $(VENV)/.run ## Run the whole analysis and write the HTML pages
	@$(BIN)/analysis run $(RUN)

# Tests start hundreds of Pythons: each would compile the same files where the shell forbids to keep what is compiled.
pytest quick nbval mutants mutants-changed hostile: export PYTHONDONTWRITEBYTECODE =

test: lint types pytest nbval $(if $(DEEP)$(CI),mutants-changed) ## Everything that must hold: lint, types, tests, notebooks; in CI and with DEEP=1 more cases, and mutants of changed lines

lint: $(VENV)/.test ## Style of code and notebooks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: run .venv/bin/ruff format ." >&2; exit 1; }

types: $(VENV)/.test ## Types over src/
	@$(BIN)/mypy

pytest: $(VENV)/.test ## The tests alone (DEEP=1, as in CI: with more cases of the same)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -p no:nbval -rs -n 2 --dist loadgroup $(if $(DEEP)$(CI),,-m "not deep") tests

nbval: $(VENV)/.test ## Rerun the committed notebooks and compare every output, one at a time: kernels that start at once may choose the same ports
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -p no:xdist --nbval notebooks

mutants: $(VENV)/.test ## Put small faults into the code that decides verdicts; see which the tests notice
	$(VENV)/bin/python -m tests.mutants --report docs/testing.md $(ARGS)

mutants-changed: $(VENV)/.test ## A seeded sample on the lines of the last commits: are they tested at all?
	@$(BIN)/python -m tests.mutants --since HEAD~20 --sample 16 --least 60

quick: $(VENV)/.test ## The tests of numbers, claims and statistics, in seconds: at every save
	@$(BIN)/pytest -p no:nbval -n 2 --dist loadfile -m "not timed" tests/test_numerals.py tests/test_printed.py tests/test_enclosure.py tests/test_formula.py tests/test_dimensions.py \
	  tests/test_units.py tests/test_growth.py tests/test_groups.py tests/test_periods.py tests/test_statistics.py tests/test_statistics_reference.py \
	  tests/test_claims.py tests/test_ledger.py tests/test_computed.py tests/test_verdict_*.py

hostile: $(VENV)/.test ## A thousand hostile inputs, 200 kills, 500 changes of a served report (an hour; SEED=1)
	@$(BIN)/python -m tests.hostile --seed $(SEED)
	@$(BIN)/python -m tests.hostile.soak --seed $(SEED)

pictures: $(VENV)/.test ## Renew the pictures in docs/images from the last run with default parameters
	@$(BIN)/python -m tests.browser.screenshots

baseline: $(VENV)/.run ## Renew the committed notebooks' outputs and show what changed
	@$(BIN)/analysis baseline

.venv-bench/.bench: requirements-bench.lock pyproject.toml
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

bench: .venv-bench/.bench ## Measure the runner against its peers and limits (docs/benchmarks.md; half an hour)
	@.venv-bench/bin/python -m bench

.venv-lab/.lab: requirements-lab.lock pyproject.toml
	@test -x .venv-lab/bin/python || $(PYTHON) -m venv .venv-lab
	.venv-lab/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lab.lock
	.venv-lab/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lab: .venv-lab/.lab ## Open the notebooks in JupyterLab (an environment of its own, .venv-lab)
	@.venv-lab/bin/jupyter-lab notebooks

lock: ## Renew the lock files (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build --extra test -o requirements-test.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build -c requirements-test.lock -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build --extra lab -c requirements-test.lock -o requirements-lab.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra build --extra bench -c requirements-test.lock -o requirements-bench.lock pyproject.toml

clean: ## Remove runs, caches and .venv
	rm -rf $(VENV) .venv-lab .venv-bench .cache reports/*/ reports/latest .pytest_cache .mypy_cache .ruff_cache
