package cf

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/models"
)

// maxNumbers bounds a file of values at places.
const maxNumbers = 20_000_000

// Places lays values at places out as discrete sampling geometries (CF 1.11 9): places apart from each other as timeSeries, or timeSeriesProfile
// where a parameter has several levels, over all times and places that any domain has; ways as trajectory or trajectoryProfile, one for each way
// and time. What a domain lacks is filled. All numbers are there: see Var.Values. Errors wrap encode.ErrUnfit.
func Places(all []encode.Values, params Parameters) (*Layout, error) {
	if len(all) == 0 {
		return nil, fmt.Errorf("NetCDF %w nothing", encode.ErrUnfit)
	}
	s := sampling{params: params, Layout: &Layout{}}
	for i := range all {
		if all[i].Path != all[0].Path {
			return nil, fmt.Errorf("NetCDF %w places and ways in one file", encode.ErrUnfit)
		}
		s.gather(&all[i])
	}
	if all[0].Path {
		s.lines(all)
	} else {
		s.stations(all)
	}
	if err := s.values(all); err != nil {
		return nil, err
	}
	kind := map[[2]bool]string{{false, false}: "timeSeries", {false, true}: "timeSeriesProfile", {true, false}: "trajectory", {true, true}: "trajectoryProfile"}
	s.Attrs = append(globalOf(all[0].Parameters[0].Layer.Model), Text("featureType", kind[[2]bool{all[0].Path, s.profiles}]))
	return s.Layout, nil
}

// sampling lays out what several domains have together.
type sampling struct {
	*Layout
	params    Parameters
	variables []*sampled
	members   []int
	run       field.Time // of all values; 0: there is none, or they are of several
	runs      bool
	profiles  bool // a variable has an axis of levels

	shape [2]int                            // lengths of the first two dimensions
	dims  []string                          // their names
	at    func(domain, time, place int) int // where a value stands in them
}

// sampled is a parameter of a member.
type sampled struct {
	name   string
	layer  *layers.Layer
	unit   string
	member *int
	kind   elements.LevelKind
	levels []float64
	level  string // name of its coordinate
}

// gather notes what a domain has.
func (s *sampling) gather(v *encode.Values) {
	for _, p := range v.Parameters {
		one := s.find(p.Name, v.Member)
		if one == nil {
			one = &sampled{name: p.Name, layer: p.Layer, unit: p.Unit, member: v.Member, kind: v.Kind}
			s.variables = append(s.variables, one)
		}
		one.levels = append(one.levels, v.Levels...)
		slices.Sort(one.levels)
		one.levels = slices.Compact(one.levels)
		s.profiles = s.profiles || len(one.levels) > 1
	}
	if v.Member != nil && !slices.Contains(s.members, *v.Member) {
		s.members = append(s.members, *v.Member)
	}
	for _, r := range v.Runs {
		if !s.runs {
			s.run, s.runs = r, true
		} else if r != s.run {
			s.run = 0
		}
	}
}

// find finds a parameter of a member.
func (s *sampling) find(name string, member *int) *sampled {
	for _, v := range s.variables {
		if v.name == name && (v.member == nil) == (member == nil) && (member == nil || *v.member == *member) {
			return v
		}
	}
	return nil
}

// add puts a coordinate into the file.
func (s *sampling) add(name string, t Type, dims []string, values []float64, attrs ...Attr) {
	s.Vars = append(s.Vars, Var{Name: name, Type: t, Dims: dims, Values: values, Attrs: attrs})
}

// valid are the attributes of times.
func valid() []Attr {
	return []Attr{Text("standard_name", "time"), Text("long_name", "valid time"), Text("units", TimeUnits), Text("calendar", "standard"), leaps}
}

// spots adds where places lie.
func (s *sampling) spots(dims []string, at []geo.LonLat) {
	lats, lons := make([]float64, len(at)), make([]float64, len(at))
	for i, p := range at {
		lats[i], lons[i] = p.Lat, p.Lon
	}
	north := []Attr{Text("standard_name", "latitude"), Text("long_name", "latitude"), Text("units", "degrees_north")}
	east := []Attr{Text("standard_name", "longitude"), Text("long_name", "longitude"), Text("units", "degrees_east")}
	if len(dims) > 1 { // ways may be shorter than others
		north, east = append(north, missing), append(east, missing)
	}
	s.add("lat", Double, dims, lats, north...)
	s.add("lon", Double, dims, lons, east...)
}

// missing is the attribute of coordinates some of which are not there.
var missing = Attr{Name: "_FillValue", Numbers: []float64{float64(Fill)}, Type: Double}

