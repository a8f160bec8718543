package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// ask is a request, with what is right.
type ask struct {
	path string
	form string // of its faults: wms, wmts or api
	// What must be published for it: a model, a run of the fetched one, a step of that; -1: all that there are.
	model     string
	run, step int
	// right are the answers by their sums: which version of the forecast each shows. Without steps of which some may be missing they are all.
	right map[string]int
	// whole is what a series has when all of its steps are there; nil: not a series of the fetched model.
	whole values
}

// values are those of a series: by element, by time.
type values map[string]map[string]float64

// corpus is what is asked.
type corpus struct {
	asks   []*ask
	models map[string]bool // collections that there are in the end
}

// The number of requests of each kind that are prepared, and the elements that maps are of: those whose colours do not depend on what else is published.
const (
	tiles   = 160
	rest    = 40
	areaMin = -28.0
)

var elements = []string{"t2m", "r2m", "ws10", "gust"}

// newCorpus makes requests at random: what is right is asked of quiet servers by learn.
func newCorpus(f *forecast, random *rand.Rand) *corpus {
	c := &corpus{models: map[string]bool{}}
	valid := func(t time.Time, step int) string {
		return t.Add(time.Duration(f.steps[step]) * time.Hour).Format("2006-01-02T15:04:05Z")
	}
	stamp := func(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }
	pick := func() (model string, run, step int, at string) {
		run, step = random.IntN(len(f.runs)), random.IntN(len(f.steps))
		if random.IntN(3) == 0 {
			return replaced, -1, step, stamp(f.replaced)
		}
		return fetched, run, step, stamp(f.runs[run])
	}
	of := func(model string, run int) time.Time {
		if model == replaced {
			return f.replaced
		}
		return f.runs[run]
	}
	for n := range tiles + 4*rest {
		model, run, step, at := pick()
		element := elements[random.IntN(len(elements))]
		lon, lat := areaMin+random.Float64()*38, 27+random.Float64()*19
		a := &ask{form: "api", model: model, run: run, step: step, right: map[string]int{}}
		switch {
		case n < tiles:
			z := 3 + random.IntN(4)
			x, y := tileAt(lon, lat, z)
			a.path = fmt.Sprintf("/xyz/%s.%s/%d/%d/%d.png?time=%s&run=%s", model, element, z, x, y, valid(of(model, run), step), at)
		case n < tiles+rest:
			a.form = "wms"
			a.path = fmt.Sprintf("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=%s.%s&STYLES=&CRS=CRS:84&BBOX=%.2f,%.2f,%.2f,%.2f&WIDTH=160&HEIGHT=120&FORMAT=image/png&TIME=%s&DIM_REFERENCE_TIME=%s",
				model, element, lon, lat, lon+8, lat+6, valid(of(model, run), step), at)
		case n < tiles+2*rest:
			a.path = fmt.Sprintf("/collections/%s/instances/%s/position?coords=POINT(%.2f%%20%.2f)&parameter-name=t2m,ws10,msl&datetime=%s", model, at, lon, lat, valid(of(model, run), step))
		default:
			a.step = -1
			a.path = fmt.Sprintf("/collections/%s/instances/%s/position?coords=POINT(%.2f%%20%.2f)&parameter-name=t2m,r2m,msl,ws10,u10", model, at, lon, lat)
		}
		c.asks = append(c.asks, a)
	}
	return c
}

// tileAt is the tile of a place.
func tileAt(lon, lat float64, z int) (x, y int) {
	n := math.Exp2(float64(z))
	phi := lat * math.Pi / 180
	return int((lon + 180) / 360 * n), int((1 - math.Asinh(math.Tan(phi))/math.Pi) / 2 * n)
}

// discover adds requests of all other layers that a quiet server has.
func (c *corpus) discover(q *quiet) error {
	var list struct {
		Collections []struct {
			ID     string
			Extent struct{ Spatial struct{ BBox [][]float64 } }
			Links  []struct{ Rel, Href string }
		}
	}
	_, body, err := get(http.DefaultClient, q.base+"/collections?f=json", nil)
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil {
		return err
	}
	for _, one := range list.Collections {
		model, element, isLayer := strings.Cut(one.ID, ".")
		if !strings.Contains(one.ID, "-") && !isLayer { // places
			continue
		}
		c.models[one.ID] = true
		if model == fetched || model == replaced || !isLayer || len(one.Extent.Spatial.BBox) == 0 {
			continue
		}
		b := one.Extent.Spatial.BBox[0]
		lon, lat := (b[0]+b[2])/2, (b[1]+b[3])/2
		x, y := tileAt(lon, lat, 4)
		c.asks = append(c.asks, &ask{path: fmt.Sprintf("/xyz/%s/4/%d/%d.png", one.ID, x, y), form: "api", model: model, run: -1, step: -1, right: map[string]int{}},
			&ask{path: fmt.Sprintf("/collections/%s/position?coords=POINT(%.2f%%20%.2f)&parameter-name=%s", model, lon, lat, element), form: "api", model: model, run: -1, step: -1, right: map[string]int{}})
	}
	return nil
}

// learn asks a quiet server, that has one version of the second model, what is right. What it does not have is not asked.
func (c *corpus) learn(h *house, q *quiet, version int) error {
	client := &http.Client{Timeout: time.Minute}
	keep := c.asks[:0]
	for _, a := range c.asks {
		if version > 0 && a.model != replaced {
			keep = append(keep, a)
			continue
		}
		res, body, err := get(client, q.base+a.path, h.through)
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			continue
		}
		if _, same := a.right[sum(body)]; same { // it does not tell versions apart
			continue
		}
		a.right[sum(body)] = version
		if a.model == fetched && a.step < 0 {
			if a.whole, err = series(body); err != nil {
				return err
			}
		}
		keep = append(keep, a)
	}
	c.asks = keep
	if len(c.asks) < 100 {
		return fmt.Errorf("only %d requests have an answer that tells versions apart", len(c.asks))
	}
	return nil
}

// get asks, and reads all of the answer.
func get(client *http.Client, url string, with func(*http.Request)) (*http.Response, []byte, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	if with != nil {
		with(r)
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func sum(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:])
}

// series reads a CoverageJSON of one place.
func series(body []byte) (values, error) {
	var doc struct {
		Domain struct {
			Axes struct{ T struct{ Values []string } }
		}
		Ranges map[string]struct{ Values []*float64 }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	all := values{}
	for name, r := range doc.Ranges {
		if len(r.Values) != len(doc.Domain.Axes.T.Values) {
			return nil, fmt.Errorf("%d values of %s at %d times", len(r.Values), name, len(doc.Domain.Axes.T.Values))
		}
		all[name] = map[string]float64{}
		for i, v := range r.Values {
			if v != nil {
				all[name][doc.Domain.Axes.T.Values[i]] = *v
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no ranges")
	}
	return all, nil
}
