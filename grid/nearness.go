package grid

import (
	"math"

	"isobar/geo"
)

// nearness finds the places nearest to any: they lie in bins of even steps of latitude, and on each band of longitude.
type nearness struct {
	west, south float64
	height      float64 // of a band, degrees
	spacing     float64 // chord between neighbours, where places are dense
	bands       []band
	starts      []int32 // of bins, and the end
	cells       []int32 // by bins
	at          [][3]float32
}

type band struct {
	first int     // its first bin
	width float64 // of its bins, degrees
	bins  int
}

// point is a direction from the Earth's centre.
func point(p geo.LonLat) [3]float32 {
	sinLon, cosLon := math.Sincos(p.Lon * (math.Pi / 180))
	sin, cos := math.Sincos(p.Lat * (math.Pi / 180))
	return [3]float32{float32(cos * cosLon), float32(cos * sinLon), float32(sin)}
}

// newNearness sorts places into bins of two or so.
func newNearness(places []geo.LonLat, box geo.Box) *nearness {
	n := &nearness{west: box.MinX(), south: box.MinY()}
	width, tall := box.MaxX()-box.MinX(), box.MaxY()-box.MinY()
	area := (math.Sin(box.MaxY()*math.Pi/180) - math.Sin(box.MinY()*math.Pi/180)) * 180 / math.Pi * width // square degrees
	const full = 2
	n.height = max(math.Sqrt(max(area, 0)*full/float64(len(places))), max(width, tall)*full/float64(len(places)), 1e-4)
	n.bands = make([]band, int(tall/n.height)+1)
	bins := 0
	for b := range n.bands {
		middle := min(max(n.south+(float64(b)+0.5)*n.height, -90), 90)
		// Bins grow as wide as they are high, on a band's middle parallel.
		count := max(1, int(width*max(math.Cos(middle*math.Pi/180), 1e-3)/n.height))
		n.bands[b] = band{first: bins, width: max(width, 1e-9) / float64(count), bins: count}
		bins += count
	}
	n.starts = make([]int32, bins+1)
	for _, p := range places {
		n.starts[n.bin(p)+1]++
	}
	for i := range bins {
		n.starts[i+1] += n.starts[i]
	}
	n.cells, n.at = make([]int32, len(places)), make([][3]float32, len(places))
	next := append([]int32(nil), n.starts...)
	for i, p := range places {
		b := n.bin(p)
		n.cells[next[b]], n.at[next[b]] = int32(i), point(p)
		next[b]++
	}
	n.spacing = n.dense(places)
	return n
}

// bin is that of one of the places.
func (n *nearness) bin(p geo.LonLat) int {
	b := n.bands[clamp(int((p.Lat-n.south)/n.height), len(n.bands))]
	return b.first + clamp(int(n.eastward(p.Lon)/b.width), b.bins)
}

// eastward is the way from the western edge, in [0, 360).
func (n *nearness) eastward(lonDeg float64) float64 {
	d := lonDeg - n.west
	d -= 360 * math.Floor(d/360)
	if d > 360-1e-9 { // the western edge, rounded
		return 0
	}
	return d
}

// dense is a small distance of neighbours, so that most places inside need no second look.
func (n *nearness) dense(places []geo.LonLat) float64 {
	const samples = 64
	least := math.Inf(1)
	for i := range samples {
		found := n.nearest(places[i*(len(places)-1)/(samples-1)])
		if found.count > 1 && found.far[1] > 0 {
			least = min(least, found.far[1])
		}
	}
	return least
}

// wanted is how many nearest places are found: four, and one that bounds them.
const wanted = 5

// nearest are the nearest places by their distance, as chords.
type nearest struct {
	count int
	where [wanted]int32 // in the order of bins
	far   [wanted]float64
}

func (f *nearest) add(where int32, far float64) {
	k := f.count
	if k == wanted {
		if k--; far >= f.far[k] {
			return
		}
	} else {
		f.count++
	}
	for ; k > 0 && f.far[k-1] > far; k-- {
		f.where[k], f.far[k] = f.where[k-1], f.far[k-1]
	}
	f.where[k], f.far[k] = where, far
}

// widest is how far places are looked for, in bands.
const widest = 16

