# make study and make test need git, make and Python 3.11 or newer; nothing is installed by hand before either.
#   PYTHON=/path/to/python3.12   which Python makes the environment; otherwise the first one found that is new enough
#   VENV=folder                  where the environment stands; otherwise .venv
#   PART="base time"             with `make docs`: of the notebooks only these folders, which is quicker
#   UPGRADE=--upgrade            with `make lock`: take the newest versions that the bounds of pyproject.toml allow

SHELL := /bin/sh
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
PYTHON ?= python3 python3.13 python3.12 python3.11 python3.14 python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The library that runs the model reports to its makers otherwise; the package tells it the same
export ORT_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help study test environment export notebooks readme docs lock train lab clean

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

study: $(READY) ## read the articles that settings.ini names; write tables, charts, notebooks and report to outputs/study
	@$(BIN)/negotiations-study run

test: $(READY) ## every test: the notebooks, then pytest, whose whole runs execute those of nbs/analysis; each in two processes
	PATH="$$(cd "$(BIN)" && pwd):$$PATH" nbdev-test --n-workers 2 --skip-folder-re '^[_.]|^analysis$$'
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

environment: $(READY) ## only make the environment, exactly as requirements.lock says

# uv, itself from the lock, does in seconds what pip does in minutes; where it cannot be had or gets nowhere, pip does it.
# The stamp is written last, so that an interrupted installation is taken up again and a finished one is left alone
$(READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@awk '/^[^ #]/ { wanted = /^uv==/ } wanted' requirements.lock >$(VENV)/uv.txt
	@{ $(BIN)/python -m pip install -qq --require-hashes -r $(VENV)/uv.txt \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; } \
	  || { echo "not with uv: pip does it, in a few minutes"; $(BIN)/python -m pip install -qq --require-hashes -r requirements.lock; }
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/bin/python:
	@for candidate in $(PYTHON); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "make: no Python 3.11 or newer among: $(PYTHON). Install one, or name it: make study PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "make: $$python has no venv or ensurepip. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "making $(VENV) with $$("$$python" --version); the first time takes a minute"; \
	"$$python" -m venv "$(VENV)"

export: $(READY) ## the package from the notebooks: modules, and the copies of the analysis notebooks
	PATH="$$(cd "$(BIN)" && pwd):$$PATH" nbdev-export
	@$(BIN)/python -c 'from negotiations_study.running.runs import copy_analysis as copy; copy(); copy("nbs/example", "example/articles", "*.txt")'

readme: $(READY) ## README.md from nbs/index.ipynb
	$(BIN)/python .ci/readme.py

notebooks: $(READY) ## run the notebooks of the library and keep what they show
	PATH="$$(cd "$(BIN)" && pwd):$$PATH" nbdev-test --save --n-workers 2 --skip-folder-re '^[_.]|^analysis$$'
	PATH="$$(cd "$(BIN)" && pwd):$$PATH" nbdev-clean

docs: $(READY) ## the documentation site, in build/docs/html; its tools in an environment of their own, over this one
	@[ -x $(VENV)-docs/bin/sphinx-build ] || { $(BIN)/python -m venv $(VENV)-docs && \
	  echo "import site; site.addsitedir('$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')')" \
	    > "$$($(VENV)-docs/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/under.pth" && \
	  $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["docs"], sep="\n")' \
	    > $(VENV)-docs/docs.txt && \
	  $(VENV)-docs/bin/python -m pip install -qq -r $(VENV)-docs/docs.txt; }
	@$(VENV)-docs/bin/python docs/build.py $(if $(PART),--part $(PART))

lock: $(VENV)/bin/python ## requirements.lock from pyproject.toml (needs the network)
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install -qq uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --output-file requirements.lock --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)

train: $(VENV)/bin/python ## the model that reads conditions, from corpus/, in an environment of its own (needs the network once)
	@[ -x $(VENV)-train/bin/python ] || $(BIN)/python -m venv $(VENV)-train
	$(VENV)-train/bin/python -m pip install -qq --editable ".[train]"
	$(VENV)-train/bin/python benchmarks/train.py --bf16 --out build/begun
	$(VENV)-train/bin/python benchmarks/train.py --start build/begun --seeds 1 2 --epochs 1

lab: $(READY) ## JupyterLab on nbs/, in an environment of its own, with this one as its kernel
	@[ -x $(VENV)-lab/bin/jupyter ] || { $(BIN)/python -m venv $(VENV)-lab && $(VENV)-lab/bin/python -m pip install -qq \
	  "$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["lab"])')"; }
	@$(BIN)/python -m ipykernel install --prefix $(VENV)-lab --name python3 --display-name "Python 3 (negotiations_study)" >/dev/null
	$(VENV)-lab/bin/jupyter lab nbs

clean: ## remove environments, builds and caches; outputs/ stays
	rm -rf $(VENV) $(VENV)-docs $(VENV)-lab $(VENV)-train build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
