# Everything here works on a machine with Go, Node and make, as root or not.
export CGO_ENABLED ?= 0
# What is tested is compiled once, and so is the program: with other flags all of it would be again.
export GOFLAGS += -trimpath
NPM := npm --prefix frontend --no-audit --no-fund --loglevel=error
# The typeface of printed forms, for Go to embed.
FONT := frontend/fonts/NotoSerifSC-Regular.ttf
GO_FILES := $(shell git ls-files '*.go' '*.sql' schemas policies 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run build test test-go test-page test-browser check generate verify bench lint race soak clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## start everything here and print the address and the demonstration logins
	@exec ./bin/taizhang up

build: frontend/dist/index.html $(FONT) bin/taizhang ## the page and the program

# npm ci only when the lock file is newer than what it made.
frontend/node_modules/.stamp: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: frontend/node_modules/.stamp frontend/index.html frontend/vite.config.ts $(shell find frontend/src frontend/public schemas/meta -type f 2>/dev/null)
	cd frontend && npm run --silent build
	@touch $@

$(FONT): frontend/node_modules/.stamp
	cp frontend/node_modules/@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf $@

bin/taizhang: frontend/dist/index.html $(FONT) go.mod go.sum $(GO_FILES)
	go build -o $@ ./cmd/taizhang

bin/with-servers: go.mod go.sum $(GO_FILES)
	go build -o $@ ./cmd/with-servers

test: check test-go test-page test-browser ## all tests: Go on real servers, the page, the journeys in a browser

test-go: bin/with-servers frontend/dist/index.html $(FONT)
	./bin/with-servers go test -timeout 40m -parallel 4 ./...

test-page: frontend/node_modules/.stamp
	cd frontend && npm test --silent

test-browser: build
	./scripts/journeys.sh
	TAIZHANG_CLOCK=true DEMO_DAYS=2 ./scripts/journeys.sh

check: frontend/dist/index.html $(FONT) ## formatting, vet, types, imports, generated files
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'gofmt: run make generate'; exit 1; }
	go vet ./...
	go run ./cmd/taizhang catalog check
	go run ./cmd/taizhang standard check
	cd frontend && npm run --silent check && npm run --silent size

generate: frontend/node_modules/.stamp ## types from docs/openapi.yaml, formatting
	cd frontend && npm run --silent generate
	gofmt -w $$(git ls-files '*.go')

verify: build ## re-read everything in the data folder and name what does not hold
	./bin/taizhang verify

bench: bin/with-servers build ## ratios against a plain INSERT in the same run; key to paint of a large form and grid
	./bin/with-servers go test -run '^$$' -bench . -benchtime 2s ./...
	SPEED=1 DEMO_DAYS=2 ./scripts/journeys.sh e2e/speed.test.ts

race: bin/with-servers $(FONT) ## every change twice at once under the race detector (wants a C compiler)
	CGO_ENABLED=1 ./bin/with-servers go test -race ./internal/housetest ./internal/access ./internal/duty

soak: bin/with-servers $(FONT) ## long: 1,000 kills, an import of 50,000 rows, 100,000 histories of an accreditation and as many of scores
	KILLS=1000 ./bin/with-servers go test -timeout 2h -run TestKills ./internal/kill
	IMPORT_ROWS=50000 ./bin/with-servers go test -timeout 2h -v -run 'TestImport$$' ./internal/housetest
	HISTORIES=3000 ./bin/with-servers go test -timeout 2h -run TestHistoriesOfChecks ./internal/housetest
	go test -timeout 2h -run 'TestModel$$' ./internal/lifecycle -rapid.checks=100000
	go test -timeout 2h -run 'TestInvariants$$' ./internal/scoring -rapid.checks=25000

lint: ## golangci-lint, if it is installed
	golangci-lint run ./...

clean: ## remove what was built, not the data
	rm -rf bin $(FONT) frontend/dist/assets frontend/dist/index.html frontend/node_modules
