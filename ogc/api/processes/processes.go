// Package processes speaks OGC API - Processes 1.0 (OGC 18-062r2): values at places, along ways and over areas as processes, done at once or
// as jobs.
package processes

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"isobar/feature"
	"isobar/jobs"
	"isobar/layers"
	"isobar/ogc/api"
	"isobar/places/kept"
	"isobar/probe"
)

// Probes gives values at places; *probe.Engine does.
type Probes interface {
	Probe(ctx context.Context, c *layers.Catalogue, now time.Time, r probe.Request) (probe.Result, error)
	Statistics(ctx context.Context, c *layers.Catalogue, now time.Time, r probe.StatisticsRequest) ([]probe.Summary, error)
	Threshold(ctx context.Context, c *layers.Catalogue, now time.Time, r probe.ThresholdRequest) (probe.Truths, error)
	Limits() probe.Limits
}

var _ Probes = (*probe.Engine)(nil)

// Keeper keeps collections of features; *kept.Catalogue does.
type Keeper interface {
	Create(ctx context.Context, about feature.About, features []feature.Feature, expires time.Time) error
	Drop(ctx context.Context, id string) error
}

var _ Keeper = (*kept.Catalogue)(nil)

// Jobs does what outlives a request; *jobs.Runner does.
type Jobs interface {
	Submit(ctx context.Context, process string, input json.RawMessage, callback jobs.Callback) (jobs.Job, error)
	Get(ctx context.Context, id string) (jobs.Job, error)
	List(ctx context.Context, f jobs.Filter) (list []jobs.Job, matched int, err error)
	Result(ctx context.Context, id string) (jobs.Result, error)
	Wait(ctx context.Context, id string) (jobs.Job, error)
	Dismiss(ctx context.Context, id string) (jobs.Job, error)
}

// Rooms is what the processes need.
type Rooms struct {
	Probes    Probes
	Catalogue func() (c *layers.Catalogue, release func())
	Features  []feature.Catalogue // that inputs may refer to
	Kept      Keeper              // nil: no result is kept
	// Authorize tells whether a request may have its result kept: nil is yes; an error is told as features.Options says.
	Authorize func(*http.Request) error
	Now       func() time.Time
}

// Service is the processes. Safe for concurrent use.
type Service struct {
	Rooms
	all []*process
}

// New makes the processes.
func New(rooms Rooms) *Service {
	if rooms.Now == nil {
		rooms.Now = time.Now
	}
	return &Service{Rooms: rooms, all: table()}
}

// Works are the processes as jobs do them, by name.
func (s *Service) Works() map[string]jobs.Work {
	works := map[string]jobs.Work{}
	for _, p := range s.all {
		works[p.id] = s.work(p)
	}
	return works
}

// Part is the resources of processes and of jobs; nil jobs: everything is done at once.
func (s *Service) Part(j Jobs) api.Part {
	d := &door{Service: s, jobs: j}
	return api.Part{
		Conformance: conformance(j != nil),
		Landing: func(base string) []api.Link {
			links := []api.Link{
				{Href: base + "/processes", Rel: "processes", Type: api.TypeJSON, Title: "Processes"},
				{Href: base + "/processes", Rel: relation + "processes", Type: api.TypeJSON, Title: "Processes"},
			}
			if j != nil {
				links = append(links, api.Link{Href: base + "/jobs", Rel: relation + "job-list", Type: api.TypeJSON, Title: "Jobs"})
			}
			return links
		},
		Operations: d.operations(),
	}
}

// door is the processes over HTTP.
type door struct {
	*Service
	jobs Jobs
}

// relation is how the relations of links begin that the OGC has named.
const relation = "http://www.opengis.net/def/rel/ogc/1.0/"

// conformance lists the classes that are followed.
func conformance(jobs bool) (uris []string) {
	classes := []string{"core", "ogc-process-description", "json", "html", "oas30"}
	if jobs {
		classes = append(classes, "job-list", "callback", "dismiss")
	}
	for _, class := range classes {
		uris = append(uris, "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"+class)
	}
	return uris
}

// The bounds of a page of a list.
const (
	usualPage = 100
	maxPage   = 1000
)

func (d *door) operations() []api.Operation {
	documents := []string{api.TypeJSON, api.TypeHTML}
	page := []api.Param{api.WholeParam("limit", "How many a page has at most", maxPage), {Name: "offset", Description: "How many are passed over", Schema: map[string]any{"type": "integer", "minimum": 0, "default": 0}}}
	page[0].Schema["default"] = usualPage
	all := []api.Operation{
		{Path: "/processes", ID: "getProcesses", Summary: "All processes", Tag: "Processes", Types: documents, Params: page, Handle: d.processes},
		{Path: "/processes/{processId}", ID: "getProcessDescription", Summary: "One process: its inputs and outputs", Tag: "Processes", Types: documents, Handle: d.process},
		{Method: http.MethodPost, Path: "/processes/{processId}/execution", ID: "execute", Summary: "Do a process", Tag: "Processes", Body: []string{api.TypeJSON}, Types: []string{api.TypeJSON}, Handle: d.execute},
	}
	if d.jobs == nil {
		return all
	}
	list := append(page[:2:2],
		api.TextParam("type", "Kinds of jobs; all are of the kind process"), api.TextParam("processID", "Processes, with commas"), api.TextParam("status", "States, with commas"),
		api.TextParam("datetime", "When the jobs were made: an instant or an interval"),
		api.Param{Name: "minDuration", Description: "Seconds that jobs took at least", Schema: map[string]any{"type": "integer", "minimum": 0}},
		api.Param{Name: "maxDuration", Description: "Seconds that jobs took at most", Schema: map[string]any{"type": "integer", "minimum": 0}},
	)
	return append(all,
		api.Operation{Path: "/jobs", ID: "getJobs", Summary: "Jobs, the newest first", Tag: "Jobs", Types: documents, Params: list, Handle: d.list},
		api.Operation{Path: "/jobs/{jobId}", ID: "getStatus", Summary: "A job's state", Tag: "Jobs", Types: documents, Handle: d.status},
		api.Operation{Path: "/jobs/{jobId}/results", ID: "getResult", Summary: "What a job has made", Tag: "Jobs", Types: []string{api.TypeJSON}, Handle: d.results},
		api.Operation{Path: "/jobs/{jobId}/results/{outputId}", ID: "getOutput", Summary: "One output of what a job has made", Tag: "Jobs", Types: []string{api.TypeJSON}, Handle: d.output},
		api.Operation{Method: http.MethodDelete, Path: "/jobs/{jobId}", ID: "dismiss", Summary: "Stop a job, or remove one that is done", Tag: "Jobs", Types: []string{api.TypeJSON}, Handle: d.dismiss},
	)
}