// nearest looks in growing boxes until the last place wanted is nearer than what was not looked at.
func (n *nearness) nearest(p geo.LonLat) nearest {
	v := point(p)
	var found nearest
	for reach := n.height; ; reach *= 2 {
		found = nearest{}
		n.look(&found, p, v, reach)
		for i := range found.count {
			found.far[i] = math.Sqrt(found.far[i])
		}
		if found.count == wanted && found.far[wanted-1] <= 2*math.Sin(min(reach, 180)*math.Pi/360) || reach > widest*n.height {
			return found
		}
	}
}

// look adds what lies within reach degrees of a place, and more; distances are squared.
func (n *nearness) look(found *nearest, p geo.LonLat, v [3]float32, reach float64) {
	low := int(math.Floor((p.Lat - reach - n.south) / n.height))
	high := int(math.Floor((p.Lat + reach - n.south) / n.height))
	if high < 0 || low >= len(n.bands) {
		return
	}
	half := 180.0 // of the longitudes within reach
	if math.Abs(p.Lat)+reach < 89.999 {
		half = math.Asin(min(1, math.Sin(min(reach, 90)*math.Pi/180)/math.Cos(p.Lat*math.Pi/180))) * 180 / math.Pi
	}
	x := n.eastward(p.Lon)
	for b := max(low, 0); b <= min(high, len(n.bands)-1); b++ {
		row := n.bands[b]
		if half >= 180 {
			n.scan(found, v, row, 0, row.bins-1)
			continue
		}
		from, to := int(math.Floor((x-half)/row.width)), int(math.Floor((x+half)/row.width))
		turn := 360 / row.width // bins of a whole turn
		n.scan(found, v, row, from, to)
		if to >= row.bins || x+half >= 360 {
			n.scan(found, v, row, 0, min(from-1, int(math.Floor((x+half)/row.width-turn))))
		}
		if from < 0 {
			n.scan(found, v, row, max(to+1, int(math.Floor((x-half)/row.width+turn))), row.bins-1)
		}
	}
}

// scan adds the places of some bins of a band.
func (n *nearness) scan(found *nearest, v [3]float32, row band, from, to int) {
	from, to = max(from, 0), min(to, row.bins-1)
	if from > to {
		return
	}
	for k := n.starts[row.first+from]; k < n.starts[row.first+to+1]; k++ {
		w := n.at[k]
		dx, dy, dz := float64(v[0]-w[0]), float64(v[1]-w[1]), float64(v[2]-w[2])
		found.add(k, dx*dx+dy*dy+dz*dz)
	}
}

// weigh is the stencil of a place, see unstructured.Weigh.
func (n *nearness) weigh(p geo.LonLat) Stencil {
	outside := Stencil{Cell: [4]int32{-1, -1, -1, -1}}
	if !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 1e6) {
		return outside
	}
	found := n.nearest(p)
	if found.count == 0 || n.lonely(found) {
		return outside
	}
	used := min(found.count, 4)
	radius := 2 * found.far[used-1]
	if found.count == wanted {
		radius = found.far[wanted-1]
	}
	var s Stencil
	var weights [4]float64
	sum := 0.0
	for i := range used {
		d := max(found.far[i], 1e-9)
		w := max(radius-d, 0) / (radius * d)
		weights[i] = w * w
		sum += weights[i]
	}
	for i := range s.Cell {
		k := min(i, used-1)
		s.Cell[i] = n.cells[found.where[k]]
		if sum > 0 && i < used {
			s.Weight[i] = float32(weights[i] / sum)
		}
	}
	if sum <= 0 { // all are as far away as the bound
		s.Weight[0] = 1
	}
	return s
}

// lonely tells a place that is farther from its nearest cell than that is from its own third neighbour.
func (n *nearness) lonely(found nearest) bool {
	far := found.far[0]
	if far <= n.spacing {
		return false
	}
	w := n.at[found.where[0]]
	cell := geo.LonLat{
		Lon: math.Atan2(float64(w[1]), float64(w[0])) * 180 / math.Pi,
		Lat: math.Atan2(float64(w[2]), math.Hypot(float64(w[0]), float64(w[1]))) * 180 / math.Pi,
	}
	others := n.nearest(cell)
	return others.count < 2 || far > others.far[min(others.count-1, 3)]
}
