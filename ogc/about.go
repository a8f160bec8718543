package ogc

import "path"

// About is what a service's metadata say of it and of its maker, and the limits of its maps.
type About struct {
	Title, Abstract             string
	Keywords                    []string
	Fees, AccessConstraints     string
	Person, Organization, Email string
	SLDFrom                     []string // beginnings of addresses that SLD may name
	MaxWidth, MaxHeight         int      // pixels; 0: DefaultSize
	LayerLimit                  int      // layers of one map; 0: DefaultLayers
	Sizes                       []Size   // of the first whose pattern a layer matches, where it is below MaxWidth and MaxHeight
}

// Size is how large maps of some layers may be.
type Size struct {
	Layers        string // a pattern of their names, as path.Match has it: "hrrr.*"
	Width, Height int    // pixels; 0: MaxWidth, MaxHeight
}

// Size is how large a map of layers may be.
func (a About) Size(layers ...string) (width, height int) {
	width, height = a.MaxWidth, a.MaxHeight
	for _, layer := range layers {
		for _, s := range a.Sizes {
			if match, err := path.Match(s.Layers, layer); err != nil || !match {
				continue
			}
			if s.Width > 0 {
				width = min(width, s.Width)
			}
			if s.Height > 0 {
				height = min(height, s.Height)
			}
			break
		}
	}
	return width, height
}

// CheckSize is the fault of a map that is larger than one of its layers allows.
func (a About) CheckSize(layer string, width, height int) error {
	most, highest := a.Size(layer)
	switch {
	case width > most:
		return Invalid("width", "width %d is more than the %d of layer %s", width, most, layer)
	case height > highest:
		return Invalid("height", "height %d is more than the %d of layer %s", height, highest, layer)
	}
	return nil
}

// The limits of a map where About has none.
const (
	DefaultSize   = 4096
	DefaultLayers = 16
)

// Provider is the name of who provides a service.
func (a About) Provider() string {
	switch {
	case a.Organization != "":
		return a.Organization
	case a.Title != "":
		return a.Title
	}
	return "Isobar"
}

// Complete fills in the limits that are left out.
func (a About) Complete() About {
	orElse := func(n, fallback int) int {
		if n > 0 {
			return n
		}
		return fallback
	}
	a.MaxWidth, a.MaxHeight = orElse(a.MaxWidth, DefaultSize), orElse(a.MaxHeight, DefaultSize)
	a.LayerLimit = orElse(a.LayerLimit, DefaultLayers)
	return a
}
