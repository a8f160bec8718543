package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// Extent is where and when data lie. Parts may add the vertical and further axes (OGC API EDR 1.1, 8.2).
type Extent struct {
	Spatial  Spatial   `json:"spatial"`
	Temporal *Temporal `json:"temporal,omitempty"`
	Vertical any       `json:"vertical,omitempty"`
	Custom   any       `json:"custom,omitempty"`
}

// Spatial is boxes in a reference system.
type Spatial struct {
	Box [][4]float64 `json:"bbox"`
	CRS string       `json:"crs"`
}

// Temporal is intervals in a calendar, and times where they are listed.
type Temporal struct {
	Interval [][2]string `json:"interval"`
	Values   []string    `json:"values,omitempty"`
	TRS      string      `json:"trs"`
}

// CollectionInfo describes a collection (OGC API Common 2, 8.3).
type CollectionInfo struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Attribution string         `json:"attribution,omitempty"`
	Extent      Extent         `json:"extent"`
	CRS         []string       `json:"crs"`
	StorageCRS  string         `json:"storageCrs,omitempty"`
	DataType    string         `json:"dataType,omitempty"`
	ItemType    string         `json:"itemType,omitempty"`
	More        map[string]any `json:"-"`
	Links       []Link         `json:"links"`
}

type collections struct {
	Links       []Link           `json:"links"`
	Collections []CollectionInfo `json:"collections"`
}

func (h *Handler) collections(c *Call) error {
	own, err := h.own(c)
	if err != nil {
		return err
	}
	catalogue, release := h.hold()
	defer release()
	return c.kept(&h.kept, "collections "+sum(own), catalogue, "Collections", func() any {
		list := collections{Links: c.Self("/collections"), Collections: []CollectionInfo{}}
		for _, of := range ogc.Collections(catalogue) {
			list.Collections = append(list.Collections, h.describe(c.Base, of))
		}
		list.Collections = append(list.Collections, own...)
		return list
	})
}

// own are the collections that the parts bring.
func (h *Handler) own(c *Call) (all []CollectionInfo, err error) {
	for _, p := range h.parts {
		if p.Collections == nil {
			continue
		}
		list, err := p.Collections(c.Context(), c.Base)
		if err != nil {
			return nil, err
		}
		for _, info := range list {
			info.Links = append(selfLinks(c.Base, info.ID), info.Links...)
			// EDR's suite wants one of data and collection, and clients take what has data for a collection of EDR.
			info.Links = append(info.Links, Link{Href: CollectionURL(c.Base, info.ID), Rel: "collection", Type: TypeJSON, Title: "This collection"})
			all = append(all, info)
		}
	}
	return all, nil
}

// sum tells lists of collections apart: those of parts change without the catalogue.
func sum(list []CollectionInfo) string {
	body, err := encoded(list)
	if err != nil { // no value that JSON lacks gets here
		return ""
	}
	digest := sha256.Sum256(body)
	return hex.EncodeToString(digest[:8])
}

// Collection is the collection of the path: a layer or a model. The error wraps layers.ErrUnknownLayer.
func (c *Call) Collection(hold ogc.Hold) (ogc.Collection, error) {
	catalogue, release := hold()
	defer release()
	return ogc.FindCollection(catalogue, c.Path("collectionId"))
}

func (h *Handler) collection(c *Call) error {
	of, err := c.Collection(h.hold)
	if err != nil {
		return h.ownCollection(c, err)
	}
	info := h.describe(c.Base, of)
	info.Links = append(c.Self("/collections/"+url.PathEscape(of.ID)), info.Links[2:]...)
	info.Links = append(info.Links, kin(c.Base, of)...)
	return c.Document(info.Title, info)
}

// ownCollection answers for a collection that a part brings; unknown is why no layer or model is meant.
func (h *Handler) ownCollection(c *Call, unknown error) error {
	id := c.Path("collectionId")
	for _, p := range h.parts {
		if p.Find == nil {
			continue
		}
		info, ok, err := p.Find(c.Context(), c.Base, id)
		if err != nil {
			return err
		}
		if ok {
			self := c.Self("/collections/" + url.PathEscape(id))
			info.Links = append(self, info.Links...)
			return c.Document(info.Title, info)
		}
	}
	return unknown
}

// kin is how a layer leads to its model, and a model to its layers (RFC 6573).
func kin(base string, of ogc.Collection) (links []Link) {
	if _, ok := of.Layer(); ok {
		return []Link{{CollectionURL(base, of.Model.ID), "collection", TypeJSON, "The model: " + of.Model.Title, false}}
	}
	for _, l := range of.Layers {
		links = append(links, Link{CollectionURL(base, l.Name), "item", TypeJSON, l.Title, false})
	}
	return links
}

// CollectionURL is where a collection is described.
func CollectionURL(base, id string) string { return base + "/collections/" + url.PathEscape(id) }

// selfLinks lead to a collection's description.
func selfLinks(base, id string) []Link {
	path := CollectionURL(base, id)
	return []Link{{path, "self", TypeJSON, "This collection", false}, {path + "?f=html", "alternate", TypeHTML, "This collection for people", false}}
}

// describe is a layer or a model as a collection.
func (h *Handler) describe(base string, of ogc.Collection) CollectionInfo {
	info := CollectionInfo{
		ID: of.ID, Title: of.Title, Description: of.Abstract, Attribution: of.Model.Attribution, Extent: extentOf(of.Layers...), DataType: "map", ItemType: "coverage",
		Links: selfLinks(base, of.ID),
	}
	layer, ok := of.Layer()
	if !ok {
		info.DataType = "coverage"
	}
	info.CRS, info.StorageCRS = append(info.CRS, crs84), crs84 // first, as the default of all that is asked for
	for _, ref := range geo.References() {
		if uri := URI(ref); uri != crs84 {
			info.CRS = append(info.CRS, uri)
		}
	}
	for _, p := range h.parts {
		if p.Collection != nil && ok {
			info.Links = append(info.Links, p.Collection(base, layer)...)
		}
		if p.Describe != nil {
			p.Describe(base, of, &info)
		}
	}
	return info
}

// Add gives the description a member that not every collection has.
func (c *CollectionInfo) Add(name string, value any) {
	if c.More == nil {
		c.More = map[string]any{}
	}
	c.More[name] = value
}

// extentOf is where and when layers lie, all together.
func extentOf(all ...*layers.Layer) Extent {
	e := Extent{Spatial: Spatial{CRS: crs84, Box: [][4]float64{{-180, -90, 180, 90}}}}
	if len(all) == 0 {
		return e
	}
	box := ogc.Geographic(all[0].Extent)
	first, last := all[0].Times[0], all[0].Times[len(all[0].Times)-1]
	for _, l := range all[1:] {
		b := ogc.Geographic(l.Extent)
		box = geo.Box{min(box[0], b[0]), min(box[1], b[1]), max(box[2], b[2]), max(box[3], b[3])}
		first, last = min(first, l.Times[0]), max(last, l.Times[len(l.Times)-1])
	}
	e.Spatial.Box = [][4]float64{box}
	e.Temporal = &Temporal{Interval: [][2]string{{first.String(), last.String()}}, TRS: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	return e
}
