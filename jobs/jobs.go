// Package jobs does work that outlives a request: it keeps its state, tells of its progress, can be stopped, and calls back.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Status is a job's state, as OGC API Processes 1.0 names it.
type Status string

// States of a job.
const (
	Accepted   Status = "accepted"
	Running    Status = "running"
	Successful Status = "successful"
	Failed     Status = "failed"
	Dismissed  Status = "dismissed"
)

// Done tells that a job will not change any more.
func (s Status) Done() bool { return s == Successful || s == Failed || s == Dismissed }

// Job is one piece of work.
type Job struct {
	ID       string          `json:"id"`
	Process  string          `json:"process"`
	Input    json.RawMessage `json:"input"` // what Work reads
	Status   Status          `json:"status"`
	Message  string          `json:"message,omitempty"` // why it failed, or what it does
	Progress int             `json:"progress"`          // per cent
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started,omitzero"`
	Finished time.Time       `json:"finished,omitzero"`
	Updated  time.Time       `json:"updated"`
	Callback Callback        `json:"callback,omitzero"`
}

// Callback is where to tell that a job has ended (OGC API Processes 1.0, requirements class callback); "" is nowhere.
type Callback struct {
	Success, InProgress, Failed string
}

// Result is what a job made.
type Result struct {
	Type string `json:"type"` // media type
	Body []byte `json:"body"`
}

// Work does one job. It stops when ctx ends, and tells per cent done and what it does, as often as it likes, from one goroutine. It may be
// begun anew if the program ends meanwhile. The text of its error is the job's message, for whoever asked for it.
type Work func(ctx context.Context, input json.RawMessage, progress func(percent int, message string)) (Result, error)

// ErrNotFound and its siblings say why a job or its result can't be had, by wrapping.
var (
	ErrNotFound = errors.New("no such job")
	ErrNotDone  = errors.New("job is not done")
	ErrFailed   = errors.New("job failed")
	ErrFull     = errors.New("too many jobs wait")
	ErrProcess  = errors.New("no such process")
)
