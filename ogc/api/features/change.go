package features

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"isobar/feature"
	"isobar/ogc"
	"isobar/ogc/api"
)

// guarded is the path's collection, if the client may change it.
func (s *service) guarded(c *api.Call) (feature.Editable, feature.About, error) {
	found, about, err := s.opened(c)
	if err != nil {
		return nil, about, err
	}
	if s.options.Authorize == nil {
		return nil, about, &ogc.Fault{Status: http.StatusForbidden, Code: ogc.OperationNotSupported, Text: "features can't be changed here"}
	}
	if err := s.options.Authorize(c.Request); err != nil {
		var fault *ogc.Fault
		if errors.As(err, &fault) {
			return nil, about, fault
		}
		c.Header().Set("WWW-Authenticate", "Bearer")
		return nil, about, &ogc.Fault{Status: http.StatusUnauthorized, Code: ogc.OperationNotSupported, Text: "who may change features must say who they are"}
	}
	editable, ok := found.(feature.Editable)
	if !ok {
		c.Header().Set("Allow", "GET, HEAD, OPTIONS")
		return nil, about, &ogc.Fault{Status: http.StatusMethodNotAllowed, Code: ogc.OperationNotSupported, Text: "the collection " + about.ID + " can't be changed"}
	}
	return editable, about, nil
}

// body checks what is sent, and reads no more of it than may be.
func (s *service) body(c *api.Call, types ...string) (io.Reader, error) {
	sent := ogc.MediaType(c.Request.Header.Get("Content-Type"))
	known := sent == api.TypeJSON
	for _, t := range types {
		known = known || sent == t
	}
	if !known {
		return nil, &ogc.Fault{Status: http.StatusUnsupportedMediaType, Code: ogc.InvalidFormat, Locator: "body", Text: "a feature is sent as " + strings.Join(types, " or ")}
	}
	if crs := c.Request.Header.Get("Content-Crs"); crs != "" && crs != "<"+crs84URI+">" {
		return nil, &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidCRS, Locator: "Content-Crs", Text: "features are taken in CRS84 alone"}
	}
	return http.MaxBytesReader(c.ResponseWriter, c.Body, s.options.Limits.Bytes+1), nil
}

// read reads the feature that is sent.
func (s *service) read(c *api.Call) (feature.Feature, error) {
	body, err := s.body(c, typeGeoJSON)
	if err != nil {
		return feature.Feature{}, err
	}
	f, err := feature.ReadFeature(body, s.options.Limits)
	return f, explain(tooLarge(err))
}

// tooLarge is an end of reading as the client's fault.
func tooLarge(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Locator: "body", Text: fmt.Sprintf("more than %d bytes", large.Limit-1)}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return ogc.Invalid("body", "the body ended early")
	}
	return err
}

// create adds a feature (OGC 20-002 clause 7).
func (s *service) create(c *api.Call) error {
	to, about, err := s.guarded(c)
	if err != nil {
		return err
	}
	f, err := s.read(c)
	if err != nil {
		return err
	}
	id, err := to.Create(c.Context(), f)
	if err != nil {
		return explain(err)
	}
	c.Header().Set("Location", itemURL(c.Base, about.ID, id))
	c.WriteHeader(http.StatusCreated)
	return nil
}

// replace puts a feature in place of one (OGC 20-002 clause 8).
func (s *service) replace(c *api.Call) error {
	to, _, err := s.guarded(c)
	if err != nil {
		return err
	}
	f, err := s.read(c)
	if err != nil {
		return err
	}
	id := c.Path("featureId")
	if f.ID != "" && f.ID != id {
		return ogc.Invalid("id", "the feature is %q, the path %q", ogc.Clip(f.ID), ogc.Clip(id))
	}
	f.ID = id
	return s.change(c, to, func(feature.Feature) error { return to.Replace(c.Context(), f) })
}

// remove deletes a feature (OGC 20-002 clause 9).
func (s *service) remove(c *api.Call) error {
	to, _, err := s.guarded(c)
	if err != nil {
		return err
	}
	return s.change(c, to, func(f feature.Feature) error { return to.Delete(c.Context(), f.ID) })
}

