package main

import (
	"encoding/json"
	"net/url"

	"isobar/events"
	"isobar/ogc/api"
	"isobar/ogc/api/watches"
)

// asyncPath is where the description of the events stands; typeAsync is its media type (OGC API EDR Part 2).
const (
	asyncPath = "/asyncapi"
	typeAsync = "application/asyncapi+json;version=3.0.0"
)

// asyncEvents are the events that are told: type, title, what their data are.
var asyncEvents = []struct {
	kind, name, title string
	data              map[string]any
}{
	{events.StepPublished, "stepPublished", "A step of a run can be asked for", texts("model", "run", "valid")},
	{events.RunComplete, "runComplete", "All of a run can be asked for", texts("run")},
	{events.RunFailed, "runFailed", "A run was given up incomplete", texts("run", "reason")},
	{events.AlertFired, "alertFired", "An alert's condition has come true", map[string]any{"type": "object"}},
	{events.AlertCleared, "alertCleared", "An alert's condition is true no more", map[string]any{"type": "object"}},
	{events.StreamUpdated, "streamUpdated", "A probe stream has new values", map[string]any{"type": "object"}},
	{events.JobChanged, "jobChanged", "A job has another state", map[string]any{"type": "object"}},
}

// texts is the schema of an object of texts; run and valid are times.
func texts(names ...string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		text := map[string]any{"type": "string"}
		if name == "run" || name == "valid" {
			text["format"] = "date-time"
		}
		all[name] = text
	}
	return map[string]any{"type": "object", "properties": all}
}

// asyncPart is the description of the events, as AsyncAPI 3.0.
func (h *house) asyncPart() api.Part {
	return api.Part{
		Landing: func(base string) []api.Link {
			return []api.Link{{Href: base + asyncPath, Rel: "service-desc", Type: typeAsync, Title: "The events, as AsyncAPI"}}
		},
		Operations: []api.Operation{{
			Path: asyncPath, ID: "getAsyncAPI", Summary: "The events, as AsyncAPI", Tag: "Events", Types: []string{typeAsync}, Formats: []string{"json"},
			Handle: func(c *api.Call) error {
				body, err := json.Marshal(h.asyncAPI(c.Base))
				if err != nil {
					return err
				}
				c.ResponseWriter.Header().Set("Content-Type", typeAsync)
				_, _ = c.ResponseWriter.Write(body) // a client that has left
				return nil
			},
		}},
	}
}

// asyncAPI describes the events.
func (h *house) asyncAPI(base string) map[string]any {
	ref := func(to string) map[string]any { return map[string]any{"$ref": to} }
	at, err := url.Parse(base)
	if err != nil {
		at = &url.URL{Scheme: "http"}
	}
	server := map[string]any{"host": at.Host, "protocol": at.Scheme, "title": h.conf.Service.Title}
	if at.Path != "" {
		server["pathname"] = at.Path
	}
	messages, named, listed := map[string]any{}, map[string]any{}, []any{}
	for _, e := range asyncEvents {
		messages[e.name] = map[string]any{
			"name": e.kind, "title": e.title, "contentType": events.ContentType,
			"payload": map[string]any{"allOf": []any{ref("#/components/schemas/cloudEvent"), map[string]any{
				"properties": map[string]any{"type": map[string]any{"const": e.kind}, "data": e.data},
			}}},
		}
		named[e.name] = ref("#/components/messages/" + e.name)
		listed = append(listed, ref("#/channels/events/messages/"+e.name))
	}
	return map[string]any{
		"asyncapi":           "3.0.0",
		"info":               map[string]any{"title": h.conf.Service.Title, "version": version(), "description": "Events of forecasts, as CloudEvents 1.0 sent by the server (SSE). The header Last-Event-ID goes on after the event that it names."},
		"defaultContentType": events.ContentType,
		"servers":            map[string]any{"here": server},
		"channels": map[string]any{"events": map[string]any{
			"address": watches.EventsPath, "title": "What happens", "servers": []any{ref("#/servers/here")}, "messages": named,
			"bindings": map[string]any{"http": map[string]any{"bindingVersion": "0.3.0"}},
		}},
		"operations": map[string]any{"tell": map[string]any{
			"action": "send", "channel": ref("#/channels/events"), "title": "Events are sent as they happen", "messages": listed,
			"bindings": map[string]any{"http": map[string]any{"method": "GET", "bindingVersion": "0.3.0", "query": map[string]any{"type": "object", "properties": map[string]any{
				"type":   map[string]any{"type": "string", "description": "types that are wanted, with commas"},
				"source": map[string]any{"type": "string", "description": "how the sources begin that are wanted: /collections/gfs-0p25"},
			}}}},
		}},
		"components": map[string]any{"messages": messages, "schemas": map[string]any{"cloudEvent": map[string]any{
			"type": "object", "required": []string{"specversion", "id", "type", "source"},
			"properties": map[string]any{
				"specversion": map[string]any{"const": "1.0"}, "id": map[string]any{"type": "string"}, "type": map[string]any{"type": "string"},
				"source":  map[string]any{"type": "string", "format": "uri-reference", "description": "the collection, alert, stream or job"},
				"subject": map[string]any{"type": "string"}, "time": map[string]any{"type": "string", "format": "date-time"},
				"datacontenttype": map[string]any{"const": "application/json"}, "data": map[string]any{"type": "object"},
			},
		}}},
	}
}
