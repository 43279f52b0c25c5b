# Bli her: `make` lists what there is. `make run` and `make test` need Python 3.11+, Node 20+ and make alone.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# Extra words for pytest, such as ARGS="-k import".
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fix messages bench lock theme

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.done node_modules/.done locale/.done ## Python packages, npm packages and compiled translations, nothing else

.venv/.done: requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

node_modules/.done: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

locale/.done: .venv/.done $(shell find locale -name '*.po')
	$(BIN)/python -m portal.messages compile
	@touch $@

run: export SITE_PORT = $(PORT)
run: setup ## Serve the portal on PORT (8000) with worker and schedule; loads the demo region on first start
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) schedules > /dev/null
	@$(MANAGE) demo --first-start
	@echo "Bli her is on http://localhost:$(PORT)/ and the office on http://localhost:$(PORT)/admin/ (mail: /mailbox/)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" PORT=$(PORT) exec $(BIN)/honcho --procfile Procfile.local start

demo: setup ## Empty the local database and load the demo region again
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo --reset
	@$(MANAGE) schedules > /dev/null

test: setup ## Run the tests (DATABASE_URL=postgres://... for PostgreSQL, REQUIRE_SERVICES=1 to refuse skips)
	$(BIN)/pytest -n auto --dist loadgroup $(ARGS)

check: setup ## Style, types, migrations, translations, templates, production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) messages --check
	$(MANAGE) checktemplates
	ENVIRONMENT=production SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ERASURE_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ALLOWED_HOSTS=portal.example DATABASE_URL=sqlite:///:memory: REDIS_URL=redis://localhost:6379/0 \
	EMAIL_HOST=mail.example DEFAULT_FROM_EMAIL=portal@portal.example ACCESSIBILITY_STATEMENT_URL=https://portal.example/uu \
	ERASURES_FILE=/tmp/erasures.jsonl \
	$(MANAGE) check --deploy --fail-level WARNING

fix: setup ## Mend style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup ## Bring the .po files up to date with the texts
	$(MANAGE) messages

bench: setup ## Print figures and ratios
	$(BIN)/python -m tests.bench

lock: .venv/.done ## Pin the newest allowed versions
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev pyproject.toml -o requirements.lock --quiet

theme: node_modules/.done ## Build the colours again from design/
	npm run theme
