package local

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isobar/field"
	"isobar/store"
	"isobar/store/chunk"
)

// world is a field with a pyramid and gaps, some chunks of it constant.
func world(t testing.TB, k field.Key) *field.Field {
	t.Helper()
	g := globe(t)
	values := smooth(1440, 721, tenths)
	for i := range values {
		switch x, y := i%1440, i/1440; {
		case x < 200 && y < 200:
			values[i] = chunk.Missing
		case x < 400 && y < 200:
			values[i] = 273
		case x > 1000 && (x*y)%11 == 0:
			values[i] = chunk.Missing
		}
	}
	return &field.Field{Key: k, Grid: g, Values: values, Packing: tenths}
}

func TestAFlippedBitIsToldAndNeverAValue(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	f := world(t, benchKey(0))
	publish(t, s, f)
	path := filesOf(t, s, f.Key)[0]
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pick := rand.New(rand.NewPCG(1, 1))
	told := 0
	for range 60 {
		at, bit := pick.IntN(len(clean)), byte(1)<<pick.IntN(8)
		patchFile(t, path, int64(at), clean[at]^bit)
		for level := range 4 {
			_, err := readAll(t, s, f.Key, level)
			if err == nil {
				continue
			}
			told++
			if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "gfs.t of ") {
				t.Fatalf("byte %d: %v, want it damaged, with file and key", at, err)
			}
		}
		patchFile(t, path, int64(at), clean[at])
	}
	if told < 60 {
		t.Errorf("%d of 60 flipped bits were told", told)
	}
	if !isThere(t, s, f) {
		t.Error("the mended field can't be read")
	}
}

func TestACutFileIsDamaged(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	f := world(t, benchKey(0))
	publish(t, s, f)
	if err := os.Truncate(filesOf(t, s, f.Key)[0], 100_000); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, s, f.Key, 0); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}

func TestADamagedRunIsLoggedAndTheOthersAreServed(t *testing.T) {
	for _, name := range []string{manifestName, ".index"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, dir, Options{})
			good, bad := numbered(field.Key{Model: "m", Element: "t"}, 1), numbered(field.Key{Model: "m", Run: 3600, Element: "t"}, 2)
			publish(t, s, good)
			publish(t, s, bad)
			folder, _ := s.folder(runName{"m", 3600})
			found, _ := filepath.Glob(filepath.Join(folder, "*"+name))
			clean, err := os.ReadFile(found[0])
			if err != nil {
				t.Fatal(err)
			}
			for at := range clean {
				if at > 24 && at%13 != 0 {
					continue
				}
				patchFile(t, found[0], int64(at), clean[at]^0x10)
				log := &logged{}
				again, err := Open(dir, Options{Log: log.logger()})
				if errors.Is(err, store.ErrFormat) && name == manifestName && at < 20 { // another format's number
					patchFile(t, found[0], int64(at), clean[at])
					continue
				}
				if err != nil {
					t.Fatalf("byte %d: %v", at, err)
				}
				if !isThere(t, again, good) || isThere(t, again, bad) {
					t.Errorf("byte %d: good there: %v, bad there: %v", at, isThere(t, again, good), isThere(t, again, bad))
				}
				if !strings.Contains(log.String(), "damaged") || !strings.Contains(log.String(), folder) {
					t.Errorf("byte %d: logged %q", at, log.String())
				}
				if _, err := again.Begin(t.Context(), "m", 3600); !errors.Is(err, store.ErrDamaged) {
					t.Errorf("byte %d: Begin = %v", at, err)
				}
				again.Close()
				patchFile(t, found[0], int64(at), clean[at])
			}
			again := opened(t, dir, Options{})
			if !isThere(t, again, bad) {
				t.Error("the mended run is not there")
			}
		})
	}
}

func TestADamagedRunMayBeDropped(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	f := numbered(field.Key{Model: "m", Element: "t"}, 1)
	publish(t, s, f)
	folder, _ := s.folder(runName{"m", 0})
	patchFile(t, filepath.Join(folder, manifestName), 30, 0)
	again := opened(t, dir, Options{})
	if err := again.Drop(t.Context(), "m", 0); err != nil {
		t.Fatal(err)
	}
	publish(t, again, f)
	if !isThere(t, again, f) {
		t.Error("the run can't be written anew")
	}
}

// filesOf are the files of fields of a key's run.
func filesOf(t testing.TB, s *Store, k field.Key) (paths []string) {
	t.Helper()
	n := runName{k.Model, k.Run}
	dir, err := s.folder(n)
	if err != nil {
		t.Fatal(err)
	}
	now := s.hold()
	defer now.release()
	for _, f := range now.run(n).manifest.Files {
		paths = append(paths, filepath.Join(dir, f.Name))
	}
	return paths
}

// patchFile replaces one byte.
func patchFile(t testing.TB, path string, at int64, b byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{b}, at); err != nil {
		t.Fatal(err)
	}
}
