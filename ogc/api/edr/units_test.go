package edr

import (
	"math"
	"testing"
)

func TestHeightsOfTheStandardAtmosphere(t *testing.T) {
	for metres, pa := range map[float64]float64{0: 101325, 1500: 84556, 5500: 50507, 11000: 22632, 16000: 10287} {
		if got := pressure(metres); math.Abs(got-pa) > 20 {
			t.Errorf("pressure(%v) = %v, want %v", metres, got, pa)
		}
		if got := altitude(pressure(metres)); math.Abs(got-metres) > 1 {
			t.Errorf("altitude(pressure(%v)) = %v", metres, got)
		}
	}
}
