package csv_test

import (
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"isobar/encode"
	own "isobar/encode/csv"
	"isobar/encode/encodetest"
)

func TestALineTellsAPlaceATimeAndALevel(t *testing.T) {
	a, b := encodetest.Values(2, 3, 2), encodetest.Values(2, 1, 0)
	a.Names = []string{"Here", `"There", far`}
	a.Of[0][0], b.Of[0][1] = 281.15, float32(math.NaN())
	b.Parameters[0].Name, b.Parameters[0].Unit = "cape", "J/kg"
	member := 7
	b.Member, b.Between = &member, []bool{true}
	lines, err := csv.NewReader(strings.NewReader(string(own.Values([]encode.Values{a, b})))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(lines[0], "|"), "time|reference_time|interpolated|name|longitude|latitude|level|member|t [K]|cape [J/kg]"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	if len(lines) != 1+12+2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range map[int]string{
		1:  "2026-11-24T00:00:00Z|2026-11-24T00:00:00Z|false|Here|0|40|50000||281.15|",
		2:  `2026-11-24T00:00:00Z|2026-11-24T00:00:00Z|false|"There", far|0.25|40.125|50000||1|`,
		12: `2026-11-24T06:00:00Z|2026-11-24T00:00:00Z|false|"There", far|0.25|40.125|60000||11|`,
		13: "2026-11-24T00:00:00Z|2026-11-24T00:00:00Z|true||0|40||7||0",
		14: "2026-11-24T00:00:00Z|2026-11-24T00:00:00Z|true||0.25|40.125||7||",
	} {
		if got := strings.Join(lines[i], "|"); got != want {
			t.Errorf("line %d is %s\nwant %s", i, got, want)
		}
	}
}
