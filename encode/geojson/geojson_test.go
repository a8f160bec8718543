package geojson_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"isobar/encode"
	"isobar/encode/encodetest"
	"isobar/encode/geojson"
	"isobar/feature"
)

func TestAFeatureTellsAPlaceATimeAndALevel(t *testing.T) {
	a, b := encodetest.Values(2, 3, 2), encodetest.Values(2, 1, 0)
	a.Names = []string{"Here", `"There"`}
	a.Of[0][0], b.Of[0][1] = 281.15, float32(math.NaN())
	member := 7
	b.Parameters[0].Name, b.Member, b.Between = "cape", &member, []bool{true}
	body, err := geojson.Values([]encode.Values{a, b}, "http://isobar.test/x")
	if err != nil {
		t.Fatal(err)
	}
	features, err := feature.Read(strings.NewReader(string(body)), feature.DefaultLimits)
	if err != nil || len(features) != 14 {
		t.Fatalf("%d features, %v", len(features), err)
	}
	var doc struct {
		Features []struct {
			Geometry   struct{ Coordinates []float64 }
			Properties map[string]any
		}
		Parameters []struct {
			ID               string
			ObservedProperty struct{ Label string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Parameters) != 2 || doc.Parameters[1].ID != "cape" || doc.Parameters[0].ObservedProperty.Label != "Temperature" {
		t.Errorf("parameters %+v", doc.Parameters)
	}
	for i, want := range map[int]map[string]any{
		0:  {"datetime": "2026-11-24T00:00:00Z", "label": "Here", "level": 50000.0, "t": 281.15, "edrqueryendpoint": "http://isobar.test/x", "reference_time": "2026-11-24T00:00:00Z"},
		11: {"datetime": "2026-11-24T06:00:00Z", "label": `"There"`, "level": 60000.0, "t": 11.0},
		13: {"label": "0.25 40.125", "cape": nil, "member": 7.0, "interpolated": true},
	} {
		for name, v := range want {
			if got := doc.Features[i].Properties[name]; got != v {
				t.Errorf("feature %d: %s is %v, want %v", i, name, got, v)
			}
		}
		if _, has := doc.Features[i].Properties["parameter-name"].([]any); !has {
			t.Errorf("feature %d does not tell its parameters", i)
		}
	}
}
