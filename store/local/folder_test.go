package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/store"
)

func TestOnlyADataFolderIsOpened(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		format           bool // refused
	}{
		{"an empty folder", "", "", false},
		{"a folder that has the journal", "ingested/1.jsonl", "{}", false},
		{"a folder with a disk's own", "lost+found/x", "", false},
		{"a folder of something else", "holiday.jpg", "", true},
		{"a folder of a newer format", markerName, `{"isobar":"data folder","format":3}`, true},
		{"a folder of an older format", markerName, `{"isobar":"data folder","format":1}`, false},
		{"a folder with a marker of something else", markerName, `{"isobar":"styles","format":1}`, true},
		{"a folder with an empty marker", markerName, ``, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.file != "" {
				path := filepath.Join(dir, c.file)
				os.MkdirAll(filepath.Dir(path), 0o755)
				if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Open(dir, Options{})
			if c.format != errors.Is(err, store.ErrFormat) || c.format != (err != nil) {
				t.Fatalf("Open = %v", err)
			}
			if s == nil {
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			opened(t, dir, Options{})
		})
	}
}

func TestAFolderThatIsNotThereIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := opened(t, dir, Options{})
	f := numbered(field.Key{Model: "m", Element: "t"}, 1)
	publish(t, s, f)
	if !isThere(t, opened(t, dir, Options{}), f) {
		t.Error("it is not there after a restart")
	}
}

func TestARunOfANewerFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	publish(t, s, numbered(field.Key{Model: "m", Element: "t"}, 1))
	folder, _ := s.folder(runName{"m", 0})
	if err := os.WriteFile(filepath.Join(folder, manifestName), []byte("isobar-run 3 something else\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, store.ErrFormat) {
		t.Errorf("Open = %v", err)
	}
}

func TestARunOfTheFirstFormatIsReadAndAddedTo(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	old := numbered(field.Key{Model: "m", Element: "t"}, 1)
	publish(t, s, old) // without an original, records are those of format 1
	folder, _ := s.folder(runName{"m", 0})
	path := filepath.Join(folder, manifestName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(path, []byte(firstLine(1, []byte(body))+"\n"+body), 0o644); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir, Options{})
	added := numbered(field.Key{Model: "m", Element: "u"}, 2)
	added.Original = &field.Original{Format: field.GRIB2, Bytes: []byte("GRIB 7777")}
	publish(t, s, added)
	s = opened(t, dir, Options{})
	if !isThere(t, s, old) || !isThere(t, s, added) {
		t.Error("a field is lost")
	}
}

func TestADamagedOriginalIsFound(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	f := numbered(field.Key{Model: "m", Element: "t"}, 1)
	f.Original = &field.Original{Format: field.GRIB2, Bytes: []byte("GRIB of some length 7777")}
	publish(t, s, f)
	now := s.hold()
	defer now.release()
	r := now.run(runName{"m", 0}).records[f.Key]
	path := now.run(runName{"m", 0}).files[r.Span.File].Name()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[r.Span.Offset+int64(r.Span.Bytes)+6] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	snapshot, err := s.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	if _, _, err := snapshot.(store.Originals).Original(t.Context(), f.Key); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a bit that was turned gives %v", err)
	}
	if !isThere(t, s, f) {
		t.Error("its values are lost with it")
	}
}

func TestNamesOfModelsBecomeFoldersAndComeBack(t *testing.T) {
	seen := map[string]string{}
	for _, model := range []string{"gfs", "GFS", "gFs", "a/b", "..", ".", ".hidden", "end.", "modèle", "a b", "%", "%41", "a%2fb", "con", "x.y-z_0"} {
		name := escape(model)
		if strings.ContainsAny(name, `/\: `) || name == "." || name == ".." || strings.ToLower(name) != name {
			t.Errorf("%q becomes %q", model, name)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q both become %q", model, other, name)
		}
		seen[name] = model
		if back, ok := unescape(name); !ok || back != model {
			t.Errorf("%q becomes %q, which becomes %q, %v", model, name, back, ok)
		}
	}
	for _, name := range []string{"GFS", "%4", "%zz", "%2F", "%61", "a b"} {
		if model, ok := unescape(name); ok {
			t.Errorf("folder %q is taken for model %q", name, model)
		}
	}
}

