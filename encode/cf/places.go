package cf

import (
	"isobar/geo"
)

// mappingName is the variable that describes the coordinate system.
const mappingName = "crs"

// places adds the horizontal axes and the coordinate system, and names them in the data variables.
func (b *builder) places(data []Var) {
	yName, xName := "lat", "lon"
	attrs := map[bool][]Attr{
		false: {Text("standard_name", "latitude"), Text("long_name", "latitude"), Text("units", "degrees_north"), Text("axis", "Y")},
		true:  {Text("standard_name", "longitude"), Text("long_name", "longitude"), Text("units", "degrees_east"), Text("axis", "X")},
	}
	straight := b.s.Ref.Degrees && b.s.Ref.Code != ""
	switch {
	case straight:
	case b.s.Ref.Degrees:
		yName, xName = "rlat", "rlon"
		attrs[false] = []Attr{Text("standard_name", "grid_latitude"), Text("long_name", "latitude in rotated pole grid"), Text("units", "degrees"), Text("axis", "Y")}
		attrs[true] = []Attr{Text("standard_name", "grid_longitude"), Text("long_name", "longitude in rotated pole grid"), Text("units", "degrees"), Text("axis", "X")}
	default:
		yName, xName = "y", "x"
		attrs[false] = []Attr{Text("standard_name", "projection_y_coordinate"), Text("long_name", "y"), Text("units", "m"), Text("axis", "Y")}
		attrs[true] = []Attr{Text("standard_name", "projection_x_coordinate"), Text("long_name", "x"), Text("units", "m"), Text("axis", "X")}
	}
	b.Dims = append(b.Dims, Dim{yName, b.s.Height()}, Dim{xName, b.s.Width()})
	edges := b.s.YEdges()
	var yBounds, xBounds []float64
	for j := range b.s.Y {
		low, high := edges[j+1], edges[j]
		if straight {
			low, high = max(low, -90), min(high, 90)
		}
		yBounds = append(yBounds, high, low)
	}
	for _, x := range b.s.X {
		xBounds = append(xBounds, x-b.s.DX/2, x+b.s.DX/2)
	}
	b.axis(yName, attrs[false], b.s.Y, yBounds)
	b.axis(xName, attrs[true], b.s.X, xBounds)
	beside := ""
	if !straight {
		beside = " lat lon"
		b.wide("lat", []string{yName, xName}, []Attr{Text("standard_name", "latitude"), Text("long_name", "latitude"), Text("units", "degrees_north")},
			func(p geo.LonLat) float64 { return p.Lat })
		b.wide("lon", []string{yName, xName}, []Attr{Text("standard_name", "longitude"), Text("long_name", "longitude"), Text("units", "degrees_east")},
			func(p geo.LonLat) float64 { return p.Lon })
	}
	mapping := Mapping(b.s)
	if mapping != nil {
		b.Vars = append(b.Vars, Var{Name: mappingName, Type: Int, Attrs: mapping, Values: []float64{0}})
	}
	for i := range data {
		data[i].Dims = append(data[i].Dims, yName, xName)
		for k := range data[i].Attrs {
			if data[i].Attrs[k].Name == "coordinates" {
				data[i].Attrs[k].Text += beside
			}
		}
		if mapping != nil {
			data[i].Attrs = append(data[i].Attrs, Text("grid_mapping", mappingName))
		}
	}
}

// axis adds a coordinate and its bounds (CF 7.1).
func (b *builder) axis(name string, attrs []Attr, values, bounds []float64) {
	b.Vars = append(b.Vars,
		Var{Name: name, Dims: []string{name}, Type: Double, Attrs: append(attrs, Text("bounds", name+"_bnds")), Values: values},
		Var{Name: name + "_bnds", Dims: []string{name, dimBounds}, Type: Double, Values: bounds},
	)
}

// wide adds a coordinate over both axes, computed row by row.
func (b *builder) wide(name string, dims []string, attrs []Attr, of func(geo.LonLat) float64) {
	s := b.s
	b.Vars = append(b.Vars, Var{Name: name, Dims: dims, Type: Double, Attrs: attrs, Rows: func(row, rows int, dst []float64) {
		at, places := make([]geo.XY, s.Width()), make([]geo.LonLat, s.Width())
		for j := range rows {
			for i, x := range s.X {
				at[i] = geo.XY{X: x, Y: s.Y[row+j]}
			}
			s.Ref.Inverse(places, at)
			for i, p := range places {
				dst[j*s.Width()+i] = of(p)
			}
		}
	}})
}

// cells adds the places of a grid's cells, one after the other, and names them in the data variables.
func (b *builder) cells(data []Var) {
	g := b.s.Variables[0].Layer.Grid
	b.Dims = append(b.Dims, Dim{DimCells, g.Len()})
	for _, axis := range []struct {
		name, standard, units string
		of                    func(geo.LonLat) float64
	}{
		{"lat", "latitude", "degrees_north", func(p geo.LonLat) float64 { return p.Lat }},
		{"lon", "longitude", "degrees_east", func(p geo.LonLat) float64 { return p.Lon }},
	} {
		b.Vars = append(b.Vars, Var{Name: axis.name, Dims: []string{DimCells}, Type: Double,
			Attrs: []Attr{Text("standard_name", axis.standard), Text("long_name", axis.standard), Text("units", axis.units)},
			Cells: func(first int, dst []float64) {
				places := make([]geo.LonLat, len(dst))
				g.Places(places, first)
				for i, p := range places {
					dst[i] = axis.of(p)
				}
			}})
	}
	for i := range data {
		data[i].Dims = append(data[i].Dims, DimCells)
		for k := range data[i].Attrs {
			if data[i].Attrs[k].Name == "coordinates" {
				data[i].Attrs[k].Text += " lat lon"
			}
		}
	}
}
