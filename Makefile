# Two commands matter: `make run` opens the app, `make test` runs every check and test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint unit benchmark lock clean

run: .venv/.for-run
	$(BIN)/python -m streamlit run app.py

test: lint unit

lint: .venv/.for-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Files go to three processes, for two cores: those that drive a browser, which come first, wait more than they work.
unit: .venv/.for-test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -p no:benchmark

benchmark: .venv/.for-test
	$(BIN)/python -m pytest benchmarks --benchmark-only -rs

# Pins every package that the listed ones bring in. Needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --quiet --upgrade --no-header --no-annotate requirements-test.txt \
	  | grep -v dlib-shim | sed '1i # Every package that requirements-test.txt brings in, pinned. Made by: make lock' > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf .venv

.venv/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/.for-run: .venv/.made requirements.txt constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/.for-test: .venv/.for-run requirements-test.txt requirements-cluster.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@
