package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	there, err := f.held(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.trouble(err)
		}
		return
	}
	now, k := f.options.Now(), f.Keep
	newest := slices.Sorted(maps.Keys(there))
	slices.Reverse(newest)
	total := int64(0)
	for i, run := range newest {
		if k.Size > 0 {
			total += f.size(run, there[run])
		}
		drop := f.past(run) || f.superseded(run, there) || k.Past > 0 && now.Sub(there[run].last.UTC()) > k.Past || k.Size > 0 && total > k.Size && i > 0
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

// incomplete is how many runs more than are kept may be there because newer ones are not complete yet.
const incomplete = 2

// superseded tells that as many newer runs are complete as are kept. A run that has only begun takes no other's place.
func (f *feed) superseded(run field.Time, there map[field.Time]held) bool {
	newer, whole := 0, 0
	for other := range there {
		if other <= run {
			continue
		}
		newer++
		if l := f.opened(other); l.complete() || l.count() == 0 { // of one that another program brought nothing is known
			whole++
		}
	}
	return f.Keep.Runs > 0 && (whole >= f.Keep.Runs || newer >= f.Keep.Runs+incomplete)
}

// size is how much a run takes.
func (f *feed) size(run field.Time, h held) int64 {
	if f.options.Size != nil {
		if n, ok := f.options.Size(f.Model, run); ok {
			return n
		}
	}
	return h.bytes
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
	f.sweepQuarantine(now)
	look := max(f.Schedule.Look, 1)
	oldest := now.Add(-f.Schedule.Delay - time.Duration(look+1)*max(f.Schedule.Every, time.Hour))
	for _, e := range entries {
		at, err := time.Parse(stamp, e.Name())
		if err != nil || !e.IsDir() || !at.Before(oldest) {
			continue
		}
		run := field.At(at)
		if l := f.opened(run); !l.complete() && !f.past(run) {
			f.log.Warn("run is given up incomplete", "run", run, "files", l.count())
			f.say(func(s *Status) { s.Failed = max(s.Failed, run) })
			f.options.Tell(f.event(events.RunFailed, run, fmt.Sprintf(`{"run":%q,"reason":"incomplete"}`, run)))
		}
		if err := os.RemoveAll(filepath.Join(f.folder, e.Name())); err != nil {
			f.trouble(err)
			continue
		}
		f.mu.Lock()
		delete(f.ledgers, e.Name())
		maps.DeleteFunc(f.tries, func(t tried, _ *try) bool { return t.run == run })
		f.mu.Unlock()
	}
}

// quarantined is how long files that were not what was asked for are kept.
const quarantined = 7 * 24 * time.Hour

// sweepQuarantine removes what nobody has looked at.
func (f *feed) sweepQuarantine(now time.Time) {
	folder := filepath.Join(f.folder, "quarantine")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // there is none
	}
	for _, e := range entries {
		if at, err := time.Parse(stamp, e.Name()); err == nil && now.Sub(at) > quarantined {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				f.trouble(err)
			}
		}
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
