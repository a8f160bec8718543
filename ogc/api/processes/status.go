package processes

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"isobar/jobs"
	"isobar/ogc"
	"isobar/ogc/api"
)

// statusInfo is a job's state with links (statusInfo.yaml).
type statusInfo struct {
	jobs.StatusInfo
	Links []api.Link `json:"links"`
}

// status tells a job's state.
func status(base string, j *jobs.Job) statusInfo {
	at := base + "/jobs/" + j.ID
	s := statusInfo{j.Info(), []api.Link{
		{Href: at, Rel: "self", Type: api.TypeJSON, Title: "This job"}, {Href: at, Rel: "monitor", Type: api.TypeJSON, Title: "This job"},
	}}
	s.Created, s.Updated = s.Created.Truncate(time.Millisecond), s.Updated.Truncate(time.Millisecond)
	s.Started, s.Finished = s.Started.Truncate(time.Millisecond), s.Finished.Truncate(time.Millisecond)
	switch j.Status {
	case jobs.Successful:
		s.Links = append(s.Links, api.Link{Href: at + "/results", Rel: relation + "results", Type: api.TypeJSON, Title: "The results"})
	case jobs.Failed:
		s.Links = append(s.Links, api.Link{Href: at + "/results", Rel: relation + "exceptions", Type: "application/problem+json", Title: "Why it failed"})
	}
	return s
}

