package wcs

import (
	"errors"
	"fmt"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"isobar/answer"
	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/layers"
)

const (
	describe = "SERVICE=WCS&VERSION=2.0.1&REQUEST=DescribeCoverage&COVERAGEID="
	cover    = "SERVICE=WCS&VERSION=2.0.1&REQUEST=GetCoverage&COVERAGEID="
)

func TestEveryFaultNamesItsParameterOrValue(t *testing.T) {
	for _, c := range []struct {
		query, code, locator string
		status               int
	}{
		{"SERVICE=WCS", "MissingParameterValue", "version", 400},
		{"SERVICE=WCS&VERSION=2.0.1", "MissingParameterValue", "request", 400},
		{"REQUEST=GetCapabilities", "MissingParameterValue", "service", 400},
		{"SERVICE=WMS&REQUEST=GetCapabilities", "InvalidParameterValue", "service", 400},
		{"SERVICE=WCS&REQUEST=GetCapabilities&ACCEPTVERSIONS=9.9.9", "VersionNegotiationFailed", "acceptversions", 400},
		{"SERVICE=WCS&REQUEST=GetCapabilities&SECTIONS=Nonsense", "InvalidParameterValue", "sections", 400},
		{"SERVICE=WCS&REQUEST=DescribeCoverage&COVERAGEID=test.t", "MissingParameterValue", "version", 400},
		{"SERVICE=WCS&VERSION=3.0.0&REQUEST=DescribeCoverage&COVERAGEID=test.t", "InvalidParameterValue", "version", 400},
		{"SERVICE=WCS&VERSION=2.0.1&REQUEST=Transaction", "OperationNotSupported", "request", 400},
		{describe, "emptyCoverageIdList", "coverageid", 404},
		{describe + "nope", "NoSuchCoverage", "nope", 404},
		{describe + "test.t,nope", "NoSuchCoverage", "nope", 404},
		{cover, "MissingParameterValue", "coverageid", 400},
		{cover + "nope", "NoSuchCoverage", "nope", 404},
		{cover + "test.t,test.u", "NoSuchCoverage", "test.t,test.u", 404},
		{cover + "test.t&SUBSET=Nope(1)", "InvalidAxisLabel", "Nope", 404},
		{cover + "test.t&SUBSET=member(1)", "InvalidAxisLabel", "member", 404},
		{cover + "test.t&SUBSET=Lat(1,2)&SUBSET=latitude(1,2)", "InvalidAxisLabel", "latitude", 404},
		{cover + "test.t&SUBSET=Lat(2,1)", "InvalidSubsetting", "Lat", 404},
		{cover + "test.t&SUBSET=Lat(200,300)", "InvalidSubsetting", "Lat", 404},
		{cover + "test.t&SUBSET=Lat(a,b)", "InvalidSubsetting", "Lat", 404},
		{cover + "test.t&SUBSET=time(%221999-01-01T00:00:00Z%22)", "InvalidSubsetting", "time", 404},
		{cover + "test.t&SUBSET=ansi(yesterday)", "InvalidSubsetting", "ansi", 404},
		{cover + "test.t&SUBSET=time(%222026-11-25%22,%222026-11-24%22)", "InvalidSubsetting", "time", 404},
		{cover + "test.t&SUBSET=elevation(1)", "InvalidSubsetting", "elevation", 404},
		{cover + "test.t&SUBSET=reference_time(1,2)", "InvalidSubsetting", "reference_time", 404},
		{cover + "test.t&SUBSET=Lat", "InvalidEncodingSyntax", "subset", 400},
		{cover + "test.t&SUBSET=Lat(1,2,3)", "InvalidEncodingSyntax", "subset", 400},
		{cover + "test.t&SUBSET=Lat(*)", "InvalidEncodingSyntax", "subset", 400},
		{cover + "test.t&SUBSET=Lat()", "InvalidEncodingSyntax", "subset", 400},
		{cover + "test.t&SUBSETTINGCRS=EPSG:1", "SubsettingCrs-NotSupported", "EPSG:1", 404},
		{cover + "test.t&OUTPUTCRS=EPSG:1", "OutputCrs-NotSupported", "EPSG:1", 404},
		{cover + "test.t&SUBSET=Lat,EPSG:4326(1,2)&SUBSET=Long,EPSG:3857(1,2)", "SubsettingCrs-NotSupported", "EPSG:3857", 404},
		{cover + "test.t&SCALEFACTOR=0", "InvalidScaleFactor", "0", 404},
		{cover + "test.t&SCALEFACTOR=x", "InvalidScaleFactor", "x", 404},
		{cover + "test.t&SCALEAXES=Lat(-1)", "InvalidScaleFactor", "-1", 404},
		{cover + "test.t&SCALEAXES=nope(2)", "ScaleAxisUndefined", "nope", 404},
		{cover + "test.t&SCALEAXES=time(2)", "ScaleAxisUndefined", "time", 404},
		{cover + "test.t&SCALESIZE=Lat(2),Lat(3)", "ScaleAxisUndefined", "Lat", 404},
		{cover + "test.t&SCALESIZE=Lat(0)", "InvalidExtent", "Lat", 404},
		{cover + "test.t&SCALESIZE=Lat(9999999)", "InvalidExtent", "y", 404},
		{cover + "test.t&SCALEEXTENT=Lat(9:2)", "InvalidExtent", "Lat", 404},
		{cover + "test.t&SCALESIZE=Lat", "InvalidEncodingSyntax", "scalesize", 400},
		{cover + "test.t&SCALEFACTOR=1&SCALESIZE=Lat(3)", "InvalidParameterValue", "scalesize", 400},
		{cover + "test.t&INTERPOLATION=magic", "InterpolationMethodNotSupported", "magic", 404},
		{cover + "test.t&INTERPOLATION=linear&INTERPOLATIONPERAXIS=Lat,linear", "InvalidParameterValue", "interpolation", 400},
		{cover + "test.t&INTERPOLATIONPERAXIS=nope,linear", "NoSuchAxis", "nope", 404},
		{cover + "test.t&INTERPOLATIONPERAXIS=Lat,linear,Long,nearest", "InterpolationMethodNotSupported", "nearest", 404},
		{cover + "test&RANGESUBSET=nope", "NoSuchField", "nope", 404},
		{cover + "test&RANGESUBSET=v:t", "IllegalFieldSequence", "v:t", 404},
		{cover + "test&RANGESUBSET=t,t:u", "IllegalFieldSequence", "t:u", 404},
		{cover + "test.t&FORMAT=image/nope", "InvalidParameterValue", "format", 400},
		{cover + "test.t&MEDIATYPE=text/plain", "InvalidParameterValue", "mediatype", 400},
		{cover + "test.t&MEDIATYPE=multipart/related&FORMAT=application/gml%2Bxml", "InvalidParameterValue", "mediatype", 400},
	} {
		h, _ := service(t)
		w := get(h, c.query)
		body := w.Body.String()
		want := fmt.Sprintf(`exceptionCode="%s" locator="%s"`, c.code, c.locator)
		if w.Code != c.status || !strings.Contains(body, want) {
			t.Errorf("%s: got %d %s, want %d %s", c.query, w.Code, body, c.status, want)
		}
		wellFormed(t, c.query, body)
	}
}

