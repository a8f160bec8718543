package jpeg2000

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkDecode decodes real fields, single threaded.
func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, file string }{
		{"1440x721", "gfs/gfs_20220210_00z_0p25_f024_gh500_jpeg.grib2"},
		{"2400x1201", "cmc/gdps_20200810_00z_2t_0p15_jpeg.grib2"},
		{"2540x1290", "cmc/hrdps_20260219_00z_cape_rotated_jpeg.grib2"},
		{"720x361", "meteofrance/arpege_20231203_06z_0p5_2t_f000-f024_jpeg.grib2"},
	} {
		b.Run(c.name, func(b *testing.B) {
			file, err := os.ReadFile(filepath.Join(corpus, c.file))
			if os.IsNotExist(err) {
				b.Skipf("no corpus: %s is missing", corpus)
			}
			p := fields(b, file, 0)[0]
			dst := make([]int32, p.points)
			b.SetBytes(int64(4 * len(dst)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Decode(dst, p.data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(p.data)), "file-bytes")
		})
	}
}
