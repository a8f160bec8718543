package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"isobar/decode"
	"isobar/field"
)

// placed are the two fields that the places of a grid come as: places (lon, lat) from (5, 40) on.
func placed(name string) (lat, lon fakeMessage) {
	return fakeMessage{On: name, Axis: int(decode.Latitude), Seed: 40}, fakeMessage{On: name, Axis: int(decode.Longitude), Seed: 5}
}

func TestFieldsWaitForThePlacesOfTheirGrid(t *testing.T) {
	dir, data, s := t.TempDir(), t.TempDir(), newFakeStore()
	lat, lon := placed("ab-1")
	write(t, filepath.Join(dir, "a"), fakeMessage{Element: "t", On: "ab-1", Seed: 7}, fakeMessage{Element: "q", On: "cd-1", Seed: 7}, fakeMessage{Element: "p", Seed: 9})
	i, log := newIntake(s, data)
	if sum := paths(t, i, dir); sum.Unplaced != 2 || sum.Fields != 1 || sum.Failed != 0 {
		t.Errorf("before the places came: %+v", sum)
	}
	write(t, filepath.Join(dir, "b"), lat)
	if sum := paths(t, i, dir); sum.Unplaced != 2 || sum.Failed != 0 {
		t.Errorf("with one coordinate: %+v", sum)
	}
	if told := log.lines("level=WARN", "grid=ab-1"); len(told) != 2 { // it is read at each call of Paths
		t.Errorf("told %v", told)
	}
	write(t, filepath.Join(dir, "b"), lat, lon)
	if sum := paths(t, i, dir); sum.Unplaced != 1 || sum.Failed != 0 {
		t.Errorf("with both: %+v", sum)
	}
	var found bool
	for k, f := range s.fields {
		if k.Element != "t" {
			continue
		}
		found = true
		if b := f.Grid.Extent(); f.Grid.Len() != 6 || b[0] != 5 || b[1] != 40 || b[2] != 10 || b[3] != 45 || f.Values[0] != 7 {
			t.Errorf("t lies in %v, its values are %v", b, f.Values)
		}
	}
	if !found || len(s.fields) != 2 {
		t.Errorf("%d fields served, want t and p", len(s.fields))
	}
}

func TestPlacesAreRemembered(t *testing.T) {
	dir, data, s := t.TempDir(), t.TempDir(), newFakeStore()
	lat, lon := placed("ab-1")
	write(t, filepath.Join(dir, "places"), lat, lon)
	i, _ := newIntake(s, data)
	paths(t, i, dir)
	if err := os.Remove(filepath.Join(dir, "places")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a"), fakeMessage{Element: "t", On: "ab-1", Seed: 7}, fakeMessage{Element: "long", On: "ab-1", Cells: 7})
	i, _ = newIntake(s, data)
	if sum := paths(t, i, dir); sum.Fields != 1 || sum.Unplaced != 0 || sum.Failed != 1 {
		t.Errorf("in another life: %+v", sum)
	}
	if sum := paths(t, i, dir); sum.Skipped != 1 {
		t.Errorf("once more: %+v", sum)
	}
}

func TestPlacesThatAreNoneAreTold(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	lat, lon := placed("ab-1")
	long := lon
	long.Cells = 9
	far := lat
	far.On, far.Seed = "cd-1", 400
	other := lon
	other.On = "cd-1"
	broken, other2 := placed("ef-1")
	broken.Broken = true
	write(t, filepath.Join(dir, "a"), lat, long, far, other, broken, other2, fakeMessage{Element: "t", On: "ab-1"})
	i, log := newIntake(s, "")
	if sum := paths(t, i, dir); sum.Failed != 3 || sum.Unplaced != 1 || sum.Fields != 0 {
		t.Errorf("%+v", sum)
	}
	for _, want := range []string{"9 longitudes and 6 latitudes", "grid cd-1", "broken on purpose"} {
		if len(log.lines("level=ERROR", want)) != 1 {
			t.Errorf("no word of %q in %v", want, log.lines())
		}
	}
	lat, lon = placed("ab-1") // in one file, behind a field
	write(t, filepath.Join(dir, "b"), fakeMessage{Element: "v", On: "ab-1"}, lon, lat)
	if sum := paths(t, i, dir); sum.Unplaced != 0 || sum.Fields != 2 {
		t.Errorf("once they are right: %+v", sum)
	}
	for k := range s.fields {
		if k.Valid != field.Time(0) {
			t.Errorf("served %+v", k)
		}
	}
}
