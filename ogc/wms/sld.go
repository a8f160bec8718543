package wms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"isobar/ogc"
	"isobar/ogc/sld"
	"isobar/styles"
)

// sldTimeout bounds how long a document that SLD names may take to come.
const sldTimeout = 10 * time.Second

// descriptor is the SLD of a request: SLD_BODY, or what SLD names (SLD 1.1.0 profile of WMS, OGC 05-078r4 7.2); nil if it has none.
// It is read once.
func (h *Handler) descriptor(q *request) ([]sld.Layer, error) {
	if q.described {
		return q.descriptor, nil
	}
	q.described = true
	name, text := "sld_body", []byte(q.Get("sld_body"))
	if link := q.Get("sld"); link != "" && len(text) == 0 {
		name = "sld"
		var err error
		if text, err = h.fetchSLD(q.Context(), link); err != nil {
			return nil, err
		}
	}
	if len(text) == 0 {
		return nil, nil
	}
	layers, err := sld.Read(text)
	if err != nil {
		return nil, ogc.Invalid(name, "%s: %v", name, err)
	}
	q.descriptor = layers
	return layers, nil
}

// symbolizer is the change that the request's SLD makes to a layer's style. Its values are in UNITS, else in the unit of the data.
func (h *Handler) symbolizer(q *request, layer string) (c styles.Change, err error) {
	described, err := h.descriptor(q)
	if err != nil {
		return c, err
	}
	if l, ok := sld.Find(described, layer); ok {
		if c.Instead, c.Fade = l.Own, l.Fade; l.Own != nil && q.Get("units") != "" {
			own := *l.Own
			own.Unit = q.Get("units")
			c.Instead = &own
		}
	}
	return c, nil
}

// allowed tells that a document may be fetched: its address begins as one of those that the configuration lists.
func (h *Handler) allowed(link string) bool {
	for _, prefix := range h.about.SLDFrom {
		if strings.HasPrefix(link, prefix) {
			return true
		}
	}
	return false
}

// errElsewhere is a redirection to where documents may not be fetched from.
var errElsewhere = errors.New("it leads elsewhere")

// fetchSLD fetches a document from where the configuration allows it.
func (h *Handler) fetchSLD(ctx context.Context, link string) ([]byte, error) {
	if !h.allowed(link) {
		return nil, ogc.Invalid("sld", "sld: documents are not fetched from there; send sld_body")
	}
	ctx, cancel := context.WithTimeout(ctx, sldTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, ogc.Invalid("sld", "sld is no address")
	}
	client := http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !h.allowed(r.URL.String()) {
			return errElsewhere
		}
		return nil
	}}
	w, err := client.Do(r)
	if err != nil {
		return nil, ogc.Invalid("sld", "sld: the document cannot be fetched")
	}
	defer w.Body.Close()
	body, err := io.ReadAll(io.LimitReader(w.Body, sld.MaxBytes+1))
	if err != nil || w.StatusCode != http.StatusOK {
		return nil, ogc.Invalid("sld", "%s", fmt.Sprintf("sld: the document cannot be fetched: status %d", w.StatusCode))
	}
	return body, nil
}
