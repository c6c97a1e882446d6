# What one types. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo build test lint bench guardproof size clean

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINT_VERSION := v2.15.0
LINT := .tools/golangci-lint-$(LINT_VERSION)
CLIENT := sandbox/webclient/build/index.html
PAGES := $(shell find packages web sandbox/webclient -type f -not -path '*/node_modules/*' -not -path '*/build/*' -not -path '*/.svelte-kit/*' -not -name '*.go' 2>/dev/null)

# One set of flags for building, vetting and linting, so that they share one build cache.
export CGO_ENABLED = 0
export GOFLAGS = -trimpath -buildvcs=false

help: ## list these commands
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

demo: build ## start the whole thing on this machine: a local Discord, Usher, example integrations (ARGS=... for flags)
	@bin/usher-demo $(ARGS)

build: $(CLIENT) ## build the programs into bin/
	$(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ ./cmd/...

test: node_modules/.installed ## run every test, in Go and in the browser; installs PostgreSQL and Chromium where it may
	@scripts/test

lint: $(LINT) ## check the house rules, and that the checks catch what they should
	$(GO) mod tidy -diff
	$(LINT) run --allow-parallel-runners ./...
	$(GO) run ./scripts/lintproof -linter $(LINT)

bench: build ## measure opening tickets with the real program against the sandbox (ARGS=... for flags), and the sandbox
	$(GO) run ./bench/open $(ARGS)
	$(GO) run ./bench/sandbox
	$(GO) run ./bench/egress

guardproof: ## take each check of the way out away, one after another, and want a test to fail each time (minutes)
	$(GO) run ./scripts/guardproof

size: ## check that the program has not grown unnoticed
	@scripts/size

clean: ## remove what was built or installed here
	rm -rf bin dist .tools node_modules packages/*/node_modules web/node_modules web/.svelte-kit sandbox/webclient/node_modules e2e/node_modules e2e/screenshots e2e/test-results
	git clean -fdXq sandbox/webclient/build web/build

node_modules/.installed: package.json package-lock.json
	npm ci --no-fund --no-audit
	@touch $@

$(CLIENT): node_modules/.installed $(PAGES)
	npm run build
	@touch $@

$(LINT):
	GOBIN=$(CURDIR)/.tools $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv .tools/golangci-lint $@