func TestARunThatNoFolderCanBeNamedAfterIsRefused(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	for _, n := range []runName{{"", 0}, {strings.Repeat("x", 300), 0}, {"m", 1 << 60}, {"m", -1 << 60}} {
		if w, err := s.Begin(t.Context(), n.model, n.run); err == nil {
			w.Close()
			t.Errorf("%v is begun", n)
		}
	}
}

func TestProcessesSeeWhatOthersPublish(t *testing.T) {
	dir := t.TempDir()
	writes, reads := opened(t, dir, Options{}), opened(t, dir, Options{ChunkCacheBytes: 1 << 20})
	quiet, err := open(dir, Options{}, grid.ParseWith, disk{}) // the file system gives it no notices
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Close()
	quiet.notices.Close()
	for name, s := range map[string]*Store{"with notices": reads, "without notices": quiet} {
		ctx, cancel := context.WithCancel(t.Context())
		ticks := s.Changes(ctx)
		for n := range 3 {
			f := numbered(field.Key{Model: "m", Element: "t " + name, Valid: field.Time(n)}, n)
			publish(t, writes, f)
			select {
			case <-ticks:
			case <-time.After(20 * time.Second):
				t.Fatalf("%s: publication %d is not told", name, n)
			}
			eventually(t, "it is served "+name, func() bool { return isThere(t, s, f) })
		}
		cancel()
	}
	eventually(t, "all have one version", func() bool { return version(t, reads) == version(t, writes) && version(t, quiet) == version(t, writes) })
}

func TestADroppedRunStaysForSnapshotsOfOtherProcesses(t *testing.T) {
	dir := t.TempDir()
	writes, reads := opened(t, dir, Options{}), opened(t, dir, Options{})
	first := numbered(field.Key{Model: "m", Element: "t"}, 1)
	publish(t, writes, first)
	eventually(t, "it is served", func() bool { return isThere(t, reads, first) })
	held, err := reads.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := writes.Drop(t.Context(), "m", 0); err != nil {
		t.Fatal(err)
	}
	second := numbered(first.Key, 2)
	publish(t, writes, second)
	eventually(t, "the new one is served", func() bool { return isThere(t, reads, second) })
	dst := make([]float32, len(first.Values))
	if err := held.Windows(t.Context(), []field.Key{first.Key}, grid.Window{NX: 70, NY: 66}, [][]float32{dst}); err != nil || differ(dst, first.Values) >= 0 {
		t.Errorf("the held snapshot gives %v, %v", dst[:3], err)
	}
}

