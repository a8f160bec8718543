package packing

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// message is what a test needs of a GRIB 2 file: its first field's values.
func message(t testing.TB, path string) Values {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v := Values{}
	for at := 16; at+5 <= len(data) && string(data[at:at+4]) != "7777"; {
		section := data[at : at+int(binary.BigEndian.Uint32(data[at:]))]
		at += len(section)
		switch section[4] {
		case 5:
			v.Count, v.Template, v.Header = int(binary.BigEndian.Uint32(section[5:])), int(binary.BigEndian.Uint16(section[9:])), section[11:]
		case 7:
			v.Data = section[5:]
			return v
		}
	}
	t.Fatalf("%s: no section 7", path)
	return v
}

// BenchmarkUnpack reads the field of every file in the folder that ISOBAR_BENCH_DATA names.
func BenchmarkUnpack(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("ISOBAR_BENCH_DATA"), "*.grib2"))
	for _, f := range files {
		v := message(b, f)
		dst := make([]float32, v.Count)
		if v.Unpack(dst) != nil {
			continue
		}
		b.Run(filepath.Base(f), func(b *testing.B) {
			b.SetBytes(4 * int64(v.Count))
			b.ReportAllocs()
			for b.Loop() {
				if err := v.Unpack(dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
