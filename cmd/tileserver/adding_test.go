package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image/color"
	"image/png"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isobar/ingest"
)

// block is an example of docs/ADDING.md: its language, the name behind it, and its text.
type block struct{ kind, name, text string }

var fenced = regexp.MustCompile("(?ms)^( *)```(\\w+)(?: ([^\\n]+))?\\n(.*?)^ *```$")

// blocks are the examples of the page, without their indent.
func blocks(t *testing.T) (all []block) {
	t.Helper()
	text, err := os.ReadFile("../../docs/ADDING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		all = append(all, block{m[2], m[3], regexp.MustCompile("(?m)^"+m[1]).ReplaceAllString(m[4], "")})
	}
	return all
}

// ownFiles writes the files of the page's worked example, and goes to their folder.
func ownFiles(t *testing.T) {
	t.Helper()
	all := blocks(t)
	t.Chdir(t.TempDir())
	written := 0
	for _, b := range all {
		if b.kind != "yaml" || !strings.HasSuffix(b.name, ".yaml") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(b.name), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, b.name, []byte(b.text))
		written++
	}
	if written != 5 {
		t.Fatalf("the worked example of docs/ADDING.md has %d files, want configuration, element, model, style and place", written)
	}
}

// ownForecast is the sample of HRRR with another centre and process: bytes 6 of section 1, and 14 of section 4 (GRIB2 template 4.0).
func ownForecast(t *testing.T) []byte {
	t.Helper()
	body := bytes.Clone(sampleBytes(t, "hrrr_20230722_06z_f001_skt.grib2"))
	for at := 16; at+5 < len(body) && string(body[at:at+4]) != "7777"; at += int(binary.BigEndian.Uint32(body[at:])) {
		switch body[at+4] {
		case 1:
			binary.BigEndian.PutUint16(body[at+5:], 255)
		case 4:
			body[at+13] = 200
		}
	}
	return body
}

func TestAddingAModelAnElementAStyleAndAPlaceAsThePageShows(t *testing.T) {
	ownFiles(t)
	writeFile(t, "own.grib2", ownForecast(t))
	if status, out, errs := call("config", "check", "isobar.yaml"); status != 0 {
		t.Fatalf("config check: status %d, %s%s", status, out, errs)
	}
	plain := start(t, "serve", "own.grib2", "--data", filepath.Join(t.TempDir(), "plain"))
	if got := plain.layers(t); !got["c255-p200-1799x1059-a079caed.t_surface"] {
		t.Errorf("without rows there are the layers %v, and the page names another", got)
	}
	s := start(t, "serve", "own.grib2", "--config", "isobar.yaml", "--data", filepath.Join(t.TempDir(), "own"))
	if got := s.layers(t); len(got) != 1 || !got["own-wrf.roadt"] {
		t.Fatalf("the layers are %v, want own-wrf.roadt alone", got)
	}
	_, about := s.fetch(t, "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities")
	for _, want := range []string{"Our WRF 3 km", "Example Weather Service", "Temperature of roads", "<Name>frost</Name>", "degF"} {
		if !strings.Contains(about, want) {
			t.Errorf("capabilities do not tell %q", want)
		}
	}
	status, values := s.fetch(t, "/collections/own-wrf/locations/DEPOT?parameter-name=roadt&f=CSV")
	kelvin := lastNumber(t, status, values)
	if kelvin < 280 || kelvin > 305 {
		t.Errorf("at the depot it is %v K in a night of July, %q", kelvin, values)
	}
	status, values = s.fetch(t, "/collections/own-wrf/position?coords=POINT(-105.5%2039.5)&parameter-name=roadt&f=CSV")
	if got := lastNumber(t, status, values); got != kelvin {
		t.Errorf("the place's value is %v, that of its coordinates %v", kelvin, got)
	}
	frostIsDrawn(t, s)
}

// lastNumber is the last one of a table.
func lastNumber(t *testing.T, status int, table string) float64 {
	t.Helper()
	fields := strings.Split(strings.TrimSpace(table), ",")
	v, err := strconv.ParseFloat(fields[len(fields)-1], 64)
	if status != 200 || err != nil {
		t.Fatalf("status %d, %q", status, table)
	}
	return v
}

// frostIsDrawn looks at the map of the page's style: each pixel's colour is that of the class in which the value there lies.
func frostIsDrawn(t *testing.T, s *server) {
	t.Helper()
	const width, west, north, degrees = 400, -110.0, 45.0, 10.0
	_, body := s.fetch(t, "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=own-wrf.roadt&STYLES=frost&CRS=CRS:84&BBOX=-110,35,-100,45&WIDTH=400&HEIGHT=400&FORMAT=image/png")
	img, err := png.Decode(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v: %.200q", err, body)
	}
	seen := map[color.NRGBA]int{}
	for y := 20; y < width; y += 76 {
		for x := 20; x < width; x += 76 {
			got := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			lon, lat := west+(float64(x)+0.5)*degrees/width, north-(float64(y)+0.5)*degrees/width
			status, values := s.fetch(t, fmt.Sprintf("/collections/own-wrf/position?coords=POINT(%.6f%%20%.6f)&parameter-name=roadt&f=CSV", lon, lat))
			fahrenheit := (lastNumber(t, status, values)-273.15)*1.8 + 32
			want := color.NRGBA{0x10, 0x30, 0xa0, 255}
			for _, class := range []struct {
				from float64
				is   color.NRGBA
			}{{28, color.NRGBA{0x50, 0x80, 0xff, 255}}, {32, color.NRGBA{0xf0, 0xe0, 0x60, 255}}, {36, color.NRGBA{0xe8, 0xe8, 0xe8, 255}}, {60, color.NRGBA{0xf0, 0xb0, 0x70, 255}}} {
				if fahrenheit >= class.from {
					want = class.is
				}
			}
			edge := min(math.Abs(fahrenheit-28), math.Abs(fahrenheit-32), math.Abs(fahrenheit-36), math.Abs(fahrenheit-60)) < 0.02
			if got != want && !edge {
				t.Errorf("pixel %d, %d is %v at %.2f °F, want %v", x, y, got, fahrenheit, want)
			}
			seen[got]++
		}
	}
	if len(seen) < 2 {
		t.Errorf("the map has the colours %v, want some classes", seen)
	}
}

