package answer

import (
	"testing"
)

// etagOf is the ETag of a map of one layer.
func etagOf(t *testing.T, b *bench, layer, style string) string {
	t.Helper()
	r := tile(layer)
	r.Layers[0].Style = style
	a, err := b.Map(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	a.Done()
	return a.ETag
}

func TestTheETagKnowsAllThatAStylePaints(t *testing.T) {
	b := newBench(t, Limits{})
	before, plain := etagOf(t, b, "a.t", "with-u"), etagOf(t, b, "a.t", "warm")
	if again := etagOf(t, b, "a.t", "with-u"); again != before {
		t.Error("the same map has two ETags")
	}
	b.shelf.now.version, b.shelf.now.etags = "2", map[string]string{"u": "changed"}
	b.serve(t, rows{250}, Limits{})
	if after := etagOf(t, b, "a.t", "with-u"); after == before {
		t.Error("another u is not known to the ETag of a map that paints it")
	}
	if after := etagOf(t, b, "a.t", "warm"); after != plain {
		t.Error("another u changes the ETag of a map that does not paint it")
	}
	b.shelf.now.version, b.shelf.now.etags = "3", nil
	b.serve(t, rows{251}, Limits{})
	if after := etagOf(t, b, "a.t", "with-u"); after == before {
		t.Error("the width of a line is not known to the ETag")
	}
}

func TestPaintersGetTheirInputs(t *testing.T) {
	b := newBench(t, Limits{})
	r := tile("a.t")
	r.Layers[0].Style = "with-u"
	a, err := b.Map(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Done()
	if _, err := a.Body(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := b.easel.last.Load().Layers[0]
	if len(l.Sampled) != 2 || l.Sampled[0].Inputs[0].Keys[0].Element != "t" || l.Sampled[1].Inputs[0].Keys[0].Element != "u" || l.Sampled[1].Unit != "K" {
		t.Errorf("painters sample %+v, want t and u", l.Sampled)
	}
	for _, s := range b.catalogueStyles(t, "b.t") {
		if s == "with-u" {
			t.Error("a style is offered that paints u, which the model does not have")
		}
	}
}

// catalogueStyles lists the styles of a layer.
func (b *bench) catalogueStyles(t *testing.T, layer string) (names []string) {
	t.Helper()
	c, release := b.Catalogue()
	defer release()
	l, err := c.Layer(layer)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Styles {
		names = append(names, s.ID)
	}
	return names
}
