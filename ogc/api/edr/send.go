package edr

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/encode/csv"
	"isobar/encode/geojson"
	"isobar/encode/netcdf"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

// The media types of answers.
const (
	coverageJSON = covjson.Type
	geoJSON      = geojson.Type
	csvText      = csv.Type
)

// errNothing is a question that there is no data for.
var errNothing = errors.New("no data")

// answerAge is how long an answer may be kept that more data change.
const answerAge = time.Minute

// shortNames are the formats' names as the standard's examples have them, and ours, in lower case.
var shortNames = map[string]string{
	"coveragejson": coverageJSON, "covjson": coverageJSON, "application/prs.coverage+json": coverageJSON, "application/prs.coverage json": coverageJSON,
	"geojson": geoJSON, "csv": csvText,
}

// formatNames are the names that the standard's examples have for media types.
var formatNames = []struct{ mediaType, name string }{
	{coverageJSON, "CoverageJSON"}, {geoJSON, "GeoJSON"}, {csvText, "CSV"}, {"application/x-netcdf", "netCDF"}, {"application/grib", "GRIB2"}, {"image/tiff", "GeoTIFF"},
}

// cells tells that a query's answers are cells, which more formats can hold.
func cells(query string) bool { return slices.Contains([]string{"area", "cube", "radius"}, query) }

// types are the media types of a query's answers, the default first.
func (s *service) types(query string) []string {
	if query == "items" {
		return []string{geoJSON}
	}
	list := []string{coverageJSON, geoJSON, csvText}
	if !cells(query) {
		return append(list, netcdf.Type)
	}
	for _, f := range s.Coverages.Formats() {
		t := ogc.MediaType(f.Type)
		known := slices.ContainsFunc(formatNames, func(n struct{ mediaType, name string }) bool { return n.mediaType == t })
		if known && !slices.Contains(list, f.Type) {
			list = append(list, f.Type)
		}
	}
	return list
}

// formats are the names of a query's formats.
func (s *service) formats(query string) (names []string) {
	for _, t := range s.types(query) {
		names = append(names, formatName(t))
	}
	return names
}

func formatName(mediaType string) string {
	for _, n := range formatNames {
		if n.mediaType == ogc.MediaType(mediaType) {
			return n.name
		}
	}
	return mediaType
}

// choose picks the media type of an answer.
func (s *service) choose(c *api.Call, query string) (string, error) {
	types, short := s.types(query), map[string]string{}
	for name, t := range shortNames {
		short[name] = t
	}
	for _, t := range types {
		short[strings.ToLower(formatName(t))] = t
	}
	if cells(query) {
		for _, f := range s.Coverages.Formats() {
			if _, taken := short[f.Name]; !taken && slices.Contains(types, f.Type) {
				short[f.Name] = f.Type
			}
		}
	}
	for name, other := range map[string]string{"netcdf4": "netcdf", "grib": "grib2"} {
		if t, ok := short[other]; ok {
			short[name] = t
		}
	}
	t, err := c.Choose(types, short)
	if err != nil && c.Query.Get("f") == "" && takesJSON(c.Request) {
		return coverageJSON, nil
	}
	return t, err
}

// forValues finds before any work whether values can be given as they are asked for, and whether with all their bits.
func (s *service) forValues(c *api.Call, q *question, query string) error {
	mediaType, err := s.choose(c, query)
	q.exact = mediaType == netcdf.Type
	return err
}

// takesJSON tells that a client takes JSON of a kind that is not told apart from CoverageJSON.
func takesJSON(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	return strings.Contains(accept, "application/json") || strings.Contains(accept, "application/prs.coverage+json")
}

// send writes values in the format that is asked for, nothing with 204 if there are none (/req/edr/query_type/no-data).
func (s *service) send(c *api.Call, q *question, query string, all []encode.Values, pinned bool) error {
	mediaType, err := s.choose(c, query)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(v encode.Values) bool { return v.Lacking() })
	if len(all) == 0 {
		return errNothing
	}
	var body []byte
	switch mediaType {
	case geoJSON:
		body, err = geojson.Values(all, api.CollectionURL(c.Base, q.of.ID)+"/"+query)
	case netcdf.Type:
		c.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", fileName(q.of.ID)+".nc"))
		body, err = netcdf.Values(all, s.Elements)
	case csvText:
		body = csv.Values(all)
		mediaType += "; charset=utf-8; header=present"
	default:
		body, err = covjson.Values(all)
	}
	if err != nil {
		return err
	}
	if !pinned {
		pin(c, q, all)
	}
	sum := sha256.Sum256(body)
	return ogc.Send(c.ResponseWriter, c.Request, answer.Answer{
		Type: mediaType, ETag: `"` + hex.EncodeToString(sum[:12]) + `"`, Pinned: pinned, MaxAge: answerAge,
		Body: func(context.Context) ([]byte, error) { return body, nil },
	})
}

