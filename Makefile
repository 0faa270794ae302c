PYTHON ?= python3
BIN := .venv/bin
# Newer than the requirements once they are installed.
READY := .venv/.ready
STRANGERS := .local/strangers/venv
CHECKOV := .local/checkov/venv
SUPPLY := .local/supply/venv
# The functions' own packages and nothing else.
PACKAGES := .local/supply/packages
# The Python that runs the functions in the cloud, and where one is here, if there is.
RUNTIME = $(shell sed -n 's/.*runtime *= "python3\([0-9]*\)"/3.\1/p' infrastructure/modules/function/main.tf)
RUNTIME_PYTHON ?= $(firstword $(shell for each in python$(RUNTIME) ~/.pyenv/versions/$(RUNTIME).*/bin/python; do \
	$$each -c pass 2>/dev/null && echo $$each; done))
RUNTIME_VENV := .local/runtime/venv
TERRAFORM := terraform -chdir=infrastructure

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links

# The end-to-end tests that work on one service for all of them.
OF_WORLD = $(shell grep -lE "^(def test_|    world).*(world: World|place: Workplace)" tests/end_to_end/test_*.py)

COVER := --cov=shared/domain --cov=shared/flows --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

# Stops where what is named was not said.
need = $(if $($(1)),,$(error say $(1)=..., see make help))

.DEFAULT_GOAL := help
.PHONY: help setup lock format lint test unit contract e2e faults security runtime strangers deployed demo up bench clean \
	audit sbom licences checkov infra-check infra-plan infra-apply logs publish

help: ## Shows these lines
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: $(READY) ## Makes the virtual environment .venv with everything that work on the project needs

lock: $(READY) ## Compiles the .in files into requirements with exact versions and hashes
	$(COMPILE) requirements.in
	$(COMPILE) requirements-dev.in
	$(COMPILE) tests/strangers/requirements.in
	$(COMPILE) infrastructure/checkov/requirements.in
	$(COMPILE) supply/requirements.in

format: $(READY) ## Formats the code and puts the imports into order
	$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format .

lint: $(READY) ## Checks style, format, types and the directions of imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: $(READY) ## Runs all suites; by its unit tests domain and flows must be covered completely, branches too
	$(BIN)/pytest -n auto --dist loadfile $(COVER)

unit: $(READY) ## Runs the tests that need no socket
	$(BIN)/pytest tests/unit tests/meta

contract: $(READY) ## Runs the tests of adapters, fakes and stand-ins against each other
	$(BIN)/pytest tests/contract

e2e: $(READY) ## Runs the functions for real, with stand-ins around them
	$(BIN)/pytest tests/end_to_end

faults: $(READY) ## Attacks deploys at every step; FAULTS_FULL=1 tries all cases, FAULTS_SEED=n others
	$(BIN)/pytest tests/faults

security: $(READY) ## Runs the security cases
	$(BIN)/pytest tests/security

runtime: ## Runs the tests of rules and security on the Python that the functions have in the cloud
	@if [ -z '$(RUNTIME_PYTHON)' ]; then \
		echo 'NOT RUN: there is no Python $(RUNTIME); make runtime RUNTIME_PYTHON=... says where one is'; \
	else \
		$(MAKE) --no-print-directory $(RUNTIME_VENV)/.ready && $(RUNTIME_VENV)/bin/python -m pytest -n auto tests/unit tests/security; \
	fi

strangers: $(READY) $(STRANGERS)/.ready ## Lets clients that know nothing of the stand-ins work with them
	$(STRANGERS)/bin/python -m pytest tests/strangers

deployed: $(READY) ## Installs and starts the archive that Terraform makes, as Google does it, and tries it end to end
	ARCHIVE=1 $(BIN)/pytest tests/deployed $(OF_WORLD)

demo: $(READY) ## Shows the main job from an empty start, step by step
	$(BIN)/python -m emulators demo

up: $(READY) ## Starts all stand-ins and functions, prints their URLs and stays
	$(BIN)/python -m emulators up

