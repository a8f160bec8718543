package styles

import (
	"isobar/ogc/api"
	"isobar/styles"
)

// described is a style's metadata.
type described struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Scope       string       `json:"scope"`
	Sheets      []stylesheet `json:"stylesheets"`
	Layers      []usedBy     `json:"layers"`
	Links       []api.Link   `json:"links"`
}

type stylesheet struct {
	Title         string   `json:"title"`
	Version       string   `json:"version"`
	Specification string   `json:"specification"`
	Native        bool     `json:"native"`
	Link          api.Link `json:"link"`
}

// usedBy is a collection that has the style.
type usedBy struct {
	ID     string   `json:"id"`
	Type   string   `json:"type"`
	Sample api.Link `json:"sampleData"`
}

// sheet is a style as our own JSON: its colours by value, and what else it paints from the bottom up.
type sheet struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty"`
	Kind        string     `json:"kind"`
	Unit        string     `json:"unit,omitempty"`
	Stops       []stop     `json:"stops,omitempty"`
	Under       string     `json:"under,omitempty"`
	Over        string     `json:"over,omitempty"`
	Painters    []painting `json:"painters,omitempty"`
	Links       []api.Link `json:"links"`
}

type stop struct {
	Value float64 `json:"value"`
	Color string  `json:"color"`
	Label string  `json:"label,omitempty"`
}

// painting is one of the things that a style paints.
type painting struct {
	Kind    string `json:"kind"`
	Element string `json:"element,omitempty"`
	Title   string `json:"title,omitempty"`
	Color   string `json:"color,omitempty"`
}

// sheetOf is a style as JSON.
func sheetOf(s *styles.Style) sheet {
	told := sheet{ID: s.ID, Title: s.Title, Description: s.Abstract, Kind: string(s.Kind), Unit: s.Unit}
	for _, one := range s.Stops {
		told.Stops = append(told.Stops, stop{one.Value, styles.Hex(one.Color), one.Label})
	}
	if s.Under != nil {
		told.Under = styles.Hex(*s.Under)
	}
	if s.Over != nil {
		told.Over = styles.Hex(*s.Over)
	}
	for i := range s.Paint {
		p := &s.Paint[i]
		one := painting{Kind: string(p.Kind), Element: p.Element, Title: p.Title}
		if p.Color.A > 0 {
			one.Color = styles.Hex(p.Color)
		}
		told.Painters = append(told.Painters, one)
	}
	return told
}
