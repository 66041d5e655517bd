# The few verbs of the project. Everything else is `hetk --help`.
.DEFAULT_GOAL := help
.PHONY: help demo test test-all steady lint fix pin bench bench-sdk bench-warehouse bench-console shots
PY := .venv/bin/python
SOURCES := $(shell find collector warehouse sdk_js/dist -type f -not -name '*.pyc' -not -path '*/web/*' 2>/dev/null) pyproject.toml
PYTEST := $(PY) -m pytest -q -n 2 --dist loadfile --durations 12
PIP := .ci/thrice $(PY) -m pip --disable-pip-version-check --quiet
DATA ?= hetk-data

help: ## these verbs
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1  \t\2/p' Makefile | expand -t 24

demo: .venv/hetk ## a shop with visitors on this machine: hetk serve --demo
	.venv/bin/hetk serve --demo --data $(DATA)

test: .venv/dev ## the gate: what CI runs, everything it needs included
	@sh .ci/machine_for_tests.sh
	@failed=""; \
	sh .ci/sdk_check.sh || failed="$$failed sdk"; \
	sh .ci/console_check.sh || failed="$$failed console"; \
	$(MAKE) --no-print-directory lint || failed="$$failed lint"; \
	$(PYTEST) || failed="$$failed pytest"; \
	[ -z "$$failed" ] || { echo "FAILED:$$failed (see above)"; exit 1; }

test-all: .venv/dev ## the gate and everything long: engines, kill rounds, fuzzing, soak; writes docs/test-report.md
	@sh .ci/machine_for_tests.sh --all
	$(PY) -m tests.report

steady: .venv/dev ## the gate's end-to-end tests three times, with both cores busy
	@for core in 1 2; do timeout 1800 sh -c 'while :; do :; done' & busy="$$busy $$!"; done; \
	trap "kill $$busy" EXIT; \
	for turn in 1 2 3; do $(PYTEST) tests/e2e || exit 1; done

lint: .venv/dev ## ruff, mypy, import-linter
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

fix: .venv/dev ## let ruff mend what it can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(PY) -m tests.docs.commands

bench: .venv/dev ## collector and loader against a bare aiohttp server; keeps docs/benchmarks.md
	$(PY) -m tests.bench.collector $(ARGS)

bench-sdk: ## the SDK beside its peers, in real browsers
	cd sdk_js/bench && npm ci --no-audit --no-fund && npm run --silent bench -- $(ARGS)

bench-warehouse: .venv/dev ## loading, questions, compaction against native DuckDB and PostgreSQL
	$(PY) -m tests.bench.warehouse $(ARGS)

bench-console: .venv/dev ## the console's first page and its live strip
	$(PY) -m tests.bench.console $(ARGS)

shots: .venv/dev ## every page of the console as pictures in .cache/shots, light, dark, phone, Hindi, Bengali, Estonian
	$(PY) -m tests.shots $(ARGS)

pin: .venv/dev ## renew the hash-pinned constraints
	sh .ci/pin.sh

.venv/bin/python:
	sh .ci/venv.sh

.venv/pinned: constraints.txt | .venv/bin/python
	$(PIP) install --require-hashes -r constraints.txt
	@touch $@

.venv/hetk: .venv/pinned $(SOURCES)
	$(PIP) install --no-deps --no-build-isolation --force-reinstall .
	@touch $@

.venv/dev: constraints-dev.txt .venv/hetk
	$(PIP) install --require-hashes -r constraints-dev.txt
	@touch $@
