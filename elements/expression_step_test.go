package elements_test

import (
	"math"
	"testing"

	"isobar/elements"
)

func TestStepsOfWhatIsMadeFollowTheInputs(t *testing.T) {
	for _, c := range []struct {
		text      string
		at, steps []float64
		want      float64
	}{
		{"t", []float64{281}, []float64{0.1}, 0.1},
		{"t - 273.15", []float64{281}, []float64{0.1}, 0.1},
		{"tp / 10800", []float64{2}, []float64{0.0625}, 0.0625 / 10800},
		{"speed(u, v)", []float64{3, -4}, []float64{0.01, 0.01}, 0.01},
		{"speed(u, v)", []float64{0, 0}, []float64{0.01, 0.01}, 0.01},
		{"a - b", []float64{5, 1}, []float64{0.1, 0.5}, 0.5},
		{"speed(u, v)", []float64{3, 4}, []float64{0.01, 0}, 0},
		{"log(t)", []float64{-1}, []float64{0.1}, 0},
		{"1 / t", []float64{0}, []float64{0.1}, 0},
		{"t > 290", []float64{281}, []float64{0.1}, 0},
		{"t", []float64{281}, nil, 0},
		{"2", nil, nil, 0},
	} {
		e, err := elements.ParseExpression(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Step(c.at, c.steps); math.Abs(got-c.want) > 0.01*c.want {
			t.Errorf("%q at %v in steps of %v moves by %v, want %v", c.text, c.at, c.steps, got, c.want)
		}
	}
}
