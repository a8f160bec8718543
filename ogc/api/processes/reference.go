package processes

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"isobar/jobs"
	"isobar/ogc"
	"isobar/ogc/api"
)

// The transmission modes of outputs (OGC 18-062r2 7.11.2.3).
const (
	byValue     = "value"
	byReference = "reference"
)

// refers tells that an output is wanted by reference.
func (r *request) refers() bool {
	for _, w := range r.Outputs {
		if w.TransmissionMode == byReference {
			return true
		}
	}
	return false
}

// refer does a process whose outputs are wanted by reference, at once: it is a job, as what is referred to must stay somewhere, and is waited for.
// One that takes longer than a request may is answered as if it had been wanted later.
func (d *door) refer(c *api.Call, p *process, o order) error {
	j, err := d.order(c, p, o)
	if err != nil {
		return err
	}
	ctx := c.Context()
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/10))
		defer cancel()
	}
	done, err := d.jobs.Wait(ctx, j.ID)
	switch {
	case c.Context().Err() != nil:
		return c.Context().Err()
	case ctx.Err() != nil:
		return d.accepted(c, &j)
	case err != nil:
		return err
	}
	c.Header().Add("Link", fmt.Sprintf(`<%s/jobs/%s>; rel="monitor"; type="%s"`, c.Base, done.ID, api.TypeJSON))
	return d.sendResult(c, done.ID)
}

// ordered is the order that a job was made of, and its process.
func (d *door) ordered(j *jobs.Job) (o order, p *process, err error) {
	if err := json.Unmarshal(j.Input, &o); err != nil {
		return o, nil, fmt.Errorf("job %q: %w", j.ID, err)
	}
	p, ok := d.find(j.Process)
	if !ok {
		return o, nil, noProcess(j.Process)
	}
	return o, p, nil
}

// sendReferences answers what a job has made whose outputs are wanted by reference, some or all (OGC 18-062r2 7.11.4). The job keeps a document of
// all values.
func (d *door) sendReferences(c *api.Call, j *jobs.Job, o order, p *process, body []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(body, &values); err != nil {
		return fmt.Errorf("job %q: %w", j.ID, err)
	}
	results, all := []result{}, true
	for _, name := range p.wanted(o.Request.Outputs) {
		r, err := p.kept(name, o.Request.Outputs, values[name])
		if err != nil {
			return fmt.Errorf("job %q: %w", j.ID, err)
		}
		if o.Request.Outputs[name].TransmissionMode == byReference {
			r.href = c.Base + "/jobs/" + j.ID + "/results/" + url.PathEscape(name)
		}
		results, all = append(results, r), all && r.href != ""
	}
	if o.Request.Response == "document" || !all {
		return d.send(c, o.Request, results)
	}
	for _, r := range results {
		c.Header().Add("Link", fmt.Sprintf(`<%s>; rel="item"; title="%s"; type="%s"`, r.href, r.output, ogc.MediaType(r.mediaType)))
	}
	c.Header().Set("Cache-Control", "no-store")
	c.WriteHeader(http.StatusNoContent)
	return nil
}

// kept is a result as a document has it.
func (p *process) kept(name string, outputs map[string]wanted, raw json.RawMessage) (result, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return plain(name, text), nil
	}
	var own struct{ MediaType, Encoding, Value string }
	if json.Unmarshal(raw, &own) == nil && own.MediaType != "" {
		body := []byte(own.Value)
		if own.Encoding == "base64" {
			var err error
			if body, err = base64.StdEncoding.DecodeString(own.Value); err != nil {
				return result{}, err
			}
		}
		return held(name, own.MediaType, body), nil
	}
	mediaType := api.TypeJSON
	if format, err := p.format(outputs); err == nil && format != "" && name == p.outputs[0].name {
		mediaType = format
	}
	return held(name, mediaType, append(bytes.TrimSpace(raw), '\n')), nil
}

// held is a result whose bytes are there.
func held(name, mediaType string, body []byte) result {
	return result{output: name, mediaType: mediaType, write: func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}}
}

// output answers one of a job's outputs as a resource of its own: what references lead to.
func (d *door) output(c *api.Call) error {
	j, made, err := d.resultOf(c, c.Path("jobId"))
	if err != nil {
		return d.refuse(c, err)
	}
	o, p, err := d.ordered(&j)
	if err != nil {
		return d.refuse(c, err)
	}
	name := c.Path("outputId")
	r, err := p.part(name, o.Request, made)
	if errors.Is(err, errNoOutput) {
		return d.refuse(c, &problem{Type: exceptions + "no-such-output", Status: http.StatusNotFound, Parameter: "outputId", Detail: fmt.Sprintf("job %s has no output %q", j.ID, ogc.Clip(name))})
	}
	if err != nil {
		return fmt.Errorf("job %q: %w", j.ID, err)
	}
	return d.refuse(c, d.send(c, request{}, []result{r}))
}

// errNoOutput is an output that a job has not made.
var errNoOutput = errors.New("no such output")

// part takes one output out of what a job keeps: a document, several parts, or the one value itself.
func (p *process) part(name string, r request, of jobs.Result) (result, error) {
	names := p.wanted(r.Outputs)
	if len(names) == 1 && names[0] == name && r.Response != "document" && !r.refers() {
		return held(name, of.Type, of.Body), nil
	}
	if mediaType, params, err := mime.ParseMediaType(of.Type); err == nil && strings.HasPrefix(mediaType, "multipart/") {
		for parts := multipart.NewReader(bytes.NewReader(of.Body), params["boundary"]); ; {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return result{}, errNoOutput
			}
			if err != nil {
				return result{}, err
			}
			if header := textproto.MIMEHeader(part.Header); header.Get("Content-Id") == name {
				body, err := io.ReadAll(part)
				return held(name, header.Get("Content-Type"), body), err
			}
		}
	}
	var values map[string]json.RawMessage
	if ogc.MediaType(of.Type) != api.TypeJSON || json.Unmarshal(of.Body, &values) != nil {
		return result{}, errNoOutput
	}
	raw, ok := values[name]
	if !ok || !slices.Contains(names, name) {
		return result{}, errNoOutput
	}
	return p.kept(name, r.Outputs, raw)
}
