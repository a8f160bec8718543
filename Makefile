# What can be run here. `make test` needs Go alone; the judges need ../shared and the packages that .ci/run installs.

SHARED ?= ../shared
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.0
PACKAGES = ./...

.PHONY: gallery test-mongo test-scale demo-live build test check race fuzz mutations values test-corpus judge conformance bench bench-eccodes bench-ingest test-ingest screenshots test-coverages test-soak test-viewer test-probes test-gateway test-acme test-deploy clean

build:            ## the program, static
	CGO_ENABLED=0 go build -trimpath -o tileserver ./cmd/tileserver

test: check       ## what every change must pass
	go test $(PACKAGES)

check:            ## formatted, vetted
	@bad=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$bad" || { echo "not formatted: $$bad"; exit 1; }
	go vet $(PACKAGES)

staticcheck:
	go run $(STATICCHECK) $(PACKAGES)

race:             ## the tests again, with the race detector (needs a C compiler)
	go test -race $(PACKAGES)

fuzz: FUZZTIME ?= 60s
fuzz:             ## every fuzz target for FUZZTIME
	test/fuzz.sh $(FUZZTIME)

mutations:        ## 20,000 files of the corpus, cut, flipped and spliced
	go test -count=1 -v -timeout 1h -run Mutations ./decode -mutations 20000

values: build     ## every field of the corpus against ecCodes
	SHARED=$(SHARED) test/values.sh

test-corpus: build ## a map of every layer of the corpus, and the contact sheet of docs/
	SHARED=$(SHARED) test/corpus.sh

judge: build      ## real clients: GDAL, OWSLib, Leaflet, OpenLayers, MapLibre
	SHARED=$(SHARED) test/judge.sh

conformance: build ## the OGC's own suites (needs Java 17 and Maven)
	SHARED=$(SHARED) test/conformance.sh

bench: build      ## map tiles a second beside MapServer, in one run
	SHARED=$(SHARED) test/bench.sh

bench-eccodes:    ## fields unpacked beside ecCodes, by packing, in one run
	SHARED=$(SHARED) test/bench-eccodes.sh

bench-ingest:     ## fields ingested a second
	go test -run '^$$' -bench Ingest ./cmd/tileserver

test-ingest:      ## ingest killed at random moments, broken files, slow files, files that come later, providers that fail
	ISOBAR_LIVES=10 go test -count=1 -v -run 'Kill|Broken|Slow|Journal|Later|Restart|Beside|Live|Fault|Weacast' ./ingest/... ./store/... ./cmd/... | test/totals.sh

screenshots: build ## the pictures of docs/, from the demo
	SHARED=$(SHARED) test/screenshots.sh

gallery: build    ## docs/gallery.md: a map of every element of the corpus, or of the samples
	SHARED=$(SHARED) test/gallery.sh

demo-live: build  ## forecasts that arrive on the map, from played providers at accelerated time
	SHARED=$(SHARED) test/demo-live.sh

test-coverages:   ## every format's files read back, by GDAL, NetCDF and ecCodes too
	test/coverages.sh

test-soak: build  ## memory and goroutines under SECS of random tiles over 64 connections
	SHARED=$(SHARED) test/soak.sh

test-probes: build ## values against references over HTTP; jobs, streams and alerts through kills; how fast probes are
	SHARED=$(SHARED) test/probes.sh

test-viewer: build ## the viewer in Chromium: how fast over a slow link, every feature by mouse and keyboard, 24 steps played and every frame looked at, MINUTES of playing, the guides
	SHARED=$(SHARED) test/viewer.sh

test-mongo:       ## stores in MongoDB, on two stand-ins that are started, or on URI=mongodb://...
	SHARED=$(SHARED) URI="$(URI)" test/mongo.sh

test-scale: build ## servers, ingesters and a gateway over one database, KILLS of them killed under CLIENTS readers, on both stand-ins (SEED= repeats)
	SHARED=$(SHARED) test/scale.sh

test-gateway: build ## two models' servers, a replica and a gateway before them: the judges through it, a replica killed
	SHARED=$(SHARED) test/gateway.sh

test-acme:        ## certificates from a real ACME server, Pebble, within the test
	cd test/acme && go test -count=1 ./...

test-deploy:      ## compose file and manifests by their schemas; the image's root folder, as nobody, without Docker (root, Linux)
	cd test/deploy && go test -count=1 ./...
	test/image.sh

clean:
	rm -f tileserver
