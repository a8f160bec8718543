package local

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"isobar/field"
	"isobar/grid"
)

// publish puts fields of one run and publishes them.
func publish(t testing.TB, s *Store, fields ...*field.Field) {
	t.Helper()
	if err := tryPublish(t, s, fields...); err != nil {
		t.Fatal(err)
	}
}

func tryPublish(t testing.TB, s *Store, fields ...*field.Field) error {
	w, err := s.Begin(t.Context(), fields[0].Key.Model, fields[0].Key.Run)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if err := w.Put(t.Context(), f); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return errors.Join(w.Publish(t.Context()), w.Close())
}

// readAll gives all values of a field at a level.
func readAll(t testing.TB, s *Store, k field.Key, level int) ([]float32, error) {
	t.Helper()
	now, err := s.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	info, ok := now.Info(k)
	if !ok {
		return nil, errors.New("not there")
	}
	nx, ny := info.Grid.Shape()
	nx, ny = grid.LevelShape(nx, ny, level)
	dst := make([]float32, nx*ny)
	return dst, now.Windows(t.Context(), []field.Key{k}, grid.Window{Level: level, NX: nx, NY: ny}, [][]float32{dst})
}

// isThere tells whether a field is there, to the last bit.
func isThere(t testing.TB, s *Store, f *field.Field) bool {
	t.Helper()
	got, err := readAll(t, s, f.Key, 0)
	return err == nil && differ(got, f.Values) < 0
}

// differ is the first cell in which values differ, or -1. All that is missing is alike.
func differ(got, want []float32) int {
	for i, v := range got {
		if v != want[i] && (v == v || want[i] == want[i]) {
			return i
		}
	}
	return -1
}

// eventually waits for something to come true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come true that %s", what)
		}
	}
}

// logged collects what is logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
