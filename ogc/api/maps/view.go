package maps

import (
	"math"
	"strconv"

	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// defaultWidth is the longer side of a map that names neither width nor height.
const defaultWidth = 1024

// view reads the frame of a map: crs; bbox, the spatial axes of subset, or a centre; width, height and scale. Without any it is the
// layers' own extent.
func (s *service) view(c *api.Call, axes map[string]api.Interval, extent geo.Box) (v geo.View, err error) {
	if v.Ref, err = c.Reference("crs", "CRS:84"); err != nil {
		return v, err
	}
	box, ref, given, err := frame(c, axes, extent)
	if err != nil {
		return v, err
	}
	if v.Box, err = reproject(box, ref, v.Ref); err != nil {
		return v, err
	}
	cell, err := cellOf(c, v.Ref)
	if err != nil {
		return v, err
	}
	at, centred, err := centreOf(c, v.Ref)
	switch {
	case err != nil:
		return v, err
	case centred && given:
		return v, ogc.Invalid("center", "center and a box say the same: give one of them")
	case given && cell > 0 && (c.Query.Get("width") != "" || c.Query.Get("height") != ""):
		return v, ogc.Invalid("scale-denominator", "a box with scale-denominator has its width and height already")
	}
	if !centred {
		at = geo.XY{X: (v.Box[0] + v.Box[2]) / 2, Y: (v.Box[1] + v.Box[3]) / 2}
	}
	if cell > 0 || centred {
		return s.around(c, v, at, cell)
	}
	return s.size(c, v)
}

// frame is the box that a request names, in its own reference system; given is false if that is the layers' extent.
func frame(c *api.Call, axes map[string]api.Interval, extent geo.Box) (box geo.Box, ref geo.Reference, given bool, err error) {
	if ref, err = c.Reference("bbox-crs", "CRS:84"); err != nil {
		return box, ref, false, err
	}
	box, given, err = c.Box(ref)
	switch {
	case err != nil:
		return box, ref, false, err
	case given && len(axes) > 0:
		return box, ref, false, ogc.Invalid("subset", "bbox and the spatial axes of subset say the same: give one of them")
	case given:
		return box, ref, true, nil
	case len(axes) == 0:
		return extent, crs84(), false, nil
	}
	if ref, err = c.Reference("subset-crs", "CRS:84"); err != nil {
		return box, ref, false, err
	}
	if extent, err = reproject(extent, crs84(), ref); err != nil {
		return box, ref, false, err
	}
	box, err = subsetBox(axes, extent)
	return box, ref, true, err
}

// crs84 is the system of longitudes and latitudes.
func crs84() geo.Reference {
	ref, err := geo.Lookup("CRS:84")
	if err != nil {
		return geo.Reference{}
	}
	return ref
}

// subsetBox reads the spatial axes; one that is left out is the layers' own.
func subsetBox(axes map[string]api.Interval, extent geo.Box) (geo.Box, error) {
	box := extent
	for name, interval := range axes {
		low := 0
		switch name {
		case "lon", "long", "longitude", "x", "e", "easting":
		case "lat", "latitude", "y", "n", "northing":
			low = 1
		default:
			return box, ogc.Invalid("subset", "subset: there is no axis %q", name)
		}
		for i, text := range map[int]string{low: interval.Low, low + 2: interval.High} {
			if text == "*" {
				continue
			}
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
				return box, ogc.Invalid("subset", "subset: %s %q is no number", name, text)
			}
			box[i] = n
		}
	}
	if box[0] >= box[2] || box[1] >= box[3] {
		return box, ogc.Invalid("subset", "subset is empty: a low end is not below its high end")
	}
	return box, nil
}

// reproject is the box around the image of a box.
func reproject(box geo.Box, from, to geo.Reference) (geo.Box, error) {
	if from.Code == to.Code {
		return box, nil
	}
	if !from.Degrees {
		const n = 33
		xy, at := make([]geo.XY, n*n), make([]geo.LonLat, n*n)
		for i := range xy {
			f, g := float64(i%n)/(n-1), float64(i/n)/(n-1)
			xy[i] = geo.XY{X: box[0]*(1-f) + box[2]*f, Y: box[1]*(1-g) + box[3]*g}
		}
		from.Inverse(at, xy)
		box = geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		for _, p := range at {
			if !math.IsNaN(p.Lon) && !math.IsNaN(p.Lat) {
				box = geo.Box{min(box[0], p.Lon), min(box[1], p.Lat), max(box[2], p.Lon), max(box[3], p.Lat)}
			}
		}
		if to.Degrees && box[0] < box[2] {
			return box, nil
		}
	} else if to.Degrees {
		return box, nil
	}
	image, ok := ogc.Box(to, box)
	if !ok {
		return image, ogc.Invalid("bbox", "bbox has no image in %s", to.Code)
	}
	return image, nil
}

// size reads width and height; one that is left out follows from the box' shape.
func (s *service) size(c *api.Call, v geo.View) (geo.View, error) {
	var err error
	if v.Width, err = c.Query.Whole("width", 0, 1, s.about.MaxWidth); err != nil {
		return v, err
	}
	if v.Height, err = c.Query.Whole("height", 0, 1, s.about.MaxHeight); err != nil {
		return v, err
	}
	shape := (v.Box[2] - v.Box[0]) / (v.Box[3] - v.Box[1])
	if v.Width == 0 && v.Height == 0 {
		side := min(defaultWidth, s.about.MaxWidth, s.about.MaxHeight)
		if v.Width = side; shape < 1 {
			v.Width = int(max(math.Round(float64(side)*shape), 1))
		}
	}
	within := func(n float64, most int) int { return int(min(max(math.Round(n), 1), float64(most))) }
	switch {
	case v.Width == 0:
		v.Width = within(float64(v.Height)*shape, s.about.MaxWidth)
	case v.Height == 0:
		v.Height = within(float64(v.Width)/shape, s.about.MaxHeight)
	}
	return v, nil
}
