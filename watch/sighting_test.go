package watch

import (
	"encoding/json"
	"strings"
	"testing"

	"isobar/field"
)

func TestSightingsHaveTheDigitsOfTheData(t *testing.T) {
	v := float64(float32(286.68))
	text, err := json.Marshal(&Sighting{Time: field.Time(3600), Value: &v})
	if want := `"value":286.68,"time":"1970-01-01T01:00:00Z"`; err != nil || !strings.Contains(string(text), want) {
		t.Errorf("%v: %s, %v, want %s", v, text, err, want)
	}
	var back Sighting
	if err := json.Unmarshal(text, &back); err != nil || back.Value == nil || *back.Value != v || back.Time != 3600 {
		t.Errorf("%s read back: %+v, %v, want %v", text, back, err, v)
	}
	if text, err := json.Marshal(Sighting{}); err != nil || !strings.Contains(string(text), `"value":null`) {
		t.Errorf("without a value: %s, %v", text, err)
	}
}