func TestAddingFurtherRowsOfThePageAreRight(t *testing.T) {
	for i, b := range blocks(t) {
		if b.kind != "yaml" || b.name != "" {
			continue
		}
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "buoys.csv"), []byte("id,name,lon,lat,country,kind,depth\nk14,K14,4.1,53.5,NL,buoy,20\n"))
		writeFile(t, filepath.Join(dir, "own.yaml"), []byte(b.text))
		var c rowsConfig
		switch {
		case strings.Contains(b.text, "quantities:"):
			c.Elements = dir
		case strings.Contains(b.text, "families:"):
			c.Models = dir
		case strings.Contains(b.text, "styles:"):
			c.Styles = dir
		case strings.Contains(b.text, "places:"):
			c.Places = dir
		default:
			t.Errorf("block %d is of no kind of row:\n%s", i+1, b.text)
		}
		if _, err := loadRows(c); err != nil {
			t.Errorf("block %d: %v\n%s", i+1, err, b.text)
		}
	}
}

func TestAddingAFormatAsThePageShows(t *testing.T) {
	at := slices.IndexFunc(blocks(t), func(b block) bool { return b.name == "cmd/tileserver/format_example_test.go" })
	if at < 0 {
		t.Fatal("docs/ADDING.md shows no format")
	}
	file, err := os.ReadFile("format_example_test.go")
	if err != nil || string(file) != blocks(t)[at].text {
		t.Errorf("docs/ADDING.md and format_example_test.go differ, %v", err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "t2m_20261125T06Z.asc"), []byte("NCOLS 3\nNROWS 2\nXLLCORNER 9\nYLLCORNER 44\nCELLSIZE 2\nNODATA_VALUE -99\n280 281 282\n270 -99 272\n"))
	conf := defaults()
	conf.Listen, conf.Data, conf.Paths = "127.0.0.1:0", filepath.Join(dir, "data"), []string{filepath.Join(dir, "t2m_20261125T06Z.asc")}
	env := &environment{ctx: t.Context(), stdout: new(bytes.Buffer), stderr: new(bytes.Buffer), log: slog.New(slog.DiscardHandler)}
	h, err := newHouse(env, conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	rows, err := loadRows(conf.Rows)
	if err != nil {
		t.Fatal(err)
	}
	h.intake = ingest.New(h.fields, rows.elements, rows.models, append(formats(), asciiGrid()), env.log, ingest.Options{Data: conf.Data})
	ctx, cancel := context.WithCancel(env.ctx)
	ended := make(chan error, 2)
	go func() { ended <- h.catalogue.Run(ctx) }()
	go func() { ended <- h.listen(ctx) }()
	defer func() { cancel(); <-ended; <-ended }()
	summary, err := h.intake.Paths(ctx, conf.Paths, func(ingest.Progress) {})
	if err != nil || summary.Failed > 0 {
		t.Fatalf("%v, %v", summary, err)
	}
	if err := h.caughtUp(ctx); err != nil {
		t.Fatal(err)
	}
	s := &server{url: h.url}
	var layer string
	for name := range s.layers(t) {
		layer = name
	}
	model, element, _ := strings.Cut(layer, ".")
	if element != "t2m" {
		t.Fatalf("the layer is %q", layer)
	}
	for place, want := range map[string]float64{"10%2047": 280, "12%2047": 281, "14%2045": 272, "11%2047": 280.5} {
		status, values := s.fetch(t, "/collections/"+model+"/position?coords=POINT("+place+")&parameter-name=t2m&f=CSV")
		if got := lastNumber(t, status, values); math.Abs(got-want) > 0.01 {
			t.Errorf("at %s: %v, want %v", place, got, want)
		}
	}
	if status, body := s.fetch(t, "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS="+layer+"&STYLES=&CRS=CRS:84&BBOX=9,44,15,48&WIDTH=60&HEIGHT=40&FORMAT=image/png"); status != 200 || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("no map: status %d, %.200q", status, body)
	}
}

func FuzzTheFormatOfThePageNeverPanics(f *testing.F) {
	f.Add([]byte("ncols 2\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\nnodata_value -9\n1 2\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := namedReader{bytes.NewReader(body)}
		for m, err := range asciiGrid().Messages(r, int64(len(body))) {
			if err != nil || m == nil || m.Grid == nil || m.Grid.Len() > 1<<16 {
				continue
			}
			_ = m.Unpack(make([]float32, m.Grid.Len()))
		}
	})
}

// namedReader is a file in memory.
type namedReader struct{ *bytes.Reader }

// Name is the file's.
func (namedReader) Name() string { return "t2m_20261125T06Z.asc" }
