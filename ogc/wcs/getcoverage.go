package wcs

import (
	"net/http"
	"slices"
	"strings"

	"isobar/answer"
	"isobar/layers"
	"isobar/ogc"
)

// getCoverage answers GetCoverage (8.4).
func (h *Handler) getCoverage(w http.ResponseWriter, q *request) error {
	_, id := q.First("coverageid", "identifier", "coverage")
	if id == "" {
		return ogc.Missing("coverageId")
	}
	n, err := h.find(id)
	if err != nil {
		return err
	}
	r := n.request()
	for _, read := range []func(*answer.CoverageRequest) error{q.subsets, q.systems, q.scaling, q.interpolation} {
		if err := read(&r); err != nil {
			return err
		}
	}
	if r.Layers, err = rangeSubset(q.Get("rangesubset"), n.layers); err != nil {
		return err
	}
	if m := q.Get("mediatype"); m != "" {
		return ogc.Invalid("mediaType", "mediaType %q is not offered", clip(m))
	}
	r.Format = strings.ReplaceAll(q.Get("format"), " ", "+")
	for name, values := range q.Query {
		if option, ok := strings.CutPrefix(name, "geotiff:"); ok && len(values) > 0 && option != "jpeg_quality" {
			if r.Options == nil {
				r.Options = map[string]string{}
			}
			r.Options[option] = values[len(values)-1]
		}
	}
	a, err := h.coverages.Coverage(q.Context(), r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+id+a.Format.Extension+`"`)
	if err := ogc.SendCoverage(w, q.Request, a, ""); err != nil {
		w.Header().Del("Content-Disposition")
		return err
	}
	return nil
}

// find resolves an identifier in the catalogue as it is now.
func (h *Handler) find(id string) (named, error) {
	c, release := h.hold()
	defer release()
	return find(c, id)
}

// fieldName is what a layer is called in the range.
func fieldName(l *layers.Layer) string { return strings.TrimPrefix(l.Name, l.Model.ID+".") }

// rangeSubset reads a,b:d (OGC 12-040): names of fields, and intervals of them.
func rangeSubset(text string, all []*layers.Layer) (names []string, err error) {
	if text == "" {
		for _, l := range all {
			names = append(names, l.Name)
		}
		return names, nil
	}
	index := func(name string) (int, error) {
		i := slices.IndexFunc(all, func(l *layers.Layer) bool { return fieldName(l) == strings.TrimSpace(name) })
		if i < 0 {
			return 0, &ogc.Fault{Status: http.StatusNotFound, Code: "NoSuchField", Locator: clip(name), Text: "there is no field " + clip(name)}
		}
		return i, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		low, high, interval := strings.Cut(part, ":")
		first, err := index(low)
		if err != nil {
			return nil, err
		}
		last := first
		if interval {
			if last, err = index(high); err != nil {
				return nil, err
			}
		}
		if last < first {
			return nil, &ogc.Fault{Status: http.StatusBadRequest, Code: "IllegalFieldSequence", Locator: clip(part), Text: "fields " + clip(part) + " are in the other order"}
		}
		for _, l := range all[first : last+1] {
			if !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
	}
	return names, nil
}
