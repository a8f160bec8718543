// Command serve plays forecast providers on one address, at accelerated time, for trying out ingestion.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"isobar/cmd/tileserver/samples"
	"isobar/test/upstream"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:8090", "address")
	shared := flag.String("corpus", "../shared/data", "folder of more samples")
	speed := flag.Float64("speed", 60, "how much faster than real its clock runs")
	delay := flag.Duration("delay", 3*time.Hour, "from a run's time to its first step")
	pace := flag.Duration("pace", time.Minute, "between two steps' publication")
	start := flag.String("start", "", "what time its clock begins at (RFC 3339); empty: now")
	flag.Parse()
	pool, err := upstream.Embedded(samples.Files)
	if err != nil {
		return err
	}
	if more, err := upstream.Shared(os.DirFS(*shared)); err == nil {
		pool = append(pool, more...)
	} else {
		fmt.Fprintln(os.Stderr, "without the corpus only NOAA and AROME are played:", err)
	}
	began := time.Now()
	zero := began.UTC()
	if *start != "" {
		if zero, err = time.Parse(time.RFC3339, *start); err != nil {
			return err
		}
	}
	clock := func() time.Time { return zero.Add(time.Duration(float64(time.Since(began)) * *speed)) }
	fmt.Printf("playing forecast providers on http://%s from %s, %g times as fast\n", *listen, zero.Format(time.RFC3339), *speed)
	server := http.Server{Addr: *listen, Handler: upstream.New(pool, upstream.Options{Clock: clock, Delay: *delay, Pace: *pace}), ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
