package gateway

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// wellFormed fails the test if a document is not.
func wellFormed(t *testing.T, doc string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(doc)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, doc)
		}
	}
}

func TestCapabilitiesAreMerged(t *testing.T) {
	const ows = `xmlns:ows="http://www.opengis.net/ows/1.1"`
	wmts := func(layers, sets, themes string) string {
		return `<Capabilities ` + ows + ` updateSequence="1"><Contents>` + layers + sets + `</Contents><Themes>` + themes + `</Themes></Capabilities>`
	}
	layer := func(id string) string { return `<Layer><ows:Identifier>` + id + `</ows:Identifier></Layer>` }
	set := `<TileMatrixSet><ows:Identifier>WebMercatorQuad</ows:Identifier><Layer>no layer</Layer></TileMatrixSet>`
	theme := func(id string, refs ...string) string {
		return `<Theme><ows:Identifier>` + id + `</ows:Identifier><LayerRef>` + strings.Join(refs, `</LayerRef><LayerRef>`) + `</LayerRef></Theme>`
	}
	squeeze := strings.NewReplacer("\n", "")
	for name, c := range map[string]struct {
		docs []string
		want string
	}{
		"WMS: layers of two models": {[]string{wmsOf("", "gfs.a", "gfs.b"), wmsOf("", "gfs.a", "hrrr.c", "gfs.d")}, strings.Replace(strings.Replace(wmsOf("", "gfs.a", "gfs.b", "gfs.d", "hrrr.c"), `updateSequence="4"`, `updateSequence="3"`, 1), "", "", 1)},
		"WMTS: layers stay before sets": {
			[]string{wmts(layer("a"), set, theme("gfs", "a")), wmts(layer("b")+layer("a"), set, theme("gfs", "a", "b")+theme("hrrr", "c"))},
			wmts(layer("a")+layer("b"), set, theme("gfs", "a", "b")+theme("hrrr", "c"))},
		"WMTS: the first has no layer": {[]string{wmts("", set, ""), wmts(layer("b"), set, "")}, wmts(layer("b"), set, "")},
		"WCS 2.0": {
			[]string{`<wcs:Capabilities><!-- > --><wcs:Contents><wcs:CoverageSummary><wcs:CoverageId>a</wcs:CoverageId></wcs:CoverageSummary><wcs:Extension/></wcs:Contents></wcs:Capabilities>`,
				`<wcs:Capabilities><wcs:Contents><wcs:CoverageSummary x=">"><wcs:CoverageId>b</wcs:CoverageId></wcs:CoverageSummary></wcs:Contents></wcs:Capabilities>`},
			`<wcs:Capabilities><!-- > --><wcs:Contents><wcs:CoverageSummary><wcs:CoverageId>a</wcs:CoverageId></wcs:CoverageSummary><wcs:CoverageSummary x=">"><wcs:CoverageId>b</wcs:CoverageId></wcs:CoverageSummary><wcs:Extension/></wcs:Contents></wcs:Capabilities>`},
		"WCS 1.0.0": {
			[]string{`<WCS_Capabilities><ContentMetadata></ContentMetadata></WCS_Capabilities>`, `<WCS_Capabilities><ContentMetadata><CoverageOfferingBrief><name>b</name></CoverageOfferingBrief></ContentMetadata></WCS_Capabilities>`},
			`<WCS_Capabilities><ContentMetadata><CoverageOfferingBrief><name>b</name></CoverageOfferingBrief></ContentMetadata></WCS_Capabilities>`},
	} {
		docs := make([][]byte, len(c.docs))
		for i, d := range c.docs {
			docs[i] = []byte(d)
		}
		got, err := mergeXML(docs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wellFormed(t, string(got))
		if squeeze.Replace(string(got)) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, squeeze.Replace(string(got)), c.want)
		}
	}
	for _, docs := range [][]string{{"<a>", "<a/>"}, {"<ServiceExceptionReport/>", "<ServiceExceptionReport/>"}, {"<Capabilities></Kapabilities>"}, {"text"}, {`<Capabilities x="`}} {
		raw := make([][]byte, len(docs))
		for i, d := range docs {
			raw[i] = []byte(d)
		}
		if got, err := mergeXML(raw); err == nil {
			t.Errorf("%q became %q", docs, got)
		}
	}
}

func TestJSONDocumentsAreMerged(t *testing.T) {
	for name, c := range map[string]struct{ path, a, b, want string }{
		"landing page": {"/", `{"title":"x","extent":{"spatial":{"bbox":[[0,1,2,3]],"crs":"c"},"temporal":{"interval":[["2020-01-01T00:00:00Z","2020-01-03T00:00:00Z"]]}},"links":[{"href":"a"}]}`,
			`{"title":"y","extent":{"spatial":{"bbox":[[-1,2,2,4]]},"temporal":{"interval":[["2019-01-01T00:00:00Z",null]]}},"links":[{"href":"a"},{"href":"b"}]}`,
			`{"title":"x","extent":{"spatial":{"bbox":[[-1,1,2,4]],"crs":"c"},"temporal":{"interval":[["2019-01-01T00:00:00Z",null]]}},"links":[{"href":"a"},{"href":"b"}]}`},
		"conformance is what all do": {"/conformance", `{"conformsTo":["a","b"]}`, `{"conformsTo":["b","c"]}`, `{"conformsTo":["b"]}`},
		"collections":                {"/collections", `{"collections":[{"id":"a","v":1}]}`, `{"collections":[{"id":"a","v":2},{"id":"b"}]}`, `{"collections":[{"id":"a","v":1},{"id":"b"}]}`},
		"API document": {"/api", `{"paths":{"/a":{"get":1}},"components":{"responses":{"P":1}},"tags":[{"name":"x"}]}`, `{"paths":{"/a":{"get":2,"post":3},"/b":{}},"components":{"schemas":{}},"tags":[{"name":"x"},{"name":"y"}]}`,
			`{"paths":{"/a":{"get":1,"post":3},"/b":{}},"components":{"responses":{"P":1},"schemas":{}},"tags":[{"name":"x"},{"name":"y"}]}`},
	} {
		got, err := mergeJSON([][]byte{[]byte(c.a), []byte(c.b)}, documents[c.path])
		if err != nil || strings.TrimSpace(string(got)) != c.want || !json.Valid(got) {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
	if _, err := mergeJSON([][]byte{[]byte(`{"collections":[]}`), []byte(`{"collections":{}}`)}, documents["/collections"]); err == nil {
		t.Error("a list and an object are merged")
	}
}

func FuzzMergeXML(f *testing.F) {
	f.Add(wmsOf("", "gfs.a"), wmsOf("", "gfs.b"))
	f.Add(`<Capabilities><Contents/></Capabilities>`, `<Capabilities><Contents><Layer/></Contents></Capabilities>`)
	f.Add(`<!-- -->`, `<![CDATA[`)
	f.Fuzz(func(t *testing.T, a, b string) {
		got, err := mergeXML([][]byte{[]byte(a), []byte(b)})
		if err != nil {
			return
		}
		if len(got) > len(a)+2*len(b)+20 {
			t.Errorf("%d bytes of %d and %d", len(got), len(a), len(b))
		}
		if _, err := scanXML(got, listDepth); err != nil {
			t.Errorf("merged from %q and %q: %q: %v", a, b, got, err)
		}
	})
}
