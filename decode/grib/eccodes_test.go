package grib

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"isobar/geo"
)

// ecCodesSamples is where Debian's libeccodes-data has messages of many grids.
const ecCodesSamples = "/usr/share/eccodes/samples"

// needEcCodes skips a test where ecCodes' tools are not installed.
func needEcCodes(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"grib_set", "grib_get_data"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("ecCodes' %s is not here (Debian's libeccodes-tools): nothing is compared", tool)
		}
	}
}

// peerPoint is a point as grib_get_data prints it.
type peerPoint struct {
	at    geo.LonLat
	value float64 // NaN: missing
}

// peerPoints asks grib_get_data for the points of a file of one field.
func peerPoints(file string) ([]peerPoint, error) {
	out, err := exec.Command("grib_get_data", "-m", "NaN", "-F", "%.17g", "-L", "%.9f %.9f", file).Output()
	if err != nil {
		return nil, err
	}
	var points []peerPoint
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		words := strings.Fields(strings.ReplaceAll(lines.Text(), ",", " "))
		if len(words) < 3 || words[0] == "Latitude" {
			continue
		}
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(words[i], 64); err != nil {
				return nil, err
			}
		}
		points = append(points, peerPoint{geo.LonLat{Lon: v[1], Lat: v[0]}, v[2]})
	}
	return points, nil
}

// fieldOf reads a file of one field.
func fieldOf(file string) (*Message, []float32, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	for m, err := range Messages(Octets(data), int64(len(data))) {
		if err != nil {
			return nil, nil, err
		}
		values := make([]float32, m.Points)
		return m, values, m.Values(values)
	}
	return nil, nil, fmt.Errorf("no field")
}

// anywhere is a distance that no place is too far for.
const anywhere = 1e3

// differ tells where a field differs from ecCodes' points; places may differ by near degrees.
func differ(m *Message, values []float32, points []peerPoint, near float64) error {
	if len(points) != m.Points {
		return fmt.Errorf("%d points, want %d", m.Points, len(points))
	}
	places := make([]geo.LonLat, m.Points)
	m.Grid.Places(places, 0)
	for i, p := range points {
		k := m.Canonical(i)
		got, want := values[k], float32(p.value)
		if got != want && (got == got || want == want) {
			return fmt.Errorf("value %v at %d, want %v", got, i, p.value)
		}
		at := places[k]
		lon := at.Lon - p.at.Lon
		lon -= 360 * math.Round(lon/360)
		if d := math.Hypot(lon*math.Cos(p.at.Lat*math.Pi/180), at.Lat-p.at.Lat); !(d < near) {
			return fmt.Errorf("point %d at %v, want %v", i, at, p.at)
		}
	}
	return nil
}

func TestEcCodesSamplesAreReadAsEcCodesReadsThem(t *testing.T) {
	needEcCodes(t)
	files, err := filepath.Glob(filepath.Join(ecCodesSamples, "*grib[12].tmpl"))
	if err != nil || len(files) == 0 {
		t.Skipf("no samples in %s (Debian's libeccodes-data): nothing is compared", ecCodesSamples)
	}
	const most = 300_000 // points that are printed
	for _, file := range files {
		name := filepath.Base(file)
		switch {
		case strings.HasPrefix(name, "polar_stereographic"): // steps of 0 m, or true at the equator
			continue
		case strings.HasPrefix(name, "lambert_bf"):
			continue
		}
		m, _, err := fieldOf(file)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
			continue
		case m.Points > most || m.GridType == sphericalHarmonics:
			continue
		}
		near := 2e-3
		if strings.Contains(m.GridType, "rotated_gg") { // ecCodes 2.28 gives their places in the grid's own coordinates
			near = anywhere
		}
		comparePeer(t, name, file, near)
	}
}
