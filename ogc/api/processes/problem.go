package processes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"isobar/encode"
	"isobar/events/webhook"
	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/jobs"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/places/kept"
	"isobar/probe"
	"isobar/records"
	"isobar/render/chart"
)

// exceptions is how the types of problems begin that the standard has named (OGC 18-062r2 table 7 and others).
const exceptions = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"

// problem is an error as RFC 7807 tells it, and which input is at fault ("inputs.features[3].geometry").
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty"`
	Cost      *cost  `json:"cost,omitempty"` // of what is too large, as far as it is known
	Limit     int64  `json:"limit,omitempty"`
}

// cost is what a request asks for.
type cost struct {
	Places  int   `json:"places"`
	Columns int   `json:"columns,omitempty"`
	Times   int   `json:"times,omitempty"`
	Values  int64 `json:"values,omitempty"`
}

// Error is the detail, after the input at fault.
func (p *problem) Error() string {
	if p.Parameter != "" && !strings.HasPrefix(p.Detail, p.Parameter) {
		return p.Parameter + ": " + p.Detail
	}
	return p.Detail
}

// wrong is the problem of a part of a request.
func wrong(parameter, format string, args ...any) *problem {
	return &problem{Type: exceptions + "InvalidParameterValue", Status: http.StatusBadRequest, Parameter: parameter, Detail: fmt.Sprintf(format, args...)}
}

func noProcess(id string) *problem {
	return &problem{Type: exceptions + "no-such-process", Status: http.StatusNotFound, Parameter: "processId", Detail: fmt.Sprintf("there is no process %q", ogc.Clip(id))}
}

func noJob(id string) *problem {
	return &problem{Type: exceptions + "no-such-job", Status: http.StatusNotFound, Parameter: "jobId", Detail: fmt.Sprintf("there is no job %q", ogc.Clip(id))}
}

// explain turns errors from below into problems; nil stays, and what no client can mend is given back as it is.
func explain(err error) error {
	var known *problem
	var dearer *probe.CostError
	var parameter *probe.ParameterError
	var dimension *layers.DimensionError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &dearer):
		of := cost(dearer.Cost)
		return &problem{Type: "about:blank", Status: http.StatusRequestEntityTooLarge, Parameter: dear(dearer), Detail: err.Error(), Cost: &of, Limit: dearer.Limit}
	case errors.As(err, &parameter):
		return wrong("inputs."+inputOf(parameter.Parameter), "%s", parameter.Reason)
	case errors.As(err, &dimension):
		name := map[string]string{"time": "datetime", "reference_time": "run", "elevation": "levels", "member": "members"}[dimension.Dimension]
		return wrong("inputs."+name, "%v", err)
	case errors.Is(err, layers.ErrUnknownLayer):
		return wrong("inputs.collection", "%v", err)
	case errors.Is(err, wkt.ErrInvalid):
		return wrong("inputs.coords", "%v", err)
	case errors.Is(err, feature.ErrInvalid):
		return wrong("inputs.features", "%v", err)
	case errors.Is(err, encode.ErrUnfit):
		return wrong("outputs.result.format", "%v", err)
	case errors.Is(err, chart.ErrFigure):
		return wrong("inputs", "%v", err)
	case errors.Is(err, kept.ErrInvalid):
		return wrong("inputs.store", "%v", err)
	case errors.Is(err, webhook.ErrForbidden):
		return wrong("subscriber", "%v", err)
	case errors.Is(err, records.ErrTooLarge):
		return &problem{Type: "about:blank", Status: http.StatusRequestEntityTooLarge, Detail: err.Error()}
	case errors.Is(err, jobs.ErrFull):
		return &problem{Type: "about:blank", Status: http.StatusServiceUnavailable, Detail: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{Type: "about:blank", Status: http.StatusServiceUnavailable, Detail: "this takes too long to be done at once; ask for a job (Prefer: respond-async)"}
	}
	return err
}

// inputOf is the input that a parameter of the engine comes from.
func inputOf(parameter string) string {
	switch parameter {
	case "columns":
		return "parameters"
	case "bearings":
		return "bearingProperty"
	case "places":
		return "features"
	case "expression":
		return "when"
	}
	return parameter
}

// dear is the input that makes a request dear.
func dear(cost *probe.CostError) string {
	switch {
	case cost.Parameter == "cells":
		return "inputs.area"
	case cost.Parameter == "columns":
		return "inputs.parameters"
	case cost.Parameter == "places" || cost.Cost.Places > cost.Cost.Times*cost.Cost.Columns:
		return "inputs.features"
	case cost.Cost.Columns > cost.Cost.Times:
		return "inputs.parameters"
	}
	return "inputs.datetime"
}

// refuse tells a problem; what is none is left to the handler.
func (d *door) refuse(c *api.Call, err error) error {
	err = explain(err)
	var p *problem
	if !errors.As(err, &p) {
		return err
	}
	if p.Title == "" {
		p.Title = http.StatusText(p.Status)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if p.Status == http.StatusUnauthorized {
		c.Header().Set("WWW-Authenticate", "Bearer")
	}
	ogc.Refuse(c.ResponseWriter, p.Status, problemType(c), append(body, '\n'))
	return nil
}

// problemType is the media type of problems: that of RFC 7807, or what the standard's examples have (exception.yaml) for those who take
// JSON and do not say more.
func problemType(c *api.Call) string {
	accept := strings.Join(c.Request.Header.Values("Accept"), ",")
	if strings.Contains(accept, api.TypeJSON) && !strings.Contains(accept, "problem+json") {
		return api.TypeJSON
	}
	return "application/problem+json"
}
