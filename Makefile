# The commands of CONTRIBUTING.md. Needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check format bench prove lock clean

run: $(VENV)/installed
	$(BIN)/amends run

# Four at once on two cores: much of a test's time is waiting for a browser or a server. A file's tests share what they start.
# What is compiled is kept for the processes that tests start, and no process multiplies matrices on more than one core.
test: $(VENV)/developing
	PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(VENV)/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint dashboards/templates --lint --quiet
	$(BIN)/codespell
	$(BIN)/bandit --quiet --severity-level medium --recursive --configfile pyproject.toml amends classifier core dashboards incidents listener responder

format: $(VENV)/developing
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# TORCH=1 measures torch beside it: some gigabytes to install.
bench: $(VENV)/developing $(if $(TORCH),$(VENV)/with-torch)
	$(BIN)/python -m tests.bench

prove: $(VENV)/developing
	$(BIN)/python -m tests.prove

# pip checks every file against the hashes of the lock; the project itself comes without dependencies.
$(VENV)/installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/developing: requirements-dev.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@

$(VENV)/with-torch: $(VENV)/developing
	$(BIN)/python -m pip install --quiet --editable '.[torch]'
	touch $@

# uv.lock holds addresses of the registry it was made with, so only the exported requirements are kept.
lock:
	uv lock --upgrade
	uv export --quiet --format requirements-txt --no-emit-project --no-header --output-file requirements.lock
	uv export --quiet --format requirements-txt --no-emit-project --no-header --group test --group check --output-file requirements-dev.lock
	rm uv.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
