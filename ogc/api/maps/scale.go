package maps

import (
	"math"
	"strconv"

	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// The parameters of a map's scale and place (OGC API Maps 1.0, clauses 10 to 12).
var (
	scale     = numberParam("scale-denominator", "Scale: how many times smaller than the Earth the map is on its display")
	pixel     = numberParam("mm-per-pixel", "Size of a display's pixel in millimetres; 0.28 if left out")
	centre    = api.Param{Name: "center", Description: "Centre of the map, with width, height and scale-denominator, instead of a box; in center-crs", Schema: pairOfNumbers}
	centreCRS = api.TextParam("center-crs", "Reference system of center; CRS84 if left out")
	subsetCRS = api.TextParam("subset-crs", "Reference system of the spatial axes of subset; CRS84 if left out")

	pairOfNumbers = map[string]any{"type": "array", "items": map[string]any{"type": "number"}, "minItems": 2, "maxItems": 2}
)

// numberParam is a parameter that is a number above 0.
func numberParam(name, description string) api.Param {
	return api.Param{Name: name, Description: description, Schema: map[string]any{"type": "number", "minimum": 0, "exclusiveMinimum": true}}
}

// The size of a pixel where no other is told, and the length of a degree of the equator (OGC 17-083r4 6.1.1.2).
const (
	usualPixelMM    = 0.28
	metresPerDegree = 111319.49079327358
	farthest        = 1e10 // of scales and coordinates
)

// number reads a parameter that is a number above 0; missing is fallback.
func number(c *api.Call, name string, fallback float64) (float64, error) {
	text := c.Query.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0) || n > farthest {
		return 0, ogc.Invalid(name, "%s is not a number above 0", name)
	}
	return n, nil
}

// cellOf is the size of a pixel that scale-denominator and mm-per-pixel ask for, in the units of a reference system; 0: none.
func cellOf(c *api.Call, ref geo.Reference) (float64, error) {
	denominator, err := number(c, "scale-denominator", 0)
	if err != nil {
		return 0, err
	}
	mm, err := number(c, "mm-per-pixel", usualPixelMM)
	if err != nil {
		return 0, err
	}
	cell := denominator * mm / 1000
	if ref.Degrees {
		cell /= metresPerDegree
	}
	return cell, nil
}

// centreOf reads center in center-crs; ok is false if there is none.
func centreOf(c *api.Call, to geo.Reference) (at geo.XY, ok bool, err error) {
	list := c.Query.List("center")
	if len(list) == 0 {
		return at, false, nil
	}
	from, err := c.Reference("center-crs", "CRS:84")
	if err != nil {
		return at, false, err
	}
	numbers := make([]float64, len(list))
	for i, text := range list {
		numbers[i], err = strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(numbers[i]) || math.Abs(numbers[i]) > farthest || len(list) != 2 {
			return at, false, ogc.Invalid("center", "center is not two numbers")
		}
	}
	if len(numbers) != 2 {
		return at, false, ogc.Invalid("center", "center is not two numbers")
	}
	if from.NorthFirst {
		numbers[0], numbers[1] = numbers[1], numbers[0]
	}
	places, image := make([]geo.LonLat, 1), make([]geo.XY, 1)
	from.Inverse(places, []geo.XY{{X: numbers[0], Y: numbers[1]}})
	to.Forward(image, places)
	if math.IsNaN(image[0].X) || math.IsNaN(image[0].Y) {
		return at, false, ogc.Invalid("center", "center has no image in %s", to.Code)
	}
	return image[0], true, nil
}

// around is a view about a centre, or, without a centre of its own, of the view's box: a side that is not named is as long as the box.
// Without a scale, a pixel is as large as on the map of the whole box.
func (s *service) around(c *api.Call, v geo.View, at geo.XY, cell float64) (geo.View, error) {
	wide, high := v.Box[2]-v.Box[0], v.Box[3]-v.Box[1]
	if cell == 0 {
		cell = max(wide, high) / defaultWidth
	}
	var err error
	for _, side := range []struct {
		name   string
		length float64
		most   int
		pixels *int
	}{{"width", wide, s.about.MaxWidth, &v.Width}, {"height", high, s.about.MaxHeight, &v.Height}} {
		if *side.pixels, err = c.Query.Whole(side.name, 0, 1, side.most); err != nil {
			return v, err
		}
		if *side.pixels > 0 {
			continue
		}
		n := math.Round(side.length / cell)
		if n > float64(side.most) {
			return v, ogc.Invalid("scale-denominator", "%s of %g pixels is more than %d", side.name, n, side.most)
		}
		*side.pixels = int(max(n, 1))
	}
	x, y := float64(v.Width)*cell/2, float64(v.Height)*cell/2
	v.Box = geo.Box{at.X - x, at.Y - y, at.X + x, at.Y + y}
	return v, nil
}
