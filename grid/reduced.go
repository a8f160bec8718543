package grid

import (
	"fmt"
	"math"
	"sort"

	"isobar/geo"
)

// ReducedGaussian is a grid of Gaussian rows of unequal length (GRIB2 template 3.40 with a list of counts; octahedral grids
// among them). counts are the numbers of cells around the whole circle of latitude, from north to south; cells are in that
// order, each row from west to east. centres are the outermost cell centres. Where east - west is less than the whole
// circle, a row has the cells of its circle from west to east. Grids stored from south to north must be turned over.
func ReducedGaussian(n int, counts []int, centres geo.Box) (Grid, error) {
	if err := checkRows(counts, centres); err != nil {
		return nil, err
	}
	all, err := gaussianRows(n)
	if err != nil {
		return nil, err
	}
	return reducedGaussian(all, counts, firstRow(all, len(counts), centres.MaxY()), centres.MinX(), centres.MaxX())
}

// reducedGaussian has the number of the first row instead of its latitude.
func reducedGaussian(all []float64, counts []int, first int, west, east float64) (Grid, error) {
	if first < 0 || first > len(all)-len(counts) {
		return nil, invalid("%d rows from the %dth of %d", len(counts), first+1, len(all))
	}
	west, span := western(west), micro(east-west)
	axes, whole := make([]axis, len(counts)), wholeCircle(counts, span)
	for j, n := range counts {
		if whole {
			axes[j] = axis{n: n, first: west, step: 360 / float64(n), turn: 360, wraps: true}
			continue
		}
		axes[j] = partOfCircle(n, west, span)
	}
	if whole {
		span = 360
	}
	lats := gaussianPart(all, first, len(counts))
	id := fmt.Sprintf("reducedgaussian:%d:%d+%d:%s:%s", len(all)/2, len(counts), first, list(west, span), writeCounts(counts))
	g := newReduced(id, lats, axes, west, span)
	if g.Len() == 0 {
		return nil, invalid("rows without cells from %v to %v degrees", west, west+span)
	}
	return g, nil
}

// ReducedLatLon is a grid of evenly spaced rows of unequal length (GRIB2 template 3.0 with a list of counts; WAFS' thinned
// grids). counts are from north to south. Where the rows do not go around the Earth, each reaches from west to east.
func ReducedLatLon(counts []int, centres geo.Box) (Grid, error) {
	if err := checkRows(counts, centres); err != nil {
		return nil, err
	}
	_, even, err := regular(1, len(counts), centres)
	if err != nil {
		return nil, err
	}
	west, span := western(centres.MinX()), micro(centres.MaxX()-centres.MinX())
	axes, whole := make([]axis, len(counts)), wholeCircle(counts, span)
	if whole {
		span = 360
	}
	lats := make([]float64, len(counts))
	for j, n := range counts {
		lats[j] = even.latitude(j)
		if whole || n == 0 {
			axes[j] = axis{n: n, first: west, step: 360 / float64(n), turn: 360, wraps: true}
		} else if axes[j], err = newAxis(n, west, west+span, 360, span); err != nil {
			return nil, err
		}
	}
	id := fmt.Sprintf("reducedlatlon:%s:%s", list(west, micro(lats[len(lats)-1]), span, lats[0]), writeCounts(counts))
	slack := even.step/2 + 1e-9
	return newReduced(id, newUnevenRows(lats, 90-lats[0] < slack, lats[len(lats)-1]+90 < slack), axes, west, span), nil
}

// checkRows refuses what no grid has, before memory is taken.
func checkRows(counts []int, centres geo.Box) error {
	if len(counts) == 0 || len(counts) > maxRows {
		return invalid("%d rows", len(counts))
	}
	all := 0
	for _, n := range counts {
		if n < 0 || n > maxSide || n > MaxCells-all {
			return invalid("a row of %d cells after %d", n, all)
		}
		all += n
	}
	if all == 0 {
		return invalid("rows without cells")
	}
	return finite(centres[:]...)
}