// live sends what changes by itself, so that it is not kept: as JSON, or as a table for people.
func live(c *api.Call, title string, doc any, links []api.Link, table api.Table) error {
	t, err := c.Choose([]string{api.TypeJSON, api.TypeHTML}, map[string]string{"json": api.TypeJSON, "html": api.TypeHTML})
	if err != nil {
		return err
	}
	c.Header().Set("Cache-Control", "no-store")
	if t == api.TypeHTML {
		body, err := c.Page(title, links, table)
		if err != nil {
			return err
		}
		ogc.Plain(c.ResponseWriter, t+"; charset=utf-8", body)
		return nil
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	ogc.Plain(c.ResponseWriter, t, append(body, '\n'))
	return nil
}

// status answers how a job stands (OGC 18-062r2 7.12).
func (d *door) status(c *api.Call) error {
	j, err := d.jobs.Get(c.Context(), c.Path("jobId"))
	if err != nil {
		return d.refuse(c, unknownJob(c, err))
	}
	return d.tell(c, &j)
}

// tell sends a job's state.
func (d *door) tell(c *api.Call, j *jobs.Job) error {
	s := status(c.Base, j)
	return live(c, "Job "+j.ID, s, s.Links, jobTable(c.Base, *j))
}

// jobTable is jobs as a table.
func jobTable(base string, list ...jobs.Job) api.Table {
	t := api.Table{Head: []string{"Job", "Process", "Status", "%", "Message", "Created", "Finished"}}
	for i := range list {
		j := &list[i]
		finished := ""
		if !j.Finished.IsZero() {
			finished = j.Finished.Format(time.RFC3339)
		}
		t.Rows = append(t.Rows, []api.Cell{
			{Text: j.ID, Link: base + "/jobs/" + j.ID + "?f=html"}, {Text: j.Process, Link: base + "/processes/" + j.Process + "?f=html"}, {Text: string(j.Status)},
			{Text: strconv.Itoa(j.Progress)}, {Text: j.Message}, {Text: j.Created.Format(time.RFC3339)}, {Text: finished},
		})
	}
	return t
}

func unknownJob(c *api.Call, err error) error {
	if errors.Is(err, jobs.ErrNotFound) {
		return noJob(c.Path("jobId"))
	}
	return err
}

// results answers what a job has made (OGC 18-062r2 7.13).
func (d *door) results(c *api.Call) error { return d.refuse(c, d.sendResult(c, c.Path("jobId"))) }

// sendResult answers what a job has made as it was asked for.
func (d *door) sendResult(c *api.Call, id string) error {
	j, result, err := d.resultOf(c, id)
	if err != nil {
		return err
	}
	if o, p, err := d.ordered(&j); err == nil && o.Request.refers() {
		return d.sendReferences(c, &j, o, p, result.Body)
	}
	c.Header().Set("Cache-Control", "no-store")
	ogc.Plain(c.ResponseWriter, result.Type, result.Body)
	return nil
}

// resultOf is a job that is done, and what it has made.
func (d *door) resultOf(c *api.Call, id string) (j jobs.Job, result jobs.Result, err error) {
	result, err = d.jobs.Result(c.Context(), id)
	switch {
	case errors.Is(err, jobs.ErrNotDone):
		return j, result, &problem{Type: exceptions + "result-not-ready", Status: http.StatusNotFound, Parameter: "jobId", Detail: err.Error()}
	case errors.Is(err, jobs.ErrFailed):
		return j, result, &problem{Type: exceptions + "job-failed", Status: http.StatusInternalServerError, Parameter: "jobId", Detail: err.Error()}
	case err == nil:
		j, err = d.jobs.Get(c.Context(), id)
	}
	if err != nil {
		return j, result, unknownJob(c, err)
	}
	return j, result, nil
}

// dismiss stops a job, or removes one that is done (OGC 18-062r2 11).
func (d *door) dismiss(c *api.Call) error {
	j, err := d.jobs.Dismiss(c.Context(), c.Path("jobId"))
	if err != nil {
		return d.refuse(c, unknownJob(c, err))
	}
	return d.tell(c, &j)
}

// list answers the jobs (OGC 18-062r2 10).
func (d *door) list(c *api.Call) error {
	limit, offset, err := paging(c)
	if err != nil {
		return err
	}
	f := jobs.Filter{Limit: limit, Offset: offset, Processes: c.Query.List("processid")}
	for _, s := range c.Query.List("status") {
		f.Statuses = append(f.Statuses, jobs.Status(s))
		if !slices.Contains([]string{"accepted", "running", "successful", "failed", "dismissed"}, s) {
			return d.refuse(c, wrong("status", "%q is no state of a job", ogc.Clip(s)))
		}
	}
	if err := when(c, &f); err != nil {
		return d.refuse(c, err)
	}
	if kinds := c.Query.List("type"); len(kinds) > 0 && !slices.Contains(kinds, "process") {
		f.Processes = []string{""}
	}
	list, matched, err := d.jobs.List(c.Context(), f)
	if err != nil {
		return err
	}
	all := make([]statusInfo, len(list))
	for i := range list {
		all[i] = status(c.Base, &list[i])
	}
	links := pageLinks(c, "/jobs", limit, offset, matched)
	t := jobTable(c.Base, list...)
	t.Note = strconv.Itoa(matched) + " jobs, the newest first"
	return live(c, "Jobs", map[string]any{"jobs": all, "links": links}, links, t)
}

// when reads the filters of times.
func when(c *api.Call, f *jobs.Filter) error {
	if text := c.Query.Get("datetime"); text != "" {
		from, to, interval := strings.Cut(text, "/")
		if !interval {
			to = from
		}
		for _, end := range []struct {
			text string
			to   *time.Time
			last bool
		}{{from, &f.From, false}, {to, &f.To, true}} {
			if interval && (end.text == "" || end.text == "..") {
				continue
			}
			t, err := ogc.ParseTime(end.text, c.Now)
			if err != nil {
				return wrong("datetime", "datetime: %q %v", ogc.Clip(end.text), err)
			}
			*end.to = t.Start.UTC()
			if end.last {
				*end.to = t.End.UTC().Add(time.Second - time.Nanosecond)
			}
		}
	}
	for _, bound := range []struct {
		name string
		to   *time.Duration
	}{{"minDuration", &f.MinTaken}, {"maxDuration", &f.MaxTaken}} {
		seconds, err := c.Query.Whole(strings.ToLower(bound.name), 0, 0, 1<<31-1)
		if err != nil {
			return err
		}
		*bound.to = time.Duration(seconds) * time.Second
	}
	return nil
}
