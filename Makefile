# Everyday commands. "go run ./cmd/sessiond" and "go test ./..." work without any.

.PHONY: build test lint e2e wine soak bench bench-peers man packages release

build: ## the binary, as bin/sessiond
	. ./packaging/version.sh && go build -trimpath -ldflags "$$LDFLAGS" -o bin/ ./cmd/sessiond

test: ## all tests, with the race detector
	go test -race ./...

lint: ## what CI would say about the code
	gofumpt -l . | (! grep .)
	go vet ./...
	golangci-lint run ./...

e2e: ## the built binary against real files, signals and sockets
	go test -count=1 ./e2e/...

wine: ## as root: the binary for Windows, under wine in a container
	go test -count=1 -timeout 12m -tags wine ./e2e/wine

soak: ## everything at once against the model; SOAK=30m for longer, SEED=N to repeat
	go test -count=1 -timeout 0 -tags soak -run Soak -v ./e2e/soak -args -soak.for=$(or $(SOAK),5m) -soak.seed=$(or $(SEED),0)

bench: ## the figures of docs/PERFORMANCE.md; BENCH=-small for a short look, BENCH=-million for all of them
	go run ./bench $(BENCH)

bench-peers: ## the same beside git, watchman, redis-server and hyperfine, where they are installed
	go run ./bench -peers $(BENCH)

man: ## the manual pages, into dist/man
	./packaging/man dist/man

packages: ## dist/*.deb and dist/*.rpm; ARCH=arm64 for another processor
	./packaging/package $(ARCH)

release: ## all that is published of a version, into dist/
	./packaging/release
