package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"isobar/ingest"
	"isobar/ingest/schedule"
)

// onTerminal tells that somebody watches what is written.
func onTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// inColour tells that what is written may have colours (https://no-color.org).
func inColour(w io.Writer) bool {
	return onTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// screen is a terminal whose last line may be a bar: what is logged goes above it. Safe for concurrent use.
type screen struct {
	mu    sync.Mutex
	out   io.Writer
	drawn bool
}

// newScreen is that of a terminal; ok is false if it is none.
func newScreen(w io.Writer) (s *screen, ok bool) {
	if !onTerminal(w) {
		return nil, false
	}
	return &screen{out: w}, true
}

// clearLine goes to the line's beginning and wipes it (ECMA-48 8.3.41).
const clearLine = "\r\x1b[K"

// Write writes lines for good.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn {
		s.drawn = false
		if _, err := io.WriteString(s.out, clearLine); err != nil {
			return 0, err
		}
	}
	return s.out.Write(text)
}

// bar is where a bar is drawn.
func (s *screen) bar() io.Writer { return barWriter{s} }

// barWriter draws a bar.
type barWriter struct{ *screen }

// Write draws.
func (w barWriter) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drawn = true
	return w.out.Write(text)
}

// bar draws progress on a terminal; elsewhere it is silent.
func bar(env *environment) func(ingest.Progress) {
	if env.screen == nil {
		return func(ingest.Progress) {}
	}
	b := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(env.screen.bar()), progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	return func(p ingest.Progress) {
		b.ChangeMax64(p.Bytes)
		b.Describe(fmt.Sprintf("%d of %d files, %d fields", p.FilesDone, p.Files, p.Fields))
		_ = b.Set64(p.BytesDone) // a bar that can't be drawn is no reason to stop
	}
}

// feedsBar draws what feeds do on a terminal until it is told to end; elsewhere it is silent.
func feedsBar(env *environment, feeds *schedule.Scheduler) (end func()) {
	if env.screen == nil {
		return func() {}
	}
	b := progressbar.NewOptions(-1, progressbar.OptionSetWriter(env.screen.bar()), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	ctx, cancel := context.WithCancel(env.ctx)
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		for tick := time.NewTicker(200 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				_ = b.Finish() // a bar that can't be drawn is no reason to stop
				return
			case <-tick.C:
			}
			items, done, said := drawnOf(feeds.Status())
			b.ChangeMax(items)
			b.Describe(said)
			_ = b.Set(done)
		}
	}()
	return func() { cancel(); <-drawn }
}
