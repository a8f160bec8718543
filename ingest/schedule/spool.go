package schedule

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"time"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
)

// stamp is how a run is called in file names.
const stamp = "20060102T150405Z"

// path is where a run's item waits. The name that the source gave is kept: formats look at it.
func (f *feed) path(run field.Time, item source.Item) string {
	return filepath.Join(f.folder, run.UTC().Format(stamp), url.PathEscape(item.ID), filepath.Base(filepath.Clean("/"+item.Name)))
}

// spooled tells that an item has been fetched.
func (f *feed) spooled(run field.Time, item source.Item) bool {
	info, err := os.Stat(f.path(run, item))
	return err == nil && info.Mode().IsRegular()
}

// errPutOff is an item that is left alone for a while.
var errPutOff = errors.New("put off")

// fetch brings an item into the spool, unless it is there, or failed a short while ago. A web page is refused before it is kept.
func (f *feed) fetch(ctx context.Context, run field.Time, item source.Item, coming bool) (err error) {
	if wait := f.mustWait(run, item); wait > 0 {
		return fmt.Errorf("%s failed and is asked for again in %s: %w: %w", item.From, wait.Round(time.Second), errPutOff, source.ErrNotYet)
	}
	if f.spooled(run, item) {
		return nil
	}
	to := f.path(run, item)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	aside, err := os.Create(to + ".part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(aside.Name())
		}
	}()
	head := &beginning{to: aside}
	err = errors.Join(f.source.Fetch(ctx, item, head), aside.Close())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil && head.n == 0:
		err = fmt.Errorf("%s: %w: it is empty", item.From, source.ErrContent)
	case err == nil && fetch.IsPage(head.kept):
		err = fmt.Errorf("%s: %w: a web page", item.From, source.ErrContent)
	}
	f.say(func(s *Status) { s.Bytes += head.n })
	if err == nil {
		return os.Rename(aside.Name(), to)
	}
	var later *source.RetryAfter
	missing := errors.Is(err, source.ErrNotYet) || errors.Is(err, source.ErrGone)
	switch {
	case errors.As(err, &later), missing && coming:
	case missing:
		f.putOff(run, item)
	default:
		f.putOff(run, item)
		f.say(func(s *Status) { s.Failures++ })
		f.trouble(err)
	}
	return err
}

// beginning keeps the first bytes of what passes by.
type beginning struct {
	to   *os.File
	kept []byte
	n    int64
}

func (b *beginning) Write(p []byte) (int, error) {
	if room := 256 - len(b.kept); room > 0 {
		b.kept = append(b.kept, p[:min(room, len(p))]...)
	}
	n, err := b.to.Write(p)
	b.n += int64(n)
	return n, err
}

// putOff puts an item's next try off, longer each time.
func (f *feed) putOff(run field.Time, item source.Item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := tried{run, item.ID}
	t := f.tries[key]
	if t == nil {
		t = &try{}
		f.tries[key] = t
	}
	t.next = time.Now().Add(jitter(backoff(t.failed, f.Schedule.Poll)))
	t.failed++
}

// forget drops what was tried of an item.
func (f *feed) forget(run field.Time, item source.Item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tries, tried{run, item.ID})
}

// mustWait is how long an item that failed is left alone.
func (f *feed) mustWait(run field.Time, item source.Item) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.tries[tried{run, item.ID}]; t != nil {
		return time.Until(t.next)
	}
	return 0
}

// quarantine puts a file aside that is not what was asked for, with the reason beside it. The last of each item is kept.
func (f *feed) quarantine(run field.Time, item source.Item, reason error) error {
	from := f.path(run, item)
	folder := filepath.Join(f.folder, "quarantine", run.UTC().Format(stamp), url.PathEscape(item.ID))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	to := filepath.Join(folder, filepath.Base(from))
	if err := os.Rename(from, to); err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%s\n%s\n", f.options.Now().UTC().Format(time.RFC3339), item.From, reason)
	if err := os.WriteFile(to+".reason", []byte(text), 0o644); err != nil {
		return err
	}
	f.putOff(run, item)
	f.say(func(s *Status) { s.Failures++ })
	f.trouble(fmt.Errorf("%s: %w; it lies in %s", item.From, reason, to))
	return nil
}

// archive keeps an original, if that is wanted; a failure is told and stops nothing.
func (f *feed) archive(ctx context.Context, run field.Time, item source.Item) {
	if f.options.Archive == nil || f.Archive == "" {
		return
	}
	from := f.path(run, item)
	name := path.Join(f.Model, run.UTC().Format("2006/01/02/15"), url.PathEscape(item.ID)+"-"+filepath.Base(from))
	if err := f.options.Archive(ctx, f.Archive, name, from); err != nil {
		f.trouble(fmt.Errorf("archive: %w", err))
	}
}
