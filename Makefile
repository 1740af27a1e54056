# `make run` serves the hub here; `make test` tests it. Both need Python 3.11 or newer and make.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := hub indexer knowledge migrations tests wsgi.py
export HUB_ENV ?= local
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run setup test check format requirements translations screenshot clean packages dev

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 20

run: setup ## serve the hub on http://127.0.0.1:8000, or the port in PORT
	@exec $(BIN)/flask serve

setup: packages ## everything that serving needs; what is there already is not done again
	@$(BIN)/flask setup

test: dev ## all tests
	@$(BIN)/flask setup --without-library
	@exec $(BIN)/python -m pytest $(TESTS)

check: dev ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: dev ## put the sources into the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

packages:
	@$(PYTHON) -I hub/environment.py requirements.txt

dev:
	@$(PYTHON) -I hub/environment.py requirements.txt requirements-dev.txt

# Neither a host's name nor the suffix of a build for one kind of processor belongs in the files.
COMPILE = $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade)
requirements: dev ## pin every package (UPGRADE=1: in its newest version)
	$(COMPILE) --output-file requirements.txt requirements.in
	@{ echo '# Made by `make requirements`. On Linux the ordinary torch brings NVIDIA libraries along'; \
	  echo '# (gigabytes, unused here); where pip is set up to find its CPU build, that one is taken.'; \
	  sed -e '/^$$/d' -e '/^#/d' -e 's/^\(torch==[0-9.]*\)+.*/\1/' requirements.txt; } > requirements.new
	@mv requirements.new requirements.txt
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	@sed -i.old -e '/^$$/d' -e '/^# The following/d' requirements-dev.txt && rm requirements-dev.txt.old

translations: dev ## collect the texts of the pages into hub/translations
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext -k lazy_ngettext:1,2 --no-location \
	  --project='popAI community hub' --version=0.1 -o hub/translations/messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching -i hub/translations/messages.pot -d hub/translations

screenshot: dev setup ## draw docs/screenshot.png anew
	$(BIN)/python -m tests.browser.screenshot docs/screenshot.png

clean: ## remove what can be made again; the library in data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache static/vendor
	find hub -name '*.mo' -delete
