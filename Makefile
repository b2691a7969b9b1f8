# Everything runs from .venv. The first call creates it; a change of requirements renews it.

IS_NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name $(IS_NEW_ENOUGH) 2>/dev/null && { echo $$name; break; }; done)
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
# Placeholders for required settings, for commands that only check that they are set.
STAND_INS := SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
	CREDENTIAL_KEYS=$$($(BIN)/python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())")

# Containers often set it: each process of the tests would compile the project again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test cover chaos mutants bench check clean lock vendor

demo: .venv/demo
	@exec $(BIN)/python manage.py demo

# Tests marked `timing` measure real time: they run last, one after the other.
define run_tests
@failed=0; \
$(1) --numprocesses $(or $(JOBS),auto) --maxprocesses 4 --dist worksteal -m 'not timing' || failed=1; \
$(1) -m timing $$(grep -l mark.timing tests/test_*.py) || failed=1; \
exit $$failed
endef

test: .venv/dev
	$(call run_tests,$(BIN)/pytest)

cover: .venv/dev
	@$(BIN)/coverage erase
	$(call run_tests,$(BIN)/coverage run -m pytest)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# Sends 1,000 replies through faults, kills and restarts. CHAOS_SEED repeats a plan.
chaos: .venv/dev
	$(BIN)/python -m tests.chaos
	$(BIN)/pytest --numprocesses 2 --hypothesis-profile chaos tests/test_mirror_histories.py \
		tests/test_mirror_property.py tests/test_mirakl_decoding.py tests/test_sanitize.py

# Small changes of the outbox, the mirror and the models: fails if fewer than nine of ten are noticed.
mutants: .venv/dev .venv/mutants
	@exec $(BIN)/python -m tests.mutants

bench: .venv/dev
	@exec $(BIN)/python -m benchmarks

check: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/biome ci --error-on-warnings static/js static/css tests/js
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	$(STAND_INS) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(STAND_INS) ALLOWED_HOSTS=desk.example.org $(BIN)/python -W error manage.py check --deploy --fail-level WARNING

clean:
	rm -rf .venv .local staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --constraint requirements.txt --extra s3 --output-file requirements-s3.txt
	$(LOCK) --constraint requirements.txt --extra demo --output-file requirements-demo.txt
	$(LOCK) --constraint requirements-demo.txt --constraint requirements-s3.txt --extra dev --output-file requirements-dev.txt
	$(LOCK) --constraint requirements-dev.txt --extra mutants --output-file requirements-mutants.txt

# Third-party scripts at the versions in VENDORED.txt.
vendor: .venv/bin/python
	@$(BIN)/python .ci/vendor.py

# One stamp per list of requirements.
.venv/%: requirements-%.txt | .venv/bin/python
	@echo 'Installing $<; a minute the first time.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/bin/python:
	@[ -n "$(PYTHON)" ] && $(PYTHON) $(IS_NEW_ENOUGH) \
		|| { echo 'Python 3.11 or newer is required. Set its path: make PYTHON=/path/to/python'; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
