package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"isobar/cmd/tileserver/samples"
	"isobar/test/upstream"
)

// benchSteps is how many steps BenchmarkIngestFetched1440x721 fetches, of three fields each.
const benchSteps = 40

// BenchmarkIngestFetched1440x721 fetches steps of global quarter-degree fields by HTTP and publishes each, as `tileserver ingest --models`
// does, and tells how many fields a second that is and how large the heap was at most.
func BenchmarkIngestFetched1440x721(b *testing.B) {
	pool, err := upstream.Embedded(samples.Files)
	if err != nil {
		b.Fatal(err)
	}
	run := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // made as it is asked for: it takes no memory of ours
		step, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/f"))
		messages, err2 := pool.Messages("gfs.0p25", run, time.Duration(step)*time.Hour)
		if err != nil || err2 != nil {
			http.NotFound(w, r)
			return
		}
		for _, m := range messages {
			_, _ = w.Write(m) // a client that has left
		}
	}))
	defer h.Close()
	rows := b.TempDir()
	feed := fmt.Sprintf("feeds:\n  - {model: gfs-0p25, kind: http, settings: {url: '%s/f{step}'}, runs: {every: 6h}, steps: [{from: 0h, to: %dh, every: 1h}]}\n", h.URL, benchSteps-1)
	if err := os.WriteFile(filepath.Join(rows, "feeds.yaml"), []byte(feed), 0o600); err != nil {
		b.Fatal(err)
	}
	peak := watchHeap(b)
	fields, took := 0, time.Duration(0)
	for b.Loop() {
		data := b.TempDir()
		began := time.Now()
		if status, out, errs := call("ingest", "--models", rows+",gfs-0p25", "--data", data, "--once", "--run", run.Format(time.RFC3339)); status != 0 {
			b.Fatalf("status %d, %s%s", status, out, errs)
		}
		took += time.Since(began)
		fields += 3 * benchSteps
		if err := os.RemoveAll(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(fields)/took.Seconds(), "fields/s")
	b.ReportMetric(float64(peak.Load())/(1<<20), "MiB-heap")
}

// watchHeap tells how large the heap was at most, looked at a hundred times a second.
func watchHeap(b *testing.B) *atomic.Uint64 {
	var peak atomic.Uint64
	stop := make(chan struct{})
	b.Cleanup(func() { close(stop) })
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
			metrics.Read(sample)
			peak.Store(max(peak.Load(), sample[0].Value.Uint64()))
		}
	}()
	return &peak
}
