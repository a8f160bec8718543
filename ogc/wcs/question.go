package wcs

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// asked is a GetCoverage request, read.
type asked struct {
	offer
	answer.CoverageRequest
	gml, multipart bool
	axes           map[axis]string // as the client calls them
}

// always is all times.
var always = layers.TimeChoice{Start: math.MinInt64, End: math.MaxInt64}

// ask reads a GetCoverage request. Errors are *ogc.Fault.
func (h *Handler) ask(q *request, c ogc.Catalogue) (a asked, err error) {
	ids := q.List("coverageid")
	if len(ids) == 0 {
		return a, ogc.Missing("coverageid")
	}
	if len(ids) > 1 {
		return a, notThere(noSuchCoverage, ogc.Clip(q.Get("coverageid")), "GetCoverage gives one coverage at a time")
	}
	if a.offer, err = find(c, ids[0]); err != nil {
		return a, err
	}
	a.axes = map[axis]string{}
	a.Cut, a.Cube = coverage.Cut{X: coverage.All, Y: coverage.All}, a.cube
	for _, step := range []func(*request) error{a.systems, a.subsets, a.scale, a.interpolation, a.fields} {
		if err := step(q); err != nil {
			return a, err
		}
	}
	if _, cut := a.axes[axisX]; !cut && a.Cut.In == nil && a.Cut.Out == nil {
		a.Cut.X = a.allX()
	}
	return a, h.encoding(q, &a)
}

// systems reads SUBSETTINGCRS and OUTPUTCRS (OGC 11-053r1).
func (a *asked) systems(q *request) error {
	for _, p := range []struct {
		name, code string
		to         **geo.Reference
	}{{"subsettingcrs", subsettingCRSNotSupported, &a.Cut.In}, {"outputcrs", outputCRSNotSupported, &a.Cut.Out}} {
		values, given := q.Query[p.name]
		if !given {
			continue
		}
		ref, err := geo.Lookup(simple(q.Get(p.name)))
		if err != nil || len(values) > 1 {
			return notThere(p.code, ogc.Clip(q.Get(p.name)), "%s: %q is not offered", p.name, ogc.Clip(q.Get(p.name)))
		}
		*p.to = &ref
	}
	if a.Cut.In == nil && a.Cut.Out != nil && len(q.Query["subset"]) == 0 {
		a.Cut.In = a.Cut.Out
	}
	return nil
}

// simple is the horizontal part of a compound system's name.
func simple(uri string) string {
	_, parts, found := strings.Cut(uri, "crs-compound?")
	if !found {
		return uri
	}
	first, _, _ := strings.Cut(parts, "&")
	return strings.TrimPrefix(first, "1=")
}

// fields reads RANGESUBSET (OGC 12-040): names and intervals first:last, in the order of the answer.
func (a *asked) fields(q *request) error {
	at := func(name string) (int, error) {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(a.layers, func(l *layers.Layer) bool { return l.Name == name || fieldName(l) == name })
		if i < 0 {
			return 0, notThere(noSuchField, name, "coverage %s has no field %q", a.id, ogc.Clip(name))
		}
		return i, nil
	}
	list := q.List("rangesubset")
	if _, given := q.Query["rangesubset"]; given && len(list) == 0 {
		return ogc.Missing("rangesubset")
	}
	for _, item := range list {
		from, to, isInterval := strings.Cut(item, ":")
		first, err := at(from)
		if err != nil {
			return err
		}
		last := first
		if isInterval {
			if last, err = at(to); err != nil {
				return err
			}
		}
		if last < first {
			return notThere(illegalFieldSequence, item, "%q ends before it begins", ogc.Clip(item))
		}
		for _, l := range a.layers[first : last+1] {
			if slices.Contains(a.Layers, l.Name) {
				return notThere(illegalFieldSequence, item, "the field %q is named twice", fieldName(l))
			}
			a.Layers = append(a.Layers, l.Name)
		}
	}
	if len(list) == 0 {
		for _, l := range a.layers {
			a.Layers = append(a.Layers, l.Name)
		}
	}
	return nil
}

