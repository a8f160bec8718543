package ingest

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// fetchedAs is a file of the tests' format, and what it must be.
func fetchedAs(t *testing.T, path string, e Expect, messages ...fakeMessage) Fetched {
	t.Helper()
	write(t, path, messages...)
	return Fetched{Path: path, Expect: e}
}

func TestAFileIsWhatWasAskedForOrNothingOfItIsServed(t *testing.T) {
	good := fakeMessage{Element: "t", Run: 3600, Valid: 7200}
	for _, c := range []struct {
		name     string
		expect   Expect
		messages []fakeMessage
		want     string // of the error; "": none
		fields   int
	}{
		{"as asked", Expect{Steps: []field.Seconds{3600}}, []fakeMessage{good}, "", 1},
		{"another run", Expect{Run: 7200}, []fakeMessage{good}, "a field of run 1970-01-01T01:00:00Z, not 1970-01-01T02:00:00Z", 0},
		{"another step", Expect{Steps: []field.Seconds{7200}}, []fakeMessage{good}, "no step that was asked for", 0},
		{"another model", Expect{Model: "n"}, []fakeMessage{good}, "a field of model m6false, not n", 0},
		{"another model of a longer name", Expect{Model: "m6"}, []fakeMessage{good}, "a field of model m6false, not m6", 0},
		{"another grid", Expect{Grid: "7false"}, []fakeMessage{good}, "a field on grid 6false, not 7false", 0},
		{"one of two is of another run", Expect{}, []fakeMessage{good, {Element: "q", Run: 1, Valid: 7200}}, "a field of run", 0},
		{"something lacks", Expect{Holds: []Wanted{{Element: "t"}, {Element: "q"}}}, []fakeMessage{good}, "it does not hold q", 0},
		{"something is too much", Expect{Holds: []Wanted{{Element: "t"}}}, []fakeMessage{good, {Element: "q", Run: 3600, Valid: 7200}}, "", 1},
		{"one of two can't be unpacked", Expect{}, []fakeMessage{good, {Element: "q", Run: 3600, Valid: 7200, Broken: true}}, "1 of its messages can't be read", 1},
	} {
		s := newFakeStore()
		i, _ := newIntake(s, t.TempDir())
		if c.expect.Model == "" {
			c.expect.Model = "m6false"
		}
		if c.expect.Run == 0 {
			c.expect.Run = 3600
		}
		taken, err := i.Take(t.Context(), []Fetched{fetchedAs(t, filepath.Join(t.TempDir(), "f"), c.expect, c.messages...)}, false)
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case (taken[0].Err == nil) != (c.want == "") || taken[0].Err != nil && !strings.Contains(taken[0].Err.Error(), c.want):
			t.Errorf("%s: %v, want %q", c.name, taken[0].Err, c.want)
		case len(s.fields) != c.fields || taken[0].Fields != c.fields:
			t.Errorf("%s: %d fields are served, %d told, want %d", c.name, len(s.fields), taken[0].Fields, c.fields)
		}
	}
}

func TestFilesAreTakenWholeOrNotAtAll(t *testing.T) {
	s, dir := newFakeStore(), t.TempDir()
	i, _ := newIntake(s, t.TempDir())
	e := Expect{Model: "m6false", Run: 3600}
	good := fetchedAs(t, filepath.Join(dir, "a"), e, fakeMessage{Element: "t", Run: 3600, Valid: 3600})
	bad := fetchedAs(t, filepath.Join(dir, "b"), e, fakeMessage{Element: "t", Run: 3600, Valid: 7200, Broken: true})
	taken, err := i.Take(t.Context(), []Fetched{good, bad}, true)
	if err != nil || len(s.fields) != 0 || taken[0].Fields != 0 || taken[1].Err == nil {
		t.Errorf("with a broken file %d fields are served: %+v, %v", len(s.fields), taken, err)
	}
	bad = fetchedAs(t, filepath.Join(dir, "b"), e, fakeMessage{Element: "t", Run: 3600, Valid: 7200})
	if taken, err = i.Take(t.Context(), []Fetched{good, bad}, true); err != nil || len(s.fields) != 2 || s.published != 1 {
		t.Errorf("with both whole %d fields are served in %d publications: %+v, %v", len(s.fields), s.published, taken, err)
	}
}

// TestFetchedFieldsWaitForThePlacesOfTheirGrid takes a field before the places of its grid, as ICON's are, and again after.
func TestFetchedFieldsWaitForThePlacesOfTheirGrid(t *testing.T) {
	s, dir := newFakeStore(), t.TempDir()
	i, _ := newIntake(s, t.TempDir())
	at := make([]geo.LonLat, 6)
	for k := range at {
		at[k] = geo.LonLat{Lon: float64(5 + k), Lat: float64(40 + k)}
	}
	g, err := grid.Unstructured(at)
	if err != nil {
		t.Fatal(err)
	}
	e := Expect{Model: "m" + g.ID()}
	lat, lon := placed("ab-1")
	one := fetchedAs(t, filepath.Join(dir, "t"), e, fakeMessage{Element: "t", On: "ab-1", Seed: 7})
	if taken, err := i.Take(t.Context(), []Fetched{one}, false); err != nil || taken[0].Waiting != 1 || taken[0].Err != nil {
		t.Errorf("before the places came: %+v, %v", taken, err)
	}
	places := []Fetched{fetchedAs(t, filepath.Join(dir, "clat"), e, lat), fetchedAs(t, filepath.Join(dir, "clon"), e, lon)}
	taken, err := i.Take(t.Context(), places, false)
	if err != nil || taken[0] != (Taken{}) || taken[1] != (Taken{}) {
		t.Errorf("the places: %+v, %v", taken, err)
	}
	if taken, err := i.Take(t.Context(), []Fetched{one}, false); err != nil || taken[0].Fields != 1 || taken[0].Waiting != 0 || taken[0].Grid != g.ID() {
		t.Errorf("after the places came: %+v, %v", taken, err)
	}
	if len(i.lonely) > 0 || len(i.places.asking) > 0 || len(i.places.ready) > 0 {
		t.Error("something still waits")
	}
	if len(s.fields) != 1 {
		t.Errorf("%d fields are served", len(s.fields))
	}
}

func TestAFieldThatCannotBeStoredIsOfferedAgain(t *testing.T) {
	s := newFakeStore()
	s.failPut = func(field.Key) error { return errors.New("no room on the disk") }
	i, _ := newIntake(s, t.TempDir())
	f := fetchedAs(t, filepath.Join(t.TempDir(), "f"), Expect{Model: "m6false", Run: 3600}, fakeMessage{Element: "t", Run: 3600, Valid: 3600})
	if _, err := i.Take(t.Context(), []Fetched{f}, false); err == nil || !strings.Contains(err.Error(), "no room on the disk") {
		t.Errorf("told %v", err)
	}
	s.failPut = nil
	if taken, err := i.Take(t.Context(), []Fetched{f}, false); err != nil || taken[0].Fields != 1 {
		t.Errorf("then %+v, %v", taken, err)
	}
}
