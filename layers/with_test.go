package layers

import (
	"fmt"
	"strings"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/styles"
)

// paintedRows are rows whose elements have a style of barbs, one of the wind's speed and of lines of msl.
type paintedRows struct{ rows }

func (r paintedRows) For(el elements.Element, min, max float64) []*styles.Style {
	wind := styles.Painter{Kind: styles.Barbs, Element: styles.Wind}
	return []*styles.Style{
		{ID: "default"},
		{ID: "barbs", Paint: []styles.Painter{{Kind: styles.Fill}, wind}},
		{ID: "speed", Paint: []styles.Painter{{Kind: styles.Fill, Element: styles.Wind}}},
		{ID: "isobars", Paint: []styles.Painter{{Kind: styles.Lines, Element: "msl"}}},
	}
}

// windElements are rows of winds at 10 m and aloft, gusts, and pressure.
func windElements(t *testing.T) rows {
	pair := func(id, other string, u bool, kind elements.LevelKind) elements.Element {
		e := elements.Element{ID: id, Unit: "m/s", StandardName: "northward_wind", Partner: other, U: u, LevelKind: kind}
		if u {
			e.StandardName = "eastward_wind"
		}
		return e
	}
	ws10, ws := formula(t, "ws10", "speed(u10, v10)"), formula(t, "ws", "speed(u, v)")
	return rows{
		elements: map[string]elements.Element{
			"u10": pair("u10", "v10", true, elements.Height), "v10": pair("v10", "u10", false, elements.Height),
			"u": pair("u", "v", true, elements.Pressure), "v": pair("v", "u", false, elements.Pressure),
			"msl": {Unit: "Pa", LevelKind: elements.MeanSea}, "gust": {Unit: "m/s", LevelKind: elements.Surface}, "t": {Unit: "K", LevelKind: elements.Pressure},
		},
		derived: []elements.Derivation{ws10, ws},
	}
}

// windKeys are the keys that windElements are about, at two times; msl has the first alone.
func windKeys() (keys []field.Key) {
	for _, valid := range []field.Time{0, 3} {
		for _, id := range []string{"u10", "v10"} {
			keys = append(keys, on(at(id, 0, valid), elements.Height, 10, 10))
		}
		for _, id := range []string{"u", "v", "t"} {
			keys = append(keys, on(at(id, 0, valid), elements.Pressure, 50000, 50000), on(at(id, 0, valid), elements.Pressure, 85000, 85000))
		}
		keys = append(keys, at("gust", 0, valid))
	}
	return append(keys, on(at("msl", 0, 0), elements.MeanSea, 0, 0))
}

// paintedLayers is a catalogue of keys, with styles that have painters.
func paintedLayers(t *testing.T, keys ...field.Key) *Catalogue {
	t.Helper()
	s := &shelf{}
	s.publish("1", keys...)
	r := paintedRows{windElements(t)}
	c, release := sourceWith(t, s, r).Hold()
	t.Cleanup(release)
	return c
}

// told writes what the painters of a style sample: elements and levels of the keys.
func told(all []Sampled) string {
	var texts []string
	for _, s := range all {
		text := s.Unit + ":"
		for _, in := range s.Inputs {
			for _, k := range in.Keys {
				text += fmt.Sprintf(" %s@%g+%d", k.Element, k.Level.Value, (k.Valid-run0)/hour)
			}
			if in.Expr != nil {
				text += " derived"
			}
			text += ";"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " | ")
}

func TestPaintersFindTheirFieldsByRelation(t *testing.T) {
	c := paintedLayers(t, windKeys()...)
	level := func(v float64) *float64 { return &v }
	for _, e := range []struct {
		layer, style string
		level        *float64
		valid        field.Time
		want         string
	}{
		{"m.u10", "barbs", nil, 0, "m/s: u10@10+0; | m/s: u10@10+0; v10@10+0;"},
		{"m.v10", "barbs", nil, 3, "m/s: v10@10+3; | m/s: u10@10+3; v10@10+3;"},
		{"m.ws10", "barbs", nil, 0, ": u10@10+0 v10@10+0 derived; | m/s: u10@10+0; v10@10+0;"},
		{"m.ws10", "speed", nil, 0, "m/s: u10@10+0 v10@10+0 derived;"},
		{"m.ws", "barbs", level(50000), 0, ": u@50000+0 v@50000+0 derived; | m/s: u@50000+0; v@50000+0;"},
		{"m.t", "barbs", level(85000), 3, "K: t@85000+3; | m/s: u@85000+3; v@85000+3;"},
		{"m.gust", "barbs", nil, 0, "m/s: gust@0+0; | m/s: u10@10+0; v10@10+0;"},
		{"m.msl", "speed", nil, 0, "m/s: u10@10+0 v10@10+0 derived;"},
		{"m.gust", "isobars", nil, 0, "Pa: msl@0+0;"},
		{"m.t", "isobars", level(50000), 0, "Pa: msl@0+0;"},
		{"m.gust", "isobars", nil, 3, ":"}, // there is no pressure at 3 h
		{"m.gust", "default", nil, 0, ""},
	} {
		l := layer(t, c, e.layer)
		s, err := l.Style(e.style)
		if err != nil {
			t.Errorf("%s: %v", e.layer, err)
			continue
		}
		valid := run0 + e.valid*hour
		p, err := l.Pick(Selection{Level: e.level, Time: &TimeChoice{Start: valid, End: valid}}, run0.UTC())
		if err != nil {
			t.Fatal(err)
		}
		if got := told(l.Sampled(s, p)); got != e.want {
			t.Errorf("%s in style %s: %q, want %q", e.layer, e.style, got, e.want)
		}
	}
}

func TestStylesAreNotOfferedWhereTheModelLacksWhatTheyPaint(t *testing.T) {
	c := paintedLayers(t, at("gust", 0, 0), on(at("u10", 0, 0), elements.Height, 10, 10))
	var have []string
	for _, s := range layer(t, c, "m.gust").Styles {
		have = append(have, s.ID)
	}
	if got := strings.Join(have, " "); got != "default" {
		t.Errorf("styles of gusts without wind or pressure = %s, want the default alone", got)
	}
}

func TestMembersGoTogether(t *testing.T) {
	var keys []field.Key
	for m := range 3 {
		for _, id := range []string{"u10", "v10"} {
			keys = append(keys, member(on(at(id, 0, 0), elements.Height, 10, 10), m))
		}
	}
	l := layer(t, paintedLayers(t, append(keys, on(at("msl", 0, 0), elements.MeanSea, 0, 0))...), "m.ws10")
	two := 2
	p, err := l.Pick(Selection{Member: &two}, run0.UTC())
	if err != nil {
		t.Fatal(err)
	}
	barbs, _ := l.Style("barbs")
	for _, in := range l.Sampled(barbs, p)[1].Inputs {
		if in.Keys[0].Member != 2 {
			t.Errorf("barbs of member 2 are of %+v", in.Keys[0])
		}
	}
	isobars, _ := l.Style("isobars")
	if s := l.Sampled(isobars, p)[0]; len(s.Inputs) != 1 || s.Inputs[0].Keys[0].Member != 0 {
		t.Errorf("a field without members does not go with member 2: %+v", s)
	}
}
