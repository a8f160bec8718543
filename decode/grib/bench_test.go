package grib_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"isobar/decode/grib"
)

// benchPackings names the sub-benchmarks, and for those that a 1440x721 field of the shared corpus has, its file. The others
// are packed here, from the values of the first.
var benchPackings = []struct{ name, file string }{
	{"spatial", "judge/data/t2m_025.grib2"},
	{"simple", ""},
	{"complex", ""},
	{"png", ""},
	{"jpeg2000", "data/gfs/gfs_20220210_00z_0p25_f024_gh500_jpeg.grib2"},
	{"ccsds", "data/ecmwf-opendata/ifs_20260310_00z_0p25_sfc5_ccsds.grib2"},
	{"ieee", ""},
}

// BenchmarkDecode reads the values of one field of 1440x721 points from memory, by packing. ISOBAR_BENCH_DATA names a folder
// of one field in all benchPackings, <packing>.grib2, as test/bench-eccodes.sh makes it; without it the shared corpus is used.
func BenchmarkDecode(b *testing.B) {
	for _, p := range benchPackings {
		b.Run(p.name, func(b *testing.B) {
			m := benchMessage(b, benchFile(b, p.name, p.file))
			dst := make([]float32, m.Points)
			if err := m.Values(dst); err != nil { // so that the buffer's memory is there
				b.Fatal(err)
			}
			b.SetBytes(4 * int64(m.Points))
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Values(dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchFile gives a file with a field in a packing.
func benchFile(b *testing.B, name, file string) []byte {
	b.Helper()
	if folder := os.Getenv("ISOBAR_BENCH_DATA"); folder != "" {
		return benchRead(b, filepath.Join(folder, name+".grib2"))
	}
	const shared = "../../../shared"
	if file != "" {
		return benchRead(b, filepath.Join(shared, file))
	}
	model := benchRead(b, filepath.Join(shared, benchPackings[0].file))
	m := benchMessage(b, model)
	values := make([]float32, m.Points)
	if err := m.Values(values); err != nil {
		b.Fatal(err)
	}
	return repack(b, model, name, values, m.NI)
}

func benchRead(b *testing.B, path string) []byte {
	b.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b.Skipf("no %s: the shared corpus, or what ISOBAR_BENCH_DATA names", path)
	}
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func benchMessage(b *testing.B, data []byte) *grib.Message {
	b.Helper()
	for m, err := range grib.Messages(grib.Octets(data), int64(len(data))) {
		if err != nil {
			b.Fatal(err)
		}
		return m
	}
	b.Fatal("no message")
	return nil
}