func TestTwoProcessesDoNotWriteOneRun(t *testing.T) {
	dir := t.TempDir()
	one, two := opened(t, dir, Options{}), opened(t, dir, Options{})
	w, err := one.Begin(t.Context(), "m", 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := two.Begin(ctx, "m", 0); !errors.Is(err, store.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Begin = %v", err)
	}
	w.Close()
	w, err = two.Begin(t.Context(), "m", 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	noLeftovers(t, one)
	if left, _ := os.ReadDir(filepath.Join(dir, runsName)); len(left) != 0 {
		t.Errorf("%v is left of a run that was never published", left)
	}
}

func TestPlacesOfAGridAreKept(t *testing.T) {
	dir := t.TempDir()
	places := make([]geo.LonLat, 5000)
	for i := range places {
		places[i] = geo.LonLat{Lon: float64(i%71) / 7, Lat: 40 + float64(i/71)/9}
	}
	g, err := grid.Unstructured(places)
	if err != nil {
		t.Fatal(err)
	}
	f := &field.Field{Key: field.Key{Model: "m", Element: "t"}, Grid: g, Values: make([]float32, len(places))}
	for i := range f.Values {
		f.Values[i] = float32(i) / 3
	}
	publish(t, opened(t, dir, Options{}), f)
	s := opened(t, dir, Options{})
	if !isThere(t, s, f) {
		t.Error("it is not there after a restart")
	}
	now := s.hold()
	defer now.release()
	got := make([]geo.LonLat, len(places))
	now.runs[0].grid.Places(got, 0)
	for i := range got {
		if got[i] != places[i] {
			t.Fatalf("place %d is %v, want %v", i, got[i], places[i])
		}
	}
}

func TestFilesGoInWhichNoFieldLiesAnyMore(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	s.segmentBytes = 20_000
	var fields []*field.Field
	for n := range 12 {
		fields = append(fields, numbered(field.Key{Model: "m", Element: "t", Valid: field.Time(n)}, n))
	}
	publish(t, s, fields...)
	if got := len(filesOf(t, s, fields[0].Key)); got < 3 {
		t.Fatalf("%d files, want some", got)
	}
	old, err := s.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	for round := range 30 {
		var next []*field.Field
		for n := range 12 {
			next = append(next, numbered(fields[n].Key, 100+20*round+n))
		}
		publish(t, s, next...)
		for _, f := range next {
			if !isThere(t, s, f) {
				t.Fatalf("round %d: %v is not there", round, f.Key)
			}
		}
	}
	if got := len(filesOf(t, s, fields[0].Key)); got > 12 {
		t.Errorf("%d files are left", got)
	}
	noLeftovers(t, s)
	dst := make([]float32, len(fields[0].Values))
	if err := old.Windows(t.Context(), []field.Key{fields[3].Key}, grid.Window{NX: 70, NY: 66}, [][]float32{dst}); err != nil || differ(dst, fields[3].Values) >= 0 {
		t.Errorf("the held snapshot has lost its fields: %v", err)
	}
}

func TestAnIndexOfReplacedFieldsIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	g, err := grid.LatLon(2, 2, geo.Box{0, 0, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Begin(t.Context(), "m", 0)
	if err != nil {
		t.Fatal(err)
	}
	index := map[string]bool{}
	const perRound, rounds = 100, 30
	for round := range rounds {
		for n := range perRound {
			f := &field.Field{Key: field.Key{Model: "m", Element: fmt.Sprint("e", n)}, Grid: g, Values: []float32{float32(round), float32(n), 3, 4}}
			if err := w.Put(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		index[w.(*writer).manifest.Index] = true
	}
	w.Close()
	if len(index) < 2 {
		t.Errorf("one index for %d records of %d fields", perRound*rounds, perRound)
	}
	for _, s := range []*Store{s, opened(t, dir, Options{})} {
		for n := range perRound {
			got, err := readAll(t, s, field.Key{Model: "m", Element: fmt.Sprint("e", n)}, 0)
			if err != nil || got[0] != rounds-1 || got[1] != float32(n) {
				t.Fatalf("field %d is %v, %v", n, got, err)
			}
		}
	}
	noLeftovers(t, s)
}

func version(t testing.TB, s *Store) string {
	t.Helper()
	now, err := s.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	return now.Version()
}

func TestAReaderKeepsUpWithFilesThatGo(t *testing.T) {
	dir, log := t.TempDir(), &logged{}
	writes, reads := opened(t, dir, Options{}), opened(t, dir, Options{Log: log.logger()})
	writes.segmentBytes = 1 // each field in a file of its own, which goes when the field is replaced
	first := []*field.Field{numbered(field.Key{Model: "m", Element: "a"}, 0), numbered(field.Key{Model: "m", Element: "b"}, 0)}
	publish(t, writes, first...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 40 {
			for i := range first {
				if err := tryPublish(t, writes, numbered(first[i].Key, n+1)); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	looks := 0
	for ended := false; !ended; looks++ {
		select {
		case <-done:
			ended = true
		default:
		}
		if err := reads.update(nil, true); err != nil {
			t.Fatal(err)
		}
		for _, f := range first {
			if _, err := readAll(t, reads, f.Key, 0); err != nil {
				t.Fatalf("look %d: %v", looks, err)
			}
		}
	}
	for _, f := range first {
		if !isThere(t, reads, numbered(f.Key, 40)) {
			t.Errorf("the last %s is not there", f.Key.Element)
		}
	}
	if log.String() != "" {
		t.Errorf("logged %s", log.String())
	}
}
