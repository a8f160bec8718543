package cf

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"isobar/decode/netcdf"
	"isobar/geo"
	"isobar/grid"
)

// auxiliary finds the latitudes and longitudes of a variable's points: both over the same one or two of its dimensions.
func (r *reading) auxiliary(v *netcdf.Var) (lat, lon *netcdf.Var, err error) {
	names := strings.Fields(v.Attrs.Text("coordinates"))
	for _, c := range r.file.All() { // some files do not refer to them
		if len(c.Dims) == 2 {
			names = append(names, c.Name)
		}
	}
	for _, name := range names {
		c := r.file.Var(name)
		if c == nil || c == v || len(c.Dims) == 0 || !c.Numeric() || !subset(c.Dims, v.Dims) || len(c.Dims) > 2 && !r.steady(c) {
			continue
		}
		switch r.axis(c).kind {
		case latitude:
			if lat == nil {
				lat = c
			}
		case longitude:
			if lon == nil {
				lon = c
			}
		}
	}
	if lat == nil || lon == nil || strings.Join(lat.Dims, " ") != strings.Join(lon.Dims, " ") {
		return nil, nil, ErrPlaces
	}
	return lat, lon, nil
}

// steady tells that coordinates of three dimensions are those of a grid at each time, as WRF's files have them: the first time's hold for all.
func (r *reading) steady(c *netcdf.Var) bool {
	if len(c.Dims) != 3 || c.Shape[0] < 1 {
		return false
	}
	t := r.file.Var(c.Dims[0])
	return t == nil && strings.EqualFold(c.Dims[0], "time") || t != nil && r.axis(t).kind == timeAxis
}

// planeOf is the names of the dimensions of places.
func planeOf(c *netcdf.Var) []string { return c.Dims[max(0, len(c.Dims)-2):] }

// plane reads the coordinates of places.
func (r *reading) plane(c *netcdf.Var) ([]float64, error) {
	if len(c.Dims) < 3 {
		return r.axis(c).all()
	}
	return c.First()
}

func subset(a, of []string) bool {
	for _, name := range a {
		if !slices.Contains(of, name) {
			return false
		}
	}
	return true
}

// scattered lays a grid of places that are told one by one.
func (r *reading) scattered(v *netcdf.Var) (*places, error) {
	lat, lon, err := r.auxiliary(v)
	if err != nil {
		return nil, err
	}
	p := &places{ny: 1}
	for _, name := range planeOf(lat) {
		d := slices.Index(v.Dims, name)
		if p.has(d) {
			return nil, fmt.Errorf("%s has a dimension twice", lat.Name)
		}
		p.dims = append(p.dims, d)
	}
	p.nx = v.Shape[p.dims[0]]
	if len(p.dims) == 2 {
		if p.dims[0] > p.dims[1] {
			return nil, fmt.Errorf("%s and %s have their dimensions in different orders", v.Name, lat.Name)
		}
		p.ny, p.nx = p.nx, v.Shape[p.dims[1]]
	}
	key := "places " + lat.Name + " " + lon.Name
	if known := r.grids[key]; known != nil {
		p.grid, p.gridType = known.grid, known.gridType
		return p, nil
	}
	if err := r.mesh(p, lat, lon); err != nil {
		return p, fmt.Errorf("%w: %w", ErrPlaces, err)
	}
	r.grids[key] = p
	return p, nil
}

// mesh reads the places of points; the file's order is the grid's.
func (r *reading) mesh(p *places, lat, lon *netcdf.Var) error {
	p.turned, p.upward, p.leftward, p.gridType = false, false, false, "unstructured_grid"
	lats, err := r.plane(lat)
	if err != nil {
		return err
	}
	lons, err := r.plane(lon)
	if err != nil {
		return err
	}
	if len(lats) != p.nx*p.ny || len(lons) != len(lats) || len(lats) > maxPlaces {
		return fmt.Errorf("%d places for %d points", len(lats), p.nx*p.ny)
	}
	degrees := 1.0
	if strings.HasPrefix(lat.Attrs.Text("units"), "rad") {
		degrees = 180 / math.Pi
	}
	at := make([]geo.LonLat, len(lats))
	for i := range at {
		at[i] = geo.LonLat{Lon: lons[i] * degrees, Lat: lats[i] * degrees}
	}
	p.grid, err = unstructured(at)
	return err
}

// unstructured keeps a grid's own type from hiding that there is none.
func unstructured(at []geo.LonLat) (grid.Grid, error) {
	g, err := grid.Unstructured(at)
	if err != nil {
		return nil, err
	}
	return g, nil
}
