package grid

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"isobar/geo"
)

// Parse makes a grid from its ID. The error wraps ErrInvalid, or ErrPlaces for an unstructured grid.
func Parse(id string) (Grid, error) { return ParseWith(id, nil) }

// Loader finds the places that an unstructured grid's ID names by their hash.
type Loader func(id string) ([]geo.LonLat, error)

// ParseWith is Parse for all grids: the places of an unstructured one come from load, and must have the hash that the ID says.
func ParseWith(id string, load Loader) (Grid, error) {
	if len(id) > maxID {
		return nil, invalid("an ID of %d characters", len(id))
	}
	kind, _, _ := strings.Cut(id, ":")
	p := parser{fields: strings.Split(id, ":")[1:]}
	g, err := p.grid(kind, id, load)
	if err == nil {
		err = p.err
	}
	if err == nil && g.ID() != id {
		err = invalid("%.200q is not how grids are written", g.ID())
	}
	if err != nil {
		return nil, fmt.Errorf("grid %.200q: %w", id, err)
	}
	return g, nil
}

// parser reads an ID's fields one after the other, and keeps the first error.
type parser struct {
	fields []string
	err    error
}

func (p *parser) grid(kind, id string, load Loader) (Grid, error) {
	switch kind {
	case "latlon":
		nx, ny := p.size()
		return p.made(LatLon(nx, ny, p.box()))
	case "rotated":
		nx, ny := p.size()
		box, pole := p.box(), p.numbers(3)
		return p.made(Rotated(nx, ny, box, geo.LonLat{Lon: pole[0], Lat: pole[1]}, pole[2]))
	case "gaussian":
		all := p.gaussian()
		nx, ny, first := p.part()
		ends := p.numbers(2)
		if p.err != nil {
			return nil, p.err
		}
		return p.made(gaussianFrom(all, nx, ny, first, ends[0], ends[1]))
	case "reducedgaussian":
		return p.reducedGaussian()
	case "reducedlatlon":
		box := p.box()
		counts := p.counts()
		box[2] += box[0] // the width
		if p.err != nil {
			return nil, p.err
		}
		return ReducedLatLon(counts, box)
	case "healpix":
		nside, order := p.integer(p.next()), p.next()
		return p.made(HEALPix(nside, order == "nested", p.numbers(1)[0]))
	case "places":
		return unstructuredFrom(id, load)
	case "icosahedral":
		n, flags := p.integer(p.next()), p.integer(p.next())
		return p.made(Icosahedral(n, p.numbers(1)[0], DiamondsOf(flags)))
	case "warped":
		return p.warped()
	case "staggered":
		return p.staggered()
	}
	return p.plane(kind)
}

