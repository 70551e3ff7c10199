# Two commands for a fresh machine with Python >= 3.11, make and git:
#   make run    sets everything up and makes the brief of the bundled example
#   make test   sets everything up and runs lint, type check and all tests
#   make quick    runs the tests of what changed against main, the nearest first, for under a minute
#   make mutants  says how many small faults in twelve modules their own tests notice (about 15 minutes)
#   make fuzz     feeds broken inputs to all that reads, for ten minutes (SECONDS=600) or so many (INPUTS=200000)
#   make docs       builds the documentation as a site in out/docs, and stops at a dead link
#   make release  leaves in dist/ all that a release has: two wheels, source, SBOMs, checksums; nothing is uploaded
#   make sign KEY=...  signs the checksums of dist/ with a key that release_signers names
#   make models MPNET=... MIRRORS=...  teaches the reader again (docs/claims.md; some hours)
#   make spark    hunts and reads on a Spark cluster of this machine, beside the local engine (needs Java 17 or 21)
#   make same-bytes PYTHON2=python3.13   compares what two Pythons make of the example, byte for byte
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
QUICK_BASE ?= main
.PHONY: help run test quick check unit docs golden mutants fuzz release sign same-bytes lock clean spark models

help:
	@sed -n 's/^#   //p' Makefile

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Indicia needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.release: requirements/release.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/release.txt
	@touch $@

run: $(VENV)/.run
	$(BIN)/indicia brief examples/exchange-2021/texts --logs examples/exchange-2021/logs --unmarked clear -o out/exchange-2021

test: check unit

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs src examples integrations
	$(BIN)/python scripts/prose.py
	$(BIN)/mypy

unit: $(VENV)/.dev
	@scripts/system_parts.sh
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

quick: $(VENV)/.dev
	$(BIN)/python -m scripts.quick --base $(QUICK_BASE)

docs: $(VENV)/.dev
	$(BIN)/python scripts/cli_reference.py
	$(BIN)/python scripts/records_reference.py
	$(BIN)/python -m scripts.man_page
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

golden: $(VENV)/.dev
	INDICIA_GOLDEN=write $(BIN)/python -m pytest -k golden

mutants: $(VENV)/.dev
	$(BIN)/python scripts/mutants.py --show $(MODULES)

fuzz: $(VENV)/.dev
	PYTHONPATH=src $(BIN)/python -m tests.fuzz $(if $(INPUTS),--inputs $(INPUTS),--seconds $(or $(SECONDS),600))

# Needs no network once .release is installed. The same commit gives the same bytes.
release: $(VENV)/.release
	@test -z "$$(git status --porcelain)" || { echo 'a release is made of what is committed: commit first'; exit 2; }
	@grep -q '^## $(VERSION) (20' CHANGELOG.md || { echo 'CHANGELOG.md has no dated section "## $(VERSION) (20..)": write it first'; exit 2; }
	$(BIN)/python scripts/release.py dist
	@echo 'Then: make sign KEY=...'
	@echo 'Then, with a network: git tag v$(VERSION), push it, and upload the wheels and the source with twine (the models first, if they are new).'

sign: | $(VENV)/bin/python
	@test -n "$(KEY)" || { echo 'name the key, or the public part of one that an agent or a token holds: make sign KEY=...'; exit 2; }
	$(BIN)/python scripts/sign.py dist $(KEY)

# MPNET is the folder of all-mpnet-base-v2, MIRRORS that of the fetched repositories, SHARED that of the shared data.
SHARED ?= ../shared
models: $(VENV)/.dev
	@test -d "$(MPNET)" || { echo 'name the folder of all-mpnet-base-v2: make models MPNET=... MIRRORS=...'; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/models.in
	PYTHONPATH=src $(BIN)/python -m scripts.reader.train --mpnet $(MPNET) --shared $(SHARED) $(if $(MIRRORS),--mirrors $(MIRRORS)) -o out/models
	PYTHONPATH=src $(BIN)/python -m scripts.reader.export out/models/model.pt --tokenizer $(MPNET)/tokenizer.json -o src/indicia/read/claims/model
	PYTHONPATH=src $(BIN)/python -m scripts.reader.facts --shared $(SHARED) $(if $(MIRRORS),--mirrors $(MIRRORS)) -o src/indicia/read/claims/model/facts.npz

spark: $(VENV)/.dev
	PYTHONPATH=src:. $(BIN)/python scripts/spark_cluster.py

same-bytes: $(VENV)/.run
	@test -n "$(PYTHON2)" || { echo 'name the other Python: make same-bytes PYTHON2=python3.13'; exit 2; }
	$(MAKE) PYTHON=$(PYTHON2) VENV=$(VENV)-$(notdir $(PYTHON2)) $(VENV)-$(notdir $(PYTHON2))/.run
	$(BIN)/python scripts/same_bytes.py $(BIN)/python $(VENV)-$(notdir $(PYTHON2))/bin/python

lock:
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements/run.in -o requirements/run.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements/dev.in -c requirements/run.txt -o requirements/dev.txt
	$(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements/release.in -o requirements/release.txt

clean:
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .pytest_cache
