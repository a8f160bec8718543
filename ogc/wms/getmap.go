package wms

import (
	"net/http"
	"slices"

	"isobar/answer"
	"isobar/layers"
	"isobar/ogc"
)

// getMap answers GetMap (WMS 1.3.0 7.3).
func (h *Handler) getMap(w http.ResponseWriter, q *request) error {
	m, err := h.mapRequest(q)
	if err != nil {
		return err
	}
	a, err := h.answers.Map(q.Context(), m)
	if err != nil {
		return err
	}
	for _, warning := range append(h.defaults(q, m.Layers), nearest(m.Layers, a)...) {
		w.Header().Add("Warning", warning)
	}
	ogc.Pin(w.Header(), q.Request, h.hold, a, m.Layers...)
	return ogc.Send(w, q.Request, a)
}

// mapRequest translates the request.
func (h *Handler) mapRequest(q *request) (m answer.MapRequest, err error) {
	if m.Layers, err = h.choices(q); err != nil {
		return m, err
	}
	if m.View, err = h.view(q); err != nil {
		return m, err
	}
	for _, l := range m.Layers {
		if err := h.about.CheckSize(l.Name, m.View.Width, m.View.Height); err != nil {
			return m, err
		}
	}
	if q.Get("format") == "" {
		return m, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidFormat, Locator: "format", Text: "format is missing"}
	}
	m.Format = ogc.MediaType(q.Get("format"))
	m.Transparent = q.True("transparent")
	if m.Motion, err = q.Motion(); err != nil {
		return m, err
	}
	m.Background, err = q.background()
	return m, err
}

// defaults is a Warning for each dimension whose default stands in for a value (WMS 1.3.0 C.4.2).
func (h *Handler) defaults(q *request, choices []answer.LayerChoice) (warnings []string) {
	catalogue, release := h.hold()
	defer release()
	for _, choice := range choices {
		l, err := catalogue.Layer(choice.Name)
		if err != nil { // gone since the map was made
			continue
		}
		for _, d := range ogc.Dimensions(l, q.now) {
			warning := "99 Default value used: " + d.Name + "=" + d.Default
			if d.Units != "" {
				warning += " " + d.Units
			}
			if d.Name != ogc.ReferenceTime && !chosen(choice.Selection, d.Name) && !slices.Contains(warnings, warning) {
				warnings = append(warnings, warning)
			}
		}
	}
	return warnings
}

// nearest is a Warning where the time nearest to now stands in for the current one (WMS 1.3.0 C.4.2).
func nearest(choices []answer.LayerChoice, a answer.Answer) []string {
	if t := choices[0].Selection.Time; t == nil || !t.Current || a.Valid == 0 || a.Valid == t.Start {
		return nil
	}
	return []string{"99 Nearest value used: " + ogc.Time + "=" + a.Valid.String() + " ISO8601"}
}

// chosen tells that a selection names a value of a dimension.
func chosen(s layers.Selection, dimension string) bool {
	switch dimension {
	case ogc.Time:
		return s.Time != nil
	case ogc.Elevation:
		return s.Level != nil
	case ogc.Member:
		return s.Member != nil
	}
	return s.Run != nil
}

// getLegendGraphic answers GetLegendGraphic (SLD 1.1.0 profile of WMS, OGC 05-078r4 clause 12): LAYER alone will do. Besides its own
// parameters it takes UNITS, ORIENTATION=horizontal and DARK=true; scale and rule mean nothing to a colour scale.
func (h *Handler) getLegendGraphic(w http.ResponseWriter, q *request) error {
	_, name := q.First("layer", "layers")
	if name == "" {
		return &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.LayerNotDefined, Locator: "layer", Text: "layer is missing"}
	}
	if err := q.within(name); err != nil {
		return err
	}
	_, style := q.First("style", "styles")
	l := answer.LegendRequest{Layer: name, Style: styleOf(style), Format: "image/png", Unit: q.Get("units"), Transparent: q.True("transparent"), Dark: q.True("dark")}
	if f := q.Get("format"); f != "" {
		l.Format = ogc.MediaType(f)
	}
	l.Horizontal = q.Get("orientation") == "horizontal" || q.True("horizontal")
	var err error
	if l.Recolour, err = h.change(q, name); err != nil {
		return err
	}
	if l.Recolour != nil {
		if l.Selection, err = q.Selection(q.now); err != nil {
			return err
		}
	}
	if l.Width, err = q.Whole("width", 0, 1, h.about.MaxWidth); err != nil {
		return err
	}
	if l.Height, err = q.Whole("height", 0, 1, h.about.MaxHeight); err != nil {
		return err
	}
	a, err := h.answers.Legend(q.Context(), l)
	if err != nil {
		return err
	}
	return ogc.Send(w, q.Request, a)
}
