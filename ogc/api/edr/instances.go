package edr

import (
	"slices"
	"time"

	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// instances answers with a collection's runs, the newest first.
func (s *service) instances(c *api.Call) error {
	catalogue, release := s.Catalogue()
	defer release()
	of, err := ogc.FindCollection(catalogue, c.Path("collectionId"))
	if err != nil {
		return err
	}
	list := []api.CollectionInfo{}
	for _, run := range slices.Backward(runsOfAll(of)) {
		list = append(list, s.run(c.Base, of, run))
	}
	list = append(list, s.best(c.Base, of))
	path := "/collections/" + of.ID + "/instances"
	return c.Document("Runs of "+of.Title, map[string]any{"links": c.Self(path), "instances": list})
}

// instance answers with one run.
func (s *service) instance(c *api.Call) error {
	catalogue, release := s.Catalogue()
	defer release()
	of, err := ogc.FindCollection(catalogue, c.Path("collectionId"))
	if err != nil {
		return err
	}
	if c.Path("instanceId") == best {
		info := s.best(c.Base, of)
		return c.Document(info.Title, info)
	}
	run, ok := findRun(of, c.Path("instanceId"))
	if !ok {
		return unknown("instanceId", "%s has no run %q", of.ID, ogc.Clip(c.Path("instanceId")))
	}
	info := s.run(c.Base, of, run)
	info.Links = append(info.Links, api.Link{Href: api.CollectionURL(c.Base, of.ID), Rel: "collection", Type: api.TypeJSON, Title: "The collection, of all runs"})
	return c.Document(info.Title, info)
}

// best names the view that has for each time the freshest run: its answers tell which, and are never cached for long.
const best = "best"

// best describes that view.
func (s *service) best(base string, of ogc.Collection) api.CollectionInfo {
	return s.described(base, of, best, of.Title+", of each time's freshest run", nil)
}

// run describes a run.
func (s *service) run(base string, of ogc.Collection, run field.Time) api.CollectionInfo {
	return s.described(base, of, run.String(), of.Title+", run of "+run.String(), &run)
}

// described describes an instance: a run, or nil for all.
func (s *service) described(base string, of ogc.Collection, id, title string, run *field.Time) api.CollectionInfo {
	at := api.CollectionURL(base, of.ID) + "/instances/" + id
	having := of
	if run != nil {
		having.Layers = slices.DeleteFunc(slices.Clone(of.Layers), func(l *layers.Layer) bool { return !slices.Contains(l.Runs, *run) })
	}
	info := api.CollectionInfo{
		ID: id, Title: title, Description: of.Abstract, Attribution: of.Model.Attribution,
		CRS: []string{crs84}, StorageCRS: crs84,
		Extent: api.Extent{Spatial: api.Spatial{CRS: crs84, Box: [][4]float64{boxOf(having.Layers)}}, Temporal: &api.Temporal{TRS: gregorian}},
		Links: []api.Link{
			{Href: at, Rel: "self", Type: api.TypeJSON, Title: "This run"}, {Href: at + "?f=html", Rel: "alternate", Type: api.TypeHTML, Title: "This run for people"},
			{Href: at, Rel: "data", Type: api.TypeJSON, Title: "What this run can be asked for"},
		},
	}
	s.tell(at, having, run, &info)
	return info
}

const (
	crs84     = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	gregorian = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
)

// findRun finds a run by its time, as it is told or without separators and seconds (20261124T0600Z), or as "latest".
func findRun(of ogc.Collection, id string) (run field.Time, ok bool) {
	runs := runsOfAll(of)
	if len(runs) == 0 {
		return 0, false
	}
	if id == "latest" {
		return runs[len(runs)-1], true
	}
	choice, err := ogc.ParseTime(id, time.Time{})
	if err != nil || choice.Current || choice.Start != choice.End {
		return 0, false
	}
	return choice.Start, slices.Contains(runs, choice.Start)
}
