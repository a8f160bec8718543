package wcs

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"isobar/answer"
	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/encode"
	"isobar/encode/geotiff"
	"isobar/layers"
	"isobar/ogc"
	"isobar/sample"
)

// bench is two elements of one model at two times, and what was asked of them last.
type bench struct {
	cube   coverage.Cube
	fields *coveragetest.Fields
	asked  answer.CoverageRequest
}

var (
	_ Coverages     = (*bench)(nil)
	_ ogc.Catalogue = (*bench)(nil)
)

func newBench() *bench {
	second := coveragetest.Temperature()
	second.ID, second.Title = "u10", "Wind"
	b := &bench{}
	b.cube, b.fields = coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:144x73:-180,-90,177.5,90"), Times: 2}, coveragetest.Temperature(), second)
	return b
}

func (b *bench) Version() string    { return "1" }
func (b *bench) Updated() time.Time { return time.UnixMilli(1) }
func (b *bench) Layers() []*layers.Layer {
	return []*layers.Layer{b.cube.Variables[0].Layer, b.cube.Variables[1].Layer}
}
func (b *bench) Layer(name string) (*layers.Layer, error) {
	for _, l := range b.Layers() {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, fmt.Errorf("%w %q", layers.ErrUnknownLayer, name)
}

func (b *bench) Formats() []encode.Coverage { return []encode.Coverage{geotiff.Format()} }

// Describe gives the cube of the layers named, cut to one time where it is none.
func (b *bench) Describe(_ context.Context, r answer.CoverageRequest) (*coverage.Source, func(), error) {
	b.asked = r
	cube := b.cube
	cube.Variables = nil
	for _, v := range b.cube.Variables {
		for _, name := range r.Layers {
			if v.Layer.Name == name {
				cube.Variables = append(cube.Variables, v)
			}
		}
	}
	if !r.Cube {
		cube.Times = cube.Times[:1]
		for i := range cube.Variables {
			cube.Variables[i].Picks = cube.Variables[i].Picks[:1]
		}
	}
	s, err := coverage.New(b.fields, sample.New(1<<20), cube, r.Cut)
	return s, func() {}, err
}

func (b *bench) Coverage(ctx context.Context, r answer.CoverageRequest) (answer.Coverage, error) {
	if r.Format != "" && r.Format != "image/tiff" {
		return answer.Coverage{}, encode.ErrUnknownFormat
	}
	s, done, err := b.Describe(ctx, r)
	if err != nil {
		return answer.Coverage{}, err
	}
	f := geotiff.Format()
	return answer.Coverage{Source: s, Format: f, ETag: `"x"`, Done: done, Write: func(ctx context.Context, w io.Writer) error { return f.Encode(ctx, w, s) }}, nil
}

// ask sends a query.
func ask(t *testing.T, b *bench, query string) *httptest.ResponseRecorder {
	t.Helper()
	h := New(b, func() (ogc.Catalogue, func()) { return b, func() {} }, ogc.About{Title: "Test"}, func(*http.Request) string { return "http://x" }, slog.New(slog.DiscardHandler))
	w := httptest.NewRecorder()
	h.serve(w, httptest.NewRequest(http.MethodGet, "/wcs?"+query, nil))
	return w
}

const get = "service=WCS&version=2.0.1&request=GetCoverage&coverageid="

func TestDocumentsAreWellFormedAndTellWhatGDALNeeds(t *testing.T) {
	for query, wants := range map[string][]string{
		"SERVICE=WCS&REQUEST=GetCapabilities": {
			"<ows:ServiceProvider>", "<wcs:formatSupported>image/tiff</wcs:formatSupported>", "<wcs:CoverageId>test.t2m</wcs:CoverageId>",
			"<wcs:CoverageId>test.t2m.cube</wcs:CoverageId>", "<wcs:CoverageId>test</wcs:CoverageId>", "WCS_protocol-binding_get-kvp",
		},
		"service=WCS&version=2.0.1&request=DescribeCoverage&coverageid=test.t2m,test": {
			"<gml:RectifiedGrid ", `axisLabels="Lat Long"`, "<gml:lowerCorner>-91.25 -181.25</gml:lowerCorner>", "<gml:high>143 72</gml:high>",
			"<gml:pos>90 -180</gml:pos>", ">0 2.5</gml:offsetVector>", ">-2.5 0</gml:offsetVector>", `<swe:field name="u10">`,
		},
		"service=WCS&version=2.0.1&request=DescribeCoverage&coverageid=test.t2m.cube": {
			"ReferenceableGridByVectors", `axisLabels="Lat Long ansi"`, `&quot;2026-11-24T00:00:00Z&quot; &quot;2026-11-24T03:00:00Z&quot;`, "<gml:high>143 72 1</gml:high>",
		},
	} {
		w := ask(t, newBench(), query)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", query, w.Code, w.Body)
		}
		d := xml.NewDecoder(bytes.NewReader(w.Body.Bytes()))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		body := strings.ReplaceAll(w.Body.String(), "&#34;", "&quot;")
		for _, want := range wants {
			if !strings.Contains(body, want) && !strings.Contains(strings.ReplaceAll(body, `"2026`, "&quot;2026"), want) && !strings.Contains(strings.ReplaceAll(body, `"`, "&quot;"), want) {
				t.Errorf("%s: no %s in\n%s", query, want, w.Body)
			}
		}
	}
}