// numbered are the identities of instances.
func numbered(n int) []float64 {
	ids := make([]float64, n)
	for i := range ids {
		ids[i] = float64(i + 1)
	}
	return ids
}

// stations lays out places apart from each other: their dimension and that of times (CF 1.11 H.2.1).
func (s *sampling) stations(all []encode.Values) {
	places, index := []geo.LonLat{}, map[geo.LonLat]int{}
	names := map[geo.LonLat]string{}
	var times []field.Time
	for i := range all {
		for k, p := range all[i].At {
			if _, ok := index[p]; !ok {
				index[p], places = len(places), append(places, p)
			}
			if all[i].Names != nil {
				names[p] = all[i].Names[k]
			}
		}
		times = append(times, all[i].Times...)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	s.shape, s.dims = [2]int{len(places), len(times)}, []string{"place", dimTime}
	s.Dims = append(s.Dims, Dim{"place", len(places)}, Dim{dimTime, len(times)})
	id := []Attr{Text("cf_role", "timeseries_id"), Text("long_name", "number of the place")}
	if len(names) > 0 {
		list := ""
		for i, p := range places {
			if i > 0 {
				list += "\n"
			}
			list += names[p]
		}
		id = append(id, Text("names", list))
	}
	s.add("place", Int, s.dims[:1], numbered(len(places)), id...)
	s.spots(s.dims[:1], places)
	seconds := make([]float64, len(times))
	for i, t := range times {
		seconds[i] = float64(t)
	}
	s.add(dimTime, Double, s.dims[1:], seconds, append(valid(), Text("axis", "T"))...)
	s.at = func(domain, time, place int) int {
		v := &all[domain]
		t, _ := slices.BinarySearch(times, v.Times[time])
		return index[v.At[place]]*len(times) + t
	}
}

// lines lays out ways: a trajectory for each way and time, as long as the longest (CF 1.11 H.4.1).
func (s *sampling) lines(all []encode.Values) {
	type line struct{ domain, time int }
	var lines []line
	index, longest, high := map[string]int{}, 0, -1
	of := make([][]int, len(all))
	for i := range all {
		v := &all[i]
		longest = max(longest, len(v.At))
		if v.LevelAlong != nil {
			high = i
		}
		for t := range v.Times {
			key := fmt.Sprint(v.Title, v.At, v.Times[t], v.TimeAlong, v.LevelAlong)
			k, ok := index[key]
			if !ok {
				k = len(lines)
				index[key], lines = k, append(lines, line{i, t})
			}
			of[i] = append(of[i], k)
		}
	}
	s.shape, s.dims = [2]int{len(lines), longest}, []string{"trajectory", "obs"}
	s.Dims = append(s.Dims, Dim{"trajectory", len(lines)}, Dim{"obs", longest})
	n := len(lines) * longest
	at, times, levels := make([]geo.LonLat, n), filled(n), filled(n)
	for i := range at {
		at[i] = geo.LonLat{Lon: float64(Fill), Lat: float64(Fill)}
	}
	for k, l := range lines {
		v := &all[l.domain]
		for p := range v.At {
			at[k*longest+p], times[k*longest+p] = v.At[p], float64(v.TimeAt(l.time, p))
			if v.LevelAlong != nil {
				levels[k*longest+p] = v.LevelAlong[p]
			}
		}
	}
	s.add("trajectory", Int, s.dims[:1], numbered(len(lines)), Text("cf_role", "trajectory_id"), Text("long_name", "number of the way"))
	s.spots(s.dims, at)
	s.add(dimTime, Double, s.dims, times, append(valid(), missing)...)
	if high >= 0 {
		known := verticalOf(all[high].Kind)
		v, _ := coordinate(known.name, known, nil)
		v.Dims, v.Values = s.dims, levels
		v.Attrs = append(v.Attrs, missing)
		s.Vars = append(s.Vars, v)
	}
	s.at = func(domain, time, place int) int { return of[domain][time]*longest + place }
}

// filled is n numbers that are missing.
func filled(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(Fill)
	}
	return values
}

// verticalOf describes a kind of levels.
func verticalOf(kind elements.LevelKind) vertical {
	if known, ok := verticals[kind]; ok {
		return known
	}
	return vertical{name: "level_" + safeName(string(kind)), units: "1"}
}