func TestErrorsFromBelowKeepTheirMeaning(t *testing.T) {
	h, s := service(t)
	s.Err = &answer.BudgetError{Cells: 9, MaxCells: 1}
	if w := get(h, cover+"test.t"); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "9 values") {
		t.Errorf("too large: got %d %s", w.Code, w.Body)
	}
	s.Err = errors.New("secret")
	if w := get(h, cover+"test.t"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("internal: got %d %s", w.Code, w.Body)
	}
	s.Err = nil
	w := get(h, cover+"test.t&FORMAT=netcdf")
	if w.Code != http.StatusInternalServerError || w.Header().Get("ETag") != "" || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("an encoder that fails at once: got %d %v", w.Code, w.Header())
	}
}

func TestDocumentsAreWellFormedAndSayWhatClientsLookFor(t *testing.T) {
	h, _ := service(t)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"SERVICE=WCS&REQUEST=GetCapabilities", []string{
			`version="2.0.1"`, "<ows:ServiceProvider>", "<wcs:formatSupported>image/tiff<", "<wcs:CoverageId>test.t<", "<wcs:CoverageId>test<",
			"<wcs:CoverageId>test.t.cube<", "A &amp; B", `href="http://isobar.test/wcs?"`,
		}},
		{describe + "test.t", []string{
			`axisLabels="Lat Long"`, "<gml:lowerCorner>-97.5 -187.5<", "<gml:upperCorner>97.5 172.5<", "<gml:high>23 12<", "<gml:pos>90 -180<",
			">0 15<", ">-15 0<", `name="elevation"`, `<swe:uom code="K"/>`, "RectifiedGridCoverage", "Title of &lt;t&gt;",
		}},
		{describe + "test.t.cube", []string{
			`axisLabels="Lat Long ansi elevation"`, "<gml:high>23 12 2 1<", "&quot;2026-11-24T00:00:00Z&quot; &quot;2026-11-24T03:00:00Z&quot;",
			">50000 85000<", "<gmlrgrid:gridAxesSpanned>ansi<",
		}},
		{describe + "test", []string{`name="t"`, `name="v"`}},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCapabilities", []string{`version="1.0.0"`, "<name>test.t<", "<name>test.t.cube<"}},
		{"SERVICE=WCS&REQUEST=GetCapabilities&AcceptVersions=1.1.0,1.0.0", []string{`version="1.1.1"`, "<wcs:Identifier>test.t<"}},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=DescribeCoverage&COVERAGE=test.t", []string{"<gml:pos>-180 90<", "<formats>GeoTIFF<", "<gml:high>23 12<"}},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=DescribeCoverage", []string{"<gml:timePosition>2026-11-24T03:00:00Z<"}},
		{"SERVICE=WCS&VERSION=1.1.1&REQUEST=DescribeCoverage&IDENTIFIERS=test.t.cube", []string{"<wcs:GridOffsets>-15 15<", "<gml:timePosition>2026-11-24T06:00:00Z<"}},
	} {
		w := get(h, c.query)
		wellFormed(t, c.query, w.Body.String())
		for _, want := range c.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %q is not in %d %s", c.query, want, w.Code, w.Body)
			}
		}
	}
	if body := get(h, "SERVICE=WCS&REQUEST=GetCapabilities&SECTIONS=Contents").Body.String(); strings.Contains(body, "Provider") || !strings.Contains(body, "wcs:Contents") {
		t.Errorf("one section alone: %s", body)
	}
	if a, b := get(h, describe+"test.t&FORMAT=text/xml"), get(h, describe+"test.t"); a.Body.String() != b.Body.String() {
		t.Error("FORMAT changes a description")
	}
}

