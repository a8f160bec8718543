package processes

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"isobar/jobs"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// maxBody bounds a request in bytes: it may hold many places.
const maxBody = 32 << 20

// request is what is asked of a process (OGC 18-062r2 7.11, execute.yaml).
type request struct {
	Inputs     map[string]json.RawMessage `json:"inputs"`
	Outputs    map[string]wanted          `json:"outputs,omitempty"`
	Response   string                     `json:"response,omitempty"` // raw, or document
	Subscriber *subscriber                `json:"subscriber,omitempty"`
}

// wanted says how an output is wanted.
type wanted struct {
	Format struct {
		MediaType string `json:"mediaType,omitempty"`
	} `json:"format,omitzero"`
	TransmissionMode string `json:"transmissionMode,omitempty"`
}

// subscriber is who is told how a job goes.
type subscriber struct {
	Success    string `json:"successUri,omitempty"`
	InProgress string `json:"inProgressUri,omitempty"`
	Failed     string `json:"failedUri,omitempty"`
}

// order is a request as a job keeps it.
type order struct {
	Request request `json:"request"`
	Base    string  `json:"base"`
	Keep    string  `json:"keep,omitempty"` // the identity of what is kept, so that a job begun anew keeps it once; "": it may not keep
}

// question is a request on its way through a process.
type question struct {
	*Service
	inputs
	base      string
	keep      string
	format    string // of the first output: one of its types, if it has some
	catalogue *layers.Catalogue
}

// execute does a process at once, or takes it over as a job if the client asks for that (OGC 18-062r2 7.11.2).
func (d *door) execute(c *api.Call) error {
	p, ok := d.find(c.Path("processId"))
	if !ok {
		return d.refuse(c, noProcess(c.Path("processId")))
	}
	o := order{Base: c.Base}
	if err := readRequest(c, &o.Request); err != nil {
		return d.refuse(c, err)
	}
	if o.Request.Response == "" || o.Request.Response == "raw" {
		o.accept(p, c.Request.Header.Get("Accept"))
	}
	if err := d.allow(c, &o); err != nil {
		return d.refuse(c, err)
	}
	if d.jobs != nil && prefersAsync(c.Request) {
		return d.refuse(c, d.submit(c, p, o))
	}
	if o.Request.refers() {
		if d.jobs == nil {
			return d.refuse(c, wrong("outputs", "there are no jobs here, so that outputs are given by value alone"))
		}
		return d.refuse(c, d.refer(c, p, o))
	}
	if o.Request.Subscriber != nil && d.jobs == nil {
		return d.refuse(c, wrong("subscriber", "there are no jobs here"))
	}
	results, done, err := d.do(c.Context(), p, o, func(int, string) {})
	defer done()
	if err != nil {
		return d.refuse(c, err)
	}
	return d.refuse(c, d.send(c, o.Request, results))
}

