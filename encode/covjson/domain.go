package covjson

import (
	"encoding/json"
	"strconv"

	"isobar/encode"
	"isobar/field"
)

// rangeShape writes names and lengths of the axes that are longer than one by their kind.
func rangeShape(v *encode.Values, kind string, p piece) (names, shape string) {
	switch kind {
	case "PointSeries":
		return `,"axisNames":["t"]`, `,"shape":[` + strconv.Itoa(len(v.Times)) + `]`
	case "VerticalProfile":
		return `,"axisNames":["z"]`, `,"shape":[` + strconv.Itoa(len(v.Levels)) + `]`
	case "MultiPoint", "Trajectory":
		return `,"axisNames":["composite"]`, `,"shape":[` + strconv.Itoa(len(v.At)) + `]`
	case "MultiPointSeries":
		return `,"axisNames":["t","composite"]`, `,"shape":[` + strconv.Itoa(len(v.Times)) + "," + strconv.Itoa(len(v.At)) + `]`
	case "Section":
		return `,"axisNames":["z","composite"]`, `,"shape":[` + strconv.Itoa(len(v.Levels)) + "," + strconv.Itoa(len(v.At)) + `]`
	}
	return "", ""
}

// appendAxes writes a coverage's axes.
func appendAxes(t []byte, v *encode.Values, kind string, p piece) []byte {
	composite := kind == "Section" || kind == "Trajectory" || kind == "MultiPoint" || kind == "MultiPointSeries"
	if kind != "Section" && kind != "Trajectory" {
		t = append(t, `"t":{"values":[`...)
		for i := p.times.from; i < p.times.to; i++ {
			t = appendTime(separated(t, i > p.times.from), v.Times[i])
		}
		t = append(t, "]},"...)
	}
	if composite {
		t = appendComposite(t, v, kind, p)
	} else {
		at := v.At[p.places.from]
		t = append(t, `"x":{"values":[`...)
		t = append(AppendNumber(t, at.Lon, 64), `]},"y":{"values":[`...)
		t = append(AppendNumber(t, at.Lat, 64), "]}"...)
	}
	if len(v.Levels) > 0 && kind != "MultiPoint" && kind != "MultiPointSeries" {
		t = append(t, `,"z":{"values":[`...)
		for i, z := range v.Levels[p.levels.from:p.levels.to] {
			t = AppendNumber(separated(t, i > 0), z, 64)
		}
		t = append(t, "]}"...)
	}
	return t
}

// appendComposite writes the axis of a way's or of many places' coordinates.
func appendComposite(t []byte, v *encode.Values, kind string, p piece) []byte {
	timed := kind == "Section" || kind == "Trajectory"
	high := v.LevelAlong != nil || len(v.Levels) > 0 && !timed
	t = append(t, `"composite":{"dataType":"tuple","coordinates":[`...)
	if timed {
		t = append(t, `"t",`...)
	}
	t = append(t, `"x","y"`...)
	if high {
		t = append(t, `,"z"`...)
	}
	t = append(t, `],"values":[`...)
	for i, at := range v.At {
		t = append(separated(t, i > 0), '[')
		if timed {
			t = append(appendTime(t, v.TimeAt(p.times.from, i)), ',')
		}
		t = append(AppendNumber(t, at.Lon, 64), ',')
		t = AppendNumber(t, at.Lat, 64)
		if high {
			z, _ := v.LevelAt(p.levels.from, i)
			t = AppendNumber(append(t, ','), z, 64)
		}
		t = append(t, ']')
	}
	return append(t, "]}"...)
}

func appendTime(t []byte, at field.Time) []byte {
	t = append(t, '"')
	t = at.UTC().AppendFormat(t, "2006-01-02T15:04:05Z07:00")
	return append(t, '"')
}

// quoted is a text as JSON.
func quoted(text string) []byte {
	q, err := json.Marshal(text)
	if err != nil { // no text gets here that JSON lacks
		return []byte(`""`)
	}
	return q
}
