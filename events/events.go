// Package events tells what happened: a step was published, a run is complete, an alert fired.
package events

import (
	"encoding/json"
	"time"
)

// Event is a CloudEvents 1.0 event.
type Event struct {
	ID      string          `json:"id"` // rising within a source: an SSE client goes on after the last it saw
	Type    string          `json:"type"`
	Source  string          `json:"source"`            // "/collections/gfs"
	Subject string          `json:"subject,omitempty"` // "2026-11-24T06:00:00Z"
	Time    time.Time       `json:"time"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Types of events.
const (
	StepPublished = "org.isobar.step.published"
	RunComplete   = "org.isobar.run.complete"
	RunFailed     = "org.isobar.run.failed"
	AlertFired    = "org.isobar.alert.fired"
	AlertCleared  = "org.isobar.alert.cleared"
	StreamUpdated = "org.isobar.stream.updated"
	JobChanged    = "org.isobar.job.changed"
)

// ContentType is the media type of one event as JSON.
const ContentType = "application/cloudevents+json"

// CloudEvent is the event in the JSON format of CloudEvents 1.0.
func (e *Event) CloudEvent() ([]byte, error) {
	data := ""
	if len(e.Data) > 0 {
		data = "application/json"
	}
	return json.Marshal(struct {
		Version string `json:"specversion"`
		*Event
		ContentType string `json:"datacontenttype,omitempty"`
	}{"1.0", e, data})
}
