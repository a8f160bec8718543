// Package watches is the management of standing questions over HTTP: probe streams and alerts, and the events that they and the data bring,
// as they happen.
package watches

import (
	"context"
	"errors"
	"net/http"

	"isobar/events"
	"isobar/events/sse"
	"isobar/feature"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/watch"
)

// Streams keeps probe streams; *watch.Streams does.
type Streams interface {
	Create(ctx context.Context, d watch.Stream) (watch.Stream, error)
	Replace(ctx context.Context, d watch.Stream) (watch.Stream, error)
	Get(ctx context.Context, id string) (watch.Stream, error)
	List(ctx context.Context) ([]watch.Stream, error)
	Delete(ctx context.Context, id string) error
	Series(ctx context.Context, id string, q feature.Query) (feature.Page, error)
}

var _ Streams = (*watch.Streams)(nil)

// Alerts keeps alerts; *watch.Alerts does.
type Alerts interface {
	Create(ctx context.Context, d watch.Alert) (watch.Alert, error)
	Replace(ctx context.Context, d watch.Alert) (watch.Alert, error)
	Get(ctx context.Context, id string) (watch.Alert, error)
	List(ctx context.Context) ([]watch.Alert, error)
	Delete(ctx context.Context, id string) error
	State(ctx context.Context, id string) (watch.State, error)
}

var _ Alerts = (*watch.Alerts)(nil)

// Rooms is what the part needs.
type Rooms struct {
	Streams  Streams // nil: there are neither streams nor alerts
	Alerts   Alerts
	Bus      *events.Bus
	Features []feature.Catalogue // that a stream's places may be of
	// Authorize tells whether a request may change streams and alerts, and see who is told of them: nil is yes. Without the function
	// nobody may.
	Authorize func(*http.Request) error
}

// service makes the part.
type service struct{ Rooms }

// EventsPath is where events are told as they happen.
const EventsPath = "/events"

// Part is the management of streams and alerts, and the events.
func Part(rooms Rooms) api.Part {
	s := &service{rooms}
	documents := []string{api.TypeJSON, api.TypeHTML}
	part := api.Part{
		Landing: func(base string) []api.Link {
			links := []api.Link{{Href: base + EventsPath, Rel: "http://isobar.org/rel/events", Type: "text/event-stream", Title: "What happens, as it does"}}
			if rooms.Streams != nil {
				links = append(links, api.Link{Href: base + "/streams", Rel: "http://isobar.org/rel/streams", Type: api.TypeJSON, Title: "Probe streams"},
					api.Link{Href: base + "/alerts", Rel: "http://isobar.org/rel/alerts", Type: api.TypeJSON, Title: "Alerts"})
			}
			return links
		},
		Operations: []api.Operation{{
			Path: EventsPath, ID: "getEvents", Summary: "What happens, as server-sent events", Tag: "Events", Types: []string{"text/event-stream"}, Handle: s.events,
			Params: []api.Param{
				api.TextParam("type", "Types of events that are wanted, with commas, such as org.isobar.step.published; all if left out"),
				api.TextParam("source", "How the sources of events begin that are wanted: /collections/gfs-0p25"),
				api.TextParam("last-event-id", "The last event that was seen, as the header Last-Event-ID has it"),
			},
		}},
	}
	if rooms.Streams == nil {
		return part
	}
	for _, of := range []struct {
		path, name, id string
		list, get      func(*api.Call) error
		create         func(*api.Call) error
		replace        func(*api.Call) error
		remove         func(*api.Call) error
	}{
		{"/streams", "stream", "Stream", s.streams, s.stream, s.createStream, s.replaceStream, s.removeStream},
		{"/alerts", "alert", "Alert", s.alerts, s.alert, s.createAlert, s.replaceAlert, s.removeAlert},
	} {
		one := of.path + "/{" + of.name + "Id}"
		part.Operations = append(part.Operations,
			api.Operation{Path: of.path, ID: "get" + of.id + "s", Summary: "All " + of.name + "s", Tag: of.id + "s", Types: documents, Handle: of.list},
			api.Operation{Path: one, ID: "get" + of.id, Summary: "One " + of.name, Tag: of.id + "s", Types: documents, Handle: of.get},
			api.Operation{Method: http.MethodPost, Path: of.path, ID: "create" + of.id, Summary: "Make a " + of.name, Tag: of.id + "s", Body: []string{api.TypeJSON}, Types: []string{api.TypeJSON}, Status: http.StatusCreated, Handle: of.create},
			api.Operation{Method: http.MethodPut, Path: one, ID: "replace" + of.id, Summary: "Change a " + of.name, Tag: of.id + "s", Body: []string{api.TypeJSON}, Types: []string{api.TypeJSON}, Handle: of.replace},
			api.Operation{Method: http.MethodDelete, Path: one, ID: "delete" + of.id, Summary: "Remove a " + of.name, Tag: of.id + "s", Status: http.StatusNoContent, Handle: of.remove},
		)
	}
	part.Operations = append(part.Operations, api.Operation{
		Path: "/streams/{streamId}/series", ID: "getStreamSeries", Summary: "What a stream has kept, a feature for each place, with lists along time", Tag: "Streams", Types: []string{typeGeoJSON},
		Params: seriesParams(), Handle: s.series,
	})
	return part
}

const typeGeoJSON = "application/geo+json"

// events tells what happens until the client leaves.
func (s *service) events(c *api.Call) error {
	types, source := c.Query.List("type"), c.Query.Get("source")
	err := sse.Serve(c.ResponseWriter, c.Request, s.Bus, sse.Options{Want: func(e *events.Event) bool { return wanted(e, types, source) }})
	if err != nil && c.Context().Err() == nil {
		return nil // the connection broke after the answer had begun
	}
	return nil
}

// allowed tells whether a request may see and change what is guarded.
func (s *service) allowed(c *api.Call) error {
	if s.Authorize == nil {
		return &ogc.Fault{Status: http.StatusForbidden, Code: ogc.OperationNotSupported, Text: "nobody may change streams and alerts here: no token is configured (auth.tokens, or ISOBAR_TOKEN)"}
	}
	err := s.Authorize(c.Request)
	var fault *ogc.Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	c.Header().Set("WWW-Authenticate", "Bearer")
	return &ogc.Fault{Status: http.StatusUnauthorized, Code: ogc.OperationNotSupported, Text: "who changes streams and alerts must say who they are: Authorization: Bearer <token>"}
}

// explain turns errors of standing questions into faults.
func explain(err error) error {
	var member *watch.MemberError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &member):
		return ogc.Invalid(member.Member, "%s", member.Error())
	case errors.Is(err, feature.ErrNotFound):
		return &ogc.Fault{Status: http.StatusNotFound, Code: ogc.InvalidParameterValue, Text: err.Error()}
	case errors.Is(err, feature.ErrExists):
		return &ogc.Fault{Status: http.StatusConflict, Code: ogc.InvalidParameterValue, Locator: "id", Text: err.Error()}
	case errors.Is(err, feature.ErrInvalid):
		return ogc.Invalid("features", "%v", err)
	}
	return err
}