// made keeps a grid's own type from hiding that there is none.
func (p *parser) made(g Grid, err error) (Grid, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (p *parser) reducedGaussian() (Grid, error) {
	all := p.gaussian()
	ny, first := p.pair(p.next(), "+")
	ends := p.numbers(2)
	counts := p.counts()
	if p.err != nil {
		return nil, p.err
	}
	if len(counts) != ny {
		return nil, invalid("%d rows, not %d", len(counts), ny)
	}
	if err := checkRows(counts, geo.Box{}); err != nil {
		return nil, err
	}
	return reducedGaussian(all, counts, first, ends[0], ends[0]+ends[1])
}

func (p *parser) plane(kind string) (Grid, error) {
	plane, ok := planes[kind]
	if !ok {
		return nil, invalid("the kind %q", kind)
	}
	nx, ny := p.size()
	at, params, earth := p.box(), p.numbers(plane.params), p.earth()
	if p.err != nil {
		return nil, p.err
	}
	made := plane.build(earth, params)
	if made.err != nil {
		return nil, made.err
	}
	return p.made(projected(made, nx, ny, geo.XY{X: at[0], Y: at[1]}, at[2], at[3]))
}

// warped has the ID of another grid behind its numbers.
func (p *parser) warped() (Grid, error) {
	n := p.numbers(6)
	kind := p.next()
	if p.err != nil {
		return nil, p.err
	}
	if kind == "warped" || kind == "places" {
		return nil, invalid("a warped grid of the kind %q", kind)
	}
	base, err := p.grid(kind, "", nil)
	if err != nil || p.err != nil {
		return nil, errors.Join(err, p.err)
	}
	return Warped(base, Warp{SouthPole: geo.LonLat{Lon: n[0], Lat: n[1]}, AngleDeg: n[2], Pole: geo.LonLat{Lon: n[3], Lat: n[4]}, Factor: n[5]})
}

// staggered has the ID of a raster behind its number.
func (p *parser) staggered() (Grid, error) {
	odd, kind := p.integer(p.next()), p.next()
	if p.err != nil {
		return nil, p.err
	}
	if kind == "staggered" || kind == "warped" || kind == "places" {
		return nil, invalid("a staggered grid of the kind %q", kind)
	}
	base, err := p.grid(kind, "", nil)
	if err != nil || p.err != nil {
		return nil, errors.Join(err, p.err)
	}
	raster, ok := base.(Raster)
	if !ok {
		return nil, invalid("a staggered grid of the kind %q", kind)
	}
	return Staggered(raster, odd != 0)
}

func unstructuredFrom(id string, load Loader) (Grid, error) {
	if load == nil {
		return nil, ErrPlaces
	}
	places, err := load(id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlaces, err)
	}
	return Unstructured(places)
}

// fail keeps the first error.
func (p *parser) fail(what string) {
	if p.err == nil {
		p.err = invalid("%.80q", what)
	}
}

// next is the next field.
func (p *parser) next() string {
	if len(p.fields) == 0 {
		p.fail("")
		return ""
	}
	field := p.fields[0]
	p.fields = p.fields[1:]
	return field
}

func (p *parser) integer(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		p.fail(text)
		return 0
	}
	return n
}

// pair is two integers.
func (p *parser) pair(text, between string) (a, b int) {
	left, right, _ := strings.Cut(text, between)
	return p.integer(left), p.integer(right)
}

func (p *parser) size() (nx, ny int) { return p.pair(p.next(), "x") }

// part is a size and the first row: 320x160+0.
func (p *parser) part() (nx, ny, first int) {
	size, row, _ := strings.Cut(p.next(), "+")
	nx, ny = p.pair(size, "x")
	return nx, ny, p.integer(row)
}

// numbers are those of the next field; always as many as are wanted.
func (p *parser) numbers(want int) []float64 {
	text := p.next()
	parts := strings.Split(text, ",")
	out := make([]float64, want)
	if len(parts) != want {
		p.fail(text)
		return out
	}
	for i, part := range parts {
		var err error
		if out[i], err = strconv.ParseFloat(part, 64); err != nil {
			p.fail(text)
		}
	}
	if err := finite(out...); err != nil && p.err == nil {
		p.err = err
	}
	return out
}

func (p *parser) box() geo.Box { return geo.Box(p.numbers(4)) }

// gaussian is the rows of the number of the next field.
func (p *parser) gaussian() []float64 {
	n := p.integer(p.next())
	if p.err != nil {
		return nil
	}
	all, err := gaussianRows(n)
	if err != nil {
		p.err = err
	}
	return all
}

func (p *parser) counts() []int {
	counts, err := readCounts(p.next())
	if err != nil && p.err == nil {
		p.err = err
	}
	return counts
}

func (p *parser) earth() geo.Ellipsoid {
	text := p.next()
	if text == "wgs84" {
		return geo.WGS84
	}
	p.fields = append([]string{text}, p.fields...)
	axes := p.numbers(strings.Count(text, ",") + 1)
	if len(axes) > 2 {
		p.fail(text)
		return geo.Ellipsoid{}
	}
	return geo.Ellipsoid{Major: axes[0], Minor: axes[len(axes)-1]}
}
