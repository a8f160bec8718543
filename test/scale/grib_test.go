package main

import (
	"math"
	"os"
	"testing"
	"time"

	"isobar/cmd/tileserver/samples"
)

func TestHexadecimalNumbersAreReadAsWritten(t *testing.T) {
	for _, v := range []float64{0, 1, -1, 0.0625, 100000.5, -273.15, 1e-9, 16777215, 3.5e20} {
		if got := reference(hexadecimal(v)); math.Abs(got-v) > math.Abs(v)*1e-6 {
			t.Errorf("%v is read as %v", v, got)
		}
	}
}

func TestMessagesAreGivenRunAndValues(t *testing.T) {
	text, err := samples.Files.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	all, err := messages(text)
	if err != nil || len(all) != 102 {
		t.Fatalf("%d messages, %v, want 102", len(all), err)
	}
	m := all[0].of(time.Date(2000, 12, 31, 18, 0, 0, 0, time.UTC), process2)
	if p := m.product(); p[5] != process2 || p[12] != 100 || p[24] != 20 || p[13] != 12 || p[14] != 31 || p[15] != 18 { // 2000 is the last of its century
		t.Errorf("the product is %v", p[:25])
	}
	if string(all[0].raised(0)) != string(all[0]) || string(all[0].raised(0.1)) == string(all[0]) {
		t.Error("values are not raised as told")
	}
	if _, err := messages(text[:len(text)-1]); err == nil {
		t.Error("a file that is cut is taken")
	}
}

func TestTimesOfAListAreCounted(t *testing.T) {
	for list, want := range map[string]int{
		"2026-11-24T00:00:00Z": 1, "2026-11-24T00:00:00Z,2026-11-24T01:00:00Z": 2, "2026-11-24T00:00:00Z/2026-11-26T00:00:00Z/PT6H": 9,
	} {
		if got := countTimes(list); got != want {
			t.Errorf("%s: %d times, want %d", list, got, want)
		}
	}
}

func TestTheForecastIsMadeOfSamplesAlone(t *testing.T) {
	f, err := newForecast(samplesFolder(t), "", 2, time.Date(2026, 11, 25, 4, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.files) != 26 || len(f.others) != len(others) || string(f.whole[0]) == string(f.whole[1]) {
		t.Errorf("%d files of two runs, %d others", len(f.files), len(f.others))
	}
}

// samplesFolder unpacks the samples.
func samplesFolder(t *testing.T) string {
	dir := t.TempDir()
	text, err := samples.Files.ReadFile(source)
	if err == nil {
		err = os.WriteFile(dir+"/"+source, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
