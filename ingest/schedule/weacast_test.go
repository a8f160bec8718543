package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/grid"
	"isobar/ingest"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/models"
	"isobar/test/upstream"
)

// TestWeacast goes through the faults that ingestion has in Weacast 2.3, numbered as in the inventory of it, and shows that ours has
// none of them.
func TestWeacast(t *testing.T) {
	for _, c := range []struct {
		name string
		try  func(*testing.T)
	}{
		{"1: a fallback to the run before keeps valid times right", fallsBackRight},
		{"5: later steps take nothing away from earlier ones", keepsEarlierSteps},
		{"6: runs are not mixed under one name, and a run's end is told", doesNotMixRuns},
		{"12: a step is one request, whatever its elements", asksOnceAStep},
		{"13a: nothing is asked for before it is due", waitsForPublication},
		{"13b: a provider's wish for quiet holds for all of its models", keepsQuiet},
		{"13c: a page that a redirect leads to is not taken for data", takesNoPage},
		{"14: what was let go is not fetched again", fetchesNothingTwice},
		{"15a: readers see no hole when a run is fetched anew or let go", leavesReadersAlone},
		{"15b: a partial file is not trusted after a restart", trustsNoPart},
		{"15c: files do not pile up", sweeps},
		{"16: listeners hear of every step and run", tells},
		{"17: fields at rest are about as large as their files, pyramid and all", staysSmall},
	} {
		t.Run(c.name, c.try)
	}
}

// value is one cell of the temperature at 500 hPa.
func (w *world) value(t *testing.T, run field.Time, step time.Duration) (float64, bool) {
	t.Helper()
	held, err := w.fields.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for k := range held.Keys() {
		if k.Element == "t" && k.Level.Value == 50000 && k.Run == run && k.Valid == run+field.Time(step/time.Second) {
			dst := [][]float32{make([]float32, 1)}
			if err := held.Windows(t.Context(), []field.Key{k}, grid.Window{X0: 7, Y0: 9, NX: 1, NY: 1}, dst); err != nil {
				t.Fatal(err)
			}
			return float64(dst[0][0]), true
		}
	}
	return 0, false
}

func fallsBackRight(t *testing.T) {
	w := newWorld(t, upstream.Fault{Kind: upstream.Missing, Path: "t06z.pgrb2.2p50"}) // the newest run never comes
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.value(t, run06, 3*time.Hour); ok {
		t.Error("a run that never came is served")
	}
	for _, step := range []time.Duration{3 * time.Hour, 12 * time.Hour} {
		zero, _ := w.value(t, run00, 0)
		got, ok := w.value(t, run00, step)
		want := zero + upstream.Shift(run00.UTC(), step) - upstream.Shift(run00.UTC(), 0)
		if !ok || got < want-0.02 || got > want+0.02 {
			t.Errorf("run 00 + %s has %v, want %v", step, got, want)
		}
	}
}

func keepsEarlierSteps(t *testing.T) {
	w := newWorld(t)
	s := w.scheduler(t, w.feed())
	w.pass(-2 * time.Hour)
	before := map[int]bool{}
	for range 5 {
		_ = s.Once(t.Context(), nil) // not all is there yet
		now := hours(w.keys(t)[run06])
		for step := range before {
			if !slices.Contains(now, step) {
				t.Errorf("step %d is gone when %v are there", step, now)
			}
		}
		for _, step := range now {
			before[step] = true
		}
		w.pass(30 * time.Minute)
	}
	if len(before) != 5 {
		t.Errorf("steps %v came", before)
	}
}

func doesNotMixRuns(t *testing.T) {
	w := newWorld(t, upstream.Fault{Kind: upstream.OtherRun, Path: "t06z.pgrb2.2p50.f006"}) // what is inside is of run 00
	s := w.scheduler(t, w.feed())
	_ = s.Once(t.Context(), nil) // the step is refused
	if _, ok := w.value(t, run06, 6*time.Hour); ok {
		t.Error("a field of another run is served as one of this")
	}
	if s.Status()[0].Complete != run00 {
		t.Errorf("the complete run is %s, want %s: the newest lacks a step", s.Status()[0].Complete, run00)
	}
	if reasons, _ := filepath.Glob(filepath.Join(w.folder, "feeds", "gfs-2p5", "quarantine", "*", "f006", "*.reason")); len(reasons) != 1 {
		t.Errorf("%d files are put aside, want one", len(reasons))
	}
}