// values adds the levels and the parameters.
func (s *sampling) values(all []encode.Values) error {
	n := 0
	for _, v := range s.variables {
		n += s.shape[0] * s.shape[1] * max(len(v.levels), 1)
	}
	if n > maxNumbers {
		return fmt.Errorf("NetCDF %w %d values: at most %d", encode.ErrUnfit, n, maxNumbers)
	}
	if s.run != 0 {
		s.add("forecast_reference_time", Double, nil, []float64{float64(s.run)}, Text("standard_name", "forecast_reference_time"), Text("long_name", "start of the run"), Text("units", TimeUnits), Text("calendar", "standard"), leaps)
	}
	coordinates := map[string]string{} // names by levels
	for _, v := range s.variables {
		s.levels(v, coordinates)
	}
	for _, v := range s.variables {
		s.Vars = append(s.Vars, s.variable(v, all))
	}
	return nil
}

// levels adds a parameter's levels: an axis, one level, or what another has already.
func (s *sampling) levels(v *sampled, names map[string]string) {
	if len(v.levels) == 0 {
		return
	}
	key := fmt.Sprint(v.kind, v.levels)
	if v.level = names[key]; v.level != "" {
		return
	}
	known := verticalOf(v.kind)
	v.level = known.name
	for n := 2; slices.ContainsFunc(s.Vars, func(o Var) bool { return o.Name == v.level }); n++ {
		v.level = known.name + "_" + strconv.Itoa(n)
	}
	names[key] = v.level
	c, _ := coordinate(v.level, known, nil)
	c.Values = v.levels
	if len(v.levels) > 1 {
		s.Dims = append(s.Dims, Dim{v.level, len(v.levels)})
		c.Dims, c.Attrs = []string{v.level}, append(c.Attrs, Text("axis", "Z"))
	}
	s.Vars = append(s.Vars, c)
}

// variable is a parameter with its values.
func (s *sampling) variable(of *sampled, all []encode.Values) Var {
	levels := max(len(of.levels), 1)
	v := Var{Name: safeName(of.name), Type: Float, Dims: s.dims[:2:2], Values: filled(s.shape[0] * s.shape[1] * levels)}
	el := of.layer.Element
	p, _ := s.params.Parameter(el.ID)
	v.Attrs = nonEmpty(Text("standard_name", el.StandardName), Text("long_name", of.layer.Title), Text("units", Unit(of.unit)), Text("units_metadata", onScale(el)), Text("cell_methods", Methods(p.Process)))
	v.Attrs = append(v.Attrs, Attr{Name: "_FillValue", Numbers: []float64{float64(Fill)}, Type: Float})
	if of.member != nil {
		v.Attrs = append(v.Attrs, Attr{Name: "realization", Numbers: []float64{float64(*of.member)}, Type: Int})
		if len(s.members) > 1 {
			v.Name += "_m" + strconv.Itoa(*of.member)
		}
	}
	if len(of.levels) > 1 {
		v.Dims = append(v.Dims, of.level)
	}
	beside := "lat lon"
	for i := range s.Vars {
		switch c := &s.Vars[i]; {
		case c.Name == dimTime && len(c.Dims) == 2, c.Name == "forecast_reference_time", c.Name == of.level && len(c.Dims) == 0, c.Type == Double && len(c.Dims) == 2 && c.Name != "lat" && c.Name != "lon":
			beside += " " + c.Name
		}
	}
	v.Attrs = append(v.Attrs, Text("coordinates", beside))
	for d := range all {
		from := &all[d]
		if !equal(from.Member, of.member) {
			continue
		}
		k := slices.IndexFunc(from.Parameters, func(p encode.Parameter) bool { return p.Name == of.name })
		if k < 0 {
			continue
		}
		for t := range from.Times {
			for l := range max(len(from.Levels), 1) {
				level := 0
				if len(from.Levels) > 0 {
					level, _ = slices.BinarySearch(of.levels, from.Levels[l])
				}
				for place := range from.At {
					if x := float64(from.Of[k][from.Index(t, l, place)]); !math.IsNaN(x) {
						v.Values[s.at(d, t, place)*levels+level] = x
					}
				}
			}
		}
	}
	return v
}

// nonEmpty are the attributes that say something.
func nonEmpty(attrs ...Attr) []Attr {
	return slices.DeleteFunc(attrs, func(a Attr) bool { return a.Text == "" })
}

func equal(a, b *int) bool { return cmp.Compare(orNone(a), orNone(b)) == 0 }

// orNone is a member, or what none has.
func orNone(m *int) int {
	if m == nil {
		return math.MinInt
	}
	return *m
}

// globalOf are a file's attributes, of a model's values.
func globalOf(m models.Model) []Attr {
	return nonEmpty(Text("Conventions", Conventions), Text("title", m.Title), Text("source", m.Title+", as served by Isobar"), Text("history", "Cut from the model's output by Isobar."),
		Text("institution", m.Attribution), Text("license", m.Licence), Text("references", m.URL))
}
