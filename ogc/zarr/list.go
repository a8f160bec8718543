package zarr

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/field"
	"isobar/ogc"
)

// latest is the name of the newest run.
const latest = "latest"

// runLayout is how a run is written in addresses.
const runLayout = "20060102T150405Z"

// listAge is how long lists and what may still grow are kept without asking again.
const listAge = time.Minute

func runName(run field.Time) string { return run.UTC().Format(runLayout) }

// runsOf are a model's runs, ascending. The error is a *ogc.Fault.
func runsOf(catalogue ogc.Catalogue, model string) (runs []field.Time, err error) {
	for _, l := range catalogue.Layers() {
		if l.Model.ID == model {
			runs = append(runs, l.Runs...)
		}
	}
	if len(runs) == 0 {
		return nil, lacks("model", "there is no model %q", ogc.Clip(model))
	}
	slices.Sort(runs)
	return slices.Compact(runs), nil
}

// choose reads a run's name. The error is a *ogc.Fault.
func choose(runs []field.Time, model, text string) (field.Time, error) {
	if text == latest {
		return runs[len(runs)-1], nil
	}
	var asked field.Time
	if t, err := time.Parse(runLayout, text); err == nil {
		asked = field.At(t)
	} else {
		choice, err := ogc.ParseTime(text, time.Time{})
		if err != nil || choice.Current {
			return 0, lacks("run", "run %q is no time such as %s, nor %s", ogc.Clip(text), runName(runs[len(runs)-1]), latest)
		}
		asked = choice.Start
	}
	if !slices.Contains(runs, asked) {
		return 0, lacks("run", "model %s has no run %s", model, runName(asked))
	}
	return asked, nil
}

// modelEntry and runEntry are what lists tell.
type modelEntry struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Runs   int    `json:"runs"`
	URL    string `json:"href"`
	Latest string `json:"latest"`
}

type runEntry struct {
	Run string `json:"run"`
	URL string `json:"href"`
}

// models lists the models.
func (h *Handler) models(c echo.Context) error {
	catalogue, release := h.hold()
	defer release()
	base, list := h.baseURL(c.Request())+Path+"/", []modelEntry{}
	for _, l := range catalogue.Layers() {
		if slices.ContainsFunc(list, func(m modelEntry) bool { return m.ID == l.Model.ID }) {
			continue
		}
		runs, err := runsOf(catalogue, l.Model.ID)
		if err != nil { // a layer without runs
			continue
		}
		list = append(list, modelEntry{l.Model.ID, l.Model.Title, len(runs), base + l.Model.ID, base + l.Model.ID + "/" + latest})
	}
	slices.SortFunc(list, func(a, b modelEntry) int { return strings.Compare(a.ID, b.ID) })
	return h.list(c, map[string]any{"models": list})
}

// runs lists a model's runs, the newest first.
func (h *Handler) runs(c echo.Context, model string) error {
	catalogue, release := h.hold()
	defer release()
	runs, err := runsOf(catalogue, model)
	if err != nil {
		return err
	}
	base, list := h.baseURL(c.Request())+Path+"/"+model+"/", []runEntry{}
	for _, run := range slices.Backward(runs) {
		list = append(list, runEntry{run.String(), base + runName(run)})
	}
	return h.list(c, map[string]any{"model": model, "latest": base + latest, "runs": list})
}

// list sends a list.
func (h *Handler) list(c echo.Context, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	ogc.Document(c.Response(), c.Request(), typeJSON, append(text, '\n'), listAge)
	return nil
}
