package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/records"
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
	f.sweep(ctx, now)
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

// sweep removes the folders and ledgers of runs that are looked for no more. One that is given up incomplete is told of.
func (f *feed) sweep(ctx context.Context, now time.Time) {
	f.sweepQuarantine(now)
	look := max(f.Schedule.Look, 1)
	oldest := now.Add(-f.Schedule.Delay - time.Duration(look+1)*max(f.Schedule.Every, time.Hour))
	for _, name := range f.known() {
		at, err := time.Parse(stamp, name)
		if err != nil || !at.Before(oldest) {
			continue
		}
		run := field.At(at)
		l := f.opened(run)
		if !l.complete() && !f.past(run) && (l.shared == nil || l.count() > 0) { // else another worker has told it
			f.log.Warn("run is given up incomplete", "run", run, "files", l.count())
			f.say(func(s *Status) { s.Failed = max(s.Failed, run) })
			f.options.Tell(f.event(events.RunFailed, run, fmt.Sprintf(`{"run":%q,"reason":"incomplete"}`, run)))
		}
		if err := errors.Join(os.RemoveAll(filepath.Join(f.folder, name)), l.drop(ctx)); err != nil {
			f.trouble(err)
			continue
		}
		f.mu.Lock()
		delete(f.ledgers, name)
		maps.DeleteFunc(f.tries, func(t tried, _ *try) bool { return t.run == run })
		f.mu.Unlock()
	}
}

// known lists the feed's folders and ledgers.
func (f *feed) known() (names []string) {
	entries, _ := os.ReadDir(f.folder) // it was made when the feed was
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range f.ledgers {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
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
	if err != nil {
		return ""
	}
	return f.gridOf(text)
}

// gridOf is a note's grid, if that is of the feed's settings.
func (f *feed) gridOf(text []byte) string {
	var note gridNote
	if json.Unmarshal(text, &note) != nil || note.Kind != f.Kind || (note.Area == nil) != (f.Area == nil) || note.Area != nil && *note.Area != *f.Area {
		return ""
	}
	return note.Grid
}

// keepGrid remembers the grid: a feed whose files change theirs is told of, and does not spoil what is served.
func (f *feed) keepGrid(ctx context.Context, grid string) {
	if grid == "" {
		return
	}
	f.grid = grid
	text, err := json.Marshal(gridNote{grid, f.Area, f.Kind})
	switch {
	case err != nil:
	case f.shared != nil:
		_, err = f.shared.Records.Put(ctx, gridKind, records.Document{ID: f.Model, Version: records.Any, Body: text})
	default:
		err = os.WriteFile(filepath.Join(f.folder, "grid.json"), text, 0o644)
	}
	if err != nil {
		f.trouble(err)
	}
}