// maxPinned is how many times an address may name.
const maxPinned = 100

// pin tells the address that names run and times, where all values are of one run (RFC 9110 8.7).
func pin(c *api.Call, q *question, all []encode.Values) {
	var run field.Time
	var times []field.Time
	for i := range all {
		for j := range all[i].Runs {
			if r := all[i].RunAt(j); run == 0 || r == run {
				run = r
			} else {
				return
			}
		}
		if all[i].TimeAlong == nil {
			times = append(times, all[i].Times...)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	if run == 0 || len(times) > maxPinned || len(q.layers) > maxPinned || c.Method == http.MethodPost {
		return
	}
	query := url.Values{}
	for name, values := range c.Query {
		if name != "datetime" && name != "reference_time" {
			query[name] = values
		}
	}
	if len(times) > 0 {
		text := make([]string, len(times))
		for i, t := range times {
			text[i] = t.String()
		}
		query.Set("datetime", strings.Join(text, ","))
	}
	q.settle(c, query, all)
	path := c.URL.EscapedPath()
	root := "/collections/" + c.Path("collectionId")
	if rest, ok := strings.CutPrefix(c.URL.Path, root); ok && !q.instance {
		path = "/collections/" + url.PathEscape(q.of.ID) + "/instances/" + run.String() + (&url.URL{Path: rest}).EscapedPath()
	}
	c.Header().Set("Content-Location", c.Base+path+"?"+query.Encode())
}

// settle names in an address what the question left to the server: parameters, levels and members.
func (q *question) settle(c *api.Call, address url.Values, all []encode.Values) {
	given, _ := c.Query.First("parameter-name", "parameter_names")
	names, levels, members := []string{}, []float64{}, []int{}
	for i := range all {
		v := &all[i]
		if v.Path {
			return
		}
		for _, p := range v.Parameters {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
		levels = append(levels, v.Levels...)
		if v.Member != nil {
			members = append(members, *v.Member)
		}
	}
	if c.Query.Get(given) == "" && q.of.Whole {
		address.Set("parameter-name", strings.Join(names, ","))
	}
	address.Set("z", joinedNumbers(levels))
	if len(levels) == 0 {
		address.Del("z")
	}
	if slices.Sort(members); len(members) > 0 {
		address.Set("member", strings.Trim(strings.ReplaceAll(fmt.Sprint(slices.Compact(members)), " ", ","), "[]"))
	}
}

// joinedNumbers writes numbers as a list, each once.
func joinedNumbers(all []float64) string {
	slices.Sort(all)
	var text []string
	for _, v := range slices.Compact(all) {
		text = append(text, ogc.Number(v))
	}
	return strings.Join(text, ",")
}

// explain turns errors from below into faults, and a question without data into an answer without content.
func (s *service) explain(c *api.Call, err error) error {
	var dimension *layers.DimensionError
	var cost *probe.CostError
	var parameter *probe.ParameterError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNothing), errors.Is(err, coverage.ErrOutside), errors.As(err, &dimension):
		c.WriteHeader(http.StatusNoContent)
		return nil
	case errors.As(err, &cost), errors.Is(err, answer.ErrTooLarge):
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Locator: dear(cost), Text: err.Error()}
	case errors.As(err, &parameter):
		return ogc.Invalid(parameter.Parameter, "%v", err)
	case errors.Is(err, coverage.ErrMixed):
		return ogc.Invalid("parameter-name", "parameter-name: %v", err)
	case errors.Is(err, encode.ErrUnfit):
		return ogc.Invalid("f", "f: %v", err)
	}
	return err
}

// dear is the parameter that makes a question dear.
func dear(cost *probe.CostError) string {
	switch {
	case cost == nil:
		return ""
	case cost.Parameter == "places" || cost.Cost.Places > cost.Cost.Times*cost.Cost.Columns:
		return "coords"
	case cost.Parameter == "columns" || cost.Cost.Columns > cost.Cost.Times:
		return "parameter-name"
	}
	return "datetime"
}
