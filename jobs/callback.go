package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"isobar/events/webhook"
)

// StatusInfo is a job's state as OGC API Processes 1.0 writes it (statusInfo.yaml), without links.
type StatusInfo struct {
	Process  string    `json:"processID"`
	Type     string    `json:"type"` // "process"
	ID       string    `json:"jobID"`
	Status   Status    `json:"status"`
	Message  string    `json:"message,omitempty"`
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
	Updated  time.Time `json:"updated"`
	Progress int       `json:"progress"`
}

// Info is the job's state.
func (j *Job) Info() StatusInfo {
	return StatusInfo{j.Process, "process", j.ID, j.Status, j.Message, j.Created, j.Started, j.Finished, j.Updated, j.Progress}
}

// callback gives a call to the sender: a result for a job that has one, else its state. It tells that nothing more is to be done; n
// tells calls of one job apart.
func (r *Runner) callback(ctx context.Context, rec *record, url, n string) bool {
	m := webhook.Message{ID: rec.ID + "/" + n, URL: url, Type: "application/json"}
	if rec.Status == Successful {
		m.Ref = rec.ID
	} else {
		body, err := json.Marshal(rec.Info())
		if err != nil {
			r.o.Log.Error("a job's state can't be told", "job", rec.ID, "error", err)
			return true
		}
		m.Body = body
	}
	err := r.sender.Send(ctx, m)
	switch {
	case err == nil:
		return true
	case errors.Is(err, webhook.ErrForbidden): // the list has changed since
		r.o.Log.Warn("a callback is not allowed any more", "job", rec.ID, "error", err)
		return true
	case ctx.Err() == nil:
		r.o.Log.Error("a callback can't be kept; it will be tried again", "job", rec.ID, "error", err)
	}
	return false
}
