package ogc

import (
	"errors"
	"testing"
)

func TestALayersMapsAreAsLargeAsItsPatternAllows(t *testing.T) {
	a := About{Sizes: []Size{{Layers: "hrrr.t2m", Width: 9000, Height: 900}, {Layers: "hrrr.*", Width: 512}, {Layers: "[", Width: 1}}}.Complete()
	for _, c := range []struct {
		layers        []string
		width, height int
	}{
		{nil, 4096, 4096},
		{[]string{"gfs.t"}, 4096, 4096},
		{[]string{"hrrr.ws"}, 512, 4096},
		{[]string{"hrrr.t2m"}, 4096, 900},
		{[]string{"gfs.t", "hrrr.t2m", "hrrr.ws"}, 512, 900},
	} {
		if w, h := a.Size(c.layers...); w != c.width || h != c.height {
			t.Errorf("%v: %d x %d, want %d x %d", c.layers, w, h, c.width, c.height)
		}
	}
	var f *Fault
	if err := a.CheckSize("hrrr.ws", 513, 10); !errors.As(err, &f) || f.Locator != "width" {
		t.Errorf("a map that is too wide: %v", err)
	}
	if err := a.CheckSize("hrrr.t2m", 513, 901); !errors.As(err, &f) || f.Locator != "height" {
		t.Errorf("a map that is too high: %v", err)
	}
	if err := a.CheckSize("hrrr.t2m", 4096, 900); err != nil {
		t.Error(err)
	}
}
