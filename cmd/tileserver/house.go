package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"isobar/answer"
	"isobar/cache"
	"isobar/cache/disk"
	"isobar/cache/mem"
	"isobar/cache/tiered"
	"isobar/elements"
	"isobar/ingest"
	"isobar/ingest/schedule"
	"isobar/internal/mongodb"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api/edr"
	"isobar/probe"
	"isobar/render"
	"isobar/sample"
	"isobar/store"
)

// house is a whole server, wired.
type house struct {
	conf      config
	log       *slog.Logger
	elements  *elements.Catalogue
	database  *mongodb.Client // nil: fields and documents are kept in files
	fields    store.Store
	shared    sharing // nil: nothing is shared with other machines
	catalogue *layers.Source
	intake    *ingest.Intake
	feeds     *schedule.Scheduler // nil: nothing is fetched
	keeping   *keeping
	door      *door
	service   *answer.Service
	handler   http.Handler
	listener  net.Listener
	url       string
	metrics   *prometheus.Registry
	ready     atomic.Bool
	progress  func(ingest.Progress) // of the files that were named
}

// newHouse opens the data folder, loads the rows and wires the rooms. The address is taken at once, so that a second
// server on it fails before it reads a file.
func newHouse(env *environment, conf config) (h *house, err error) {
	rows, err := loadRows(conf.Rows)
	if err != nil {
		return nil, err
	}
	h = &house{conf: conf, log: env.log, elements: rows.elements, metrics: prometheus.NewRegistry(), progress: bar(env)}
	if h.listener, err = net.Listen("tcp", conf.Listen); err != nil {
		return nil, err
	}
	defer func(listener net.Listener) {
		if err != nil {
			listener.Close() // nothing was served on it
		}
	}(h.listener)
	h.url = conf.TLS.scheme() + h.listener.Addr().String()
	if h.database, err = conf.Store.connect(); err != nil {
		return nil, err
	}
	if h.fields, err = conf.openFields(env, h.database, rows.elements.IsCategory); err != nil {
		return nil, err
	}
	h.shared = sharingOf(h.fields)
	if h.catalogue, err = layers.NewSource(env.ctx, ofModels(h.fields, conf.shown()), rows.elements, rows.models, rows.styles, env.log); err != nil {
		return nil, err
	}
	h.intake = ingest.New(h.fields, rows.elements, rows.models, formats(), env.log, ingest.Options{Data: conf.Data, Originals: conf.Originals, MaxCells: conf.Limits.FieldCells, Shared: h.shared})
	if h.feeds, err = conf.scheduler(env, rows.models, h.intake, h.fields, h.shared, h.tell); err != nil {
		return nil, err
	}
	sampler := sample.New(int64(conf.Memory.Plans) << 20)
	painter, err := render.New(sampler)
	if err != nil {
		return nil, err
	}
	pictures := pictures()
	answers, err := h.answerCache()
	if err != nil {
		return nil, err
	}
	h.service = answer.New(answer.Parts{
		Catalogue: h.catalogue, Sampler: sampler, Painter: painter, Cache: answers, Formats: pictures,
		Limits: answer.Limits{Width: conf.Limits.Width, Height: conf.Limits.Height, Layers: conf.Limits.Layers, Renders: 2 * runtime.GOMAXPROCS(0)},
	})
	coverages := answer.NewCoverages(h.service, sampler, numbers(rows.elements), answer.CoverageLimits{
		Cells: int64(conf.Limits.CoverageCells), Bytes: int64(conf.Limits.CoverageSize) << 20,
	})
	engine := probe.New(sampler, probe.Limits{Places: conf.Limits.ProbePlaces, Values: int64(conf.Limits.ProbeValues), Columns: conf.Limits.ProbeColumns})
	if h.door, err = newDoor(env.ctx, conf.Auth, ogc.HoldOf(h.service)); err != nil {
		return nil, err
	}
	if err := h.newKeeping(engine, rows.places); err != nil {
		return nil, err
	}
	if err := h.door.open(env.ctx, h.keeping.store, h.keeping.holder, conf.Service.Title, h.baseURL, h.log); err != nil {
		return nil, err
	}
	if !conf.does(roleServe) {
		h.handler = h.bareRoutes()
		return h, nil
	}
	h.handler, err = h.routes(h.service, coverages, rows.sets, pictures, edr.Rooms{
		Probes: engine, Coverages: coverages, Catalogue: h.service.Catalogue, Elements: rows.elements, Places: rows.places,
	})
	return h, err
}

// answerCache keeps finished pictures in memory and, if that is configured, on disk.
func (h *house) answerCache() (cache.Cache, error) {
	near := mem.New(int64(h.conf.Memory.Answers) << 20)
	h.measure(near)
	if h.conf.Disk.Answers == 0 {
		return near, nil
	}
	folder := h.conf.Disk.Folder
	if folder == "" {
		folder = filepath.Clean(h.conf.Data) + ".answers"
	}
	far, err := disk.Open(folder, int64(h.conf.Disk.Answers)<<20, h.log)
	if err != nil {
		return nil, fmt.Errorf("folder of answers: %w", err)
	}
	h.measureDisk(far)
	return tiered.New(near, far), nil
}

// prerender draws tiles ahead, once what was named is served.
func (h *house) prerender(ctx context.Context) error {
	return h.service.Prerender(ctx, answer.Prerendering{Zoom: h.conf.Prerender.Zoom, Layers: h.conf.Prerender.Layers}, h.log)
}

// close lets go what newHouse took.
func (h *house) close() {
	if err := h.keeping.close(); err != nil {
		h.log.Error("closing the records", "error", err)
	}
	h.catalogue.Close()
	if err := h.fields.Close(); err != nil {
		h.log.Error("closing the data folder", "error", err)
	}
	if h.database != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = h.database.Disconnect(ctx) // what waits for the database is given up
	}
}

// caughtUp waits until the catalogue shows what the store has published.
func (h *house) caughtUp(ctx context.Context) error {
	for {
		now, err := h.fields.Hold(ctx)
		if err != nil {
			return err
		}
		want := now.Version()
		now.Close()
		seen, release := h.catalogue.Hold()
		got := seen.Version()
		release()
		if got == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// grace is how long requests under way may take to end when the server stops.
const grace = 10 * time.Second

// listen serves until ctx ends, then lets the requests under way finish.
func (h *house) listen(ctx context.Context) error {
	if h.conf.TLS.on() {
		return h.listenTLS(ctx)
	}
	return h.serveOn(ctx, h.listener, h.handler)
}

// serveOn serves a handler on a listener until ctx ends.
func (h *house) serveOn(ctx context.Context, on net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 1 << 20, ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(on) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return ctx.Err()
}
