package ogc

// About is what a service's metadata say of it and of its maker, and the limits of its maps.
type About struct {
	Title, Abstract             string
	Keywords                    []string
	Fees, AccessConstraints     string
	Person, Organization, Email string
	SLDFrom                     []string // beginnings of addresses that SLD may name
	MaxWidth, MaxHeight         int      // pixels; 0: DefaultSize
	LayerLimit                  int      // layers of one map; 0: DefaultLayers
}

// The limits of a map where About has none.
const (
	DefaultSize   = 4096
	DefaultLayers = 16
)

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
