package grib

import (
	"fmt"
	"time"
)

// A product template is a sequence of parts, each of which reads its octets and moves on.
type part func(p *product)

// product reads section 4.
type product struct {
	*octets
	at     int // the next octet
	m      *Message
	start  time.Time // reference time and forecast time
	failed error
}

// products are the templates that are read, code table 4.0.
var products = map[int][]part{
	0:   {process, forecast, surfaces},
	1:   {process, forecast, surfaces, member},
	2:   {process, forecast, surfaces, derived},
	3:   {process, forecast, surfaces, derived},
	4:   {process, forecast, surfaces, derived},
	5:   {process, forecast, surfaces, probability},
	6:   {process, forecast, surfaces, percentile},
	7:   {process, forecast, surfaces, errorField},
	8:   {process, forecast, surfaces, interval},
	9:   {process, forecast, surfaces, probability, interval},
	10:  {process, forecast, surfaces, percentile, interval},
	11:  {process, forecast, surfaces, member, interval},
	12:  {process, forecast, surfaces, derived, interval},
	13:  {process, forecast, surfaces, derived, skip(32), interval}, // after a cluster in a rectangle
	14:  {process, forecast, surfaces, derived, skip(28), interval}, // after a cluster in a circle
	15:  {process, forecast, surfaces},
	30:  {observation, bands(10)},
	31:  {observation, bands(11)},
	32:  {process, forecast, bands(11)},
	33:  {process, forecast, bands(11), member},
	34:  {process, forecast, bands(11), member, interval},
	40:  {skip(2), process, forecast, surfaces}, // after a chemical constituent
	41:  {skip(2), process, forecast, surfaces, member},
	42:  {skip(2), process, forecast, surfaces, interval},
	43:  {skip(2), process, forecast, surfaces, member, interval},
	44:  {skip(13), process, forecast44, surfaces}, // after an aerosol and its size
	45:  {skip(13), process, forecast, surfaces, member},
	46:  {skip(13), process, forecast, surfaces, interval},
	47:  {skip(13), process, forecast, surfaces, member, interval},
	48:  {skip(24), process, forecast, surfaces}, // after an aerosol, its size and wavelengths
	49:  {skip(24), process, forecast, surfaces, member},
	60:  {process, forecast, surfaces, member},
	61:  {process, forecast, surfaces, member, skip(7), interval}, // after the date of the model version
	70:  {skip(5), process, forecast, surfaces},                   // after what was post-processed
	71:  {skip(5), process, forecast, surfaces, member},
	72:  {skip(5), process, forecast, surfaces, interval},
	73:  {skip(5), process, forecast, surfaces, member, interval},
	76:  {skip(3), process, forecast, surfaces}, // after a constituent and its source
	77:  {skip(3), process, forecast, surfaces, member},
	78:  {skip(3), process, forecast, surfaces, interval},
	79:  {skip(3), process, forecast, surfaces, member, interval},
	85:  {skip(13), process, forecast, surfaces, member, interval},
	86:  {process, forecast, surfaces, quantile},
	87:  {process, forecast, surfaces, quantile, interval},
	103: {skip(11), process, forecast, surfaces}, // after a range of wave periods
	104: {skip(11), process, forecast, surfaces, member},
	107: {process, forecast, surfaces, interval, derived, relation},
}

// product2 reads section 4. Templates that are not known keep their numbers: such a field is taken to be valid at its reference
// time, and its level to be unknown.
func product2(m *Message, o *octets) error {
	m.ProductTemplate = o.u16(8)
	m.Category, m.Parameter = o.u8(10), o.u8(11)
	m.Statistic, m.Ensemble.Relation = Missing, Missing
	m.Level = Level{Surface{Type: Missing}, Surface{Type: Missing}}
	m.Valid = m.Reference
	p := &product{octets: o, at: 12, m: m, start: m.Reference}
	for _, read := range products[m.ProductTemplate] {
		if read(p); p.failed != nil {
			return fmt.Errorf("product template 4.%d: %w", m.ProductTemplate, p.failed)
		}
	}
	o.short = o.short || p.at-1 > len(o.b)
	return o.check("section 4")
}

