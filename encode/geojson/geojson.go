// Package geojson writes values at places as GeoJSON (RFC 7946) with the properties of EDR GeoJSON (OGC 19-086r6, 9.3).
package geojson

import (
	"encoding/json"
	"math"
	"strconv"

	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/field"
)

// Type is the media type.
const Type = "application/geo+json"

// Values writes what probes give: a feature for each place, time, level and member, whose properties are the values, named as the
// parameters are. endpoint is where the values came from, as every feature of EDR GeoJSON tells.
func Values(all []encode.Values, endpoint string) ([]byte, error) {
	parameters, known, count, size := []parameter{}, map[string]bool{}, 0, 0
	for i := range all {
		v := &all[i]
		for _, p := range v.Parameters {
			if !known[p.Name] {
				known[p.Name] = true
				parameters = append(parameters, describe(p))
			}
		}
		count += v.Len()
		size += v.Len() * (256 + 24*len(v.Parameters))
	}
	described, err := json.Marshal(parameters)
	if err != nil {
		return nil, err
	}
	t := make([]byte, 0, len(described)+size+256)
	t = append(t, `{"type":"FeatureCollection","features":[`...)
	first := true
	for i := range all {
		if t, err = features(t, &all[i], endpoint, &first); err != nil {
			return nil, err
		}
	}
	t = append(append(t, `],"parameters":`...), described...)
	t = append(t, `,"numberReturned":`...)
	t = strconv.AppendInt(t, int64(count), 10)
	return append(t, "}\n"...), nil
}

// parameter is what a property is of, as EDR describes it: labels are plain texts here.
type parameter struct {
	Type     string   `json:"type"`
	ID       string   `json:"id"`
	Unit     *unit    `json:"unit,omitempty"`
	Observed observed `json:"observedProperty"`
}

type unit struct {
	Label  string         `json:"label,omitempty"`
	Symbol covjson.Symbol `json:"symbol"`
}

type observed struct {
	ID    string `json:"id,omitempty"`
	Label string `json:"label"`
}

// describe describes a parameter.
func describe(p encode.Parameter) parameter {
	d := covjson.ParameterIn(p.Layer, p.Unit)
	one := parameter{Type: d.Type, ID: p.Name, Observed: observed{d.Observed.ID, p.Layer.Title}}
	if d.Unit != nil {
		one.Unit = &unit{d.Unit.Label["en"], d.Unit.Symbol}
	}
	return one
}

// features writes a domain.
func features(t []byte, v *encode.Values, endpoint string, first *bool) ([]byte, error) {
	names := make([]string, len(v.Parameters))
	keys := make([][]byte, len(v.Parameters))
	for i, p := range v.Parameters {
		names[i] = p.Name
		key, err := json.Marshal(p.Name)
		if err != nil {
			return nil, err
		}
		keys[i] = append(append([]byte{','}, key...), ':')
	}
	fixed, err := json.Marshal(struct {
		Names    []string `json:"parameter-name"`
		Endpoint string   `json:"edrqueryendpoint"`
	}{names, endpoint})
	if err != nil {
		return nil, err
	}
	labels := make([][]byte, len(v.Names))
	for i, name := range v.Names {
		if labels[i], err = json.Marshal(name); err != nil {
			return nil, err
		}
	}
	fixed = fixed[1 : len(fixed)-1] // without braces
	for i := range max(len(v.Times), 1) {
		for l := range max(len(v.Levels), 1) {
			for p := range v.At {
				if !*first {
					t = append(t, ',')
				}
				*first = false
				t = head(t, v, i, l, p, labels)
				t = append(append(t, ','), fixed...)
				for n := range v.Parameters {
					t = encode.AppendValue(append(t, keys[n]...), v.Of[n][v.Index(i, l, p)], "null")
				}
				t = append(t, "}}"...)
			}
		}
	}
	return t, nil
}

// head writes a feature up to the values.
func head(t []byte, v *encode.Values, time, level, place int, labels [][]byte) []byte {
	t = append(t, `{"type":"Feature","geometry":{"type":"Point","coordinates":[`...)
	t = append(appendDegrees(t, v.At[place].Lon), ',')
	t = appendDegrees(t, v.At[place].Lat)
	t = append(t, `]},"properties":{"datetime":`...)
	t = appendTime(t, v.TimeAt(time, place))
	t = append(t, `,"label":`...)
	if v.Names != nil {
		t = append(t, labels[place]...)
	} else {
		t = append(t, '"')
		t = append(appendDegrees(t, v.At[place].Lon), ' ')
		t = append(appendDegrees(t, v.At[place].Lat), '"')
	}
	if run := v.RunAt(time); run != 0 {
		t = appendTime(append(t, `,"reference_time":`...), run)
	}
	if v.Between != nil && v.Between[time] {
		t = append(t, `,"interpolated":true`...)
	}
	if z, ok := v.LevelAt(level, place); ok {
		t = strconv.AppendFloat(append(t, `,"level":`...), z, 'f', -1, 64)
	}
	if v.Member != nil {
		t = strconv.AppendInt(append(t, `,"member":`...), int64(*v.Member), 10)
	}
	return t
}

// appendDegrees writes a coordinate to a tenth of a metre, as RFC 7946 11.2 has it at most.
func appendDegrees(t []byte, deg float64) []byte {
	return strconv.AppendFloat(t, math.Round(deg*1e6)/1e6, 'f', -1, 64)
}

func appendTime(t []byte, at field.Time) []byte {
	return append(at.UTC().AppendFormat(append(t, '"'), "2006-01-02T15:04:05Z07:00"), '"')
}