func TestRequestsMeanTheirCells(t *testing.T) {
	for _, c := range []struct {
		query         string
		width, height int
		times, bands  int
	}{
		{"test.t", 24, 13, 1, 1},
		{"test.t&SUBSET=Long(0,30)&SUBSET=Lat(0,15)", 3, 2, 1, 1},
		{"test.t&subset=LON(0,30)&subset=latitude(%220%22,%2215%22)", 3, 2, 1, 1},
		{"test.t&subset=Long(0,30),Lat(0,15)", 3, 2, 1, 1},
		{"test.t&SUBSET=Lat(0)", 24, 1, 1, 1},
		{"test.t&SUBSET=Lat(*,0)", 24, 7, 1, 1},
		{"test.t&subset=time(2026-11-24T03:00:00Z)&SUBSET=Lat(0,15)&SUBSET0=time(%222026-11-24T03:00:00Z%22)&Format=image/tiff", 24, 2, 1, 1}, // GDAL 3.6
		{"test.t&SUBSET=time(%222026-11-24T03:00:00Z%22,*)", 24, 13, 2, 2},
		{"test.t&SUBSET=time(%222026-11-24%22)", 24, 13, 1, 1},
		{"test.t.cube&SUBSET=ansi(%222026-11%22)", 24, 13, 1, 2},
		{"test.t.cube", 24, 13, 3, 6},
		{"test.t.cube&SUBSET=ansi(%222026-11-24T03:00:00.000Z%22)&SUBSET=elevation(50000)", 24, 13, 1, 1},
		{"test", 24, 13, 1, 3},
		{"test&RANGESUBSET=t:u", 24, 13, 1, 2},
		{"test&RANGESUBSET=v,t", 24, 13, 1, 2},
		{"test.t&SCALEFACTOR=0.5", 12, 7, 1, 1},
		{"test.t&SCALEAXES=Long(2)", 48, 13, 1, 1},
		{"test.t&SCALESIZE=Long(10),Lat(5)", 10, 5, 1, 1},
		{"test.t&SCALEEXTENT=Long(10:19),Lat(0:4)", 10, 5, 1, 1},
		{"test.t&OUTPUTCRS=http://www.opengis.net/def/crs/EPSG/0/3857&SCALESIZE=x(64),y(32)", 64, 32, 1, 1},
		{"test.t&SUBSETTINGCRS=EPSG:3857&SUBSET=x(-1700000,1700000)&SUBSET=y(-1700000,1700000)", 3, 3, 1, 1},
	} {
		h, s := service(t)
		w := get(h, cover+c.query)
		if w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", c.query, w.Code, w.Body)
			continue
		}
		source, _, err := s.Describe(t.Context(), s.Asked)
		if err != nil {
			t.Fatal(err)
		}
		if source.Width() != c.width || source.Height() != c.height || len(source.Times) != c.times || source.Bands() != c.bands {
			t.Errorf("%s: got %d x %d cells, %d times, %d fields, want %+v", c.query, source.Width(), source.Height(), len(source.Times), source.Bands(), c)
		}
		if got := w.Header().Get("Content-Type"); got != "image/tiff" {
			t.Errorf("%s: got type %s", c.query, got)
		}
		if got, want := w.Header().Get("Content-Length"), fmt.Sprint(c.width*c.height*c.bands); got != want || w.Body.Len() != c.width*c.height*c.bands {
			t.Errorf("%s: got length %s and %d bytes, want %s", c.query, got, w.Body.Len(), want)
		}
	}
}

