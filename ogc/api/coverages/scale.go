package coverages

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/ogc"
	"isobar/ogc/api"
)

// scale reads how fine the answer is. One of the ways may be used.
func (s *service) scale(c *api.Call, r *answer.CoverageRequest) (err error) {
	ways := [][]string{{"width", "height"}, {"resolution"}, {"scale-factor", "scalefactor"}, {"scale-axes", "scaleaxes"}, {"scale-size", "scalesize"}}
	way, value := "", ""
	for _, names := range ways {
		name, v := c.Query.First(names...)
		if v == "" {
			continue
		}
		if way != "" {
			return ogc.Invalid(name, "%s and %s exclude each other", way, name)
		}
		way, value = names[0], v
	}
	switch way {
	case "":
		return nil
	case "width":
		if r.Cut.Width, err = c.Query.Whole("width", 0, 1, maxSide); err != nil {
			return err
		}
		r.Cut.Height, err = c.Query.Whole("height", 0, 1, maxSide)
		return err
	case "scale-factor":
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || !(f > 0) || math.IsInf(f, 1) {
			return ogc.Invalid(way, "scale-factor %q is no factor", value)
		}
		r.Cut.ScaleX, r.Cut.ScaleY = 1/f, 1/f
		return nil
	}
	along, err := pair(way, value)
	if err != nil {
		return err
	}
	switch way {
	case "scale-axes":
		r.Cut.ScaleX, r.Cut.ScaleY = inverse(along[0]), inverse(along[1])
	case "scale-size":
		r.Cut.Width, r.Cut.Height = int(along[0]), int(along[1])
	case "resolution":
		return s.resolution(c, r, along)
	}
	return nil
}

// inverse is 1/f, and 0 for the factor of an axis that is not named.
func inverse(f float64) float64 {
	if f == 0 {
		return 0
	}
	return 1 / f
}

// resolution turns steps into numbers of cells, which the whole box tells.
func (s *service) resolution(c *api.Call, r *answer.CoverageRequest, along [2]float64) error {
	source, done, err := s.coverages.Describe(c.Context(), *r)
	if err != nil {
		return err
	}
	defer done()
	for i, to := range []*int{&r.Cut.Width, &r.Cut.Height} {
		if along[i] == 0 {
			continue
		}
		n := math.Round((source.Box[i+2] - source.Box[i]) / along[i])
		if n > maxSide {
			return ogc.Invalid("resolution", "resolution gives %g cells, more than %d", n, maxSide)
		}
		*to = int(max(n, 1))
	}
	return nil
}

// pair reads numbers above 0 for x and y: Lon(2),Lat(3). 0: not named.
func pair(parameter, text string) (along [2]float64, err error) {
	for item := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(item), "(")
		value, closed := strings.CutSuffix(strings.TrimSpace(value), ")")
		v, bad := strconv.ParseFloat(strings.TrimSpace(value), 64)
		i := 0
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case slices.Contains(namesX, name):
		case slices.Contains(namesY, name):
			i = 1
		default:
			return along, ogc.Invalid(parameter, "%s: there is no axis %q", parameter, name)
		}
		if !ok || !closed || bad != nil || !(v > 0) || v > 1e9 || along[i] != 0 {
			return along, ogc.Invalid(parameter, "%s %q is not of the form Lon(number),Lat(number)", parameter, text)
		}
		along[i] = v
	}
	return along, nil
}
