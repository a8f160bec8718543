package wcs

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/geo"
	"isobar/ogc"
)

// formats10 are the names of formats as GDAL and QGIS look for them, by our own.
var formats10 = map[string]string{"geotiff": "GeoTIFF", "netcdf": "NetCDF3"}

// name10 is what WCS 1.0.0 calls a format.
func name10(f encode.Coverage) string {
	if name, ok := formats10[f.Name]; ok {
		return name
	}
	return f.Name
}

// format10 is our name for a format that a client of WCS 1.0.0 or 1.1 names: GEOTIFF_32 is GDAL's.
func format10(asked string) string {
	lower := strings.ToLower(asked)
	for _, name := range []string{"geotiff", "netcdf"} {
		if strings.HasPrefix(lower, name) || ogc.MediaType(asked) == typeNetCDF && name == "netcdf" {
			return name
		}
	}
	return asked
}

// flat asks for a plane, of a cube too.
func (o offer) flat() answer.CoverageRequest {
	r := o.request()
	r.Cube = false
	return r
}

// getCoverage10 answers GetCoverage of WCS 1.0.0 (OGC 03-065r6, 9.2).
func (h *Handler) getCoverage10(w http.ResponseWriter, q *request) error {
	a, err := h.askOld(q, "coverage", q.Get("coverage"), map[axis]string{axisX: "bbox", axisY: "bbox", axisTime: "time", axisElevation: "elevation"})
	if err != nil {
		return err
	}
	if err := a.cut10(q); err != nil {
		return err
	}
	if err := h.formatOld(q, &a); err != nil {
		return err
	}
	a.Cut.Frame = true // clients take the picture for exactly the box
	c, err := h.coverages.Coverage(q.Context(), a.CoverageRequest)
	if err != nil {
		return a.explain(err)
	}
	return h.send(w, q, c, a.id+c.Format.Extension, typeOf(c.Format))
}

// choices10 reads TIME, ELEVATION and the other dimensions, as WMS writes them.
func (a *asked) choices10(q *request) error {
	s, err := q.Selection(q.now)
	if err != nil {
		return err
	}
	a.Time, a.Run, a.SliceTime = s.Time, s.Run, true
	a.narrow()
	if s.Level != nil {
		in := coverage.At(*s.Level)
		a.Level = &in
	}
	if s.Member != nil {
		in := coverage.At(float64(*s.Member))
		a.Member = &in
	}
	if v := q.Get("interpolation"); v != "" {
		m, ok := method(v)
		if !ok {
			return ogc.Invalid("interpolation", "interpolation %q is not offered", ogc.Clip(v))
		}
		a.Cut.Interpolation = m
	}
	return nil
}

// cut10 reads CRS, RESPONSE_CRS, BBOX, WIDTH, HEIGHT, RESX and RESY. A box has x first in every system.
func (a *asked) cut10(q *request) error {
	if q.Get("crs") == "" {
		return ogc.Missing("crs")
	}
	for _, p := range []struct {
		name string
		to   **geo.Reference
	}{{"crs", &a.Cut.In}, {"response_crs", &a.Cut.Out}} {
		if q.Get(p.name) == "" || a.describesOwn(q.Get(p.name)) {
			continue
		}
		ref, err := geo.Lookup(q.Get(p.name))
		if err != nil {
			return ogc.Invalid(p.name, "%v", err)
		}
		*p.to = &ref
	}
	if q.Get("response_crs") == "" {
		a.Cut.Out = a.Cut.In
	}
	box, err := numbers(q, "bbox", 4, 6)
	if err != nil {
		return err
	}
	if box != nil {
		if !(box[0] < box[2]) || !(box[1] < box[3]) {
			return ogc.Invalid("bbox", "bbox is empty")
		}
		a.Cut.X, a.Cut.Y = coverage.Interval{Low: box[0], High: box[2]}, coverage.Interval{Low: box[1], High: box[3]}
	} else if q.Get("time") == "" {
		return ogc.Missing("bbox")
	}
	const most = 1 << 20
	if a.Cut.Width, err = q.Whole("width", 0, 1, most); err != nil {
		return err
	}
	if a.Cut.Height, err = q.Whole("height", 0, 1, most); err != nil {
		return err
	}
	return a.resolution10(q, box)
}

// resolution10 turns RESX and RESY into numbers of cells.
func (a *asked) resolution10(q *request, box []float64) error {
	for i, p := range []struct {
		name string
		to   *int
	}{{"resx", &a.Cut.Width}, {"resy", &a.Cut.Height}} {
		v, err := numbers(q, p.name, 1, 1)
		if err != nil {
			return err
		}
		if v == nil || box == nil {
			continue
		}
		n := math.Round((box[i+2] - box[i]) / math.Abs(v[0]))
		if !(n >= 1 && n < 1<<20) {
			return ogc.Invalid(p.name, "%s %v gives no number of cells", p.name, v[0])
		}
		*p.to = int(n)
	}
	return nil
}

// numbers reads a list of numbers, of one length or another; nil if it is missing.
func numbers(q *request, name string, length, or int) ([]float64, error) {
	list := q.List(name)
	if list == nil {
		return nil, nil
	}
	if len(list) != length && len(list) != or {
		return nil, ogc.Invalid(name, "%s has %d numbers, not %d", name, len(list), length)
	}
	values := make([]float64, 0, or)
	for _, text := range list {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, ogc.Invalid(name, "%s: %q is no number", name, ogc.Clip(text))
		}
		values = append(values, v)
	}
	return values, nil
}
