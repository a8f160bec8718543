package ingest

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestFieldsWaitForTheirBitmap(t *testing.T) {
	dir, data, s := t.TempDir(), t.TempDir(), newFakeStore()
	masked := fakeMessage{Element: "t", Mask: "1-7-5-6"}
	write(t, filepath.Join(dir, "a"), masked, fakeMessage{Element: "q", Mask: "1-7-6-6"}, fakeMessage{Element: "p", Seed: 9})
	i, log := newIntake(s, data)
	if sum := paths(t, i, dir); sum.Unplaced != 2 || sum.Fields != 1 || sum.Failed != 0 {
		t.Errorf("before the bitmap came: %+v", sum)
	}
	if told := log.lines("level=WARN", "bitmap=1-7-5-6"); len(told) != 1 {
		t.Errorf("told %v", told)
	}
	write(t, filepath.Join(dir, "b"), fakeMessage{Element: "land", Mask: "1-7-5-6", Masks: []byte{200}, Seed: 1})
	if sum := paths(t, i, dir); sum.Unplaced != 1 || sum.Failed != 0 {
		t.Errorf("with it: %+v", sum)
	}
	if got, want := s.served(), []string{"land@0=1", "p@0=9", "t@0=200"}; !slices.Equal(got, want) {
		t.Errorf("served %v, want %v", got, want)
	}
	s, dir = newFakeStore(), t.TempDir() // in another life, without the file that carries it
	write(t, filepath.Join(dir, "c"), masked)
	i, _ = newIntake(s, data)
	if sum := paths(t, i, dir); sum.Unplaced != 0 || sum.Fields != 1 || sum.Failed != 0 {
		t.Errorf("in another life: %+v", sum)
	}
	if got, want := s.served(), []string{"t@0=200"}; !slices.Equal(got, want) {
		t.Errorf("served in another life %v, want %v", got, want)
	}
}
