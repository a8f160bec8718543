package grib

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isobar/geo"
)

// shared is the corpus of real files, which lies beside the project and is too large to be part of it.
const shared = "../../../shared/data"

// reference is what ecCodes says of a field.
type reference struct {
	File           string
	Message        int
	Edition        int
	Discipline     *int
	Category       *int
	Number         *int
	GDT, PDT, DRT  *int
	DataDate       int
	DataTime       int
	ValidityDate   *int
	ValidityTime   *int
	GridType       *string
	N, Missing     *int
	Min, Max, Mean *float64
	Moved          any `json:"iteratorOrderDiffers"`
	Geo            any
	Points         []struct {
		I               int
		Lat, Lon, Value *float64
		Raw             *float64
	}
}

// otherOrder is the one field whose reference has values in the file's order and places in another: it is zero at every point
// that was looked at, so that nobody could tell.
const otherOrder = "nbm_20260616_12z_asnow_prob_thresholds.grib2 message 3"

// wrongLength has a message whose length in section 0 is wrong, which ecCodes refuses; its sections lead to its end.
const wrongLength = "odd/corrupted_era5_levels.grib1"

func TestSmallFilesAreReadAsEcCodesReadsThem(t *testing.T) { compare(t, "testdata") }

func TestTheCorpusIsReadAsEcCodesReadsIt(t *testing.T) {
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("the corpus is not here: %s", shared)
	}
	if n := compare(t, shared); n < 2800 {
		t.Errorf("only %d fields compared", n)
	}
}

// compare reads the files of a folder with a reference.jsonl and tells how many fields it compared.
func compare(t *testing.T, folder string) (compared int) {
	t.Helper()
	var order []string
	files := map[string][]reference{}
	f, err := os.Open(filepath.Join(folder, "reference.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var r reference
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if files[r.File] == nil {
			order = append(order, r.File)
		}
		files[r.File] = append(files[r.File], r)
	}
	for _, name := range order {
		compared += compareFile(t, folder, name, files[name])
	}
	return compared
}

func compareFile(t *testing.T, folder, name string, refs []reference) (compared int) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	found, errs := map[int]*Message{}, map[int]error{}
	for m, err := range Messages(bytes.NewReader(data), int64(len(data))) {
		if err != nil {
			var at *Error
			if !asError(err, &at) {
				t.Errorf("%s: %v is no *Error", name, err)
				continue
			}
			errs[at.Number] = at.Err
			continue
		}
		found[m.Number] = m
	}
	for i := range refs {
		r := &refs[i]
		if r.GridType != nil && *r.GridType == sphericalHarmonics {
			continue // the reference has coefficients
		}
		if r.N == nil {
			if r.Message > 0 && errs[r.Message] == nil && name != wrongLength {
				t.Errorf("%s message %d: want an error", name, r.Message)
			}
			continue
		}
		m := found[r.Message]
		if m == nil {
			t.Errorf("%s message %d: %v", name, r.Message, errs[r.Message])
			continue
		}
		compareField(t, filepath.Base(name)+fmt.Sprintf(" message %d", r.Message), r, m)
		compared++
	}
	return compared
}

func asError(err error, at **Error) bool {
	e, ok := err.(*Error)
	*at = e
	return ok
}

func compareField(t *testing.T, name string, r *reference, m *Message) {
	t.Helper()
	same := func(what string, want *int, got int) {
		if want != nil && *want != got {
			t.Errorf("%s: %s %d, want %d", name, what, got, *want)
		}
	}
	same("edition", &r.Edition, m.Edition)
	same("points", r.N, m.Points)
	if r.Edition == 2 {
		for _, c := range []struct {
			what string
			want *int
			got  int
		}{
			{"discipline", r.Discipline, m.Discipline}, {"category", r.Category, m.Category}, {"number", r.Number, m.Parameter},
			{"product template", r.PDT, m.ProductTemplate}, {"data template", r.DRT, m.DataTemplate}, {"grid template", r.GDT, m.GridTemplate},
		} {
			same(c.what, c.want, c.got)
		}
	}
	if r.GridType != nil && *r.GridType != m.GridType {
		t.Errorf("%s: grid %s, want %s", name, m.GridType, *r.GridType)
	}
	sameTime(t, name+": reference time", m.Reference, &r.DataDate, &r.DataTime)
	sameTime(t, name+": valid time", m.Valid, r.ValidityDate, r.ValidityTime)
	values := make([]float32, m.Points)
	if err := m.Values(values); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	compareValues(t, name, r, m, values)
}

