package sld

import (
	"errors"
	"image/color"
	"math"
	"strings"
	"testing"

	"isobar/styles"
)

const (
	old = `<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld"><NamedLayer><Name>gfs.t</Name><UserStyle><FeatureTypeStyle><Rule><RasterSymbolizer>
	<Opacity>0.5</Opacity><ColorMap type="%TYPE%"><ColorMapEntry color="#0000ff" quantity="250"/><ColorMapEntry color="#00ff00" quantity="270" opacity="0.5" label="mild"/>
	<ColorMapEntry color="#FF0000" quantity="3.0e2"/></ColorMap></RasterSymbolizer></Rule></FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>`
	categorize1 = `<sld:StyledLayerDescriptor version="1.1.0" xmlns:sld="http://www.opengis.net/sld" xmlns:se="http://www.opengis.net/se" xmlns:ogc="http://www.opengis.net/ogc"><sld:NamedLayer>
	<se:Name>gfs.t</se:Name><sld:UserStyle><se:CoverageStyle><se:Rule><se:RasterSymbolizer><se:ColorMap><se:Categorize fallbackValue="#000000"><se:LookupValue>Rasterdata</se:LookupValue>
	<se:Value>#0000ff</se:Value><se:Threshold>273.15</se:Threshold><se:Value><ogc:Literal>#ff0000</ogc:Literal></se:Value></se:Categorize></se:ColorMap></se:RasterSymbolizer></se:Rule></se:CoverageStyle>
	</sld:UserStyle></sld:NamedLayer></sld:StyledLayerDescriptor>`
	interpolate1 = `<StyledLayerDescriptor version="1.1.0"><NamedLayer><Name>gfs.t</Name><UserStyle><FeatureTypeStyle><Rule><RasterSymbolizer><ColorMap><Interpolate>
	<InterpolationPoint><Data>0</Data><Value>#000000</Value></InterpolationPoint><InterpolationPoint><Data>10</Data><Value>#ffffff</Value></InterpolationPoint></Interpolate></ColorMap>
	</RasterSymbolizer></Rule></FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>`
	named = `<StyledLayerDescriptor><NamedLayer><Name>gfs.t</Name><NamedStyle><Name>grey</Name></NamedStyle></NamedLayer><NamedLayer><Name>gfs.u</Name></NamedLayer></StyledLayerDescriptor>`
)

var (
	blue  = color.NRGBA{B: 255, A: 255}
	green = color.NRGBA{G: 255, A: 128}
	red   = color.NRGBA{R: 255, A: 255}
)

func TestColourMapsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       styles.Kind
		under      color.NRGBA
		stops      []styles.Stop
		fade       float64
	}{
		{"a ramp", strings.ReplaceAll(old, "%TYPE%", "ramp"), styles.Smooth, color.NRGBA{}, []styles.Stop{{Value: 250, Color: blue}, {Value: 270, Color: green, Label: "mild"}, {Value: 300, Color: red}}, 0.5},
		{"values", strings.ReplaceAll(old, "%TYPE%", "values"), styles.Categories, color.NRGBA{}, []styles.Stop{{Value: 250, Color: blue}, {Value: 270, Color: green, Label: "mild"}, {Value: 300, Color: red}}, 0.5},
		{"intervals", strings.ReplaceAll(old, "%TYPE%", "intervals"), styles.Classes, blue, []styles.Stop{{Value: 250, Color: green, Label: "mild"}, {Value: 270, Color: red}, {Value: 300}}, 0.5},
		{"Categorize", categorize1, styles.Classes, blue, []styles.Stop{{Value: 273.15, Color: red}}, 0},
		{"Interpolate", interpolate1, styles.Smooth, color.NRGBA{}, []styles.Stop{{Value: 0, Color: color.NRGBA{A: 255}}, {Value: 10, Color: color.NRGBA{255, 255, 255, 255}}}, 0},
	} {
		layers, err := Read([]byte(c.text))
		if err != nil || len(layers) != 1 || layers[0].Name != "gfs.t" || layers[0].Own == nil {
			t.Errorf("%s: %v, %+v", c.name, err, layers)
			continue
		}
		s := layers[0].Own
		if s.Kind != c.kind || len(s.Stops) != len(c.stops) || layers[0].Fade != c.fade || (s.Under != nil) != (c.under.A > 0) || s.Under != nil && *s.Under != c.under {
			t.Errorf("%s: %+v fade %g", c.name, s, layers[0].Fade)
			continue
		}
		for i, stop := range s.Stops {
			if stop != c.stops[i] {
				t.Errorf("%s: stop %d is %v, want %v", c.name, i, stop, c.stops[i])
			}
		}
	}
}

func TestNamedStylesAreRead(t *testing.T) {
	layers, err := Read([]byte(named))
	if err != nil || len(layers) != 2 || layers[0].Style != "grey" || layers[0].Own != nil || layers[1].Name != "gfs.u" {
		t.Errorf("%v, %+v", err, layers)
	}
	if l, ok := Find(layers, "gfs.u"); !ok || l.Name != "gfs.u" {
		t.Errorf("found %+v, %v", l, ok)
	}
}

