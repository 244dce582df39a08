# Everything that is done with this project. `make help` lists it; a fresh clone needs python3, make and the network.

ARCHITECTURE ?= arm64
STAGE ?= dev
BUS ?= supervision

PY      := .venv/bin/python
READY   := .venv/.ready
SAM     := .venv-sam/.ready
POLICY  := .venv-policy/.ready
CLIENTS := .venv-clients/.ready

# What Python compiles is kept, whatever the shell says of that, and beside what is built and deployed: a test run
# starts some six hundred processes.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/compiled

.DEFAULT_GOAL := help
.PHONY: help run check test firefox test-long mutation bench build deploy redrive lint format describe key doctor clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

run: $(READY) $(if $(filter lambda,$(RUNTIME)),$(SAM)) ## the whole system on this machine, until Ctrl-C
	@exec $(PY) -m tests.harness

# A file's tests share what they start, so a file stays with one worker. The slow files come first: the page's by how many
# tests they have, the others as they are named. Two workers a core and more, as half of the time a test waits for a
# process or a clock; what is quick waits for little. The page's tests need no plugin of the API's.
BY_FILE := --dist loadfile --no-loadscope-reorder
CORES := $(shell getconf _NPROCESSORS_ONLN)
SIDE_BY_SIDE := -n $(shell expr \( 5 \* $(CORES) + 1 \) / 2) $(BY_FILE)
FEW_AT_ONCE := -n $(shell expr \( 3 \* $(CORES) + 1 \) / 2) $(BY_FILE)
PAGE_BY_PAGE := -n $(shell expr 2 \* $(CORES)) --dist loadfile -p no:schemathesis

check: $(READY) ## what is quick: the code's format, lint, types and import rules, unit and contract tests
	@.ci/lint quick
	@EXAMPLES=few exec $(PY) -m pytest -m "not long" $(FEW_AT_ONCE) tests/contract tests/unit

test: $(READY) $(SAM) $(CLIENTS) ## every test but the long ones, side by side
	@$(PY) -m pytest -m "not long" $(PAGE_BY_PAGE) tests/browser
	@exec $(PY) -m pytest -m "not long" $(SIDE_BY_SIDE) --ignore tests/browser

# One process drives one browser, so this is a run of its own.
firefox: $(READY) ## the page's tests again, in Firefox
	@BROWSER=firefox exec $(PY) -m pytest -m "browser and not long" -n auto $(BY_FILE) tests/browser

# The simulated floors need no clock but their own, so every core plays some; what is timed has the machine for itself.
test-long: $(READY) $(SAM) mutation firefox ## the long tests: mutants, 10,000 simulated floors, fuzzed requests, load, Firefox
	@$(PY) -m pytest -m long -n auto --dist worksteal tests/integration/simulation
	@exec $(PY) -m pytest -m long --ignore tests/integration/simulation

mutation: $(READY) ## small faults in the rules, one at a time: a test has to fail of each [ONLY="rules.legs …"]
	@exec $(PY) -m tests.mutation $(ONLY)

bench: $(READY) $(SAM) ## the benchmarks, as a table; with KEEP=1, what is reached is kept to compare with
	@exec $(PY) -m tests.bench $(if $(KEEP),--keep)

build: $(READY) $(SAM) ## sam build, for arm64 or ARCHITECTURE=x86_64
	@exec .ci/build $(ARCHITECTURE)

deploy: build ## builds and deploys STAGE=dev or prod; shows the change set first, looks whether it answers after
	@exec $(PY) .ci/deploy "$(STAGE)" $(ARCHITECTURE)

redrive: $(READY) ## puts the requests that wait in QUEUE=<url> back on the bus [BUS=supervision]
	@exec $(PY) .ci/redrive "$(QUEUE)" "$(BUS)"

lint: $(READY) $(SAM) $(POLICY) $(CLIENTS) ## formatting, lint, types, import rules, template and policy checks
	@exec .ci/lint

format: $(READY) ## put the code into its format
	@.venv/bin/ruff format -q . && .venv/bin/ruff check -q --fix .

describe: $(READY) ## write what is generated: functions/page/openapi.json, the events' schemas in template.yaml
	@exec $(PY) -W error .ci/describe

key: $(READY) ## make a key: NAME=crm SCOPES="calls:read …" [SECRET=…] [WITHDRAW=old|all] [REGION=…]
	@exec env PYTHONPATH=shared $(if $(REGION),AWS_DEFAULT_REGION=$(REGION)) $(PY) .ci/key "$(NAME)" $(if $(SCOPES),--scopes $(SCOPES)) $(if $(SECRET),--secret "$(SECRET)") $(if $(WITHDRAW),--withdraw $(WITHDRAW))

doctor: $(READY) ## look at a real Ytel account, read-only; dials nobody
	@exec env PYTHONPATH=shared $(PY) -m tests.doctor

clean: ## away with everything that is made
	@rm -rf .venv .venv-sam .venv-policy .venv-clients .tools .aws-sam .cache

LOCK := uv.lock pyproject.toml .python-version .ci/environment

$(READY): $(LOCK)
	@.ci/environment .venv dev

$(SAM): $(LOCK) | $(READY)
	@.ci/environment .venv-sam sam

$(POLICY): $(LOCK) | $(READY)
	@.ci/environment .venv-policy policy

$(CLIENTS): $(LOCK) | $(READY)
	@.ci/environment .venv-clients clients
