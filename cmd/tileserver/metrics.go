package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"isobar/cache/disk"
	"isobar/cache/mem"
)

// meters counts and times requests by route, so that no URL becomes a label.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMeters(registry *prometheus.Registry) *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isobar_requests_total", Help: "Requests answered."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "isobar_request_seconds", Help: "Time to answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"route"}),
	}
	registry.MustRegister(m.requests, m.seconds)
	return m
}

// observe counts one request. A route that does not exist has no name of its own.
func (m *meters) observe(route, method string, status int, took time.Duration) {
	if route == "" || status == http.StatusNotFound && route == "/*" {
		route = "none"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// measure registers what is read off the rooms when metrics are asked for.
func (h *house) measure(answers *mem.Cache) {
	gauge := func(name, help string, value func() float64) {
		h.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	counter := func(name, help string, value func() float64) {
		h.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
	}
	h.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter("isobar_answer_cache_hits_total", "Finished pictures found in the cache.", func() float64 { return float64(answers.Stats().Hits) })
	counter("isobar_answer_cache_misses_total", "Finished pictures not found in the cache.", func() float64 { return float64(answers.Stats().Misses) })
	gauge("isobar_layers", "Layers served.", func() float64 {
		catalogue, release := h.catalogue.Hold()
		defer release()
		return float64(len(catalogue.Layers()))
	})
	gauge("isobar_ready", "1 once all that was given on the command line is served.", func() float64 {
		if h.ready.Load() {
			return 1
		}
		return 0
	})
}

// measureDisk registers what the cache on disk tells.
func (h *house) measureDisk(answers *disk.Cache) {
	for name, value := range map[string]func() uint64{
		"hits": func() uint64 { return answers.Stats().Hits }, "misses": func() uint64 { return answers.Stats().Misses },
	} {
		h.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "isobar_disk_cache_" + name + "_total", Help: "Finished pictures asked for on disk: " + name + "."},
			func() float64 { return float64(value()) }))
	}
}

// serveMetrics answers /metrics on an address of its own, if one is configured.
func (h *house) serveMetrics(ctx context.Context) error {
	if h.conf.Metrics == "" {
		return nil
	}
	listener, err := net.Listen("tcp", h.conf.Metrics)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.metrics, promhttp.HandlerOpts{}))
	h.log.Info("metrics", "url", "http://"+listener.Addr().String()+"/metrics")
	return h.serveOn(ctx, listener, mux)
}
