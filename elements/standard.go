package elements

import (
	"slices"
	"strings"
)

// maxOwn bounds a file's own name in an ID.
const maxOwn = 64

// ownPrefix begins the IDs of what no row knows and files give names instead of numbers: "var_soil-colour_surface".
const ownPrefix = "var_"

// safeOwn is a file's own name as it stands in an ID: letters, digits, '.' and '-', which stands for all else.
func safeOwn(name string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.':
			return r
		}
		return '-'
	}, name)
	if safe = strings.Trim(safe[:min(len(safe), maxOwn)], "-."); safe == "" {
		return "other"
	}
	return safe
}

// indexStandard enters the quantities by CF standard names, their own and those at their places.
func (c *Catalogue) indexStandard() {
	c.standard = map[string][]string{}
	enter := func(name, id string) {
		if name != "" && !slices.Contains(c.standard[name], id) {
			c.standard[name] = append(c.standard[name], id)
		}
	}
	for id, q := range c.quantities {
		enter(q.Standard, id)
		for _, a := range q.At {
			enter(a.Standard, id)
		}
	}
	for _, ids := range c.standard {
		slices.Sort(ids)
	}
}

// matchStandard finds the quantity that a file means by a name: a CF standard name, or an element's ID. Its unit must be one of
// that quantity; where it is not, or there is more than one quantity, the place and the process decide.
func (c *Catalogue) matchStandard(p Parameter) *match {
	unit := ReadUnit(p.Unit)
	best, most := (*match)(nil), -1
	for _, id := range c.standard[p.Name] {
		q := c.quantities[id]
		if p.Unit != "" && !c.measures(q, unit) {
			continue
		}
		m := match{quantity: id, unit: unit}
		score := c.placeStandard(q, p, &m)
		if score > most {
			best, most = &m, score
		}
	}
	if best != nil {
		return best
	}
	n, ok := c.ids[p.Name]
	if !ok || p.Unit == "" || !c.measures(c.quantities[n.quantity], unit) {
		return nil
	}
	m := &match{quantity: n.quantity, unit: unit}
	if p.LevelKind == "" {
		m.on = &spot{kind: n.kind, value: n.value, exact: n.value != 0}
	}
	if p.Process == Instant {
		m.process, m.decided = n.process, true
	}
	return m
}

// measures tells whether values in a unit may be the quantity's, or sums of it over time.
func (c *Catalogue) measures(q *quantity, unit string) bool {
	if q == nil || unit == "" {
		return false
	}
	if _, ok := Convert(unit, q.Unit.Value); ok {
		return true
	}
	_, ok := Convert(unit, sums[q.Unit.Value][0])
	return ok
}

// placeStandard says where a field without a level lies, and how well quantity, place and process agree.
func (c *Catalogue) placeStandard(q *quantity, p Parameter, m *match) (score int) {
	n := name{quantity: q.ID.Value, kind: safeKind(p.LevelKind), value: p.LevelValue, process: safeProcess(p.Process)}
	if n.kind == "" {
		s := spot{kind: q.home}
		for _, a := range q.At {
			if a.Standard == p.Name && q.Standard != p.Name {
				s = a.spot
				break
			}
		}
		if s.exact || !dimensional(s.kind) {
			m.on, n.kind, n.value = &s, s.kind, s.value
		}
	}
	told, home := p.LevelKind != "", n.kind == q.home // what means home, too, does not count
	n = c.canonical(n)
	at := q.at(n)
	if told && (home || at != nil) {
		score += 4
	}
	if dimensional(q.home) {
		score++ // what goes through all levels, rather than what has but one that nobody told
	}
	if at == nil && q.Standard == p.Name || at != nil && (at.Standard == p.Name || at.Standard == "" && q.Standard == p.Name) {
		score += 8
	}
	if q.Standard == p.Name {
		score += 3
	}
	if n.process == q.Process {
		score++
	}
	return score
}

// dimensional tells that a kind of level means nothing without a value.
func dimensional(k LevelKind) bool {
	switch k {
	case Pressure, Height, Altitude, Depth, SeaDepth, ModelLevel, Sigma, Theta, PV, Isotherm, PressureLay, HeightLayer, SigmaLayer:
		return true
	}
	return false
}

// spellings are units as files have them that no rule makes ours of.
var spellings = map[string]string{
	"kelvin": "K", "degk": "K", "deg_k": "K", "degree_kelvin": "K", "degrees_kelvin": "K",
	"c": "degC", "celsius": "degC", "degc": "degC", "deg_c": "degC", "degree_celsius": "degC", "degrees_celsius": "degC", "degreesc": "degC", "°c": "degC",
	"f": "degF", "fahrenheit": "degF", "degf": "degF", "deg_f": "degF",
	"percent": "%", "(0 - 1)": "1", "(0-1)": "1", "0-1": "1", "fraction": "1", "proportion": "1", "dimensionless": "1", "-": "1", "none": "1", "okta": "",
	"pascal": "Pa", "pascals": "Pa", "pa": "Pa", "hpa": "hPa", "mb": "hPa", "millibar": "hPa", "millibars": "hPa", "mbar": "hPa",
	"knot": "kt", "knots": "kt", "kts": "kt", "kn": "kt", "kph": "km/h", "mph": "mph",
	"degree": "deg", "degrees": "deg", "degree_true": "deg", "degrees_true": "deg", "degrees_north": "deg", "degrees_east": "deg", "°": "deg",
	"m of water equivalent": "m", "m of water": "m", "metres of water equivalent": "m", "mm of water": "mm",
	"meter": "m", "meters": "m", "metre": "m", "metres": "m", "millimeters": "mm", "millimetres": "mm", "kilometers": "km", "feet": "ft",
	"second": "s", "seconds": "s", "sec": "s", "hour": "h", "hours": "h", "hr": "h", "minute": "min", "minutes": "min", "day": "d", "days": "d",
	"dbz": "dB[Z]", "gpm": "gpm", "pvu": "PVU", "dobson": "DU", "joule": "J", "psu": "[psu]", "1e-3": "[ppth]",
}

// ReadUnit is a unit in our spelling, given that of UDUNITS ("kg m-2 s-1"), of ecCodes ("m s**-1") or of habit ("knots"). A text
// that is no unit known here gives "".
func ReadUnit(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > maxOwn {
		return ""
	}
	if text != "" && knownUnit(text) {
		return text
	}
	if unit, ok := spellings[strings.ToLower(text)]; ok {
		return unit
	}
	text = strings.NewReplacer("**", "", "^", "", "·", " ", "*", " ", ".", " ", "/", " / ", "(", "", ")", "").Replace(text)
	var above, below []string
	inverse := false
	for word := range strings.FieldsSeq(text) {
		switch {
		case word == "/" || word == "per":
			inverse = true
			continue
		case word == "1":
			continue
		}
		base := strings.TrimRight(word, "+-0123456789")
		power := strings.TrimPrefix(word[len(base):], "+")
		if unit, ok := spellings[strings.ToLower(base)]; ok {
			base = unit
		}
		negative := strings.HasPrefix(power, "-")
		if power = strings.TrimPrefix(power, "-"); power == "1" {
			power = ""
		}
		if negative != inverse {
			below = append(below, base+power)
		} else {
			above = append(above, base+power)
		}
		inverse = false
	}
	unit := strings.Join(above, ".")
	if unit == "" {
		unit = "1"
	}
	for _, b := range below {
		unit += "/" + b
	}
	if !knownUnit(unit) || len(above)+len(below) == 0 {
		return ""
	}
	return unit
}
