package geo

// Ellipsoid is the figure of the Earth: its semi-axes in metres.
type Ellipsoid struct{ Major, Minor float64 }

// WGS84 is the ellipsoid of maps. GRS 80 differs from it by a tenth of a millimetre and is taken as the same.
var WGS84 = Ellipsoid{6378137, 6356752.314245179}

// Sphere is a figure of one radius in metres.
func Sphere(radius float64) Ellipsoid { return Ellipsoid{radius, radius} }