func TestARequestMeansCells(t *testing.T) {
	for _, c := range []struct {
		query string
		w, h  int
		check func(r answer.CoverageRequest) bool
	}{
		{"test.t2m", 144, 73, func(r answer.CoverageRequest) bool { return !r.Cube && len(r.Layers) == 1 }},
		{"test.t2m&SUBSET=Long(-1.25,21.25)&SUBSET=Lat(38.75,51.25)", 9, 5, nil},
		{"test.t2m&subset=long(0)&subset=LAT(50)", 1, 1, func(r answer.CoverageRequest) bool { return r.Cut.X.Slice && r.Cut.Y.Slice }},
		{"test.t2m&subset=Lat(*,0)", 144, 37, nil},
		{"test.t2m&SCALESIZE=Long(72),Lat(36)", 72, 36, nil},
		{"test.t2m&SCALEEXTENT=Long(0:9)", 10, 73, nil},
		{"test.t2m&SCALEFACTOR=0.5", 72, 37, nil},
		{"test.t2m&SCALEAXES=Lat(2)", 144, 146, nil},
		{"test.t2m&subset=Long(0,10)&subset=Lat(40,50)&OUTPUTCRS=http://www.opengis.net/def/crs/EPSG/0/3035&SCALESIZE=x(7),y(8)", 7, 8, nil},
		{"test.t2m&subset=time(2026-11-24T03:00:00Z)&SUBSET0=time(%222026-11-24T03:00:00Z%22)", 144, 73, func(r answer.CoverageRequest) bool {
			return r.SliceTime && r.Time != nil && r.Time.Start == coveragetest.Run+3*3600
		}},
		{"test.t2m.cube&subset=ansi(%222026-11-24%22,*)", 144, 73, func(r answer.CoverageRequest) bool { return r.Cube && !r.SliceTime && r.Time.End > r.Time.Start }},
		{"test&RANGESUBSET=u10", 144, 73, func(r answer.CoverageRequest) bool { return len(r.Layers) == 1 && r.Layers[0] == "test.u10" }},
		{"test&RANGESUBSET=t2m:u10&INTERPOLATION=http://www.opengis.net/def/interpolation/OGC/1.0/nearest-neighbor", 144, 73, func(r answer.CoverageRequest) bool {
			return len(r.Layers) == 2 && r.Cut.Interpolation == coverage.Nearest
		}},
		{"test.t2m&subset=elevation(2)&subset=member(0)&subset=reference_time(%222026-11-24T00:00:00Z%22)&geotiff:compression=None", 144, 73, func(r answer.CoverageRequest) bool {
			return *r.Run == coveragetest.Run && r.Level.Slice && r.Member.Slice && r.Options["compression"] == "None"
		}},
	} {
		b := newBench()
		w := ask(t, b, get+c.query)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "image/tiff") {
			t.Errorf("%s: status %d: %.300s", c.query, w.Code, w.Body)
			continue
		}
		s, _, err := b.Describe(t.Context(), b.asked)
		if err != nil {
			t.Fatal(err)
		}
		if s.Width() != c.w || s.Height() != c.h || c.check != nil && !c.check(b.asked) {
			t.Errorf("%s: %d x %d cells, want %d x %d; %+v", c.query, s.Width(), s.Height(), c.w, c.h, b.asked)
		}
	}
}

