# Two commands matter: `make matrix` measures and draws the table, `make test` tests the project.
# Both set everything up by themselves; both are quick when run again.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PROFILE ?= quick
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
INTEGRATION ?= 0
COVERAGE ?= 0
TEST_ARGS ?=
DRY_RUN ?= 0
MINUTES ?=
SHARD ?=
# Each process takes tests from the others at its end, and keeps the order of the files until then.
IN_PARALLEL := -n logical --dist worksteal
# Tests of one file share an environment, a run or a worker.
BY_FILE := -n 2 --dist loadfile
# Every process of the tests would compile the program and the tests anew.
unexport PYTHONDONTWRITEBYTECODE
WITH_COVERAGE := --cov --cov-report=term --cov-report=html:.crossload/coverage

.PHONY: help matrix full report test integration coverage mutants lint format benchmark fuzz pictures kill-test release clean distclean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

matrix: $(VENV)/.runtime  ## set up, build the environments, measure, draw the table
	$(BIN)/crossload run --profile $(PROFILE) --jobs $(JOBS)$(MINUTES:%= --minutes %)$(SHARD:%= --shard %)

full: PROFILE := full
full: matrix  ## the same for the profile `full`; continues where the last one ended (MINUTES=60, SHARD=2/8: a part)

report: $(VENV)/.runtime  ## draw the last run again
	$(BIN)/crossload report

test: $(VENV)/.dev  ## set up and run the fast tests (INTEGRATION=1: then those with real TensorFlow)
	$(BIN)/python -m pytest $(IN_PARALLEL)$(if $(filter 1,$(COVERAGE)), $(WITH_COVERAGE)) $(TEST_ARGS)
	$(if $(filter 1,$(INTEGRATION)),$(MAKE) integration)

integration: $(VENV)/.dev  ## build the environments and run the tests with real TensorFlow
	$(BIN)/python -m pytest --integration -m integration $(BY_FILE) $(TEST_ARGS) || test $$? -eq 5  # 5: none

coverage: COVERAGE := 1
coverage: test  ## the same, and fail if the fast tests cover less than the floor

mutants: $(VENV)/.dev  ## change the code that decides and count the changes that no test notices
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --group mutants
	$(BIN)/python benchmarks/mutants.py

lint: $(VENV)/.dev  ## style, formatting, types
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/nox --no-venv --sessions lint typing

format: $(VENV)/.dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

release: lint test  ## check, build and tag a release (DRY_RUN=1: without the tag)
	$(BIN)/python .ci/release.py $(if $(filter 1,$(DRY_RUN)),--dry-run)

benchmark: $(VENV)/.dev  ## print the project's numbers (needs the quick environments)
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/run.py

pictures: $(VENV)/.dev  ## take the README's pictures of the last run's page (needs Chromium)
	$(BIN)/python -m tests.pictures

kill-test: $(VENV)/.dev  ## kill a run at 100 random moments and check that nothing is lost
	$(BIN)/python -m tests.killing

fuzz: $(VENV)/.dev  ## read 10,000 damaged model files, a quarter of an hour at most
	$(BIN)/python -m tests.inspection.fuzzing

clean:  ## remove results and pages, keep the built environments
	rm -rf .crossload/artifacts .crossload/scratch .crossload/report .crossload/ledger.sqlite*

distclean:  ## remove everything generated
	rm -rf .crossload $(VENV) .nox dist build

$(VENV)/bin/uv:
	@test -n "$(PYTHON)" || { echo "make: Python 3.10 or newer is needed and none was found;" \
		"install one, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "setting up $(VENV); needed once"
	@$(PYTHON) -m venv --clear $(VENV) || { echo "make: $(PYTHON) cannot make a virtual environment;" \
		"on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.runtime: pyproject.toml $(VENV)/bin/uv
	@echo "installing crossload in $(VENV)"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/bin/uv
	@echo "installing crossload and its development tools in $(VENV)"
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --editable . --group dev
	@npm ci --prefix tests/reports/axe --ignore-scripts --no-audit --no-fund --loglevel=error \
		|| echo "could not install axe-core; the tests that need it will say so" >&2
	@touch $@ $(VENV)/.runtime
