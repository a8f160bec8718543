package jpeg2000

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// corpus is the folder of real files, which is not part of the project.
const corpus = "../../../shared/data"

// reference is a line of the corpus's reference.jsonl.
type reference struct {
	File    string
	Message int
	Drt     int
	N       int
	Missing int
	Min     *float64
	Max     *float64
	Mean    *float64
	Offset  int
	Points  []point
	Raw     []point
	Differs bool `json:"iteratorOrderDiffers"`
}

type point struct {
	I     int
	Value *float64
}

// packed is what a GRIB 2 message says of one field: sections 5 to 7.
type packed struct {
	reference       float64
	binary, decimal int
	bits, points    int
	bitmap          []byte
	data            []byte
	drt             int
	gridPoints      int
}

// fields walks the sections of the message at offset, one field after each section 7.
func fields(t testing.TB, file []byte, offset int) []packed {
	t.Helper()
	var all []packed
	var p packed
	signed := func(b []byte) int {
		v := int(binary.BigEndian.Uint16(b))
		if v&0x8000 != 0 {
			return -(v & 0x7FFF)
		}
		return v
	}
	for pos := offset + 16; pos+5 <= len(file) && string(file[pos:pos+4]) != "7777"; {
		n := int(binary.BigEndian.Uint32(file[pos:]))
		s := file[pos : pos+n]
		switch s[4] {
		case 3:
			p.gridPoints = int(binary.BigEndian.Uint32(s[6:]))
		case 5:
			p.points, p.drt = int(binary.BigEndian.Uint32(s[5:])), int(binary.BigEndian.Uint16(s[9:]))
			p.reference = float64(math.Float32frombits(binary.BigEndian.Uint32(s[11:])))
			p.binary, p.decimal, p.bits = signed(s[15:]), signed(s[17:]), int(s[19])
		case 6:
			switch s[5] {
			case 0:
				p.bitmap = s[6:]
			case 255:
				p.bitmap = nil
			}
		case 7:
			p.data = s[5:]
			all = append(all, p)
		}
		pos += n
	}
	return all
}

// values unpacks a field as GRIB 2 template 5.40 says, NaN where the bitmap has no point.
func (p packed) values() ([]float64, error) {
	samples := make([]int32, p.points)
	if len(p.data) > 0 && p.bits > 0 {
		if err := Decode(samples, p.data); err != nil {
			return nil, err
		}
	}
	out := make([]float64, p.gridPoints)
	next := 0
	for i := range out {
		if p.bitmap != nil && p.bitmap[i/8]>>(7-i%8)&1 == 0 {
			out[i] = math.NaN()
			continue
		}
		out[i] = (p.reference + float64(samples[next])*math.Pow(2, float64(p.binary))) * math.Pow(10, -float64(p.decimal))
		next++
	}
	return out, nil
}

// references reads the corpus's lines on fields of GRIB 2 template 5.40.
func references(t testing.TB) []reference {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, "reference.jsonl"))
	if os.IsNotExist(err) {
		t.Skipf("no corpus: %s is missing", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []reference
	lines := bufio.NewScanner(f)
	for lines.Buffer(nil, 1<<24); lines.Scan(); {
		var r reference
		if err := json.Unmarshal(lines.Bytes(), &r); err == nil && r.Drt == 40 {
			all = append(all, r)
		}
	}
	return all
}

func TestCorpusDecodesToWhatEcCodesSays(t *testing.T) {
	seen := map[string]int{} // fields of a message met so far
	files := map[string][]byte{}
	for _, r := range references(t) {
		if files[r.File] == nil {
			data, err := os.ReadFile(filepath.Join(corpus, r.File))
			if err != nil {
				t.Fatal(err)
			}
			clear(files)
			files[r.File] = data
		}
		at := fmt.Sprint(r.File, " ", r.Offset)
		all := fields(t, files[r.File], r.Offset)
		p := all[seen[at]]
		seen[at]++
		got, err := p.values()
		if err != nil {
			t.Errorf("%s message %d: %v", r.File, r.Message, err)
			continue
		}
		compare(t, r, got)
	}
	if len(seen) < 100 {
		t.Errorf("only %d messages met", len(seen))
	}
}

// compare checks a field's statistics and points.
func compare(t *testing.T, r reference, got []float64) {
	t.Helper()
	name := fmt.Sprintf("%s message %d", r.File, r.Message)
	least, most, sum, missing := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range got {
		if math.IsNaN(v) {
			missing++
			continue
		}
		least, most, sum = min(least, v), max(most, v), sum+v
	}
	if len(got) != r.N || missing != r.Missing {
		t.Errorf("%s: %d points, %d missing, want %d, %d", name, len(got), missing, r.N, r.Missing)
		return
	}
	near := func(what string, got float64, want *float64) {
		if want != nil && math.Abs(got-*want) > 1e-9*max(1, math.Abs(*want)) {
			t.Errorf("%s: %s %.12g, want %.12g", name, what, got, *want)
		}
	}
	if missing < len(got) {
		near("min", least, r.Min)
		near("max", most, r.Max)
		near("mean", sum/float64(len(got)-missing), r.Mean)
	}
	points := r.Points
	if r.Differs {
		points = r.Raw
	}
	for _, p := range points {
		if p.Value == nil {
			if !math.IsNaN(got[p.I]) {
				t.Errorf("%s: point %d is %g, want none", name, p.I, got[p.I])
			}
			continue
		}
		near(fmt.Sprint("point ", p.I), got[p.I], p.Value)
	}
}
