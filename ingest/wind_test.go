package ingest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isobar/field"
)

// The fake grid's y axis points east, so a turned u is the file's v, and a turned v the file's -u.

func TestWindIsTurnedToNorth(t *testing.T) {
	file, s := filepath.Join(t.TempDir(), "f"), newFakeStore()
	write(t, file,
		fakeMessage{Element: "v", Valid: 1, Seed: 5, Turned: true}, // v may come first
		fakeMessage{Element: "u", Valid: 1, Seed: 3, Turned: true},
		fakeMessage{Element: "t", Valid: 1, Seed: 7, Turned: true}, // a scalar is left as it is
		fakeMessage{Element: "u", Valid: 2, Seed: 3},               // and so is what is relative to north
	)
	i, _ := newIntake(s, "")
	paths(t, i, file)
	for k, f := range s.fields {
		want := map[string]float32{"u": 5, "v": -3, "t": 7}[k.Element]
		if k.Valid == 2 {
			want = 3
		}
		if math.Abs(float64(f.Values[0]-want)) > 1e-6 {
			t.Errorf("%s at %d = %v, want %v", k.Element, k.Valid, f.Values[0], want)
		}
		if turned := k.Element != "t" && k.Valid == 1; turned != (f.Packing == nil) {
			t.Errorf("%s at %d has packing %v", k.Element, k.Valid, f.Packing)
		}
	}
	if len(s.fields) != 4 {
		t.Errorf("%d fields served, want 4", len(s.fields))
	}
}

func TestOriginalsAreKeptOfWhatIsNotTurned(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	messages := []fakeMessage{
		{Element: "u", Valid: 1, Turned: true}, {Element: "v", Valid: 1, Turned: true}, {Element: "t", Valid: 1, Turned: true}, {Element: "u", Valid: 2},
	}
	write(t, file, messages...)
	for _, kept := range []bool{true, false} {
		s := newFakeStore()
		i, _ := newIntake(s, "")
		i.options.Originals = kept
		paths(t, i, file)
		for k, f := range s.fields {
			want := kept && (k.Element == "t" || k.Valid == 2)
			if got := f.Original != nil; got != want {
				t.Errorf("with originals %v: %s at %d has one: %v", kept, k.Element, k.Valid, got)
			}
			if f.Original != nil && (f.Original.Format != field.GRIB2 || !strings.Contains(string(f.Original.Bytes), fmt.Sprintf("%q", k.Element))) {
				t.Errorf("that of %s at %d is %s %q", k.Element, k.Valid, f.Original.Format, f.Original.Bytes)
			}
		}
	}
}

func TestTurningIsARotation(t *testing.T) {
	var turner turner
	g := fakeGrid{angleBlock + 7, true}
	u, v := make([]float32, g.Len()), make([]float32, g.Len())
	for k := range u {
		u[k], v[k] = float32(k), float32(-2*k)
	}
	u[9] = float32(math.NaN())
	turner.turn(g, u, v)
	for k := range u {
		if k == 9 {
			if u[k] == u[k] || v[k] == v[k] {
				t.Errorf("a wind with a missing component is %v, %v, want both missing", u[k], v[k])
			}
			continue
		}
		if got, want := math.Hypot(float64(u[k]), float64(v[k])), math.Hypot(float64(k), float64(2*k)); math.Abs(got-want) > 1e-3 {
			t.Fatalf("speed at %d is %v, want %v", k, got, want)
		}
	}
}

func TestALonelyWindComponentIsLeftOutUntilItsPartnerComes(t *testing.T) {
	dir, s, data := t.TempDir(), newFakeStore(), t.TempDir()
	write(t, filepath.Join(dir, "u"), fakeMessage{Element: "u", Seed: 3, Turned: true}, fakeMessage{Element: "t", Seed: 7})
	i, log := newIntake(s, data)
	if sum := paths(t, i, dir); sum.Waiting != 1 || sum.Fields != 1 {
		t.Errorf("summary = %+v", sum)
	}
	wantServed(t, s, "t@0=7")
	if got := log.lines("level=WARN", "partner=v", filepath.Join(dir, "u")); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}

	t.Run("after a restart", func(t *testing.T) {
		i, _ := newIntake(s, data)
		if sum := paths(t, i, dir); sum.Skipped != 0 || sum.Waiting != 1 {
			t.Errorf("summary = %+v, want the file read again", sum)
		}
	})
	t.Run("in the same program", func(t *testing.T) {
		write(t, filepath.Join(dir, "v"), fakeMessage{Element: "v", Seed: 5, Turned: true})
		if sum := paths(t, i, filepath.Join(dir, "v")); sum.Waiting != 0 || sum.Fields != 2 {
			t.Errorf("summary = %+v", sum)
		}
		wantServed(t, s, "t@0=7", "u@0=5", "v@0=-3")
		i, _ := newIntake(s, data)
		if sum := paths(t, i, dir); sum.Skipped != 2 {
			t.Errorf("afterwards: %+v, want both files known", sum)
		}
	})
	t.Run("and turned anew when one of them changes", func(t *testing.T) {
		write(t, filepath.Join(dir, "u"), fakeMessage{Element: "u", Seed: 4, Turned: true}, fakeMessage{Element: "t", Seed: 7})
		changed(t, filepath.Join(dir, "u"))
		if sum := paths(t, i, filepath.Join(dir, "u")); sum.Waiting != 0 || sum.Fields != 3 {
			t.Errorf("summary = %+v", sum)
		}
		wantServed(t, s, "t@0=7", "u@0=5", "v@0=-4")
	})
}

// changed gives a file a later time of change.
func changed(t testing.TB, path string) {
	t.Helper()
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
}

func TestABrokenPartnerLeavesTheOtherWaiting(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "a"), fakeMessage{Element: "u", Seed: 3, Turned: true}, fakeMessage{Element: "v", Seed: 5, Turned: true, Broken: true})
	i, _ := newIntake(s, t.TempDir())
	if sum := paths(t, i, dir); sum.Waiting != 1 || sum.Failed != 1 || sum.Fields != 0 {
		t.Errorf("summary = %+v", sum)
	}
	write(t, filepath.Join(dir, "b"), fakeMessage{Element: "v", Seed: 5, Turned: true})
	paths(t, i, filepath.Join(dir, "b"))
	wantServed(t, s, "u@0=5", "v@0=-3")
}

func TestAComponentWhoseFileHasGoneIsToldAndNotServed(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "u"), fakeMessage{Element: "u", Seed: 3, Turned: true})
	i, log := newIntake(s, "")
	paths(t, i, dir)
	if err := os.Remove(filepath.Join(dir, "u")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "v"), fakeMessage{Element: "v", Seed: 5, Turned: true})
	paths(t, i, dir)
	wantServed(t, s)
	if got := log.lines("level=ERROR", "no such file"); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
}
