package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// trial is one run of everything over one database.
type trial struct {
	options
	passed, failed int

	forecast *forecast
	provider *provider
	house    *house
	quiet    *quiet // has everything, in its last version
	judge    *judge
	tally    *tally
	leases   *leases
	watches  *watches
	began    time.Time
}

// leaseMove is how long a lease may take to have another holder.
const leaseMove = 10 * time.Second

// run prepares, storms, and looks at what is left.
func (t *trial) run() error {
	fmt.Printf("SEED=%d KILLS=%d CLIENTS=%d\n", t.seed, t.kills, t.clients)
	random := rand.New(rand.NewPCG(t.seed, 1))
	var err error
	if t.forecast, err = newForecast(t.samples, t.shared, t.runs, time.Now().UTC()); err != nil {
		return err
	}
	t.provider = &provider{forecast: t.forecast, open: map[string]time.Time{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	mux := http.NewServeMux()
	t.watches = &watches{hook: "http://" + listener.Addr().String() + "/hook", told: map[string]int{}}
	mux.Handle("/run/", t.provider)
	mux.Handle("/hook", t.watches)
	go func() { _ = http.Serve(listener, mux) }() // ends with the listener
	if t.house, err = newHouse(t.options, t.work, t.ferret, t.uri, "http://"+listener.Addr().String(), t.runs); err != nil {
		return err
	}
	defer t.house.end()
	t.watches.house = t.house
	t.judge = &judge{house: t.house, forecast: t.forecast, seen: map[string]time.Time{}}
	if err := t.learn(random); err != nil {
		return err
	}
	defer t.quiet.stop()
	if t.house.database == nil {
		for _, name := range []string{fieldsDatabase, recordsDatabase} {
			if err := t.house.client.Database(name).Drop(context.Background()); err != nil {
				return err
			}
		}
	}
	if err := t.storm(random); err != nil {
		return err
	}
	t.report()
	return nil
}

// learn asks quiet servers what is right: one for each version of the model that is replaced.
func (t *trial) learn(random *rand.Rand) error {
	c := newCorpus(t.forecast, random)
	t.judge.corpus = c
	for v := range versions {
		work := filepath.Join(t.work, fmt.Sprintf("quiet-%d", v))
		files := filepath.Join(work, "files")
		if err := os.MkdirAll(files, 0o755); err != nil {
			return err
		}
		write := t.forecast.deliver
		if v == 0 || v == versions-1 {
			write = t.forecast.write
		}
		if err := write(files, v); err != nil {
			return err
		}
		q, err := newQuiet(t.options, work, filepath.Join(t.work, "rows"), files)
		if err != nil {
			return err
		}
		if v == 0 {
			err = c.discover(q)
		}
		if err == nil {
			err = c.learn(t.house, q, v)
		}
		if v < versions-1 {
			q.stop()
		}
		if err != nil {
			return err
		}
		t.quiet = q
	}
	fmt.Printf("%d requests, whose answers are known\n", len(c.asks))
	return nil
}

// storm lets clients read, forecasts arrive and processes die.
func (t *trial) storm(random *rand.Rand) error {
	for _, path := range t.forecast.others {
		if err := place(path, filepath.Join(t.house.incoming, filepath.Base(path))); err != nil {
			return err
		}
	}
	if err := t.forecast.deliver(t.house.incoming, 0); err != nil {
		return err
	}
	if err := t.house.begin(); err != nil {
		return err
	}
	t.began = time.Now()
	t.tally = &tally{reasons: map[string]int{}, folder: t.work, statuses: map[int]int{}, versions: map[int]int{}}
	t.leases = &leases{house: t.house, known: map[string]*held{}, wrote: map[string]time.Time{}}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	defer func() { cancel(); all.Wait() }()
	for n := range t.clients {
		all.Go(func() { t.judge.read(ctx, t.tally, rand.New(rand.NewPCG(t.seed, uint64(n)+100))) })
	}
	all.Go(func() { t.leases.watch(ctx) })
	defined, jobs := make(chan error, 1), make(chan struct{})
	waiting, stop := context.WithTimeout(ctx, 2*time.Minute)
	defer stop()
	go func() { defined <- t.watches.define(waiting) }()
	working, done := context.WithCancel(ctx)
	go func() { defer close(jobs); t.watches.work(working) }()
	expected := time.Duration(t.kills) * (leastCalm + mostCalm) / 2
	delivered := make(chan error, 1)
	go func() { delivered <- t.deliver(expected) }()

	counts := t.house.storm(ctx, t.kills, random, t.leases.killed)
	fmt.Printf("killed: %v, in %.0f s\n", counts, time.Since(t.began).Seconds())
	t.check("all that was to come has been delivered", <-delivered)
	t.check("the stream and the alert were made", <-defined)
	bad := t.judge.settle(3 * time.Minute)
	t.check("in the end all is served, whole and in its last version", holds(len(bad) == 0, "%d of %d requests: %.900s", len(bad), len(t.judge.corpus.asks), strings.Join(bad, "; ")))
	done()
	<-jobs
	return nil
}

// deliver lets runs and versions come, spread over a time.
func (t *trial) deliver(over time.Duration) error {
	now := time.Now()
	for n := range t.runs {
		t.provider.publish(n, now.Add(over*time.Duration(n)/time.Duration(t.runs)), 700*time.Millisecond)
	}
	for v := 1; v < versions; v++ {
		time.Sleep(time.Until(now.Add(over * time.Duration(v) / versions)))
		if err := t.forecast.deliver(t.house.incoming, v); err != nil {
			return err
		}
		t.house.ingesters[v%2].roll()
	}
	return nil
}
