// Package cf finds the fields of NetCDF files by the Climate and Forecast conventions (CF 1.11): where their values lie, when they
// hold, and what they are of.
package cf

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"

	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/field"
	"isobar/grid"
)

// ErrTime is a field that no time is told of, and ErrPlaces one whose places are not told.
var (
	ErrTime   = errors.New("the file does not tell the time")
	ErrPlaces = errors.New("the file does not tell the places of its points")
)

// Field is the values of a variable at one time, level and member.
type Field struct {
	Var      *netcdf.Var
	Name     string // standard name, else the variable's own
	Standard bool   // it is a standard name
	Unit     string // as the file has it
	Process  elements.Process
	Level    field.Level // Kind "": not told
	Run      field.Time  // the file's first time where no reference time is told
	Valid    field.Time
	Span     field.Seconds
	Member   int

	Grid         grid.Grid // nil: the places are not told
	GridType     string    // as ecCodes names it
	NX, NY       int       // columns and rows; a field without rows is one row
	GridRelative bool      // components along the grid's axes

	index []int // of the field along the variable's dimensions; those of the grid are 0
	place *places
}

// Len is how many values there are.
func (f *Field) Len() int { return f.NX * f.NY }

// InOrder tells that the file's order is the grid's.
func (f *Field) InOrder() bool { return f.place.inOrder() }

// Canonical is the cell of the i-th value in the file's order.
func (f *Field) Canonical(i int) int { return f.place.cell(i) }

// Values writes the values in the grid's order, scaled, NaN where they are missing.
func (f *Field) Values(dst []float32) error {
	if len(dst) != f.Len() {
		return fmt.Errorf("cf: room for %d values, not %d", len(dst), f.Len())
	}
	count := make([]int, len(f.index))
	for d := range count {
		count[d] = 1
	}
	for _, d := range f.place.dims {
		count[d] = f.Var.Shape[d]
	}
	m, p := f.Var.Mask(), f.place
	if p.inOrder() {
		return f.Var.Read(f.index, count, func(i int, x float64) { dst[i] = float32(m.Value(x)) })
	}
	return f.Var.Read(f.index, count, func(i int, x float64) { dst[p.cell(i)] = float32(m.Value(x)) })
}

// maxFields bounds the fields of one variable, maxCells the values of one field: half a gigabyte.
const (
	maxFields = 1 << 20
	maxCells  = 1 << 27
)

// reading is a file on its way to its fields.
type reading struct {
	file   *netcdf.File
	axes   map[string]*axis   // by variable
	grids  map[string]*places // by what makes them
	beside map[string]bool    // variables that others refer to: bounds, coordinates, mappings
}

// Fields gives the fields of a file, variable by variable and in the file's order. A variable that can't be read gives an error
// that names it. A field whose time or places are not told comes both as a field and as an error.
func Fields(f *netcdf.File) iter.Seq2[*Field, error] {
	r := &reading{file: f, axes: map[string]*axis{}, grids: map[string]*places{}, beside: map[string]bool{}}
	r.findBeside()
	return func(yield func(*Field, error) bool) {
		for _, v := range f.Vars {
			if !r.isData(v) {
				continue
			}
			for field, err := range r.variable(v) {
				if err != nil {
					err = fmt.Errorf("%s: %w", v.Name, err)
				}
				if !yield(field, err) {
					return
				}
			}
		}
	}
}

// findBeside lists what variables refer to.
func (r *reading) findBeside() {
	for _, v := range r.file.Vars {
		for _, name := range []string{"coordinates", "bounds", "climatology", "ancillary_variables", "grid_mapping", "cell_measures", "formula_terms"} {
			for word := range strings.FieldsSeq(v.Attrs.Text(name)) {
				if !strings.HasSuffix(word, ":") || name == "grid_mapping" {
					r.beside[strings.TrimSuffix(word, ":")] = true
				}
			}
		}
	}
}

// isData tells whether a variable has fields: numbers on a grid that nothing refers to.
func (r *reading) isData(v *netcdf.Var) bool {
	if !v.Numeric() || len(v.Dims) == 0 || v.Len() == 0 || r.beside[v.Name] {
		return false
	}
	if len(v.Dims) == 1 && v.Dims[0] == v.Name || v.Attrs.Text("grid_mapping_name") != "" {
		return false
	}
	if r.axis(v).kind != other { // coordinates that nothing refers to
		return false
	}
	spatial := 0
	for _, d := range v.Dims {
		if c := r.file.Var(d); c != nil && r.axis(c).kind.horizontal() {
			spatial++
		}
	}
	if spatial >= 2 {
		return true
	}
	lat, _, _ := r.auxiliary(v)
	return lat != nil
}