func TestXMLMeansWhatKVPMeans(t *testing.T) {
	const head = `<wcs:GetCoverage xmlns:wcs="http://www.opengis.net/wcs/2.0" xmlns:s="http://www.opengis.net/WCS_service-extension_scaling/1.0" service="WCS" version="2.0.1">`
	for _, c := range []struct{ document, query string }{
		{"<wcs:CoverageId>test.t</wcs:CoverageId>", "test.t"},
		{"<wcs:CoverageId>test.t</wcs:CoverageId><wcs:DimensionTrim><wcs:Dimension>Lat</wcs:Dimension><wcs:TrimLow>0</wcs:TrimLow><wcs:TrimHigh>15</wcs:TrimHigh></wcs:DimensionTrim>" +
			"<wcs:DimensionSlice><wcs:Dimension>time</wcs:Dimension><wcs:SlicePoint>\"2026-11-24T03:00:00Z\"</wcs:SlicePoint></wcs:DimensionSlice>",
			"test.t&SUBSET=Lat(0,15)&SUBSET=time(%222026-11-24T03:00:00Z%22)"},
		{"<wcs:Extension><s:ScaleByFactor><s:scaleFactor>2.0</s:scaleFactor></s:ScaleByFactor></wcs:Extension><wcs:CoverageId>test.t</wcs:CoverageId>", "test.t&SCALEFACTOR=2.0"},
		{"<wcs:Extension><s:ScaleToSize><s:TargetAxisSize><s:axis>Long</s:axis><s:targetSize>4</s:targetSize></s:TargetAxisSize></s:ScaleToSize></wcs:Extension><wcs:CoverageId>test.t</wcs:CoverageId>", "test.t&SCALESIZE=Long(4)"},
		{"<wcs:Extension><s:ScaleToExtent><s:TargetAxisExtent><s:axis>Long</s:axis><s:low>1</s:low><s:high>4</s:high></s:TargetAxisExtent></s:ScaleToExtent></wcs:Extension><wcs:CoverageId>test.t</wcs:CoverageId>", "test.t&SCALEEXTENT=Long(1:4)"},
		{"<wcs:Extension><i:Interpolation xmlns:i='i'><i:globalInterpolation>http://www.opengis.net/def/interpolation/OGC/1/linear</i:globalInterpolation></i:Interpolation></wcs:Extension><wcs:CoverageId>test.t</wcs:CoverageId>", "test.t&INTERPOLATION=linear"},
		{"<wcs:Extension><r:rangeSubset xmlns:r='r'><r:rangeItem><r:rangeComponent>v</r:rangeComponent></r:rangeItem><r:rangeItem><r:rangeInterval><r:startComponent>t</r:startComponent><r:endComponent>u</r:endComponent></r:rangeInterval></r:rangeItem></r:rangeSubset></wcs:Extension><wcs:CoverageId>test</wcs:CoverageId>", "test&RANGESUBSET=v,t:u"},
		{"<wcs:Extension><c:outputCrs xmlns:c='c'>EPSG:3857</c:outputCrs></wcs:Extension><wcs:CoverageId>test.t</wcs:CoverageId>", "test.t&OUTPUTCRS=EPSG:3857"},
	} {
		h, s := service(t)
		w := post(h, head+c.document+"</wcs:GetCoverage>")
		if w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", c.document, w.Code, w.Body)
			continue
		}
		byXML := fmt.Sprintf("%+v", s.Asked.Layers) + requestText(s.Asked)
		get(h, cover+c.query)
		if byKVP := fmt.Sprintf("%+v", s.Asked.Layers) + requestText(s.Asked); byXML != byKVP {
			t.Errorf("%s: got %s, want %s", c.document, byXML, byKVP)
		}
	}
}

