package cf

import (
	"math"
	"slices"
	"strings"

	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/field"
)

// coordinates are a variable's: those of its dimensions, and those it refers to, without the places.
func (r *reading) coordinates(v *netcdf.Var) (all []*netcdf.Var) {
	add := func(name string) {
		if c := r.file.Var(name); c != nil && c != v && c.Numeric() && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	for _, d := range v.Dims {
		add(d)
	}
	for name := range strings.FieldsSeq(v.Attrs.Text("coordinates")) {
		add(name)
	}
	return all
}

// auxiliaryAlong is a coordinate of a known kind over a dimension that has no variable of its own.
func (r *reading) auxiliaryAlong(v *netcdf.Var, dim string) *netcdf.Var {
	for _, c := range r.coordinates(v) {
		if len(c.Dims) == 1 && c.Dims[0] == dim && r.axis(c).kind != other {
			return c
		}
	}
	return nil
}

// Time is that of a coordinate: "hours since 1900-01-01", "gregorian", 1039476.
func Time(unit, calendar string, x float64) (field.Time, error) {
	u, err := readUnits(unit, calendar)
	if err != nil {
		return 0, err
	}
	return u.time(x)
}

// clock tells times of a variable's fields.
type clock struct {
	r                     *reading
	valid, run, lead      *axis
	validUnits, runUnits  *units
	bounds                *axis
	leadSeconds           float64
	err                   error
	first                 field.Time
	hasFirst, statistical bool
}

// clock finds the coordinates that tell a variable's times. A reference time may stand beside the variable, alone in the file.
func (r *reading) clock(v *netcdf.Var) *clock {
	c := &clock{r: r, statistical: processOf(v.Attrs.Text("cell_methods")) != elements.Instant}
	all := r.coordinates(v)
	for _, other := range r.file.All() {
		if other.Numeric() && other.Len() == 1 && r.axis(other).kind == reference && !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	for _, w := range all {
		if len(w.Dims) > 1 {
			continue
		}
		switch a := r.axis(w); a.kind {
		case timeAxis:
			if c.valid == nil {
				c.valid = a
			}
		case reference:
			if c.run == nil {
				c.run = a
			}
		case lead:
			if c.lead == nil {
				c.lead = a
			}
		}
	}
	if c.valid != nil {
		c.validUnits, c.err = readUnits(c.valid.of.Attrs.Text("units"), c.valid.of.Attrs.Text("calendar"))
		if b := r.file.Var(c.valid.of.Attrs.Text("bounds")); b != nil && b.Numeric() && b.Len() == 2*c.valid.of.Len() {
			c.bounds = r.axis(b)
		}
	}
	if c.run != nil && c.err == nil {
		c.runUnits, c.err = readUnits(c.run.of.Attrs.Text("units"), c.run.of.Attrs.Text("calendar"))
	}
	if c.lead != nil {
		c.leadSeconds = leadUnit(c.lead.of.Attrs.Text("units"))
	}
	return c
}

// leadUnit is the seconds of a unit of time, 0 if it is none.
func leadUnit(text string) float64 {
	conv, ok := elements.Convert(elements.ReadUnit(text), "s")
	if !ok {
		return 0
	}
	return conv.Scale
}

// at is an axis's value where the field is.
func at(a *axis, where map[string]int) (float64, error) {
	i := 0
	if len(a.of.Dims) == 1 {
		i = where[a.of.Dims[0]]
	}
	return a.value(i)
}

// tell fills in a field's times.
func (c *clock) tell(f *Field, where map[string]int) error {
	if c.err != nil {
		return c.err
	}
	hasRun, hasLead := c.run != nil, c.lead != nil && c.leadSeconds > 0
	var ahead float64
	if hasRun {
		x, err := at(c.run, where)
		if err != nil {
			return err
		}
		if f.Run, err = c.runUnits.time(x); err != nil {
			return err
		}
	}
	if hasLead {
		x, err := at(c.lead, where)
		if err != nil {
			return err
		}
		if ahead = math.Round(x * c.leadSeconds); math.Abs(ahead) > maxSeconds {
			return ErrTime
		}
	}
	switch {
	case c.valid != nil:
		x, err := at(c.valid, where)
		if err != nil {
			return err
		}
		if f.Valid, err = c.validUnits.time(x); err != nil {
			return err
		}
	case hasRun && hasLead:
		f.Valid = f.Run + field.Time(ahead)
	case hasRun:
		f.Valid = f.Run
	default:
		return ErrTime
	}
	switch {
	case hasRun:
	case hasLead:
		f.Run = f.Valid - field.Time(ahead)
	default:
		if err := c.begin(); err != nil {
			return err
		}
		f.Run = c.first
	}
	return c.span(f, where)
}

// begin finds the first time of the axis: a file without a reference time is one run.
func (c *clock) begin() error {
	if c.hasFirst {
		return nil
	}
	values, err := c.valid.all()
	if err != nil {
		return err
	}
	least := math.Inf(1)
	for _, x := range values {
		least = min(least, x) // NaN if one is
	}
	c.first, err = c.validUnits.time(least)
	c.hasFirst = err == nil
	return err
}

// span reads the interval of a statistic from the bounds of its time (CF 7.1, 7.3).
func (c *clock) span(f *Field, where map[string]int) error {
	if c.bounds == nil || !c.statistical {
		return nil
	}
	i := 0
	if len(c.valid.of.Dims) == 1 {
		i = where[c.valid.of.Dims[0]]
	}
	from, err := c.bounds.value(2 * i)
	if err != nil {
		return err
	}
	to, err := c.bounds.value(2*i + 1)
	if err != nil {
		return err
	}
	u := c.validUnits
	if text := c.bounds.of.Attrs.Text("units"); text != "" {
		if u, err = readUnits(text, c.valid.of.Attrs.Text("calendar")); err != nil {
			return err
		}
	}
	begin, err := u.time(min(from, to))
	if err != nil {
		return err
	}
	end, err := u.time(max(from, to))
	if err != nil {
		return err
	}
	f.Valid, f.Span = end, field.Seconds(end-begin)
	return nil
}
