# The commands of the project. `make demo` and `make test` need Python 3.11 or newer and nothing else set up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := .ci/lock
SHELL := /bin/sh

.PHONY: help demo install test check format crash soak fuzz thunderbird bench bench-detection model lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/runtime  ## play ten weeks of a job search in time-lapse
	@$(BIN)/hearback demo

install: $(VENV)/runtime  ## make the virtual environment with the hearback command in it
	@echo "Ready: $(BIN)/hearback --help"

test: $(VENV)/dev servers  ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(VENV)/dev  ## lint, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev  ## let ruff put the layout right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

crash: $(VENV)/dev servers  ## kill and cut everywhere, then kill at random for SECONDS (default 120) with slow writes, and count
	$(BIN)/python -m tests.crash --seconds $(or $(SECONDS),120) $(ARGS)

soak: $(VENV)/dev  ## play ROUNDS (default 25) times as many random stories against the state machine
	HEARBACK_EXPLORE=1 HEARBACK_SOAK=$(or $(ROUNDS),25) $(BIN)/python -m pytest tests/watcher/test_machine.py \
		tests/watcher/test_together_at_random.py tests/watcher/test_corrections_at_random.py $(ARGS)

fuzz: $(VENV)/fuzz  ## read hostile mail for SECONDS (default 120), guided by what it reaches
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),120) $(ARGS)

thunderbird: $(VENV)/dev servers  ## fill in forms and edit drafts in a real Thunderbird, which is installed if it is not there
	@command -v thunderbird >/dev/null || sh .ci/apt.sh thunderbird
	$(BIN)/python -m pytest tests/thunderbird/real_client.py $(ARGS)

bench: $(VENV)/dev servers  ## measure against the floor of the same run
	$(BIN)/python -m tests.bench.run $(ARGS)

bench-detection: $(VENV)/dev  ## measure how well mail is read: kinds, fields, speed (ARGS=--errors lists what was read wrong)
	$(BIN)/python -m tests.detection $(ARGS)

model: $(VENV)/model  ## learn from the letters how words weigh (ARGS=--left-out prints how well letters are read that it did not learn from)
	$(BIN)/python -m tests.detection.train $(ARGS)

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group build pyproject.toml -o $(LOCK)/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group build --group dev pyproject.toml -o $(LOCK)/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group fuzz -o $(LOCK)/fuzz.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --group model -o $(LOCK)/model.txt

clean:  ## remove what was made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# --- what the targets stand on ----------------------------------------------------------------------------------------

EMULATOR := tests/servers/gmail/emulator

.PHONY: python servers

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ..."; exit 1; }

$(VENV)/bin/python: | python
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh .ci/apt.sh python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: $(LOCK)/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q watcher connectors rules
	@touch $@

$(VENV)/dev: $(LOCK)/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q watcher connectors rules
	@touch $@ $(VENV)/runtime

$(VENV)/fuzz: $(LOCK)/fuzz.txt | $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/fuzz.txt
	@touch $@

$(VENV)/model: $(LOCK)/model.txt | $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)/model.txt
	@touch $@

$(VENV)/emulator/done: $(EMULATOR)/package.json $(EMULATOR)/package-lock.json | $(VENV)/dev
	$(BIN)/python -m tests.servers.gmail.install $(@D)

servers: $(VENV)/emulator/done
	@test -x /usr/sbin/dovecot && test -x /usr/lib/dovecot/lmtp && command -v strace >/dev/null && command -v openssl >/dev/null \
	  || sh .ci/apt.sh dovecot-imapd dovecot-lmtpd strace openssl
