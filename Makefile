# What a contributor and the continuous integration run. "make" alone lists the targets.
# Everything is installed into .venv, by hash, from requirements/*.txt.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format lock audit quality speed browser senders curl iproute screenshots sbom fuzz chaos hosts adversarial
.DELETE_ON_ERROR:

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{ printf "  make %-11s %s\n", $$1, $$2 }'

setup: $(VENV)/.development ## Install everything a contributor needs into .venv

run: $(VENV)/.runtime ## Start Copydesk with sample stories (make run ARGS=--once ends after their findings)
	@$(BIN)/copydesk demo $(ARGS)

test: lint browser senders curl iproute ## Run every check that continuous integration runs
	@echo "Tests"
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

lint: $(VENV)/.development ## Check style, format, layers and types
	@echo "Style, format, layers, types"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not formatted: run make format."; exit 1; }
	@$(BIN)/lint-imports --no-logo > $(VENV)/layers.txt || { cat $(VENV)/layers.txt; exit 1; }
	@$(BIN)/mypy

format: $(VENV)/.development ## Format the code and apply the safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .

lock: $(VENV)/.development ## Write requirements/*.txt anew from pyproject.toml (make lock ARGS=--upgrade for newer versions)
	@for lock in build runtime development; do \
	  case $$lock in \
	    build) from="requirements/build.in" ;; \
	    runtime) from="pyproject.toml" ;; \
	    development) from="--extra dev --extra parquet pyproject.toml requirements/development.in -c requirements/runtime.txt -c requirements/build.txt" ;; \
	  esac; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    $(ARGS) $$from --output-file requirements/$$lock.txt || exit 1; \
	  echo "requirements/$$lock.txt"; \
	done

audit: $(VENV)/.development ## Ask the advisory service about every locked package (needs a network; no part of make test)
	@$(BIN)/python bench/audit.py $(ARGS)

sbom: $(VENV)/.development ## Write a CycloneDX bill of what is installed to run Copydesk into artefacts/sbom.json
	@$(INSTALL) "cyclonedx-bom>=7,<8"
	@mkdir -p artefacts
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON \
	  --output-file artefacts/sbom.json requirements/runtime.txt
	@echo "artefacts/sbom.json"

fuzz: $(VENV)/.development ## Feed 210,000 made inputs to everything that reads what strangers send
	@$(INSTALL) "atheris>=3,<4" || echo "atheris is not for this platform: inputs are made by chance instead."
	@$(BIN)/python bench/fuzz.py $(ARGS)

chaos: $(VENV)/.development ## Break everything while 5,000 deliveries come in, on both stores, and count what became of each
	@$(BIN)/python bench/chaos.py $(ARGS)

hosts: $(VENV)/.development ## Cut one of two hosts off while deliveries come in (network namespaces, where they may be made)
	@$(BIN)/python bench/hosts.py $(ARGS)

adversarial: $(VENV)/.development ## Measure every rule on text made to cost and write docs/adversarial.md
	@$(BIN)/python bench/adversarial.py --write docs/adversarial.md $(ARGS)

quality: $(VENV)/.development ## Measure the rules on a labelled corpus and write docs/quality.md (make quality CORPUS=folder)
	@$(INSTALL) "scikit-learn>=1.6,<2"
	@$(BIN)/python bench/quality.py --check $(CORPUS)

speed: $(VENV)/.development ## Measure what a check costs and write docs/speed.md (make speed CORPUS=folder)
	@$(INSTALL) --upgrade --target $(VENV)/beside "trafilatura>=2,<3" "proselint>=0.16,<0.17"
	@if command -v npm > /dev/null; then mkdir -p $(VENV)/write-good && npm install --silent --no-fund --no-audit --prefix $(VENV)/write-good write-good@1; fi
	@$(BIN)/python bench/speed.py $(CORPUS) $(ARGS)

screenshots: $(VENV)/.development browser ## Make docs/desk-*.png anew from a newsroom's made-up evening
	@$(BIN)/python bench/screenshots.py --out docs
	@$(BIN)/python bench/screenshots_ledger.py --out docs

# A browser for the tests of the desk. As root on Debian it is installed; else the command to do so is named.
browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing chromium for the tests of the desk"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null; \
	else \
	  echo "The tests of the desk need a browser: sudo apt-get install chromium"; exit 1; \
	fi
endif

# The documentation's calls of the API are run as they stand.
curl:
	@command -v curl > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null \
	  && echo "Installing curl for the tests of the API's examples" && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl > /dev/null; } \
	  || { echo "The tests of the API's examples need curl: sudo apt-get install curl"; exit 1; }

# Two hosts are network namespaces in the tests; where there is no ip, they are two groups of processes.
iproute:
	@command -v ip > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends iproute2 > /dev/null; } || true

# The senders' own code, which signs in the tests. As root on Debian Node is installed; else the command to do so is named.
senders: $(VENV)/senders/.stamp

$(VENV)/senders/.stamp: tests/senders/package.json tests/senders/package-lock.json | $(BIN)/pip
	@command -v npm > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null \
	  && echo "Installing Node for the tests of the webhooks" && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm > /dev/null; } \
	  || { echo "The tests of the webhooks need Node: sudo apt-get install nodejs npm"; exit 1; }
	@mkdir -p $(VENV)/senders && cp tests/senders/package.json tests/senders/package-lock.json $(VENV)/senders/
	@npm ci --prefix $(VENV)/senders --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null
	@touch $@

# The environments. A stamp is redone when a lock or the project's metadata changed; what is installed already costs seconds.
# The warnings are setuptools' on folders beside an editable package: there are none of its name.
$(VENV)/.development: requirements/build.txt requirements/development.txt pyproject.toml | $(BIN)/pip
	@echo "Installing what development needs into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --require-hashes -r requirements/development.txt
	@PYTHONWARNINGS=ignore $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.runtime $@

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | $(BIN)/pip
	@echo "Installing Copydesk into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@PYTHONWARNINGS=ignore $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Debian keeps venv's pip in a package of its own: without it, the system's pip fills the environment; without both, say what to install.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Copydesk needs Python 3.11 or later. Name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) > /dev/null 2>&1 \
	  || { $(PYTHON) -m venv --clear --without-pip $(VENV) \
	       && $(PYTHON) -m pip --quiet --disable-pip-version-check --python $(BIN)/python install --require-hashes -r requirements/build.txt 2> /dev/null; } \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update -qq \
	       && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv > /dev/null && $(PYTHON) -m venv --clear $(VENV); } \
	  || { rm -rf $(VENV); echo "Python's venv is missing: sudo apt-get install python3-venv"; exit 1; }
