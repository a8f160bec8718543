package watches

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"isobar/events"
	"isobar/feature"
	"isobar/ogc"
	"isobar/ogc/api"
)

// maxBody bounds a definition in bytes.
const maxBody = 8 << 20

// read reads a definition; a member that is not known is an error.
func read(c *api.Call, into any) error {
	if t := ogc.MediaType(c.Request.Header.Get("Content-Type")); t != "" && t != api.TypeJSON {
		return &ogc.Fault{Status: http.StatusUnsupportedMediaType, Code: ogc.InvalidFormat, Locator: "body", Text: "a definition is sent as application/json"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.ResponseWriter, c.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Locator: "body", Text: "a definition is at most 8 MiB"}
	}
	if err != nil {
		return ogc.Invalid("body", "the request's body ended early")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return ogc.Invalid("body", "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// live sends what is as it is now.
func live(c *api.Call, status int, doc any) error {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return err
	}
	c.Header().Set("Cache-Control", "no-store")
	c.Header().Set("Content-Type", api.TypeJSON)
	c.WriteHeader(status)
	_, _ = c.ResponseWriter.Write(body.Bytes()) // an error means that the client has left
	return nil
}

// listed sends a list: as JSON, or as a table.
func listed(c *api.Call, title string, doc any, t api.Table) error {
	mediaType, err := c.Choose([]string{api.TypeJSON, api.TypeHTML}, map[string]string{"json": api.TypeJSON, "html": api.TypeHTML})
	if err != nil {
		return err
	}
	if mediaType == api.TypeJSON {
		return live(c, http.StatusOK, doc)
	}
	body, err := c.Page(title, nil, t)
	if err != nil {
		return err
	}
	c.Header().Set("Cache-Control", "no-store")
	ogc.Plain(c.ResponseWriter, mediaType+"; charset=utf-8", body)
	return nil
}

// wanted tells that an event is of the types and the source that are asked for.
func wanted(e *events.Event, types []string, source string) bool {
	return (len(types) == 0 || slices.Contains(types, e.Type)) && strings.HasPrefix(e.Source, source)
}

// places reads features: GeoJSON, or the identity of a collection of this server, whose features are taken as they are now.
func (s *service) places(c *api.Call, raw json.RawMessage) ([]feature.Feature, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] != '"' {
		list, err := feature.Read(bytes.NewReader(raw), feature.DefaultLimits)
		return list, explain(err)
	}
	var id string
	if err := json.Unmarshal(raw, &id); err != nil {
		return nil, ogc.Invalid("features", "%v", err)
	}
	for _, catalogue := range s.Features {
		found, err := catalogue.Collection(c.Context(), id)
		if errors.Is(err, feature.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page, err := found.Query(c.Context(), feature.Query{})
		return page.Features, err
	}
	return nil, ogc.Invalid("features", "there is no collection of features %.80q", id)
}

// written is features as GeoJSON.
func written(list []feature.Feature) (json.RawMessage, error) {
	var b bytes.Buffer
	w := feature.NewWriter(&b, feature.Form{})
	for i := range list {
		if err := w.Write(&list[i]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// hours is a time in hours.
func hours(d time.Duration) float64 { return d.Hours() }

// duration is hours as a time.
func duration(hours float64) time.Duration {
	const most = 1e5
	return time.Duration(max(min(hours, most), -most) * float64(time.Hour))
}