// requestText is a request as it can be compared.
func requestText(r answer.CoverageRequest) string {
	code := ""
	if r.Cut.Out != nil {
		code = r.Cut.Out.Code
	}
	r.Cut.In, r.Cut.Out = nil, nil
	times := ""
	if r.Time != nil {
		times = fmt.Sprint(*r.Time)
	}
	r.Time = nil
	return fmt.Sprintf("%+v %s %s", r, code, times)
}

func TestBadXMLIsRefused(t *testing.T) {
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	for _, c := range []struct{ name, document string }{
		{"no XML", "hello"},
		{"a DTD", `<!DOCTYPE x [<!ENTITY a "b">]><GetCapabilities service="WCS"/>`},
		{"an entity", `<GetCapabilities service="&a;"/>`},
		{"depth", "<GetCapabilities service='WCS'>" + deep + "</GetCapabilities>"},
		{"an end too few", "<GetCapabilities service='WCS'>"},
		{"two roots' worth of nothing", ""},
		{"length", "<GetCapabilities service='WCS'>" + strings.Repeat(" ", maxBody) + "</GetCapabilities>"},
		{"an empty envelope", `<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body/></Envelope>`},
	} {
		h, _ := service(t)
		if w := post(h, c.document); w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), "InvalidEncodingSyntax") {
			t.Errorf("%s: got %d %s", c.name, w.Code, w.Body)
		}
	}
}