func asksOnceAStep(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	f.Kind, f.Settings = "nomads", map[string]any{"url": w.url + "/nomads/cgi-bin/filter_gfs_2p50.pl", "dir": "/gfs.{run:20060102}/{run:15}/atmos", "file": "gfs.t{run:15}z.pgrb2.2p50.f{step:3}"}
	f.Elements = []models.Wanted{{Names: map[string]string{"var": "TMP|UGRD|VGRD|HGT", "lev": "500 mb|850 mb"}}}
	f.Schedule.Look = 1
	if err := w.scheduler(t, f).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n, got := len(w.upstream.Requests()), w.keys(t)[run06]; n != 5 || got[0] != 8 {
		t.Errorf("%d requests for five steps of eight fields; step 0 has %d fields", n, got[0])
	}
}

func waitsForPublication(t *testing.T) {
	w := newWorld(t)
	w.pass(-3*time.Hour - time.Minute) // 08:59: run 06 is due at 09:00
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.upstream.Requests() {
		if strings.Contains(r.URL, "t06z") {
			t.Errorf("%s was asked for before it was due", r.URL)
		}
	}
	w.pass(30 * time.Minute)
	before := len(w.upstream.Requests())
	_ = w.scheduler(t, w.feed()).Once(t.Context(), nil) // most of run 06 is not there yet
	missing := 0
	for _, r := range w.upstream.Requests()[before:] {
		if r.Status == 404 {
			missing++
		}
	}
	if missing > missingOfComing {
		t.Errorf("%d requests were for what is not there yet", missing)
	}
}

func keepsQuiet(t *testing.T) {
	w := newWorld(t, upstream.Fault{Kind: upstream.Redirect, Path: "t06z.pgrb2.2p50.f003", Times: 1})
	a, b := w.feed(), w.feed()
	b.Model = "gfs-0p25"
	b.Settings = map[string]any{"url": w.url + "/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.0p25.f{step:3}"}
	b.Elements = []models.Wanted{{Names: map[string]string{"var": "TMP", "level": "900 mb"}}}
	a.Provider, b.Provider = "one", "one"
	client := fetch.New(fetch.Options{Blocked: time.Hour, Folder: t.TempDir(), Rates: map[string]fetch.Rate{"one": {PerMinute: 1000}}})
	first := w.schedulerOf(t, client, a)
	if err := first.Once(t.Context(), nil); err == nil {
		t.Error("a feed that was blocked tells no error")
	}
	n := len(w.upstream.Requests())
	for _, c := range []*fetch.Client{client} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if err := w.schedulerOf(t, c, b).Once(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("another model of a provider that blocks is asked for: %v", err)
		}
		cancel()
	}
	if more := len(w.upstream.Requests()) - n; more != 0 {
		t.Errorf("%d requests were made of a provider that wants to be left alone", more)
	}
}

func takesNoPage(t *testing.T) {
	for _, kind := range []upstream.Kind{upstream.Page, upstream.Redirect} {
		w := newWorld(t, upstream.Fault{Kind: kind, Path: "t06z.pgrb2.2p50.f003"})
		_ = w.scheduler(t, w.feed()).Once(t.Context(), nil) // it fails
		if _, ok := w.value(t, run06, 3*time.Hour); ok {
			t.Errorf("%s: a page became a field", kind)
		}
	}
}