// sameTime compares to the minute; dates before the year 1000 stand for climates.
func sameTime(t *testing.T, name string, got time.Time, date, clock *int) {
	t.Helper()
	if date == nil || clock == nil || *date < 10000000 {
		return
	}
	want := time.Date(*date/10000, time.Month(*date/100%100), *date%100, *clock/100, *clock%100, 0, 0, time.UTC)
	if !got.Truncate(time.Minute).Equal(want) {
		t.Errorf("%s %v, want %v", name, got, want)
	}
}

func compareValues(t *testing.T, name string, r *reference, m *Message, values []float32) {
	t.Helper()
	low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range values {
		if x := float64(v); x == x {
			low, high, sum, n = min(low, x), max(high, x), sum+x, n+1
		}
	}
	if missing := len(values) - n; r.Missing != nil && missing != *r.Missing {
		t.Errorf("%s: %d missing, want %d", name, missing, *r.Missing)
	}
	if r.Min == nil {
		return
	}
	const single = 1.3e-7 // one unit in the last place of a float32
	tolerance := max(1e-6*(*r.Max-*r.Min), single*max(math.Abs(*r.Min), math.Abs(*r.Max)), 1e-38)
	for _, c := range []struct {
		what      string
		want, got float64
		tolerance float64
	}{{"minimum", *r.Min, low, tolerance}, {"maximum", *r.Max, high, tolerance}, {"mean", *r.Mean, sum / float64(n), 10 * tolerance}} {
		if !(math.Abs(c.want-c.got) <= c.tolerance) {
			t.Errorf("%s: %s %v, want %v", name, c.what, c.got, c.want)
		}
	}
	moved := r.Moved != nil && r.Moved != false
	for _, p := range r.Points {
		want := p.Value
		if moved && p.Raw != nil {
			want = p.Raw
		}
		if !moved || p.Raw != nil {
			got := float64(values[m.Canonical(p.I)])
			if (want == nil) != (got != got) || want != nil && !(math.Abs(*want-got) <= tolerance) {
				t.Errorf("%s: value %v at %d, want %v", name, got, p.I, want)
			}
		}
		if !moved && r.Geo == nil && p.Lat != nil && name != otherOrder {
			comparePlace(t, fmt.Sprintf("%s: place of %d", name, p.I), m, p.I, geo.LonLat{Lon: *p.Lon, Lat: *p.Lat})
		}
	}
}

// comparePlace holds the reckoned place to the reference, and the grid's own, which is laid evenly, to about that.
func comparePlace(t *testing.T, name string, m *Message, i int, want geo.LonLat) {
	t.Helper()
	var place [1]geo.LonLat
	m.Grid.Places(place[:], m.Canonical(i))
	got, ok := m.Reckoned(i)
	if !ok {
		got = place[0]
	}
	if !near(got, want, 2e-6) {
		t.Errorf("%s %v, want %v", name, got, want)
	}
	if m.GridType == spaceView && m.layout.northwards { // ecCodes has such images upside down
		return
	}
	if !near(place[0], want, 2e-3) {
		t.Errorf("%s %v in the grid, want about %v", name, place[0], want)
	}
}

func near(a, b geo.LonLat, tolerance float64) bool {
	turn := math.Remainder(a.Lon-b.Lon, 360)
	return math.Abs(a.Lat-b.Lat) <= tolerance && (math.Abs(turn) <= tolerance || math.Abs(math.Abs(b.Lat)-90) <= 1e-6)
}
