// Package sld reads and writes colours of rasters as Styled Layer Descriptors (OGC 02-070 and 05-078r4) with Symbology Encoding 1.1 (05-077r4).
package sld

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"isobar/styles"
)

// ErrRead is a text that is no SLD that a map can be drawn by.
var ErrRead = errors.New("no usable SLD")

// The bounds of a document: its length in bytes, how deep its elements lie, and how many colours a map of them has.
const (
	MaxBytes   = 64 << 10
	maxDepth   = 32
	maxEntries = 250
)

// Layer is a named layer and how it is to be shown: by its own colours, or by the name of a style that is offered.
type Layer struct {
	Name  string
	Style string        // name of the style; "" if there is none
	Own   *styles.Style // colours by value, in the unit of the data; nil: those of the named style
	Fade  float64       // 0 to 1: how much more transparent than said
}

// Find is the layer of a name; ok is false if the document does not speak of it.
func Find(layers []Layer, name string) (l Layer, ok bool) {
	for _, l := range layers {
		if l.Name == name {
			return l, true
		}
	}
	return Layer{}, false
}

// document is the part of an SLD that is read; elements are known by their names in any namespace.
type document struct {
	XMLName xml.Name
	Named   []struct {
		Name   string `xml:"Name"`
		Styles []struct {
			Name string `xml:"Name"`
		} `xml:"NamedStyle"`
		User []struct {
			Name      string  `xml:"Name"`
			Features  []group `xml:"FeatureTypeStyle"`
			Coverages []group `xml:"CoverageStyle"`
		} `xml:"UserStyle"`
	} `xml:"NamedLayer"`
}

// group is a FeatureTypeStyle or a CoverageStyle.
type group struct {
	Rules []struct {
		Rasters []raster `xml:"RasterSymbolizer"`
	} `xml:"Rule"`
}

type raster struct {
	Opacity literal   `xml:"Opacity"`
	Map     *colorMap `xml:"ColorMap"`
}

// literal is a value, plain or within ogc:Literal.
type literal struct {
	Text    string `xml:",chardata"`
	Literal string `xml:"Literal"`
}

func (l literal) value() string {
	if v := strings.TrimSpace(l.Literal); v != "" {
		return v
	}
	return strings.TrimSpace(l.Text)
}

// Read reads a document. It may have no DTD, and so no entities. Errors wrap ErrRead.
func Read(text []byte) ([]Layer, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrRead, MaxBytes)
	}
	if err := plain(text); err != nil {
		return nil, err
	}
	var d document
	if err := xml.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrRead, err)
	}
	if d.XMLName.Local != "StyledLayerDescriptor" {
		return nil, fmt.Errorf("%w: its root is %s, not StyledLayerDescriptor", ErrRead, d.XMLName.Local)
	}
	var all []Layer
	for _, n := range d.Named {
		l := Layer{Name: strings.TrimSpace(n.Name)}
		if len(n.Styles) > 0 {
			l.Style = strings.TrimSpace(n.Styles[0].Name)
		}
		if len(n.User) > 0 {
			u := n.User[0]
			if err := l.read(append(u.Features, u.Coverages...)); err != nil {
				return nil, fmt.Errorf("layer %s: %w", l.Name, err)
			}
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: it has no NamedLayer", ErrRead)
	}
	return all, nil
}

// plain refuses what a document of ours never has: a DTD, and elements within elements without end.
func plain(text []byte) error {
	d, depth := xml.NewDecoder(bytes.NewReader(text)), 0
	for {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: %v", ErrRead, err)
		}
		switch token.(type) {
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type", ErrRead)
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("%w: its elements lie more than %d deep", ErrRead, maxDepth)
		}
	}
}

// read takes the first raster symbolizer of a style; vectors have none of what a raster shows.
func (l *Layer) read(groups []group) error {
	r := first(groups)
	if r == nil {
		return fmt.Errorf("%w: its style has no RasterSymbolizer", ErrRead)
	}
	if v := r.Opacity.value(); v != "" {
		opacity, err := fraction(v)
		if err != nil {
			return err
		}
		l.Fade = 1 - opacity
	}
	if r.Map == nil {
		return nil
	}
	var err error
	l.Own, err = r.Map.style()
	return err
}

// first is the first raster symbolizer, or nil.
func first(groups []group) *raster {
	for _, g := range groups {
		for _, rule := range g.Rules {
			if len(rule.Rasters) > 0 {
				return &rule.Rasters[0]
			}
		}
	}
	return nil
}

// mostQuantity bounds quantities: nothing that is measured is larger.
const mostQuantity = 1e30