// wholeCircle tells that rows go around the Earth: what is left between the last cell of the longest and the first is a step.
func wholeCircle(counts []int, span float64) bool {
	longest := 0
	for _, n := range counts {
		longest = max(longest, n)
	}
	step := 360 / float64(longest)
	return longest > 1 && span >= 360-1.5*step
}

// partOfCircle is those of n cells, counted from longitude 0, that lie from west through span degrees.
func partOfCircle(n int, west, span float64) axis {
	if n == 0 {
		return axis{turn: 360}
	}
	const slack = 1e-3 // the file's resolution
	step := 360 / float64(n)
	first := math.Ceil((west - slack) / step)
	last := math.Floor((west + span + slack) / step)
	return axis{n: max(0, int(last-first)+1), first: first * step, step: step, turn: 360}
}

// reduced is rows of unequal length, each an axis of longitudes.
type reduced struct {
	id     string
	lats   unevenRows
	axes   []axis
	starts []int // of rows, and the end
	extent geo.Box
}

var _ Grid = (*reduced)(nil)

func newReduced(id string, lats unevenRows, axes []axis, west, span float64) *reduced {
	g := &reduced{id: id, lats: lats, axes: axes, starts: make([]int, len(axes)+1)}
	for j, a := range axes {
		g.starts[j+1] = g.starts[j] + a.n
	}
	g.extent = geo.Box{west, lats.latitude(lats.len() - 1), west + span, lats.latitude(0)}
	return g
}

func (g *reduced) ID() string          { return g.id }
func (g *reduced) Len() int            { return g.starts[len(g.axes)] }
func (g *reduced) Shape() (nx, ny int) { return g.Len(), 1 }
func (g *reduced) Extent() geo.Box     { return g.extent }

// Weigh is linear between rows, and in each between cells.
func (g *reduced) Weigh(dst []Stencil, at []geo.LonLat) {
	for i, p := range at {
		dst[i] = g.weigh(p)
	}
}

func (g *reduced) weigh(p geo.LonLat) Stencil {
	out := Stencil{Cell: [4]int32{-1, -1, -1, -1}}
	y := g.lats.index(p.Lat)
	if y != y {
		return out
	}
	j, l, down := axis{n: len(g.axes)}.neighbours(y)
	beyond := p.Lon // in the second row
	switch n := len(g.axes); {
	case y < 0 && g.lats.north == 90: // between the row and itself across the pole
		beyond, down = p.Lon+180, -y
	case y > float64(n-1) && g.lats.south == -90:
		beyond, down = p.Lon+180, y-float64(n-1)
	}
	a, aRight, okA := g.along(j, p.Lon)
	b, bRight, okB := g.along(l, beyond)
	switch {
	case !okA && (!okB || down < 0.5), !okB && down >= 0.5: // off the nearest row
		return out
	case !okA: // the other row may be shorter, or empty
		a, aRight, down = b, bRight, 1
	case !okB:
		b, bRight, down = a, aRight, 0
	}
	return Stencil{
		Cell: [4]int32{a[0], a[1], b[0], b[1]},
		Weight: [4]float32{
			float32((1 - aRight) * (1 - down)), float32(aRight * (1 - down)), float32((1 - bRight) * down), float32(bRight * down),
		},
	}
}

// along finds the cells of a row on both sides of a longitude, and the weight of the second.
func (g *reduced) along(j int, lonDeg float64) (cells [2]int32, right float64, ok bool) {
	a := g.axes[j]
	if a.n == 0 {
		return cells, 0, false
	}
	x := a.index(lonDeg)
	if x != x {
		return cells, 0, false
	}
	i, k, right := a.neighbours(x)
	return [2]int32{int32(g.starts[j] + i), int32(g.starts[j] + k)}, right, true
}

func (g *reduced) Places(dst []geo.LonLat, first int) {
	j := sort.Search(len(g.axes), func(k int) bool { return g.starts[k+1] > first })
	for n := range dst {
		for first+n >= g.starts[j+1] {
			j++
		}
		dst[n] = geo.LonLat{Lon: g.axes[j].position(first + n - g.starts[j]), Lat: g.lats.latitude(j)}
	}
}