func TestSOAPIsAnsweredInEnvelopes(t *testing.T) {
	h, _ := service(t)
	for _, c := range []struct{ body, want string }{
		{`<wcs:GetCapabilities xmlns:wcs="w" service="WCS"/>`, "<wcs:Capabilities"},
		{`<wcs:DescribeCoverage xmlns:wcs="w" service="WCS" version="2.0.1"><wcs:CoverageId>test.t</wcs:CoverageId></wcs:DescribeCoverage>`, "<wcs:CoverageDescription "},
		{`<wcs:GetCoverage xmlns:wcs="w" service="WCS" version="2.0.1"><wcs:CoverageId>test.t</wcs:CoverageId></wcs:GetCoverage>`, "<gml:tupleList"},
		{`<wcs:GetCoverage xmlns:wcs="w" service="WCS" version="2.0.1"><wcs:CoverageId>nope</wcs:CoverageId></wcs:GetCoverage>`, "<env:Fault"},
	} {
		w := post(h, `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body>`+c.body+`</env:Body></env:Envelope>`)
		if !strings.Contains(w.Body.String(), "<env:Envelope") || !strings.Contains(w.Body.String(), c.want) || w.Header().Get("Content-Type") != typeSOAP {
			t.Errorf("%s: got %d %s %.300s", c.body, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		wellFormed(t, c.body, w.Body.String())
	}
}

func TestGMLHoldsTheValuesRowByRowFromTheNorth(t *testing.T) {
	h, _ := service(t)
	w := get(h, cover+"test&RANGESUBSET=t,u&SUBSET=Long(0,15)&SUBSET=Lat(0,15)&SUBSET=time(%222026-11-24T03:00:00Z%22)&FORMAT=application/gml%2Bxml")
	wellFormed(t, "GML", w.Body.String())
	const want = `>1015.25,1015.25 1015.25,1015.25 1000.25,1000.25 1000.25,1000.25</gml:tupleList>`
	if !strings.Contains(w.Body.String(), want) {
		t.Errorf("got %s, want %s in it", w.Body, want)
	}
	w = get(h, cover+"test.t.cube&SUBSET=Long(0)&SUBSET=Lat(0)&FORMAT=application/gml%2Bxml")
	const series = `>0,` // nothing joins values of one variable
	if body := w.Body.String(); strings.Contains(body, series) || !strings.Contains(body, ">0 0.25 0.5 1000 1000.25 1000.5<") {
		t.Errorf("a cube: got %s", body)
	}
}

func TestGMLHasNumbersWhereTheSchemaHas(t *testing.T) {
	h, _ := service(t)
	body := get(h, cover+"test.t.cube&SUBSET=Long(0)&SUBSET=Lat(0)&FORMAT=application/gml%2Bxml").Body.String()
	for _, want := range []string{
		"<gml:lowerCorner>-7.5 -7.5 155556 50000<", "<gml:pos>0 0 155556 50000<", // days after the last of 1600
		"<gmlrgrid:coefficients>0 0.125 0.25<", "<gmlrgrid:coefficients>0 35000<",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if strings.Contains(body, "2026") {
		t.Errorf("a time in letters: %s", body)
	}
}

func TestMultipartHoldsGMLAndTheFile(t *testing.T) {
	h, _ := service(t)
	w := get(h, cover+"test.t&FORMAT=image/tiff&MEDIATYPE=multipart/related")
	kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil || kind != typeMultipart {
		t.Fatalf("got %s %v", w.Header().Get("Content-Type"), err)
	}
	reader := multipart.NewReader(w.Body, parameters["boundary"])
	for _, want := range []string{typeGML, "image/tiff"} {
		part, err := reader.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Header.Get("Content-Type"); got != want {
			t.Errorf("got part %s, want %s", got, want)
		}
	}
}

func TestAnETagThatTheClientHasCostsNothing(t *testing.T) {
	h, _ := service(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, Path+"?"+cover+"test.t", nil)
		if method == http.MethodGet {
			r.Header.Set("If-None-Match", `"e"`)
		}
		h.ServeHTTP(w, r)
		if w.Body.Len() != 0 || method == http.MethodGet && w.Code != http.StatusNotModified || method == http.MethodHead && w.Header().Get("Content-Length") == "" {
			t.Errorf("%s: got %d, %d bytes, %v", method, w.Code, w.Body.Len(), w.Header())
		}
	}
}

func TestQGISGetsExactlyItsBox(t *testing.T) {
	const one = "SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage&FORMAT=GeoTIFF&COVERAGE=test.t&CRS=EPSG:4326&RESPONSE_CRS=EPSG:4326&BBOX="
	for _, c := range []struct {
		name, query string
		box         [4]float64
		w, h        int
		exact       bool
	}{
		{"all cells", "-187.5,-97.5,172.5,97.5&WIDTH=24&HEIGHT=13", [4]float64{-187.5, -97.5, 172.5, 97.5}, 24, 13, true},
		{"some cells", "-7.5,-7.5,37.5,22.5&WIDTH=3&HEIGHT=2", [4]float64{-7.5, -7.5, 37.5, 22.5}, 3, 2, true},
		{"cells scaled", "-7.5,-7.5,37.5,22.5&WIDTH=30&HEIGHT=20", [4]float64{-7.5, -7.5, 37.5, 22.5}, 30, 20, false},
		{"a box between cells", "-5,-20,55,40&WIDTH=10&HEIGHT=10", [4]float64{-5, -20, 55, 40}, 10, 10, false},
		{"steps", "-7.5,-7.5,37.5,22.5&RESX=15&RESY=15", [4]float64{-7.5, -7.5, 37.5, 22.5}, 3, 2, true},
	} {
		h, s := service(t)
		if w := get(h, one+c.query); w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", c.name, w.Code, w.Body)
			continue
		}
		source, _, err := s.Describe(t.Context(), s.Asked)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.box {
			if math.Abs(source.Box[i]-c.box[i]) > 1e-9 {
				t.Errorf("%s: got box %v, want %v", c.name, source.Box, c.box)
				break
			}
		}
		if source.Width() != c.w || source.Height() != c.h || source.Exact != c.exact {
			t.Errorf("%s: got %d x %d, exact %v, want %d x %d, %v", c.name, source.Width(), source.Height(), source.Exact, c.w, c.h, c.exact)
		}
	}
}

func TestOldVersionsRefuseInTheirOwnWords(t *testing.T) {
	h, _ := service(t)
	for _, c := range []struct{ query, want string }{
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage", `<ServiceException code="MissingParameterValue" locator="coverage">`},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage&COVERAGE=nope", `code="CoverageNotDefined" locator="coverage"`},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage&COVERAGE=test.t&CRS=EPSG:4326&BBOX=1,2,3", `locator="bbox"`},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage&COVERAGE=test.t&CRS=EPSG:1&BBOX=1,2,3,4", `locator="crs"`},
		{"SERVICE=WCS&VERSION=1.0.0&REQUEST=GetCoverage&COVERAGE=test.t&CRS=EPSG:4326&BBOX=1,2,3,4&WIDTH=-1", `locator="width"`},
		{"SERVICE=WCS&VERSION=1.1.1&REQUEST=GetCoverage", `exceptionCode="MissingParameterValue" locator="identifier"`},
		{"SERVICE=WCS&VERSION=1.1.1&REQUEST=GetCoverage&IDENTIFIER=test.t", `locator="boundingbox"`},
		{"SERVICE=WCS&VERSION=1.1.1&REQUEST=DescribeCoverage", `locator="identifiers"`},
		{"SERVICE=WCS&VERSION=1.1.1&REQUEST=DescribeCoverage&IDENTIFIERS=nope", `exceptionCode="NoSuchCoverage" locator="identifiers"`},
	} {
		w := get(h, c.query)
		wellFormed(t, c.query, w.Body.String())
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %s in it", c.query, w.Code, w.Body, c.want)
		}
	}
}