func TestFaultsHaveTheStandardsCodes(t *testing.T) {
	for query, want := range map[string]string{
		"request=GetCapabilities": "400 MissingParameterValue service", "service=WMS&request=GetCapabilities": "400 InvalidParameterValue service",
		"service=WCS": "400 MissingParameterValue request", "service=WCS&request=Nonsense": "501 OperationNotSupported Nonsense",
		"service=WCS&request=GetCapabilities&acceptversions=1.1.0":           "400 VersionNegotiationFailed acceptversions",
		"service=WCS&request=GetCoverage&coverageid=test.t2m":                "400 MissingParameterValue version",
		"service=WCS&version=2.0.1&request=DescribeCoverage":                 "404 emptyCoverageIdList coverageId",
		"service=WCS&version=2.0.1&request=DescribeCoverage&coverageid=nope": "404 NoSuchCoverage nope",
		get + "nope":                                     "404 NoSuchCoverage nope",
		get + "test.t2m&format=text/bogus":               "400 InvalidParameterValue format",
		get + "test.t2m&mediatype=bogus":                 "400 InvalidParameterValue mediaType",
		get + "test.t2m&subset=bogus(1,2)":               "404 InvalidAxisLabel bogus",
		get + "test.t2m&subset=Lat(1,2)&subset=Lat(3,4)": "404 InvalidAxisLabel Lat",
		get + "test.t2m&subset=Lat(2,1)":                 "404 InvalidSubsetting Lat",
		get + "test.t2m&subset=Lat(100,110)":             "404 InvalidSubsetting y",
		get + "test.t2m&subset=Lat(a,b)":                 "404 InvalidSubsetting Lat",
		get + "test.t2m&subset=Lat":                      "404 InvalidSubsetting ",
		get + "test.t2m&subset=time(%22yesterday%22)":    "404 InvalidSubsetting time",
		get + "test.t2m&scalefactor=0":                   "404 InvalidScaleFactor 0",
		get + "test.t2m&scalefactor=-1":                  "404 InvalidScaleFactor -1",
		get + "test.t2m&scaleextent=Lat(9:1)":            "404 InvalidExtent 9:1",
		get + "test.t2m&scalesize=Q(5)":                  "404 ScaleAxisUndefined Q",
		get + "test.t2m&scalefactor=2&scalesize=Lat(5)":  "400 InvalidParameterValue scalesize",
		get + "test.t2m&outputcrs=EPSG:1":                "404 OutputCrs-NotSupported EPSG:1",
		get + "test.t2m&subsettingcrs=bogus":             "404 SubsettingCrs-NotSupported bogus",
		get + "test.t2m&interpolation=cubic":             "404 InterpolationMethodNotSupported cubic",
		get + "test&rangesubset=bogus":                   "404 NoSuchField bogus",
		get + "test&rangesubset=u10:t2m":                 "400 IllegalFieldSequence u10:t2m",
	} {
		w := ask(t, newBench(), query)
		var report struct {
			Exception struct {
				Code    string `xml:"exceptionCode,attr"`
				Locator string `xml:"locator,attr"`
			}
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &report); err != nil {
			t.Errorf("%s: %v: %.200s", query, err, w.Body)
			continue
		}
		if got := fmt.Sprintf("%d %s %s", w.Code, report.Exception.Code, report.Exception.Locator); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// FuzzQuery tries that no request panics or fails for a reason of ours.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"subset=Lat(1,2)", "subset=time(\"2026\",*)", "scalesize=Long(5),Lat(6:9)", "subset=x,EPSG:4326(1)", "rangesubset=t2m:u10", "subset=((,)"} {
		f.Add(q)
	}
	b := newBench()
	h := New(b, func() (ogc.Catalogue, func()) { return b, func() {} }, ogc.About{}, func(*http.Request) string { return "" }, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, query string) {
		q := &request{Request: &http.Request{URL: &url.URL{}}, Query: ogc.ParseQuery(query), now: time.Unix(0, 0)}
		r := answer.CoverageRequest{}
		for _, read := range []func(*answer.CoverageRequest) error{q.subsets, q.systems, q.scaling, q.interpolation} {
			var fault *ogc.Fault
			if err := read(&r); err != nil && !errors.As(err, &fault) {
				t.Fatalf("%q: %v", query, err)
			}
		}
		if _, err := rangeSubset(q.Get("rangesubset"), b.Layers()); err == nil && len(h.formats()) == 0 {
			t.Fatal("no formats")
		}
	})
}