func fetchesNothingTwice(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	f.Keep = models.Retention{Past: 2 * time.Hour, Runs: 1}
	for range 3 {
		if err := w.scheduler(t, f).Once(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	n := len(w.upstream.Requests())
	if err := w.scheduler(t, f).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if more := len(w.upstream.Requests()) - n; more != 0 {
		t.Errorf("%d requests for what was fetched, or let go", more)
	}
	for _, r := range w.upstream.Requests() {
		if strings.Contains(r.URL, "t06z.pgrb2.2p50.f003") { // valid at 09:00, three hours ago
			t.Errorf("%s is past and was fetched", r.URL)
		}
	}
}

func leavesReadersAlone(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	if err := w.scheduler(t, f).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	held, err := w.fields.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys := slices.Collect(held.Keys())
	f.Keep = models.Retention{Age: time.Hour} // all is too old
	_ = w.scheduler(t, f).Once(t.Context(), nil)
	if n := len(w.keys(t)); n != 0 {
		t.Errorf("%d runs are still published", n)
	}
	for _, k := range keys {
		dst := [][]float32{make([]float32, 4)}
		if err := held.Windows(t.Context(), []field.Key{k}, grid.Window{NX: 2, NY: 2}, dst); err != nil {
			t.Errorf("%v can't be read any more while it is held: %v", k, err)
		}
	}
	held.Close()
}

func trustsNoPart(t *testing.T) {
	w := newWorld(t)
	s := w.scheduler(t, w.feed())
	f := s.feeds[0]
	item := source.Item{ID: "f003", Name: "gfs.t06z.pgrb2.2p50.f003"}
	for _, name := range []string{f.path(run06, item) + ".part", f.path(run06, item)} { // one that was being written, one that lost its end with the power
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("GRIB\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\xff\xffhalf of it"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Once(t.Context(), nil) // the file is refused
	if _, ok := w.value(t, run06, 3*time.Hour); ok {
		t.Error("a part of a file became a field")
	}
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.value(t, run06, 3*time.Hour); !ok {
		t.Error("the file was not fetched again")
	}
}

func sweeps(t *testing.T) {
	w := newWorld(t)
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for range 8 { // two days on, with nothing new
		w.pass(6 * time.Hour)
		_ = w.scheduler(t, w.feed()).Once(t.Context(), nil) // upstream keeps a day
	}
	left := 0
	_ = filepath.WalkDir(filepath.Join(w.folder, "feeds", "gfs-2p5"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "pgrb2") {
			left++
		}
		return err
	})
	if folders, _ := filepath.Glob(filepath.Join(w.folder, "feeds", "gfs-2p5", "20261124T0*")); left != 0 || len(folders) != 0 {
		t.Errorf("%d files and %v are left of runs that are done with", left, folders)
	}
}

func tells(t *testing.T) {
	w := newWorld(t)
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, e := range w.told {
		n[e.Type+" "+e.Subject]++
	}
	want := map[string]int{}
	for _, run := range []field.Time{run00, run06} {
		want[events.StepPublished+" "+run.String()], want[events.RunComplete+" "+run.String()] = 5, 1
	}
	if !maps.Equal(n, want) {
		t.Errorf("told %v, want %v", n, want)
	}
}

func staysSmall(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	f.Schedule.Look = 1
	s := w.scheduler(t, f)
	if err := s.Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	err := filepath.WalkDir(filepath.Join(w.folder, "fields"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			info, err := d.Info()
			if err != nil {
				return err
			}
			size += info.Size()
		}
		return err
	})
	if got := s.Status()[0].Bytes; err != nil || size > got*5/4 {
		t.Errorf("%d bytes at rest of %d that were fetched; %v", size, got, err)
	}
}

// made is a source of the tests: its items are what it says.
type made struct {
	items []source.Item
	whole bool
	asked map[string]int
}

func (m *made) Runs(context.Context) ([]field.Time, error) { return nil, source.ErrUnlisted }
func (m *made) Items(_ context.Context, run field.Time) ([]source.Item, bool, error) {
	items := slices.Clone(m.items)
	for i := range items {
		items[i].Run = run
	}
	return items, m.whole, nil
}

func (m *made) Fetch(_ context.Context, item source.Item, w io.Writer) error {
	m.asked[item.ID]++
	_, err := w.Write([]byte("DATA"))
	return err
}

// taker is an intake of the tests: it takes all, but what is bad.
type taker struct {
	bad   map[string]bool // by the item's part of the path
	files []string
}

func (k *taker) Take(_ context.Context, files []ingest.Fetched, whole bool) ([]ingest.Taken, error) {
	taken, refused := make([]ingest.Taken, len(files)), false
	for i, f := range files {
		id, _ := url.PathUnescape(filepath.Base(filepath.Dir(f.Path)))
		taken[i] = ingest.Taken{Fields: 1, Grid: "g"}
		if k.bad[id] {
			taken[i], refused = ingest.Taken{Err: ingest.ErrUnexpected}, true
			continue
		}
		k.files = append(k.files, id)
	}
	if whole && refused {
		k.files = nil
	}
	return taken, nil
}

// small is a scheduler of one feed over a source and an intake of the tests.
func (w *world) small(t *testing.T, f models.Feed, src source.Source, to Taker) *Scheduler {
	t.Helper()
	s, err := New(Options{Feeds: []models.Feed{f}, Intake: to, Fields: w.fields, Folder: filepath.Join(w.folder, "small"), Now: w.clock, Log: slog.New(slog.DiscardHandler),
		Source: func(models.Feed) (source.Source, error) { return src, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func items(n int) (all []source.Item) {
	for i := range n {
		all = append(all, source.Item{ID: source.StepID(field.Seconds(i) * 3600), Name: "x", Steps: []field.Seconds{field.Seconds(i) * 3600}})
	}
	return all
}

func TestWhatIsTheSameInEveryRunIsFetchedOnceAndFirst(t *testing.T) {
	w := newWorld(t)
	src, to := &made{whole: true, asked: map[string]int{}}, &taker{}
	src.items = append(items(2), source.Item{ID: "constant/0", Name: "clat", Once: true})
	for range 2 {
		if err := w.small(t, w.feed(), src, to).Once(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"constant/0", "f000", "f001", "f000", "f001"}; !slices.Equal(to.files, want) {
		t.Errorf("taken %v, want %v", to.files, want)
	}
}

func TestARunIsNotPublishedWholeWhenAFileIsBroken(t *testing.T) {
	w := newWorld(t)
	src, to := &made{items: items(3), whole: true, asked: map[string]int{}}, &taker{bad: map[string]bool{"f001": true}}
	f := w.feed()
	f.Publish, f.Schedule.Look = "run", 1
	if err := w.small(t, f, src, to).Once(t.Context(), nil); err == nil || len(to.files) > 0 {
		t.Errorf("published %v, %v", to.files, err)
	}
	to.bad = nil
	if err := w.small(t, f, src, to).Once(t.Context(), nil); err != nil || len(to.files) != 3 {
		t.Errorf("published %v, %v", to.files, err)
	}
	if src.asked["f000"] != 1 || src.asked["f001"] != 2 {
		t.Errorf("asked %v: only the broken file is to be fetched again", src.asked)
	}
}

func TestAListThatGrowsIsWholeWhenAllStepsAreThere(t *testing.T) {
	w := newWorld(t)
	src, to := &made{items: items(2), asked: map[string]int{}}, &taker{}
	f := w.feed()
	f.Publish, f.Schedule.Look, f.Schedule.Steps = "run", 1, []models.StepRange{{To: 2 * time.Hour, Every: time.Hour}}
	if err := w.small(t, f, src, to).Once(t.Context(), nil); err != nil || len(to.files) > 0 {
		t.Errorf("published %v, %v", to.files, err)
	}
	src.items = items(3)
	s := w.small(t, f, src, to)
	if err := s.Once(t.Context(), nil); err != nil || len(to.files) != 3 || s.Status()[0].Complete != run06 {
		t.Errorf("published %v, %v; complete %s", to.files, err, s.Status()[0].Complete)
	}
}

func TestTwoProgramsDoNotFetchOneModelBeside(t *testing.T) {
	w := newWorld(t)
	first := w.scheduler(t, w.feed())
	_, release, err := first.options.Claim(t.Context(), "gfs-2p5")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.scheduler(t, w.feed()).Once(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second works while the first does: %v", err)
	}
	release()
	if n := len(w.upstream.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	if err := w.scheduler(t, w.feed()).Once(t.Context(), nil); err != nil {
		t.Errorf("after it was let go: %v", err)
	}
}

func TestARunThatHasOnlyBegunPushesNoOtherOut(t *testing.T) {
	w := newWorld(t)
	w.pass(-2 * time.Hour) // of run 06 three steps are there
	f := w.feed()
	f.Keep.Runs = 1
	_ = w.scheduler(t, f).Once(t.Context(), nil) // the newest is not whole
	if got := w.keys(t); len(got[run00]) != 5 || len(got[run06]) != 3 {
		t.Errorf("run 00 has %d steps, run 06 %d", len(got[run00]), len(got[run06]))
	}
}

func TestWhatWasNotAskedForIsLeftOutAndWhatLacksIsRefused(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	f.Kind, f.Settings = "nomads", map[string]any{"url": w.url + "/nomads/cgi-bin/filter_gfs_2p50.pl", "dir": "/gfs.{run:20060102}/{run:15}/atmos", "file": "gfs.t{run:15}z.pgrb2.2p50.f{step:3}"}
	f.Schedule.Look = 1
	f.Elements = []models.Wanted{ // the filter joins both with both
		{Element: "t", Levels: []float64{50000}, Names: map[string]string{"var": "TMP", "lev": "500 mb"}},
		{Element: "u", Levels: []float64{85000}, Names: map[string]string{"var": "UGRD", "lev": "850 mb"}},
	}
	if err := w.scheduler(t, f).Once(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := w.keys(t)[run06]; len(got) != 5 || got[0] != 2 {
		t.Errorf("%d steps of %d fields, want 5 of 2", len(got), got[0])
	}
	f.Elements[0].Element = "r"
	if err := os.RemoveAll(filepath.Join(w.folder, "feeds")); err != nil {
		t.Fatal(err)
	}
	if err := w.scheduler(t, f).Once(t.Context(), nil); err == nil || !strings.Contains(fmt.Sprint(err), "it does not hold r at [50000]") {
		t.Errorf("a file without what was asked for: %v", err)
	}
}