func TestWCS11GivesTwoParts(t *testing.T) {
	h, s := service(t)
	w := get(h, "SERVICE=WCS&VERSION=1.1.1&REQUEST=GetCoverage&IDENTIFIER=test.t&FORMAT=image/tiff&BOUNDINGBOX=0,0,15,30,urn:ogc:def:crs:EPSG::4326&GRIDOFFSETS=-15,15")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/mixed") || !strings.Contains(w.Body.String(), "<Identifier>test.t<") {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	source, _, err := s.Describe(t.Context(), s.Asked)
	if err != nil {
		t.Fatal(err)
	}
	if source.Width() != 3 || source.Height() != 2 || !source.Exact {
		t.Errorf("got %d x %d, exact %v, want 3 x 2 stored cells", source.Width(), source.Height(), source.Exact)
	}
}

func TestUnevenRowsAreToldAsTheyLieInGML(t *testing.T) {
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("gaussian:2:4x4+0:0,270")}, coveragetest.Temperature())
	source, err := coverage.New(fields, nil, cube, coverage.Cut{X: coverage.All, Y: coverage.All})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := writeGML(t.Context(), &b, "g", source); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "GML", b.String())
	if !strings.Contains(b.String(), "<gmlcov:ReferenceableGridCoverage") || !strings.Contains(b.String(), ">-1 0<") || !strings.Contains(b.String(), "<gmlrgrid:coefficients>0 39.5") {
		t.Errorf("got %s", b.String())
	}
	if d := domainOf("g", source); d.root() != "gmlcov:RectifiedGridCoverage" {
		t.Errorf("a description has %s", d.root())
	}
}

func TestNativeSystemsAreToldInWordsOfPROJ(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"lambert:61x41:-400000,300000,20000,20000:10,48,48:6371229", "+proj=lcc +lat_0=48 +lon_0=10 +lat_1=48 +lat_2=48 +a=6371229 +b=6371229 +units=m +no_defs"},
		{"rotated:41x31:-10,-8,10,7:10,-40,0", "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=40 +lon_0=10 +R=6371229 +no_defs"},
	} {
		cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(c.id)}, coveragetest.Temperature())
		source, err := coverage.New(fields, nil, cube, coverage.Cut{X: coverage.All, Y: coverage.All})
		if err != nil {
			t.Fatal(err)
		}
		if got := domainOf("x", source).srs(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.id, got, c.want)
		}
		o := offer{layers: []*layers.Layer{{Grid: coveragetest.Grid(c.id)}}}
		for _, name := range []string{c.want, strings.ReplaceAll(c.want, "+", " ")} { // a plus in a query is a blank
			if !o.describesOwn(name) {
				t.Errorf("%s: %q is not known as its own system", c.id, name)
			}
		}
		if o.describesOwn("EPSG:3857") || o.describesOwn(strings.Replace(c.want, "10", "11", 1)) {
			t.Errorf("%s: another system is taken for its own", c.id)
		}
	}
}
