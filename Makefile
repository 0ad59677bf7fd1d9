# heka: `make demo` shows it at work, `make ci` is what every change must pass.

GO      ?= go
VERSION ?= 0.11.0
PREFIX  ?= /usr
FUZZ    ?= 20s
SOAK    ?= 10m

export CGO_ENABLED = 0

.PHONY: build web test race check ci test-services test-browser soak bench fuzz man demo install clean

WEB := internal/plugins/dashboard/web

build: web
	$(GO) build -trimpath -ldflags "-X github.com/hekad/heka/internal/cli.Version=$(VERSION)" -o bin/heka ./cmd/heka

# The dashboard's pages, where Node.js is; a heka without them shows a plain one.
web: $(WEB)/dist/index.html

$(WEB)/dist/index.html: $(wildcard $(WEB)/src/* $(WEB)/src/*/*) $(WEB)/build.mjs $(WEB)/package-lock.json
	@if ! command -v npm >/dev/null; then echo "without Node.js: the dashboard's pages are not built"; exit 0; fi; \
	cd $(WEB) && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-fund --no-audit --loglevel=error --omit=dev || \
	{ echo "npm ci did not work: the dashboard's pages are not built"; exit 0; }; } && node build.mjs

# Everything that needs no server of its own.
test: build
	$(GO) test -timeout 20m ./...

race:
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m ./...

# Formatting, vet, staticcheck, the order of the floors, and the options of the
# specification. Generated pages are held fresh by the tests.
check:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not gofmt-clean:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 -run 'TestLayers|TestOptions' . ./internal/plugins

# Tests against real peers, which are installed from Debian's packages.
test-services: build
	./testdata/services/install
	$(GO) test -count=1 -tags services -timeout 20m ./internal/e2e/... ./internal/sandbox/... ./internal/plugins/... ./internal/whisper

# The dashboard's pages in Chromium, in front of a heka that runs. SCREENSHOTS=1
# renews the pictures in docs/images.
test-browser:
	./$(WEB)/test/install
	$(MAKE) build
	cd $(WEB) && npm run --silent types && npm test --silent

ci: check test race test-services test-browser

# Rotation of all kinds under stops of all kinds, for SOAK; best as root, who can
# fill up a disk. Then 300 kills and restarts around a queue on disk.
soak:
	HEKA_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 30m -run TestEveryRotation ./internal/e2e
	HEKA_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 30m -run TestNothingIsLostThroughAQueue ./internal/e2e

bench: build
	$(GO) run ./internal/bench -heka bin/heka
	$(GO) test -run '^$$' -bench '^(BenchmarkMatch|BenchmarkSet)$$' -benchtime 0.2s ./internal/matcher
	$(GO) test -run '^$$' -bench '^BenchmarkParse$$' ./message
	$(GO) test -run '^$$' -bench '^Benchmark(ReadHeader|ReadField|Counting)$$' ./internal/sandbox
	$(GO) test -run '^$$' -bench '^BenchmarkNginxCombined$$' ./internal/sandbox/lpeg

# Every fuzz target for FUZZ each.
fuzz:
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$p || exit 1; \
	  done; \
	done

man: build
	$(GO) run ./internal/cli/genman man

demo: build
	./testdata/demo/run

install: build
	install -D -m 0755 bin/heka $(DESTDIR)$(PREFIX)/bin/heka
	for old in hekad heka-cat heka-flood heka-inject heka-logstreamer heka-sbmgr heka-sbmgrload; do ln -sf heka $(DESTDIR)$(PREFIX)/bin/$$old; done
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 0644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 0644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 0644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7/
	install -d $(DESTDIR)/etc/heka/conf.d

clean:
	rm -rf bin testdata/bench $(WEB)/node_modules
	find $(WEB)/dist -type f ! -name README -delete