func TestWhatIsNoUsableSLDIsRefused(t *testing.T) {
	ramp := strings.ReplaceAll(old, "%TYPE%", "ramp")
	for name, text := range map[string]string{
		"nothing":          "",
		"no XML":           "colours, please",
		"another document": "<WMS_Capabilities/>",
		"a document type":  `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + ramp,
		"an entity":        strings.Replace(ramp, "gfs.t", "&a;", 1),
		"no layer":         "<StyledLayerDescriptor/>",
		"too long":         ramp + strings.Repeat(" ", MaxBytes),
		"too deep":         strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100),
		"no such type":     strings.ReplaceAll(old, "%TYPE%", "rainbow"),
		"no colour":        strings.Replace(ramp, "#0000ff", "blue", 1),
		"no number":        strings.Replace(ramp, `"270"`, `"mild"`, 1),
		"no opacity":       strings.Replace(ramp, `opacity="0.5"`, `opacity="5"`, 1),
		"falling":          strings.Replace(ramp, `"270"`, `"200"`, 1),
		"vectors alone":    `<StyledLayerDescriptor><NamedLayer><Name>a</Name><UserStyle><FeatureTypeStyle><Rule><LineSymbolizer/></Rule></FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>`,
		"one threshold":    strings.Replace(categorize1, "<se:Threshold>273.15</se:Threshold>", "", 1),
	} {
		if layers, err := Read([]byte(text)); !errors.Is(err, ErrRead) {
			t.Errorf("%s: %v, %+v", name, err, layers)
		}
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	under := color.NRGBA{}
	for _, s := range []*styles.Style{
		{ID: "smooth", Title: "A <b> & c", Unit: "K", Kind: styles.Smooth, Stops: []styles.Stop{{Value: 250, Color: blue}, {Value: 270.5, Color: green}, {Value: 300, Color: red}}},
		{ID: "classes", Kind: styles.Classes, Under: &under, Stops: []styles.Stop{{Value: 1, Color: blue}, {Value: 5, Color: red}}},
	} {
		layers, err := Read(Write("gfs.t", s, ""))
		if err != nil || len(layers) != 1 || layers[0].Own == nil || layers[0].Own.Kind != s.Kind || len(layers[0].Own.Stops) != len(s.Stops) {
			t.Errorf("%s: %v, %+v in\n%s", s.ID, err, layers, Write("gfs.t", s, ""))
			continue
		}
		for i, stop := range layers[0].Own.Stops {
			if stop.Value != s.Stops[i].Value || stop.Color != s.Stops[i].Color {
				t.Errorf("%s: stop %d is %v, want %v", s.ID, i, stop, s.Stops[i])
			}
		}
	}
	if _, err := Read(Write("a", &styles.Style{ID: "symbols", Kind: styles.Symbols}, "K")); err != nil {
		t.Errorf("a style without colours: %v", err)
	}
}

func TestColoursBeyondTheEndsAreWritten(t *testing.T) {
	s := &styles.Style{ID: "cloud", Unit: "%", Kind: styles.Smooth, Under: &color.NRGBA{}, Over: &green, Stops: []styles.Stop{{Value: 5, Color: blue}, {Value: 100, Color: red}}}
	layers, err := Read(Write("gfs.tcc", s, "%"))
	if err != nil || len(layers) != 1 || len(layers[0].Own.Stops) != 4 {
		t.Fatalf("%v: %+v", err, layers)
	}
	if low, high := layers[0].Own.Stops[0], layers[0].Own.Stops[3]; low.Color.A != 0 || !(low.Value < 5 && low.Value > 4.9) || high.Color != green || !(high.Value > 100 && high.Value < 100.1) {
		t.Errorf("beyond the ends: %+v and %+v", low, high)
	}
}

func TestStopsAreWrittenInTheUnitOfTheData(t *testing.T) {
	s := &styles.Style{ID: "warm", Unit: "degC", Kind: styles.Smooth, Stops: []styles.Stop{{Value: -10, Color: blue}, {Value: 20, Color: red}}}
	for unit, want := range map[string][2]float64{"K": {263.15, 293.15}, "": {-10, 20}, "m": {-10, 20}} {
		layers, err := Read(Write("gfs.t", s, unit))
		if err != nil || len(layers) != 1 || math.Abs(layers[0].Own.Stops[0].Value-want[0]) > 1e-9 || math.Abs(layers[0].Own.Stops[1].Value-want[1]) > 1e-9 {
			t.Errorf("in %q: %v, want %v in\n%s", unit, err, want, Write("gfs.t", s, unit))
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{strings.ReplaceAll(old, "%TYPE%", "ramp"), strings.ReplaceAll(old, "%TYPE%", "intervals"), categorize1, interpolate1, named, "<!DOCTYPE a>"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		layers, err := Read(text)
		if err != nil {
			return
		}
		for _, l := range layers {
			if l.Own != nil && (len(l.Own.Stops) == 0 || len(l.Own.Stops) > maxEntries) {
				t.Errorf("%d stops", len(l.Own.Stops))
			}
		}
	})
}