// typeMultipart is the one media type that MEDIATYPE may have (OGC 09-110r4, requirement 29).
const typeMultipart = "multipart/related"

// typeNetCDF is what OGC 14-100r2 calls netCDF; encoders and others say application/x-netcdf.
const typeNetCDF = "application/netcdf"

// typeOf is a format's media type in the words of WCS, without parameters: GDAL and OWSLib look for image/tiff.
func typeOf(f encode.Coverage) string {
	if f.Name == "netcdf" {
		return typeNetCDF
	}
	return ogc.MediaType(f.Type)
}

// withPlus is a format with the plus of its media type that a careless client left to be read as a blank; its parameters stay.
func withPlus(format string) string {
	t, parameters, found := strings.Cut(format, ";")
	if t = strings.ReplaceAll(strings.TrimSpace(t), " ", "+"); found {
		t += ";" + parameters
	}
	return t
}

// encoding reads FORMAT, MEDIATYPE and the formats' own parameters.
func (h *Handler) encoding(q *request, a *asked) error {
	if values, given := q.Query["mediatype"]; given {
		if len(values) > 1 || ogc.MediaType(q.Get("mediatype")) != typeMultipart {
			return ogc.Invalid("mediatype", "mediatype %q is not %s", ogc.Clip(q.Get("mediatype")), typeMultipart)
		}
		a.multipart = true
	}
	if a.Format = q.Get("format"); ogc.MediaType(a.Format) == typeGML {
		if a.gml = true; a.multipart {
			return ogc.Invalid("mediatype", "a coverage in GML needs no second part")
		}
		return nil
	}
	if ogc.MediaType(a.Format) == typeNetCDF {
		a.Format = "netcdf"
	}
	a.Format = withPlus(a.Format)
	if _, err := h.coverages.Format(a.Format); err != nil {
		return ogc.Invalid("format", "format %q is not offered", ogc.Clip(a.Format))
	}
	for name := range q.Query {
		option, ok := strings.CutPrefix(name, "geotiff:")
		if !ok || option == "jpeg_quality" { // of a compression that is not for such numbers
			continue
		}
		if a.Options == nil {
			a.Options = map[string]string{}
		}
		a.Options[option] = q.Get(name)
	}
	return nil
}

// axisLabel is what the client called an axis of an error from below.
func (a *asked) axisLabel(name string) string {
	kinds := map[string]axis{coverage.AxisX: axisX, coverage.AxisY: axisY, ogc.Time: axisTime, ogc.Elevation: axisElevation, ogc.ReferenceTime: axisRun, ogc.Member: axisMember}
	if label, ok := a.axes[kinds[name]]; ok {
		return label
	}
	return name
}

// explain turns errors from below into the faults of WCS.
func (a *asked) explain(err error) error {
	var off *coverage.AxisError
	var dimension *layers.DimensionError
	switch {
	case errors.As(err, &off) && errors.Is(err, coverage.ErrScale):
		return notThere(invalidExtent, a.axisLabel(off.Axis), "%v", err)
	case errors.As(err, &off):
		return notThere(invalidSubsetting, a.axisLabel(off.Axis), "%s: %v", a.axisLabel(off.Axis), err)
	case errors.As(err, &dimension):
		return notThere(invalidSubsetting, a.axisLabel(dimension.Dimension), "%v", err)
	case errors.Is(err, answer.ErrTooLarge):
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Locator: "subset", Text: err.Error()}
	case errors.Is(err, encode.ErrUnfit):
		return ogc.Invalid("format", "%v", err)
	case errors.Is(err, encode.ErrOption):
		return ogc.Invalid("geotiff", "%v", err)
	}
	return fmt.Errorf("coverage %s: %w", a.id, err)
}
