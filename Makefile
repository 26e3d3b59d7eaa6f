# The project's commands. "make help" lists them; "make check" is what CI runs before the acceptance tests.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

FUZZTIME ?= 30s
CLOUD    := testing/acceptance/cloud
CLOUDDIR := $(or $(GOPHERMETER_CLOUD_DIR),$(HOME)/.gophermeter-cloud)

.DEFAULT_GOAL := help
.PHONY: help check test fmt lint vet cross race arch386 nowork apicheck apicheck-update readme-check fuzz crash bench acceptance record

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: test fmt lint vet cross race arch386 apicheck nowork readme-check ## everything that needs no cloud

test: export GOFLAGS := $(GOFLAGS) $(if $(CI),-v)
test: ## the tests, as README says
	go test ./... ./examples/...

fmt: ## gofmt has nothing to change
	@out=$$(gofmt -l . | sed '/\(^\|\/\)testdata\//d'); [ -z "$$out" ] || { echo "gofmt -w is needed for:"; echo "$$out"; exit 1; }

lint: ## golangci-lint, with .golangci.yml
	$(GOLANGCI) run ./... ./examples/...

vet: ## go vet, the acceptance tests too
	go vet ./... ./examples/...
	go vet -tags acceptance ./testing/acceptance/...

cross: ## go vet for Windows and macOS
	GOOS=windows go vet ./... ./examples/...
	GOOS=darwin go vet ./... ./examples/...

race: ## the tests under the race detector, in random order
	go test -race -shuffle=on ./... ./examples/...

arch386: ## the tests where int has 32 bits (elsewhere than on amd64 they are only compiled)
	GOARCH=386 CGO_ENABLED=0 go $(if $(filter linux/amd64,$(shell go env GOHOSTOS)/$(shell go env GOHOSTARCH)),test,vet) ./... ./examples/...

nowork: ## the core alone, without the workspace
	GOWORK=off go test ./...

apicheck: ## the project's rules, and that each operation was sent by a test
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	GOPHERMETER_OPLOG="$$dir" go test $$(.ci/services) && \
	GOPHERMETER_OPLOG="$$dir" go test -count=1 ./internal/apicheck

apicheck-update: ## records the exported surface of the public packages as it is now
	go test ./internal/apicheck -run '^TestSurface$$' -update

readme-check: export OS_CLOUD :=
readme-check: export OS_AUTH_URL :=
readme-check: help ## the commands of the documents that no other target runs
	go run ./examples/showback
	go run ./examples/meter-stats -meter memory.usage -period 6h -group-by project,flavor -plot docs/memory.svg
	go run ./examples/rating-rules set -service instance -field flavor_name -value m1.large -cost 0.12
	go run ./examples/alarm-watch demo
	go run ./examples/amie-report
	go run ./examples/downstream

fuzz: ## every fuzz target for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

crash: ## the journal of amie, and amie-report with it, killed a thousand times (SEED=n repeats a plan)
	GOPHERMETER_CRASH=1000 GOPHERMETER_CRASH_SEED=$(SEED) go test -count=1 -timeout 30m -v -run '^TestCrash$$' ./amie/journal ./examples/amie-report

bench: ## the performance gates: each ratio, met or missed, also into docs/benchmarks.md
	go run ./internal/bench -out docs/benchmarks.md

acceptance: ## the tests on the cloud that OS_CLOUD names, else on a real one that is started here (status 77: not possible)
	@if [ -z "$${OS_CLOUD:-}" ]; then \
		$(CLOUD)/up; \
		export OS_CLIENT_CONFIG_FILE='$(CLOUDDIR)/clouds.yaml' OS_CLOUD=gophermeter; \
	fi; \
	go test -tags acceptance -count=1 -v ./testing/acceptance/... | awk '{print} /^--- PASS/{p++} /^--- FAIL/{f++} /^--- SKIP/{s++} \
		END{printf "acceptance: %d passed", p; if (s) printf ", %d skipped", s; if (f) printf ", %d failed", f; print ""; exit !p}'

record: ## the same, and what was sent and answered goes to RECORD, a new directory, a file a request
	@[ -n '$(RECORD)' ] || { echo 'make record needs RECORD=directory'; exit 2; }
	mkdir '$(RECORD)'
	@GOPHERMETER_RECORD="$$(cd '$(RECORD)' && pwd)" $(MAKE) acceptance
