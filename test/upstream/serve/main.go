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
	speed := flag.Float64("speed", 120, "how much faster than real its clock runs")
	delay := flag.Duration("delay", 3*time.Hour, "from a run's time to its first step")
	pace := flag.Duration("pace", 5*time.Minute, "between two steps' publication")
	back := flag.Duration("back", 18*time.Hour, "how long ago its clock begins; it runs until it is right")
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
	zero := began.UTC().Add(-*back)
	clock := func() time.Time {
		now := time.Now().UTC()
		if t := zero.Add(time.Duration(float64(now.Sub(began)) * *speed)); t.Before(now) {
			return t
		}
		return now
	}
	fmt.Printf("playing forecast providers on http://%s from %s, %g times as fast\n", *listen, zero.Format(time.RFC3339), *speed)
	server := http.Server{Addr: *listen, Handler: upstream.New(pool, upstream.Options{Clock: clock, Delay: *delay, Pace: *pace, Keep: 48 * time.Hour}), ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
