package decode

import (
	"bytes"
	"errors"
	"math"
	"os"
	"testing"

	"isobar/decode/grib"
	"isobar/elements"
	"isobar/field"
)

func TestGRIBIsKnownByItsFirstBytes(t *testing.T) {
	for _, c := range []struct {
		name string
		head string
		want bool
	}{
		{"edition 2", "GRIB\x00\x00\x00\x02", true},
		{"edition 1", "GRIB\x00\x01\x00\x01", true},
		{"behind a bulletin header", "\x01\r\r\n123\r\r\nHRPA98 EGRR 240600\r\r\nGRIB\x00\x01\x00\x01", true},
		{"behind the same word", "GRIB file: GRIB\x00\x00\x00\x02", true},
		{"a web page", "<html><title>no GRIB here</title></html>", false},
		{"another edition", "GRIB\x00\x00\x00\x03", false},
		{"too short", "GRIB", false},
		{"nothing", "", false},
	} {
		if got := GRIB().Detect([]byte(c.head)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLevelsHaveNames(t *testing.T) {
	at := func(kind int, value float64) grib.Surface {
		return grib.Surface{Type: kind, Value: value, HasValue: true}
	}
	plain := func(kind int) grib.Surface { return grib.Surface{Type: kind} }
	none := plain(grib.Missing)
	for _, c := range []struct {
		first, second grib.Surface
		want          field.Level
	}{
		{at(1, 0), none, field.Level{Kind: elements.Surface}},
		{at(100, 85000), none, field.Level{Kind: elements.Pressure, Value: 85000, To: 85000}},
		{at(100, 30000), at(100, 50000), field.Level{Kind: elements.PressureLay, Value: 30000, To: 50000}},
		{at(103, 2), none, field.Level{Kind: elements.Height, Value: 2, To: 2}},
		{at(103, 1000), at(103, 0), field.Level{Kind: elements.HeightLayer, Value: 1000}},
		{at(106, 0.07), at(106, 0.28), field.Level{Kind: elements.Depth, Value: 0.07, To: 0.28}},
		{at(105, 137), none, field.Level{Kind: elements.ModelLevel, Value: 137, To: 137}},
		{at(150, 1), at(150, 2), field.Level{Kind: elements.ModelLevel, Value: 1, To: 2}},
		{plain(1), plain(8), field.Level{Kind: elements.Atmosphere}},
		{at(200, 0), none, field.Level{Kind: elements.Atmosphere}},
		{at(241, 3), none, field.Level{Kind: "type241", Value: 3, To: 3}},
		{plain(204), none, field.Level{Kind: "type204"}},
		{at(108, 3000), at(108, 0), field.Level{Kind: "type108", Value: 3000}},
		{at(100, 80000), plain(1), field.Level{Kind: "type100-1", Value: 80000}},
		{none, none, field.Level{Kind: "type255"}},
		{at(103, 2), at(103, 2), field.Level{Kind: elements.Height, Value: 2, To: 2}},
	} {
		if got := levelOf(grib.Level{First: c.first, Second: c.second}); got != c.want {
			t.Errorf("%+v to %+v: %+v, want %+v", c.first, c.second, got, c.want)
		}
	}
}

func TestEnsemblesAreSpelledForNames(t *testing.T) {
	for _, c := range []struct {
		from   grib.Ensemble
		want   string
		member int
	}{
		{grib.Ensemble{}, "", 0},
		{grib.Ensemble{Kind: grib.Member, Type: 3, Member: 7}, "", 7},
		{grib.Ensemble{Kind: grib.Member, Type: 2, Member: 7, Size: 20}, "", 27},
		{grib.Ensemble{Kind: grib.Derived, Type: 0}, "mean", 0},
		{grib.Ensemble{Kind: grib.Derived, Type: 4}, "spread", 0},
		{grib.Ensemble{Kind: grib.Derived, Type: 77}, "derived77", 0},
		{grib.Ensemble{Kind: grib.Percentile, Quantile: 10, Of: 100}, "p10", 0},
		{grib.Ensemble{Kind: grib.Percentile, Quantile: 3, Of: 4}, "q3_4", 0},
		{grib.Ensemble{Kind: grib.Probability, Type: 1, Upper: "254e-4"}, "prob_gt_0.0254", 0},
		{grib.Ensemble{Kind: grib.Probability, Type: 0, Lower: "27315e-2"}, "prob_lt_273.15", 0},
		{grib.Ensemble{Kind: grib.Probability, Type: 2, Lower: "1e0", Upper: "5e0"}, "prob_bt_1_5", 0},
		{grib.Ensemble{Kind: grib.Probability, Type: 3, Lower: "-5e-1"}, "prob_gt_-0.5", 0},
		{grib.Ensemble{Kind: grib.Probability, Type: 200, Upper: "1e3"}, "prob200__1000", 0},
		{grib.Ensemble{Kind: grib.ErrorField}, "error", 0},
	} {
		c.from.Relation = grib.Missing
		if got, member := ensembleOf(c.from), memberOf(c.from); got != c.want || member != c.member {
			t.Errorf("%+v: %q, member %d; want %q, %d", c.from, got, member, c.want, c.member)
		}
	}
	if got := ensembleOf(grib.Ensemble{Kind: grib.Derived, Relation: 0}); got != "mean_anomaly" {
		t.Errorf("the anomaly of a mean is %q", got)
	}
}

func TestAFileBecomesMessages(t *testing.T) {
	data, err := os.ReadFile("grib/testdata/gfs_20130214_06z_0p5_natl_f012_8params.grib1")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, "GRIB\x00\xff\xff\x01 and no more"...)
	n := 0
	for m, err := range GRIB().Messages(bytes.NewReader(data), int64(len(data))) {
		if err != nil {
			var at *MessageError
			if !errors.As(err, &at) || at.Number != 9 || m != nil {
				t.Errorf("message %v, error %v; want an error of message 9", m, err)
			}
			continue
		}
		n++
		if m.Parameter.Centre != 7 || m.Parameter.Edition != 1 || m.Run.String() != "2013-02-14T06:00:00Z" || m.Valid.String() != "2013-02-14T18:00:00Z" {
			t.Errorf("message %d: %+v, run %v, valid %v", m.Number, m.Parameter, m.Run, m.Valid)
		}
		values := make([]float32, m.Grid.Len())
		if err := m.Unpack(values); err != nil {
			t.Error(err)
		}
		holds(t, m, values)
	}
	if n != 8 {
		t.Errorf("%d messages, want 8", n)
	}
}

// holds tries the packing's promise: values are (R + q 2^E) / 10^D with whole q.
func holds(t *testing.T, m *Message, values []float32) {
	t.Helper()
	p := m.Packing
	if p == nil {
		t.Errorf("message %d: no packing", m.Number)
		return
	}
	for i, v := range values {
		q := math.Ldexp(float64(v)*math.Pow10(p.Decimal)-p.Reference, -p.Binary)
		whole := math.Round(q)
		back := float32((p.Reference + math.Ldexp(whole, p.Binary)) / math.Pow10(p.Decimal))
		if whole < 0 || whole >= math.Ldexp(1, p.Bits) || back != v {
			t.Errorf("message %d: value %v at %d is no %v of %+v", m.Number, v, i, q, *p)
			return
		}
	}
}

func TestFieldsWithoutPlacesComeWithAnError(t *testing.T) {
	m, err := fromGRIB(&grib.Message{Number: 3, Points: 10}, nil)
	var at *MessageError
	if m == nil || m.Headers.Points != 10 || !errors.As(err, &at) || at.Number != 3 {
		t.Errorf("message %v, error %v", m, err)
	}
}

func TestThePlacesOfGridsAreKnown(t *testing.T) {
	for _, c := range []struct {
		m    grib.Message
		want Axis
	}{
		{grib.Message{Edition: 2, GridName: "ab-1", Category: 191, Parameter: 1}, Latitude},
		{grib.Message{Edition: 2, GridName: "ab-1", Category: 191, Parameter: 2}, Longitude},
		{grib.Message{Edition: 2, GridName: "ab-1", Category: 191, Parameter: 3}, NoAxis},
		{grib.Message{Edition: 2, GridName: "ab-1", Category: 0, Parameter: 1}, NoAxis},
		{grib.Message{Edition: 2, GridName: "ab-1", Discipline: 1, Category: 191, Parameter: 1}, NoAxis},
		{grib.Message{Edition: 2, Category: 191, Parameter: 1}, NoAxis}, // of a grid that the file describes: a field like others
	} {
		if got := axisOf(&c.m); got != c.want {
			t.Errorf("%d.%d.%d on grid %q: axis %d, want %d", c.m.Discipline, c.m.Category, c.m.Parameter, c.m.GridName, got, c.want)
		}
	}
}
