package answer

import (
	"errors"
	"reflect"
	"testing"

	"isobar/encode"
	"isobar/layers"
	"isobar/styles"
)

func TestALegendIsDrawnOnce(t *testing.T) {
	b := newBench(t, Limits{})
	for range 3 {
		a, err := b.Legend(t.Context(), LegendRequest{Layer: "a.t", Format: "image/jpeg"})
		if err != nil {
			t.Fatal(err)
		}
		if body, err := a.Body(t.Context()); err != nil || string(body) != "image/jpeg(0,0)-(10,10)" || a.Type != "image/jpeg" {
			t.Errorf("body %q of %s, %v", body, a.Type, err)
		}
		a.Done()
	}
	if n := b.easel.legends.Load(); n != 1 {
		t.Errorf("%d legends are drawn, want 1", n)
	}
}

func TestWhatMakesALegendIsInItsETag(t *testing.T) {
	b := newBench(t, Limits{})
	seen := map[string]string{}
	for name, r := range map[string]LegendRequest{
		"as it is":    {Layer: "b.c"},
		"layer":       {Layer: "b.t"},
		"style":       {Layer: "b.c", Style: "grey"},
		"format":      {Layer: "b.c", Format: "image/jpeg"},
		"unit":        {Layer: "b.c", Unit: "K"},
		"width":       {Layer: "b.c", Width: 20},
		"height":      {Layer: "b.c", Height: 20},
		"horizontal":  {Layer: "b.c", Horizontal: true},
		"transparent": {Layer: "b.c", Transparent: true},
		"dark":        {Layer: "b.c", Dark: true},
	} {
		a, err := b.Legend(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, ok := seen[a.ETag]; ok {
			t.Errorf("%q and %q have the same ETag", name, other)
		}
		seen[a.ETag] = name
	}
	if a, _ := b.Legend(t.Context(), LegendRequest{Layer: "b.c", Unit: "degC"}); seen[a.ETag] != "as it is" {
		t.Error("the style's own unit, named, is another legend")
	}
}

func TestWhatIsWrongWithALegendIsSaid(t *testing.T) {
	b := newBench(t, Limits{Width: 100, Height: 100})
	for _, c := range []struct {
		r    LegendRequest
		want error
	}{
		{LegendRequest{Layer: "nope"}, layers.ErrUnknownLayer},
		{LegendRequest{Layer: "a.t", Style: "nope"}, layers.ErrUnknownStyle},
		{LegendRequest{Layer: "a.t", Format: "text/nope"}, encode.ErrUnknownFormat},
		{LegendRequest{Layer: "a.t", Unit: "m/s"}, ErrUnknownUnit},
		{LegendRequest{Layer: "a.t", Width: 101}, ErrTooLarge},
		{LegendRequest{Layer: "a.t", Height: -1}, ErrTooLarge},
	} {
		if _, err := b.Legend(t.Context(), c.r); !errors.Is(err, c.want) {
			t.Errorf("%+v: got %v, want %v", c.r, err, c.want)
		}
	}
}

// A style that learns to paint with more must have it in the fingerprint.
func TestTheFingerprintKnowsAllOfAStyle(t *testing.T) {
	known := map[string]bool{"ID": true, "Title": true, "Abstract": true, "Unit": true, "Kind": true, "Stops": true, "Under": true, "Over": true, "Paint": true}
	of := reflect.TypeFor[styles.Style]()
	for i := range of.NumField() {
		if f := of.Field(i); f.IsExported() && !known[f.Name] {
			t.Errorf("fingerprint.style does not know %s", f.Name)
		}
	}
	if n := reflect.TypeFor[styles.Stop]().NumField(); n != 3 {
		t.Errorf("a stop has %d fields, the fingerprint knows 3", n)
	}
}

func TestLegendsAreDocumentsToo(t *testing.T) {
	b := newBench(t, Limits{})
	for _, mediaType := range []string{"image/svg+xml", "application/json"} {
		a, err := b.Legend(t.Context(), LegendRequest{Layer: "a.t", Format: mediaType})
		if err != nil {
			t.Fatal(err)
		}
		body, err := a.Body(t.Context())
		if err != nil || string(body) != mediaType+" of warm" || a.Type != mediaType {
			t.Errorf("%s: %s, %q, %v", mediaType, a.Type, body, err)
		}
		if _, err := b.Map(t.Context(), MapRequest{Layers: tile("a.t").Layers, View: tile().View, Format: mediaType}); !errors.Is(err, encode.ErrUnknownFormat) {
			t.Errorf("a map as %s: %v, want %v", mediaType, err, encode.ErrUnknownFormat)
		}
	}
}
