package elements

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// derived writes derivations as "element(inputs)".
func derived(c *Catalogue, stored ...string) []string {
	var list []string
	for _, d := range c.Derive(stored) {
		list = append(list, fmt.Sprint(d.Element.ID, d.Inputs))
	}
	return list
}

func TestDerive(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		name   string
		stored []string
		want   []string
	}{
		{"a pair at 10 m", []string{"u10", "v10"}, []string{"ws10[u10 v10]", "wd10[u10 v10]"}},
		{"a pair on levels", []string{"v", "u"}, []string{"ws[u v]", "wd[u v]"}},
		{"pairs on several kinds", []string{"u", "v", "u_tropopause", "v_tropopause", "u_height"}, []string{"ws[u v]", "ws_tropopause[u_tropopause v_tropopause]",
			"wd[u v]", "wd_tropopause[u_tropopause v_tropopause]"}},
		{"half a pair", []string{"u10", "v"}, nil},
		{"heights apart", []string{"u_height", "v10"}, nil},
		{"what is stored is not derived", []string{"u10", "v10", "ws10", "wd10"}, nil},
		{"no speed of mean winds", []string{"u10_mean", "v10_mean", "u10_ensmean", "v10_ensmean"}, nil},
		{"humidity of dew point", []string{"t2m", "d2m"}, []string{"r2m[d2m t2m]", "heatindex2m[t2m d2m]"}},
		{"dew point of humidity", []string{"t", "r"}, []string{"td[r t]"}},
		{"dew point of its depression", []string{"t", "depr"}, []string{"td[t depr]"}},
		{"geopotential height", []string{"z"}, []string{"gh[z]"}},
		{"what a body feels", []string{"t2m", "u10", "v10", "r2m"}, []string{"ws10[u10 v10]", "wd10[u10 v10]", "d2m[r2m t2m]", "windchill2m[t2m u10 v10]", "heatindex2m[t2m r2m]", "aptmp2m[t2m r2m u10 v10]"}},
		{"currents", []string{"uc", "vc"}, []string{"cs[uc vc]", "dc[uc vc]"}},
		{"nothing of nothing", nil, nil},
		{"nothing of strangers", []string{"x", "", "grib2_0_0_250_c7_surface"}, nil},
	} {
		if got := derived(c, test.stored...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q\nwant %q", test.name, got, test.want)
		}
	}
}

// TestDerivedValues tries formulas against published values.
func TestDerivedValues(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		element   string
		stored    map[string]float64
		want, off float64
	}{
		{"r2m", map[string]float64{"t2m": 293.15, "d2m": 283.15}, 52.5, 0.2},              // psychrometric tables
		{"d2m", map[string]float64{"t2m": 293.15, "r2m": 52.5}, 283.15, 0.1},              // and back
		{"d2m", map[string]float64{"t2m": 263.15, "r2m": 100}, 263.15, 0.01},              // saturated
		{"windchill2m", map[string]float64{"t2m": 263.15, "ws10": 20 / 3.6}, 255.25, 0.2}, // Environment Canada's chart: -10 °C at 20 km/h feels like -18
		{"windchill2m", map[string]float64{"t2m": 293.15, "ws10": 10}, 293.15, 0.01},
		{"heatindex2m", map[string]float64{"t2m": 305.372, "r2m": 70}, 314, 0.6},   // NWS' chart: 90 °F at 70 % feels like 105
		{"heatindex2m", map[string]float64{"t2m": 310.928, "r2m": 40}, 315.9, 0.3}, // 100 °F at 40 %: 109
		{"heatindex2m", map[string]float64{"t2m": 303.15, "d2m": 301.35}, 314, 1},  // 86 °F at 90 %: 105
		{"heatindex2m", map[string]float64{"t2m": 293.15, "r2m": 50}, 292.8, 0.5},
		{"heatindex2m", map[string]float64{"t2m": 263.15, "r2m": 50}, 263.15, 1e-3},
		{"ws10", map[string]float64{"u10": -3, "v10": 4}, 5, 1e-6},
		{"wd10", map[string]float64{"u10": 0, "v10": 4}, 180, 1e-4},
		{"dc", map[string]float64{"uc": 0, "vc": 4}, 360, 1e-4}, // currents go to the north
		{"gh", map[string]float64{"z": 9806.65}, 1000, 1e-3},
	} {
		var stored []string
		for id := range test.stored {
			stored = append(stored, id)
		}
		slices.Sort(stored)
		for _, d := range c.Derive(stored) {
			if d.Element.ID != test.element {
				continue
			}
			in := make([][]float32, len(d.Inputs))
			for k, id := range d.Inputs {
				in[k] = []float32{float32(test.stored[id])}
			}
			dst := []float32{float32(math.NaN())}
			d.Expr.Eval(dst, in)
			if got := float64(dst[0]); !(math.Abs(got-test.want) <= test.off) {
				t.Errorf("%s of %v = %v, want %v", test.element, test.stored, got, test.want)
			}
			stored = nil
		}
		if stored != nil {
			t.Errorf("%s is not derived of %v", test.element, test.stored)
		}
	}
}
