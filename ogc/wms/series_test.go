package wms

import (
	"encoding/json"
	"image"
	"math"
	"net/http"
	"strings"
	"testing"

	"isobar/geo"
)

func TestMetadataAreTold(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"item=menu", `{"label":"Test","children":[{"label":"Model gfs","id":"gfs","children":[{"label":"Title of t","id":"gfs.t","plottable":true}`},
		{"item=layerDetails&layerName=gfs.t", `"bbox":[-180,-90,180,90],"scaleRange":[-273.15,-273.15],"numColorBands":250,"supportedStyles":["default-scalar","raster"],"zaxis":{"units":"Pa","positive":false,"values":[50000,85000]},` +
			`"datesWithData":{"2026":{"10":[24]}},"nearestTimeIso":"2026-11-24T12:00:00.000Z"`},
		{"item=layerDetails&layerName=gfs.t", `"palettes":["warm","grey"],"defaultPalette":"warm"`},
		{"item=minmax&layers=gfs.t&styles=&bbox=0,0,1,1&crs=CRS:84&width=5&height=5", `{"min":5.98,"max":7.98}`},
		{"item=timesteps&layerName=gfs.t&day=2026-11-24T00:00:00Z", `{"timesteps":["12:00:00.000Z","13:00:00.000Z","14:00:00.000Z"]}`},
		{"item=timesteps&layerName=gfs.t&day=2026-11-25", `{"timesteps":[]}`},
		{"item=animationTimesteps&layerName=gfs.t&start=2026-11-24T12:00:00.000Z&end=2026-11-24T13:00:00.000Z", `{"timeStrings":[{"title":"All (2 frames)","timeString":"2026-11-24T12:00:00.000Z,2026-11-24T13:00:00.000Z"}]}`},
	} {
		h, _ := service(t)
		w := get(h, "REQUEST=GetMetadata&"+c.query)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %s, want %s", c.query, w.Code, w.Body, c.want)
		}
	}
	for query, locator := range map[string]string{
		"item=colours": "item", "": "item", "item=layerDetails": "layername", "item=layerDetails&layerName=nope": "layers", "item=timesteps&layerName=gfs.t&day=x": "day",
		"item=animationTimesteps&layerName=gfs.t&start=2026-11-24": "end",
	} {
		h, _ := service(t)
		w := get(h, "REQUEST=GetMetadata&"+query)
		if _, got := code(t, w.Body.Bytes()); w.Code != http.StatusBadRequest || got != locator {
			t.Errorf("%s: %d of %s, want %s", query, w.Code, got, locator)
		}
	}
}

const spotQuery = "VERSION=1.3.0&LAYERS=gfs.t&QUERY_LAYERS=gfs.t&CRS=CRS:84&BBOX=0,0,10,10&WIDTH=10&HEIGHT=10&I=4&J=4&"

func TestSeriesAreTold(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"all times", spotQuery + "REQUEST=GetTimeseries&INFO_FORMAT=text/json", `"longitude":4.5,"latitude":5.5,"times":["2026-11-24T12:00:00Z","2026-11-24T13:00:00Z","2026-11-24T14:00:00Z"],`},
		{"as numbers", spotQuery + "REQUEST=GetTimeseries&INFO_FORMAT=application/json", `"values":[6.98,6.98,6.98]`},
		{"as a table", spotQuery + "REQUEST=GetTimeseries&INFO_FORMAT=text/csv", "time,reference_time,longitude,latitude,gfs.t (degC)\n2026-11-24T12:00:00Z,2026-11-24T12:00:00Z,4.5,5.5,6.98\n"},
		{"all levels", spotQuery + "REQUEST=GetVerticalProfile&INFO_FORMAT=application/json", `"elevations":[50000,85000],"elevation_unit":"Pa","values":[6.98,6.98]`},
		{"levels as a table", spotQuery + "REQUEST=GetVerticalProfile&INFO_FORMAT=text/csv", "latitude,elevation (Pa),gfs.t (degC)\n2026-11-24T12:00:00Z,2026-11-24T12:00:00Z,4.5,5.5,50000,6.98\n"},
		{"a line", "VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0 0,10 0&FORMAT=application/json", `"line":[{"longitude":0,"latitude":0,"distance_km":0},`},
		{"a line as a table", "VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0 0,10 0&FORMAT=text/csv", "longitude,latitude,distance_km,gfs.t (degC)\n"},
	} {
		h, _ := service(t)
		w := get(h, strings.ReplaceAll(c.query, " ", "%20"))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %.400s, want %s", c.name, w.Code, w.Body, c.want)
		}
	}
}

