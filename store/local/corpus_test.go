package local

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"isobar/decode"
	"isobar/field"
	"isobar/store/chunk"
)

// perFile is how many fields of a file are stored.
const perFile = 3

func TestRealFieldsComeBackToTheLastBit(t *testing.T) {
	corpus := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the folder %s of forecast files is missing", corpus)
	}
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	var all []*field.Field
	filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, realFields(t, path)...)
		}
		return err
	})
	var values, stored int64
	for _, f := range all {
		publish(t, s, f)
		values += 4 * int64(len(f.Values))
	}
	for _, f := range all {
		stored += size(s, f.Key)
	}
	again := opened(t, dir, Options{})
	for _, f := range all {
		if got, err := readAll(t, again, f.Key, 0); err != nil {
			t.Errorf("%s on %s: %v", chunk.Describe(f.Key), f.Grid.ID(), err)
		} else if i := differ(got, f.Values); i >= 0 {
			t.Errorf("%s: cell %d is %v, want %v", chunk.Describe(f.Key), i, got[i], f.Values[i])
		}
	}
	t.Logf("%d fields of %d MB take %d MB, with their pyramids", len(all), values>>20, stored>>20)
	if len(all) < 50 {
		t.Errorf("%d fields only", len(all))
	}
}

// size is how many bytes a field takes.
func size(s *Store, k field.Key) int64 {
	now := s.hold()
	defer now.release()
	return int64(now.run(runName{k.Model, k.Run}).records[k].Span.Bytes)
}

// realFields reads the first fields of a file, if it is one of forecasts. Each grid is a model.
func realFields(t *testing.T, path string) (fields []*field.Field) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := f.ReadAt(head, 0)
	info, err := f.Stat()
	if err != nil || !decode.GRIB().Detect(head[:n]) {
		return nil
	}
	for m, err := range decode.GRIB().Messages(f, info.Size()) {
		if len(fields) == perFile {
			break
		}
		if err != nil || m.Grid == nil || m.Grid.Len() > 4<<20 {
			continue
		}
		values := make([]float32, m.Grid.Len())
		if m.Unpack(values) != nil {
			continue
		}
		fields = append(fields, &field.Field{
			Key: field.Key{
				Model: fmt.Sprintf("%s %08x", filepath.Base(path), chunk.Checksum([]byte(m.Grid.ID()))), Run: m.Run, Element: fmt.Sprint("message", m.Number),
				Level: m.Level, Valid: m.Valid, Span: m.Span, Member: m.Member,
			},
			Grid: m.Grid, Values: values, Packing: m.Packing,
		})
	}
	return fields
}
