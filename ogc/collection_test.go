package ogc_test

import (
	"errors"
	"testing"

	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

func TestCollectionsAreLayersAndThenModels(t *testing.T) {
	var ids []string
	for _, c := range ogc.Collections(ogctest.Catalogue{}) {
		ids = append(ids, c.ID)
		if _, layer := c.Layer(); layer != (len(c.ID) > 4) {
			t.Errorf("%s is a layer: %v", c.ID, layer)
		}
	}
	if got, want := len(ids), 5; got != want || ids[0] != "gfs.t" || ids[3] != "gfs" || ids[4] != "hrrr" {
		t.Errorf("got %v", ids)
	}
	if c, err := ogc.FindCollection(ogctest.Catalogue{}, "gfs"); err != nil || len(c.Layers) != 2 || !c.Whole {
		t.Errorf("gfs: got %+v, %v", c, err)
	}
	if _, err := ogc.FindCollection(ogctest.Catalogue{}, "nope"); !errors.Is(err, layers.ErrUnknownLayer) {
		t.Errorf("nope: got %v", err)
	}
}

func TestACollectionHasTheDimensionsOfItsLayers(t *testing.T) {
	one, other := ogctest.Layer("gfs.a"), ogctest.Layer("gfs.b")
	one.Times, one.Levels = one.Times[1:2], nil
	dims := ogc.Collection{Layers: []*layers.Layer{one, other}}.Dimensions(ogctest.Noon)
	got := map[string]ogc.Dimension{}
	for _, d := range dims {
		got[d.Name] = d
	}
	if d := got[ogc.Time]; d.Default != "2026-11-24T13:00:00Z" || d.Values != "2026-11-24T12:00:00Z/2026-11-24T14:00:00Z/PT1H" {
		t.Errorf("time: got %+v, want the times of the second and the default of the first", d)
	}
	if d := got[ogc.Elevation]; d.Values != "50000,85000" || len(dims) != 4 {
		t.Errorf("got %+v", dims)
	}
}
