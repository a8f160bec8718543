package probe

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// weather is a model whose wind rises and falls, and that rains at last.
func weather(t testing.TB) *house {
	g := globe(t)
	var parts []part
	for h, speed := range []float64{4, 8, 12, 12, 6, 14} {
		hours := field.Time(h)
		parts = append(parts, part{model: "m", element: "ws10", level: at10m, hours: hours, grid: g, value: func(at geo.LonLat) float64 {
			if at.Lat < 0 {
				return 0
			}
			return speed
		}})
		if h > 0 {
			parts = append(parts, part{model: "m", element: "tp", hours: hours, span: hour, grid: g, value: flat(max(0, speed-11))})
		}
	}
	return build(t, Limits{}, parts...)
}

func TestWhenAConditionIsTrue(t *testing.T) {
	h := weather(t)
	at := []geo.LonLat{{Lat: 40}, {Lat: -40}}
	for _, c := range []struct {
		text   string
		linear bool
		want   []float64 // hours: starts and ends
		total  float64
	}{
		{"ws10 > 10", false, []float64{2, 3, 5, 5}, 1},
		{"ws10 > 10", true, []float64{1.5, 3 + 1.0/3, 4.5, 5}, 1.5 + 1.0/3 + 0.5},
		{"m.ws10 >= 10", true, []float64{1.5, 3 + 1.0/3, 4.5, 5}, 1.5 + 1.0/3 + 0.5},
		{"10 < ws10", true, []float64{1.5, 3 + 1.0/3, 4.5, 5}, 1.5 + 1.0/3 + 0.5},
		{"(ws10 > 10) * (ws10 < 13)", true, []float64{2, 3}, 1},
		{"tp > 0", true, []float64{1, 3, 4, 5}, 3},
		{"ws10 > 3", false, []float64{0, 5}, 5},
		{"ws10 > 30", true, nil, 0},
	} {
		condition, err := ParseCondition(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.engine.Threshold(t.Context(), h.catalogue, clock(0), ThresholdRequest{Condition: condition, Model: "m", Times: Times{Interval: true}, At: at, Linear: c.linear})
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		var hours []float64
		for _, w := range got.Places[0].Intervals {
			hours = append(hours, float64(w.Start-run0)/hour, float64(w.End-run0)/hour)
		}
		same := len(hours) == len(c.want)
		for i := range hours {
			same = same && near(float32(hours[i]), float32(c.want[i]), 0.001)
		}
		if !same || !near(float32(got.Places[0].Total), float32(c.total*hour), 2) {
			t.Errorf("%s, linear %v: true at %v hours, %v in all, want %v, %v", c.text, c.linear, hours, float64(got.Places[0].Total)/hour, c.want, c.total)
		}
		if strings.HasPrefix(c.text, "ws10 >") && (len(got.Places[1].Intervals) > 0 || got.Places[1].Known != len(got.Times)) {
			t.Errorf("%s: true in the south: %+v", c.text, got.Places[1])
		}
	}
}

func TestUnitsOfACondition(t *testing.T) {
	h := weather(t)
	condition, err := ParseCondition("ws10 > 20")
	if err != nil {
		t.Fatal(err)
	}
	r := ThresholdRequest{Condition: condition, Model: "m", Columns: map[string]Column{"ws10": {Unit: "kt"}}, Times: Times{Interval: true}, At: []geo.LonLat{{Lat: 40}}}
	got, err := h.engine.Threshold(t.Context(), h.catalogue, clock(0), r)
	if err != nil || got.Places[0].True != 3 || !slices.Equal(got.Times, h.layer(t, "m.ws10").Times) {
		t.Errorf("20 knots are exceeded: %+v, %v", got, err)
	}
}

func TestConditionsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{"": "expression: ", "ws10 >": "expression: column", "1 < 2": "expression: it names no element"} {
		var wrong *ParameterError
		if _, err := ParseCondition(text); !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	h := weather(t)
	condition, err := ParseCondition("nope > 1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.engine.Threshold(t.Context(), h.catalogue, clock(0), ThresholdRequest{Condition: condition, Model: "m", At: []geo.LonLat{{}}})
	var wrong *ParameterError
	if !errors.Is(err, layers.ErrUnknownLayer) || !errors.As(err, &wrong) {
		t.Errorf("an element that is none gives %v", err)
	}
}