// update changes parts of a feature (OGC 20-002 clause 10, RFC 7396).
func (s *service) update(c *api.Call) error {
	to, _, err := s.guarded(c)
	if err != nil {
		return err
	}
	body, err := s.body(c, typePatch, typeGeoJSON)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return tooLarge(err)
	}
	return s.change(c, to, func(f feature.Feature) error {
		changed, err := s.merge(f, text)
		if err != nil {
			return err
		}
		return to.Replace(c.Context(), changed)
	})
}

// change makes a change if the feature is still what the client has seen: If-Match names its ETag (OGC 20-002 clause 11).
func (s *service) change(c *api.Call, of feature.Editable, make func(feature.Feature) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	f, err := of.Feature(c.Context(), c.Path("featureId"))
	if err != nil {
		return explain(err)
	}
	if match := c.Request.Header.Values("If-Match"); len(match) > 0 && !matches(match, etagOf(&f)) {
		return &ogc.Fault{Status: http.StatusPreconditionFailed, Code: ogc.InvalidParameterValue, Locator: "If-Match", Text: "the feature has changed"}
	}
	if err := make(f); err != nil {
		return explain(err)
	}
	c.WriteHeader(http.StatusNoContent)
	return nil
}

// matches tells that a list of ETags has one, or is "*".
func matches(lines []string, etag string) bool {
	for _, line := range lines {
		for given := range strings.SplitSeq(line, ",") {
			if given = strings.TrimSpace(given); given == "*" || strings.TrimPrefix(given, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}

// merge applies a merge patch: members that are named change, null removes a property, the others stay in their order.
func (s *service) merge(f feature.Feature, patch []byte) (feature.Feature, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(patch, &members); err != nil {
		return f, ogc.Invalid("body", "the patch is no JSON object: %v", err)
	}
	if members == nil {
		return f, ogc.Invalid("body", "the patch is no JSON object")
	}
	members["type"] = json.RawMessage(`"Feature"`)
	whole, err := json.Marshal(members)
	if err != nil {
		return f, ogc.Invalid("body", "the patch is no JSON: %v", err)
	}
	change, err := feature.ReadFeature(strings.NewReader(string(whole)), s.options.Limits)
	if err != nil {
		return f, err
	}
	if change.ID != "" && change.ID != f.ID {
		return f, ogc.Invalid("id", "the identity of a feature can't be changed")
	}
	if _, ok := members["geometry"]; ok {
		f.Geometry = change.Geometry
	}
	if _, ok := members["time"]; ok {
		f.Time = change.Time
	}
	if raw, ok := members["properties"]; ok {
		old := f.Properties
		if string(raw) == "null" {
			old = nil
		}
		f.Properties = mergeProperties(old, change.Properties)
	}
	return f, nil
}

func mergeProperties(old, changes []feature.Property) (merged []feature.Property) {
	at := map[string]int{}
	for i, p := range changes {
		at[p.Name] = i
	}
	for _, p := range old {
		i, changed := at[p.Name]
		if !changed {
			merged = append(merged, p)
			continue
		}
		delete(at, p.Name)
		if v := changes[i].Value; v != nil {
			merged = append(merged, feature.Property{Name: p.Name, Value: mergeValue(p.Value, v)})
		}
	}
	for _, p := range changes {
		if _, left := at[p.Name]; left && p.Value != nil {
			merged = append(merged, feature.Property{Name: p.Name, Value: mergeValue(nil, p.Value)})
		}
	}
	return merged
}

// mergeValue merges objects member by member; anything else is replaced.
func mergeValue(old, change any) any {
	patch, ok := change.(map[string]any)
	if !ok {
		return change
	}
	merged := map[string]any{}
	if before, ok := old.(map[string]any); ok {
		for name, v := range before {
			merged[name] = v
		}
	}
	for name, v := range patch {
		if v == nil {
			delete(merged, name)
			continue
		}
		merged[name] = mergeValue(merged[name], v)
	}
	return merged
}

// methods answers what may be done with a resource (RFC 9110 9.3.7).
func (s *service) methods(c *api.Call) error {
	found, _, err := s.opened(c)
	if err != nil {
		return err
	}
	allowed := "GET, HEAD, OPTIONS"
	if _, editable := found.(feature.Editable); editable && s.options.Authorize != nil {
		if c.Path("featureId") == "" {
			allowed += ", POST"
		} else {
			allowed += ", PUT, PATCH, DELETE"
		}
	}
	c.Header().Set("Allow", allowed)
	c.WriteHeader(http.StatusNoContent)
	return nil
}