// readRequest reads the body.
func readRequest(c *api.Call, r *request) error {
	if t := ogc.MediaType(c.Request.Header.Get("Content-Type")); t != "" && t != api.TypeJSON {
		return &problem{Type: "about:blank", Status: http.StatusUnsupportedMediaType, Detail: "a request is sent as application/json"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.ResponseWriter, c.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &problem{Type: "about:blank", Status: http.StatusRequestEntityTooLarge, Detail: "the request's body is larger than 32 MiB"}
	case err != nil:
		return wrong("", "the request's body ended early")
	}
	return r.parse(body)
}

// parse reads a request and checks what has not to do with a process.
func (r *request) parse(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(body, r); errors.As(err, &kind) {
		return wrong(kind.Field, "the request's body: %s can't be a %s", kind.Field, kind.Value)
	} else if err != nil {
		return wrong("", "the request's body is no JSON: %v", err)
	}
	switch r.Response {
	case "", "raw", "document":
	default:
		return wrong("response", "response is raw or document")
	}
	return nil
}

// accept takes the media type of the one output that is asked for from a header Accept, where the request itself names none.
func (o *order) accept(p *process, header string) {
	names := p.wanted(o.Request.Outputs)
	if len(names) != 1 || o.Request.Outputs[names[0]].Format.MediaType != "" {
		return
	}
	out := p.outputs[slices.IndexFunc(p.outputs, func(out output) bool { return out.name == names[0] })]
	for part := range strings.SplitSeq(header, ",") {
		t := ogc.MediaType(part)
		if i := slices.IndexFunc(out.types, func(own string) bool { return ogc.MediaType(own) == t }); i >= 0 {
			w := o.Request.Outputs[names[0]]
			w.Format.MediaType = out.types[i]
			o.Request.Outputs = map[string]wanted{names[0]: w}
			return
		}
	}
}

// allow gives the order a name to keep its result by, if the client may have it kept.
func (d *door) allow(c *api.Call, o *order) error {
	raw, ok := o.Request.Inputs["store"]
	if keep, bad := (inputs{"store": raw}).truth("store"); !ok || bad == nil && !keep {
		return nil
	}
	switch {
	case d.Kept == nil:
		return &problem{Type: "about:blank", Status: http.StatusForbidden, Parameter: "inputs.store", Detail: "results are not kept here: there is no data folder that this program owns"}
	case d.Authorize == nil:
		return &problem{Type: "about:blank", Status: http.StatusForbidden, Parameter: "inputs.store", Detail: "nobody may have results kept here"}
	}
	if err := d.Authorize(c.Request); err != nil {
		var fault *ogc.Fault
		if errors.As(err, &fault) {
			return &problem{Type: "about:blank", Status: fault.Status, Parameter: "inputs.store", Detail: fault.Text}
		}
		return &problem{Type: "about:blank", Status: http.StatusUnauthorized, Parameter: "inputs.store", Detail: "who wants a result to be kept must say who they are"}
	}
	o.Keep = "probe-" + strings.ToLower(rand.Text()[:12])
	return nil
}

// prefersAsync reads the header Prefer (RFC 7240).
func prefersAsync(r *http.Request) bool {
	for _, line := range r.Header.Values("Prefer") {
		for item := range strings.SplitSeq(line, ",") {
			if name, _, _ := strings.Cut(item, ";"); strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}

// submit takes an order over as a job, and says where that is.
func (d *door) submit(c *api.Call, p *process, o order) error {
	j, err := d.order(c, p, o)
	if err != nil {
		return err
	}
	c.Header().Set("Preference-Applied", "respond-async")
	return d.accepted(c, &j)
}

// order takes an order over as a job. What is wrong with it is told at once.
func (d *door) order(c *api.Call, p *process, o order) (j jobs.Job, err error) {
	_, done, err := d.prepare(c.Context(), p, o)
	done()
	if err != nil {
		return j, err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return j, err
	}
	var callback jobs.Callback
	if s := o.Request.Subscriber; s != nil {
		callback = jobs.Callback{Success: s.Success, InProgress: s.InProgress, Failed: s.Failed}
	}
	return d.jobs.Submit(c.Context(), p.id, body, callback)
}

// accepted answers that there is a job.
func (d *door) accepted(c *api.Call, j *jobs.Job) error {
	text, err := json.Marshal(status(c.Base, j))
	if err != nil {
		return err
	}
	h := c.Header()
	h.Set("Location", c.Base+"/jobs/"+j.ID)
	h.Set("Content-Type", api.TypeJSON)
	h.Set("Cache-Control", "no-store")
	c.WriteHeader(http.StatusCreated)
	_, _ = c.ResponseWriter.Write(append(text, '\n')) // an error means that the client has left
	return nil
}

// prepare reads an order and says what is wrong with it; done lets go what the work needs.
func (s *Service) prepare(ctx context.Context, p *process, o order) (w work, done func(), err error) {
	in, err := p.read(o.Request.Inputs)
	if err != nil {
		return nil, func() {}, err
	}
	q := &question{Service: s, inputs: in, base: o.Base, keep: o.Keep}
	if q.format, err = p.format(o.Request.Outputs); err != nil {
		return nil, func() {}, err
	}
	q.catalogue, done = s.Catalogue()
	w, err = p.prepare(ctx, q)
	return w, done, explain(err)
}

// do does an order.
func (s *Service) do(ctx context.Context, p *process, o order, progress func(int, string)) (results []result, done func(), err error) {
	w, done, err := s.prepare(ctx, p, o)
	if err != nil {
		return nil, done, err
	}
	if results, err = w(ctx, progress); err != nil {
		return nil, done, explain(err)
	}
	names := p.wanted(o.Request.Outputs)
	return slices.DeleteFunc(results, func(r result) bool { return !slices.Contains(names, r.output) }), done, nil
}

// work is a process as jobs do it: the result is the answer as it is sent, or where outputs are wanted by reference a document of all values.
func (s *Service) work(p *process) jobs.Work {
	return func(ctx context.Context, body json.RawMessage, progress func(int, string)) (jobs.Result, error) {
		var o order
		if err := json.Unmarshal(body, &o); err != nil {
			return jobs.Result{}, err
		}
		results, done, err := s.do(ctx, p, o, progress)
		defer done()
		if err != nil {
			return jobs.Result{}, err
		}
		var b bytes.Buffer
		if o.Request.refers() {
			o.Request.Response = "document"
		}
		mediaType, write := answerOf(o.Request, results)
		if err := write(&b); err != nil {
			return jobs.Result{}, err
		}
		return jobs.Result{Type: mediaType, Body: b.Bytes()}, nil
	}
}

// wanted are the outputs that are asked for: all if none is named.
func (p *process) wanted(outputs map[string]wanted) (names []string) {
	for _, out := range p.outputs {
		if _, named := outputs[out.name]; named || len(outputs) == 0 {
			names = append(names, out.name)
		}
	}
	return names
}

// format is the media type of the first output, after a look at all that is asked of outputs.
func (p *process) format(outputs map[string]wanted) (string, error) {
	for name, w := range outputs {
		i := slices.IndexFunc(p.outputs, func(out output) bool { return out.name == name })
		if i < 0 {
			return "", wrong("outputs."+name, "process %s has no output %q", p.id, ogc.Clip(name))
		}
		if w.TransmissionMode != "" && w.TransmissionMode != byValue && w.TransmissionMode != byReference {
			return "", wrong("outputs."+name+".transmissionMode", "outputs are given by value or by reference")
		}
		if t := ogc.MediaType(w.Format.MediaType); t != "" && len(p.outputs[i].types) > 0 {
			k := slices.IndexFunc(p.outputs[i].types, func(own string) bool { return ogc.MediaType(own) == t })
			if k < 0 {
				return "", wrong("outputs."+name+".format.mediaType", "%q is none of %s", ogc.Clip(t), strings.Join(p.outputs[i].types, ", "))
			}
			if i == 0 {
				return p.outputs[0].types[k], nil
			}
		}
	}
	if len(p.outputs[0].types) == 0 {
		return "", nil
	}
	return p.outputs[0].types[0], nil
}
