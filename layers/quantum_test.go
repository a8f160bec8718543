package layers

import (
	"math"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/sample"
	"isobar/store"
)

// described is what is known of fields by their element.
type described map[string]store.Info

func (k described) Info(key field.Key) (store.Info, bool) {
	info, ok := k[key.Element]
	return info, ok
}

func TestQuantumFollowsTheInputs(t *testing.T) {
	infos := described{
		"t": {Mean: 281, Quantum: 0.1}, "z": {Mean: 14000, Quantum: 0.5}, "u": {Mean: 3, Quantum: 0.01}, "v": {Mean: -4, Quantum: 0.01},
		"calm": {Quantum: 0.01}, "td": {Mean: 275, Quantum: 0.1}, "tp": {Mean: 2, Quantum: 0.0625}, "floats": {Mean: 5},
	}
	for _, c := range []struct {
		formula string // "": the one key's own
		unit    string
		keys    []string
		want    float64
	}{
		{"", "K", []string{"t"}, 0.1},
		{"", "K", []string{"floats"}, 0},
		{"", "K", []string{"unknown"}, 0},
		{"speed(u, v)", "m/s", []string{"u", "v"}, 0.01},
		{"speed(calm, calm2)", "m/s", []string{"calm", "calm"}, 0.01},
		{"speed(u, floats)", "m/s", []string{"u", "floats"}, 0},
		{"direction(u, v)", "deg", []string{"u", "v"}, 1},
		{"z / 9.80665", "gpm", []string{"z"}, 0.5 / 9.80665},
		{"t - td", "K", []string{"t", "td"}, 0.1},
		{"tp / 10800", "kg/m2/s", []string{"tp"}, 0.0625 / 10800},
		{"100 * exp(17.625 * (td - 273.15) / (td - 30.11) - 17.625 * (t - 273.15) / (t - 30.11))", "%", []string{"td", "t"}, 0.48},
		{"log(td - 275)", "", []string{"td"}, 0},
		{"td > 275", "", []string{"td"}, 1},
		{"td > 290", "", []string{"td"}, 0},
	} {
		in := sample.Input{}
		for _, id := range c.keys {
			in.Keys = append(in.Keys, field.Key{Element: id})
		}
		if c.formula != "" {
			var err error
			if in.Expr, err = elements.ParseExpression(c.formula); err != nil {
				t.Fatal(err)
			}
		}
		l := &Layer{Element: elements.Element{Unit: c.unit}}
		if got := l.Quantum(infos, in); math.Abs(got-c.want) > 0.02*c.want {
			t.Errorf("%q of %v comes in steps of %v, want %v", c.formula, c.keys, got, c.want)
		}
	}
	if got := (&Layer{}).Quantum(nil, sample.Input{Keys: make([]field.Key, 1)}); got != 0 {
		t.Errorf("without a snapshot the quantum is %v", got)
	}
}
