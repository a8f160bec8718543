package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"isobar/events"
	"isobar/field"
)

// held is what the store has of a run.
type held struct {
	last  field.Time // latest valid time
	bytes int64
}

// past tells that a run would be dropped as soon as it was there.
func (f *feed) past(run field.Time) bool {
	return f.Keep.Age > 0 && f.options.Now().Sub(run.UTC()) > f.Keep.Age
}

// retain drops the runs that are not to be kept: too old, too many, all of them past, or too large together; and sweeps what lies in
// the spool of runs that are no longer looked for. Readers keep what they hold.
func (f *feed) retain(ctx context.Context) {
	runs, err := f.held(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.trouble(err)
		}
		return
	}
	now := f.options.Now()
	newest := slices.Sorted(maps.Keys(runs))
	slices.Reverse(newest)
	total := int64(0)
	for i, run := range newest {
		total += runs[run].bytes
		k := f.Keep
		drop := f.past(run) || k.Runs > 0 && i >= k.Runs || k.Past > 0 && now.Sub(runs[run].last.UTC()) > k.Past || k.Size > 0 && total > k.Size && i > 0
		if !drop {
			continue
		}
		if err := f.options.Fields.Drop(ctx, f.Model, run); err != nil {
			f.trouble(err)
			continue
		}
		f.log.Info("run is let go", "run", run)
	}
	f.sweep(now)
}

// held lists the runs of the model in the store.
func (f *feed) held(ctx context.Context) (map[field.Time]held, error) {
	snapshot, err := f.options.Fields.Hold(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	runs := map[field.Time]held{}
	for k := range snapshot.Keys() {
		if k.Model != f.Model {
			continue
		}
		h := runs[k.Run]
		h.last = max(h.last, k.Valid)
		if info, ok := snapshot.Info(k); ok && info.Grid != nil {
			h.bytes += int64(info.Grid.Len()) + int64(info.OriginalBytes) // about a byte a value
		}
		runs[k.Run] = h
	}
	return runs, nil
}

// sweep removes the folders of runs that are looked for no more. One that is given up incomplete is told of.
func (f *feed) sweep(now time.Time) {
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return
	}
	look := max(f.Schedule.Look, 1)
	oldest := now.Add(-f.Schedule.Delay - time.Duration(look+1)*max(f.Schedule.Every, time.Hour))
	for _, e := range entries {
		at, err := time.Parse(stamp, e.Name())
		if err != nil || !e.IsDir() || !at.Before(oldest) {
			continue
		}
		run := field.At(at)
		if l := f.opened(run); !l.complete() {
			f.log.Warn("run is given up incomplete", "run", run, "files", l.count())
			f.options.Tell(f.event(events.RunFailed, run, `{"reason":"incomplete"}`))
		}
		if err := os.RemoveAll(filepath.Join(f.folder, e.Name())); err != nil {
			f.trouble(err)
			continue
		}
		f.mu.Lock()
		delete(f.ledger, run)
		f.mu.Unlock()
	}
}

// gridNote is what a feed's fields lie on, as long as its settings are the same.
type gridNote struct {
	Grid string      `json:"grid"`
	Area *[4]float64 `json:"area"`
	Kind string      `json:"kind"`
}

// readGrid is the grid that was seen first.
func (f *feed) readGrid() string {
	text, err := os.ReadFile(filepath.Join(f.folder, "grid.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	var note gridNote
	if err != nil || json.Unmarshal(text, &note) != nil || note.Kind != f.Kind || (note.Area == nil) != (f.Area == nil) || note.Area != nil && *note.Area != *f.Area {
		return ""
	}
	return note.Grid
}

// keepGrid remembers the grid: a feed whose files change theirs is told of, and does not spoil what is served.
func (f *feed) keepGrid(grid string) {
	if grid == "" {
		return
	}
	f.grid = grid
	text, err := json.Marshal(gridNote{grid, f.Area, f.Kind})
	if err == nil {
		err = os.WriteFile(filepath.Join(f.folder, "grid.json"), text, 0o644)
	}
	if err != nil {
		f.trouble(err)
	}
}
