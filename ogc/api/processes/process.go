package processes

import (
	"context"
	"io"
	"slices"
)

// process is one process: what it is told, what it gives, and how it is done.
type process struct {
	id, title, description string
	keywords               []string
	inputs                 []input
	outputs                []output
	// prepare reads the inputs and says what is wrong with them; what it gives does the work.
	prepare func(ctx context.Context, q *question) (work, error)
}

// input is what a process is told (OGC 18-062r2 7.10).
type input struct {
	name, title, description string
	schema                   map[string]any
	required                 bool
	most                     int // how often it may be given; 0: once
}

// output is what a process gives. Its types are media types, the first the default; none: it is JSON of the schema.
type output struct {
	name, title, description string
	schema                   map[string]any
	types                    []string
}

// work does what was prepared, and tells how far it is.
type work func(ctx context.Context, progress func(percent int, message string)) ([]result, error)

// result is the value of one output. Of a number or the like the media type is JSON's.
type result struct {
	output, mediaType string
	write             func(to io.Writer) error
	literal           bool   // a text that stands in JSON as a string
	href              string // where it is, if it is given by reference
}

// find is a process by its name.
func (s *Service) find(id string) (*process, bool) {
	i := slices.IndexFunc(s.all, func(p *process) bool { return p.id == id })
	if i < 0 {
		return nil, false
	}
	return s.all[i], true
}

// input finds an input by its name.
func (p *process) input(name string) (*input, bool) {
	for i := range p.inputs {
		if p.inputs[i].name == name {
			return &p.inputs[i], true
		}
	}
	return nil, false
}

// table is all processes.
func table() []*process {
	return []*process{probeProcess(), timeseries(), profile(), transect(), meteogram(), statistics(), threshold(), echo()}
}