// take gives the number of the next octet and passes over count.
func (p *product) take(count int) int {
	at := p.at
	p.at += count
	return at
}

func skip(count int) part { return func(p *product) { p.take(count) } }

// process reads types and identifiers of the generating process.
func process(p *product) { p.m.GeneratingProcess = p.u8(p.take(3) + 2) }

// forecast reads the forecast time.
func forecast(p *product) {
	at := p.take(8)
	p.forecastTime(p.u8(at+3), p.i32(at+4))
}

// forecast44 reads the forecast time of template 4.44, which early writers give two octets.
func forecast44(p *product) {
	const longOctets = 47
	if len(p.b)-4*p.u16(6) >= longOctets {
		forecast(p)
		return
	}
	at := p.take(6)
	p.forecastTime(p.u8(at+3), p.u16(at+4))
}

func (p *product) forecastTime(code, n int) {
	if n == 0 { // the unit doesn't matter, and some leave it out
		return
	}
	u, err := unitOf(code, 2)
	if err == nil {
		p.start, err = u.after(p.m.Reference, n)
	}
	p.failed = err
	p.m.Valid = p.start
}

// surfaces reads the level.
func surfaces(p *product) {
	at := p.take(12)
	p.m.Level = Level{p.surface(at), p.surface(at + 6)}
}

func (p *product) surface(at int) Surface {
	s := Surface{Type: p.u8(at)}
	if s.Type == missing8 {
		return Surface{Type: Missing}
	}
	s.Value, s.HasValue = p.scaled(at + 1)
	return s
}

// observation reads the process of what satellites saw.
func observation(p *product) { p.m.GeneratingProcess = p.u8(p.take(2) + 1) }

// bands passes over a list of spectral bands.
func bands(size int) part {
	return func(p *product) {
		n := p.u8(p.take(1))
		p.take(n * size)
		p.m.Level.First = Surface{Type: surfaceTop}
	}
}

func member(p *product) {
	at := p.take(3)
	e := &p.m.Ensemble
	e.Kind, e.Type, e.Member, e.Size = Member, p.u8(at), p.u8(at+1), p.u8(at+2)
	if e.Size == missing8 {
		e.Size = 0
	}
}

func derived(p *product) {
	at := p.take(2)
	e := &p.m.Ensemble
	e.Kind, e.Type, e.Size = Derived, p.u8(at), p.u8(at+1)
}

func probability(p *product) {
	at := p.take(13)
	e := &p.m.Ensemble
	e.Kind, e.Type = Probability, p.u8(at+2)
	e.Lower, _ = p.decimal(at + 3)
	e.Upper, _ = p.decimal(at + 8)
}

func percentile(p *product) {
	e := &p.m.Ensemble
	e.Kind, e.Quantile, e.Of = Percentile, p.u8(p.take(1)), 100
}

func quantile(p *product) {
	at := p.take(4)
	e := &p.m.Ensemble
	e.Kind, e.Of, e.Quantile = Percentile, p.u16(at), p.u16(at+2)
}

func errorField(p *product) { p.m.Ensemble.Kind = ErrorField }

func relation(p *product) { p.m.Ensemble.Relation = p.u8(p.take(2) + 1) }

// interval reads the end of an interval and what was done over it. Of nested intervals the first is the longest.
func interval(p *product) {
	at := p.take(12)
	ranges := p.u8(at + 7)
	loops := p.take(12 * ranges)
	if ranges > 0 {
		if s := p.u8(loops); s != missing8 {
			p.m.Statistic = s
		}
	}
	length := p.start
	if n := p.i32(loops + 3); ranges > 0 && n > 0 && p.u32(loops+3) != missing32 {
		if u, err := unitOf(p.u8(loops+2), 2); err == nil {
			length, p.failed = u.after(p.start, n)
		}
	}
	end, err := date(p.u16(at), p.u8(at+2), p.u8(at+3), p.u8(at+4), p.u8(at+5), p.u8(at+6))
	if err != nil || p.u16(at) == 0 || p.u16(at) == missing16 { // not filled in
		end = length
	}
	p.m.Valid = end
	if p.m.Interval = between(p.start, length); p.m.Interval == 0 {
		p.m.Interval = between(p.start, end)
	}
}