func TestSeriesAreDrawn(t *testing.T) {
	for _, c := range []struct {
		query, format string
		texts         []string // of the SVG
	}{
		{spotQuery + "REQUEST=GetTimeseries", "image/png", []string{">Title of t<", ">5.50° N 4.50° E · 500 hPa · run of 2026-11-24 12:00 UTC<", ">°C<", ">12:00<", ">Tue 24 Nov 2026<", ">UTC<"}},
		{spotQuery + "REQUEST=GetVerticalProfile", "image/png", []string{">5.50° N 4.50° E · 2026-11-24 12:00 UTC · run of 2026-11-24 12:00 UTC<", ">Pressure, hPa<", ">850<", ">500<", ">°C<"}},
		{"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0%200,10%200", "image/png", []string{">0.00° N 0.00° E to 0.00° N 10.00° E · 500 hPa · 2026-11-24 12:00 UTC", ">Distance, km<", ">1000<"}},
		{strings.ReplaceAll(spotQuery, "gfs.t", "gfs.t,hrrr.t2m") + "REQUEST=GetTimeseries", "image/png", []string{">Time series<", ">Title of t<", ">Title of t2m<"}},
	} {
		h, _ := service(t)
		w := get(h, c.query+"&CHART_WIDTH=500&CHART_HEIGHT=400")
		img, kind, err := image.Decode(w.Body)
		if err != nil || kind != "png" || img.Bounds().Dx() != 500 || img.Bounds().Dy() != 400 || w.Header().Get("Content-Type") != c.format {
			t.Errorf("%s: %d %s, %v", c.query, w.Code, w.Header().Get("Content-Type"), err)
		}
		w = get(h, c.query+"&INFO_FORMAT=image/svg%2Bxml&FORMAT=image/svg%2Bxml")
		for _, text := range c.texts {
			if w.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: %d %s without %s", c.query, w.Code, w.Header().Get("Content-Type"), text)
			}
		}
	}
}

func TestAMissingValueOfASeriesIsNull(t *testing.T) {
	h, s := service(t)
	s.Value = math.NaN()
	w := get(h, spotQuery+"REQUEST=GetTimeseries&INFO_FORMAT=application/json")
	var tables []table
	if err := json.Unmarshal(w.Body.Bytes(), &tables); err != nil || len(tables) != 1 || len(tables[0].Values) != 3 || tables[0].Values[0] != nil {
		t.Errorf("%v: %s", err, w.Body)
	}
}

func TestSeriesThatCannotBeNameTheirParameter(t *testing.T) {
	for query, locator := range map[string]string{
		spotQuery + "REQUEST=GetTimeseries&INFO_FORMAT=image/bmp":                                              "info_format",
		spotQuery + "REQUEST=GetTimeseries&CHART_WIDTH=20":                                                     "chart_width",
		spotQuery + "REQUEST=GetTimeseries&CHART_HEIGHT=99999":                                                 "chart_height",
		spotQuery + "REQUEST=GetVerticalProfile&I=99":                                                          "i",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&LINESTRING=0%200,1%201":                                 "crs",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84":                                             "linestring",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0%200":                            "linestring",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0%200,x%201":                      "linestring",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0%200,NaN%201":                    "linestring",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=0%200,1%201,2":                    "linestring",
		"VERSION=1.3.0&REQUEST=GetTransect&LAYER=gfs.t&CRS=CRS:84&LINESTRING=" + strings.Repeat("0%200,", 200): "linestring",
	} {
		h, _ := service(t)
		w := get(h, query)
		if _, got := code(t, w.Body.Bytes()); w.Code != http.StatusBadRequest || got != locator {
			t.Errorf("%s: %d of %s, want %s", query, w.Code, got, locator)
		}
	}
}

func TestLinesFollowGreatCircles(t *testing.T) {
	at := along([]geo.LonLat{{Lon: -90, Lat: 60}, {Lon: 90, Lat: 60}}, 3)
	if math.Abs(at[1].Lat-90) > 1e-6 || math.Abs(at[2].Distance-2*at[1].Distance) > 0.01 || math.Abs(at[2].Distance-6671.7) > 1 {
		t.Errorf("over the pole: %+v", at)
	}
	at = along([]geo.LonLat{{Lon: 0, Lat: 0}, {Lon: 1, Lat: 0}, {Lon: 1, Lat: 0}, {Lon: 4, Lat: 0}}, 5)
	for i, p := range at {
		if math.Abs(p.Lon-float64(i)) > 1e-6 || math.Abs(p.Lat) > 1e-9 {
			t.Errorf("place %d is %+v", i, p)
		}
	}
	if at := along([]geo.LonLat{{Lon: 5, Lat: 5}, {Lon: 5, Lat: 5}}, 3); math.Abs(at[2].Lon-5) > 1e-6 || at[2].Distance != 0 {
		t.Errorf("a line of no length: %+v", at)
	}
}

func TestLatitudeComesFirstInLinesWhereTheVersionWantsIt(t *testing.T) {
	for version, want := range map[string]geo.LonLat{"1.3.0&CRS": {Lon: 20, Lat: 10}, "1.1.1&SRS": {Lon: 10, Lat: 20}} {
		h, s := service(t)
		w := get(h, "VERSION="+version+"=EPSG:4326&REQUEST=GetTransect&LAYERS=gfs.t&LINESTRING=10%2020,11%2021")
		if w.Code != http.StatusOK || len(s.Along.At) != transectPlaces || math.Abs(s.Along.At[0].Lon-want.Lon) > 1e-6 {
			t.Errorf("%s: %d, from %v, want %v", version, w.Code, s.Along.At, want)
		}
	}
}