// variable gives the fields of a variable.
func (r *reading) variable(v *netcdf.Var) iter.Seq2[*Field, error] {
	return func(yield func(*Field, error) bool) {
		place, placeErr := r.placesOf(v)
		if place == nil {
			yield(nil, placeErr)
			return
		}
		if place.ny > 0 && place.nx > maxCells/place.ny {
			yield(nil, fmt.Errorf("field of %d x %d values; at most %d are read", place.nx, place.ny, maxCells))
			return
		}
		steps, err := r.stepsOf(v, place)
		if err != nil {
			yield(nil, err)
			return
		}
		base := r.describe(v)
		base.Grid, base.GridType, base.place = place.grid, place.gridType, place
		base.NX, base.NY = place.nx, place.ny
		total := 1
		for _, s := range steps {
			if total *= s.n; total > maxFields {
				yield(nil, fmt.Errorf("%d fields; at most %d are read", total, maxFields))
				return
			}
		}
		times := r.clock(v)
		for n := range total {
			f := *base
			f.index = make([]int, len(v.Dims))
			at := map[string]int{}
			for k := len(steps) - 1; k >= 0; k-- {
				f.index[steps[k].dim] = n % steps[k].n
				at[v.Dims[steps[k].dim]] = n % steps[k].n
				n /= steps[k].n
			}
			err := r.locate(&f, v, at, times)
			if err == nil {
				err = placeErr
			}
			if !yield(&f, err) {
				return
			}
		}
	}
}

// step is a dimension along which fields follow each other.
type step struct{ dim, n int }

// stepsOf lists a variable's dimensions beside those of the grid. One that is of no known kind must be of length 1.
func (r *reading) stepsOf(v *netcdf.Var, p *places) (steps []step, err error) {
	for d, name := range v.Dims {
		if p.has(d) {
			continue
		}
		if v.Shape[d] > 1 {
			kind := other
			if c := r.file.Var(name); c != nil {
				kind = r.axis(c).kind
			}
			if kind == other && r.auxiliaryAlong(v, name) == nil && r.numberedLevel(name) == "" {
				return nil, fmt.Errorf("dimension %s of %d is of no known kind", name, v.Shape[d])
			}
		}
		steps = append(steps, step{d, v.Shape[d]})
	}
	return steps, nil
}

// numberedLevel is the kind of level that a dimension counts which has no coordinates but a name that tells: "" for others.
func (r *reading) numberedLevel(dim string) elements.LevelKind {
	lower := strings.ToLower(dim)
	switch {
	case r.file.Var(dim) != nil || !strings.Contains(lower, "lev") && !strings.Contains(lower, "layer") && lower != "bottom_top":
		return ""
	case strings.Contains(lower, "soil"):
		return soilLevel
	}
	return elements.ModelLevel
}

// soilLevel is GRIB's numbered kind of level below ground (code table 4.5).
const soilLevel elements.LevelKind = "type151"

// describe reads what a variable says of itself.
func (r *reading) describe(v *netcdf.Var) *Field {
	f := &Field{Var: v, Name: v.Attrs.Text("standard_name"), Unit: v.Attrs.Text("units")}
	f.Name, _, _ = strings.Cut(f.Name, " ") // without a modifier
	if f.Unit == "" {
		f.Unit = v.Attrs.Text("unit")
	}
	if turned, ok := along[f.Name]; ok {
		f.Name, f.GridRelative = turned, true
	}
	if f.Standard = f.Name != ""; !f.Standard {
		f.Name = v.Name
	}
	f.Process = processOf(v.Attrs.Text("cell_methods"))
	return f
}

// along are components along a grid's axes, and what they are when turned.
var along = map[string]string{
	"x_wind": "eastward_wind", "y_wind": "northward_wind", "grid_eastward_wind": "eastward_wind", "grid_northward_wind": "northward_wind",
	"x_sea_water_velocity": "eastward_sea_water_velocity", "y_sea_water_velocity": "northward_sea_water_velocity",
	"sea_water_x_velocity": "eastward_sea_water_velocity", "sea_water_y_velocity": "northward_sea_water_velocity",
}

// methods are the cell methods that have a name here (CF appendix E).
var methods = map[string]elements.Process{
	"mean": elements.Mean, "sum": elements.Sum, "maximum": elements.Maximum, "minimum": elements.Minimum,
	"standard_deviation": elements.Deviation, "root_mean_square": elements.RootMean,
}

// processOf is what was done over time: "area: mean time: maximum (interval: 1 hour)".
func processOf(text string) elements.Process {
	words := strings.Fields(text)
	timed := false
	for i, w := range words {
		switch {
		case w == "time:":
			timed = true
		case timed && !strings.HasSuffix(w, ":"):
			return methods[words[i]]
		}
	}
	return elements.Instant
}

// locate fills in time, level and member of the field at an index along each dimension.
func (r *reading) locate(f *Field, v *netcdf.Var, at map[string]int, times *clock) error {
	for _, c := range r.coordinates(v) {
		a := r.axis(c)
		i := 0
		if len(c.Dims) > 1 {
			continue
		}
		if len(c.Dims) == 1 {
			k, ok := at[c.Dims[0]]
			if !ok {
				continue
			}
			i = k
		}
		x, err := a.value(i)
		if err != nil {
			return err
		}
		switch {
		case a.kind == member:
			if x >= 0 && x < math.MaxInt32 {
				f.Member = int(x)
			}
		case a.kind == vertical && f.Level.Kind == "": // a dimension's own comes first
			x = a.decimal(x)
			f.Level = field.Level{Kind: a.level, Value: x * a.scale, To: x * a.scale}
		}
	}
	for _, dim := range v.Dims {
		i, ok := at[dim]
		if k := r.numberedLevel(dim); ok && k != "" && f.Level.Kind == "" {
			f.Level = field.Level{Kind: k, Value: float64(i + 1), To: float64(i + 1)}
		}
	}
	return times.tell(f, at)
}