bench: $(READY) ## Measures speed and memory, beside the tool it replaces; BENCH=--quick is a short trial
	$(BIN)/python -m bench $(BENCH)

audit: $(SUPPLY)/.ready ## Looks for known weaknesses of the functions' packages; says NOT RUN where nobody can be asked
	$(SUPPLY)/bin/python -m supply.audit $(SUPPLY)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

sbom: $(SUPPLY)/.ready $(PACKAGES)/.ready ## Writes what the functions are made of to dist/sbom.json, as CycloneDX has it
	mkdir -p dist && $(SUPPLY)/bin/cyclonedx-py environment --output-reproducible --output-file dist/sbom.json $(PACKAGES)/bin/python

licences: $(SUPPLY)/.ready $(PACKAGES)/.ready ## Lists the licences of the functions' packages
	@$(SUPPLY)/bin/pip-licenses --python $(PACKAGES)/bin/python --with-system --order=license --with-urls

checkov: $(CHECKOV)/.ready ## Looks for what is open, unlogged or too powerful in infrastructure/; needs no network
	$(CHECKOV)/bin/checkov -d infrastructure --framework terraform --compact --quiet --skip-download

infra-check: checkov ## Checks infrastructure/ without touching Google: checkov, terraform fmt, validate and test
	terraform fmt -check -recursive -diff infrastructure
	$(TERRAFORM) init -backend=false -input=false
	$(TERRAFORM) validate
	$(TERRAFORM) test

infra-plan: ## Shows what ENV=name would change in Google Cloud, and keeps it as infrastructure/<name>.tfplan
	$(call need,ENV)
	$(TERRAFORM) init -reconfigure -input=false -backend-config=environments/$(ENV).gcs.tfbackend
	$(TERRAFORM) plan -input=false -var-file=environments/$(ENV).tfvars -out=$(ENV).tfplan

infra-apply: ## Makes what the last infra-plan of ENV=name has shown, and nothing else
	$(call need,ENV)
	$(TERRAFORM) apply -input=false $(ENV).tfplan

logs: ## Shows the newest lines of the functions' log; FUNCTION=deploy of one alone, LIMIT=n as many
	gcloud logging read 'resource.type="cloud_run_revision" AND resource.labels.service_name=$(if $(FUNCTION),"aic-$(FUNCTION)",~"^aic-")' \
		--limit=$(or $(LIMIT),20) --format='table(timestamp, severity, resource.labels.service_name, jsonPayload.message, jsonPayload.reason)'

publish: ## Publishes MESSAGE='{...}' to the topic aic-<TOPIC>, as TOPIC=snapshot MESSAGE='{}'
	$(call need,TOPIC)
	$(call need,MESSAGE)
	gcloud pubsub topics publish aic-$(TOPIC) --message "$$MESSAGE"

clean: ## Removes .venv, caches and local data
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .local
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo 'Python has no venv module; on Debian: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt && touch $@

$(RUNTIME_VENV)/.ready: requirements.txt requirements-dev.txt
	$(RUNTIME_PYTHON) -m venv --clear $(RUNTIME_VENV)
	$(RUNTIME_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-dev.txt && touch $@

$(STRANGERS)/.ready: tests/strangers/requirements.txt
	$(PYTHON) -m venv --clear $(STRANGERS) && $(STRANGERS)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@

$(CHECKOV)/.ready: infrastructure/checkov/requirements.txt
	$(PYTHON) -m venv --clear $(CHECKOV) && $(CHECKOV)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@

$(SUPPLY)/.ready: supply/requirements.txt
	$(PYTHON) -m venv --clear $(SUPPLY) && $(SUPPLY)/bin/python -m pip install --quiet --require-hashes -r $< && touch $@

$(PACKAGES)/.ready: requirements.txt $(SUPPLY)/.ready
	$(PYTHON) -m venv --clear --without-pip $(PACKAGES)
	$(SUPPLY)/bin/python -m pip --python $(PACKAGES)/bin/python install --quiet --require-hashes -r $< && touch $@
