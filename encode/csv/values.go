package csv

import (
	"slices"
	"strconv"

	"isobar/encode"
	"isobar/field"
)

// Type is the media type.
const Type = "text/csv"

// Values writes what probes give: a line for each place, time, level and member, and a column for each parameter. Domains have the
// same columns; where one lacks what a column holds it is empty.
func Values(all []encode.Values) []byte {
	t := columnsOf(all)
	text := t.header()
	for i := range all {
		text = t.lines(text, &all[i])
	}
	return text
}

// columns is what lines have.
type columns struct {
	names, between, level, member bool
	parameters                    []encode.Parameter
}

// columnsOf finds what any of the domains has.
func columnsOf(all []encode.Values) (t columns) {
	for i := range all {
		v := &all[i]
		t.names = t.names || v.Names != nil
		t.between = t.between || v.Between != nil
		t.level = t.level || len(v.Levels) > 0 || v.LevelAlong != nil
		t.member = t.member || v.Member != nil
		for _, p := range v.Parameters {
			if !slices.ContainsFunc(t.parameters, func(q encode.Parameter) bool { return q.Name == p.Name }) {
				t.parameters = append(t.parameters, p)
			}
		}
	}
	return t
}

// header names the columns.
func (t columns) header() []byte {
	text := []byte("time,reference_time")
	for _, c := range []struct {
		has  bool
		name string
	}{{t.between, "interpolated"}, {t.names, "name"}, {true, "longitude"}, {true, "latitude"}, {t.level, "level"}, {t.member, "member"}} {
		if c.has {
			text = append(append(text, ','), c.name...)
		}
	}
	for _, p := range t.parameters {
		name := p.Name
		if p.Unit != "" {
			name += " [" + p.Unit + "]"
		}
		text = append(append(text, ','), quoted(name)...)
	}
	return append(text, "\r\n"...)
}

// lines writes a domain.
func (t columns) lines(text []byte, v *encode.Values) []byte {
	at := make([]int, len(t.parameters)) // where each column's parameter stands in the domain; -1: nowhere
	for i, p := range t.parameters {
		at[i] = slices.IndexFunc(v.Parameters, func(q encode.Parameter) bool { return q.Name == p.Name })
	}
	for i := range max(len(v.Times), 1) {
		for l := range max(len(v.Levels), 1) {
			for p := range v.At {
				text = t.line(text, v, i, l, p)
				for _, n := range at {
					text = append(text, ',')
					if n >= 0 {
						text = encode.AppendValue(text, v.Of[n][v.Index(i, l, p)], "")
					}
				}
				text = append(text, "\r\n"...)
			}
		}
	}
	return text
}

// line writes a line up to its values.
func (t columns) line(text []byte, v *encode.Values, time, level, place int) []byte {
	text = append(appendTime(text, v.TimeAt(time, place)), ',')
	if run := v.RunAt(time); run != 0 {
		text = appendTime(text, run)
	}
	if t.between {
		text = append(text, ',')
		text = strconv.AppendBool(text, v.Between != nil && v.Between[time])
	}
	if t.names {
		text = append(text, ',')
		if v.Names != nil {
			text = append(text, quoted(v.Names[place])...)
		}
	}
	text = appendDegrees(append(text, ','), v.At[place].Lon)
	text = appendDegrees(append(text, ','), v.At[place].Lat)
	if t.level {
		text = append(text, ',')
		if z, ok := v.LevelAt(level, place); ok {
			text = append(text, number(z)...)
		}
	}
	if t.member {
		text = append(text, ',')
		if v.Member != nil {
			text = strconv.AppendInt(text, int64(*v.Member), 10)
		}
	}
	return text
}

func appendTime(text []byte, t field.Time) []byte {
	return t.UTC().AppendFormat(text, "2006-01-02T15:04:05Z07:00")
}
