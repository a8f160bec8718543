package fetch

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// errIdle is a provider from whom nothing comes.
var errIdle = errors.New("nothing came for too long")

// watched reads a body as long as something comes, and not too slowly.
type watched struct {
	from    io.Reader
	timer   *time.Timer // gives the request up
	idle    time.Duration
	slowest int64
	began   time.Time
	read    int64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.timer.Reset(w.idle)
		w.read += int64(n)
	}
	if took := time.Since(w.began); err == nil && took > time.Minute && float64(w.read) < float64(w.slowest)*took.Seconds() {
		return n, fmt.Errorf("%d bytes in %s: too slow", w.read, took.Round(time.Second))
	}
	return n, err
}
