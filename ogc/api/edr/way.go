package edr

import (
	"math"

	"github.com/go-spatial/geom"

	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// vertex is a place of a way, with its own level and time where the way has them.
type vertex struct {
	at   geo.LonLat
	z, m float64
}

// way is a line that is followed.
type way struct {
	vertices []vertex
	high     bool  // has levels
	timed    bool  // has times
	starts   []int // where lines begin
}

// line reads a way: its lines follow each other.
func line(c *api.Call) (w way, err error) {
	g, err := shape(c)
	if err != nil {
		return w, err
	}
	switch g := g.(type) {
	case geom.LineString:
		w.flat(g)
	case geom.LineStringZ:
		w.three(g, true)
	case geom.LineStringM:
		w.three(g, false)
	case geom.LineStringZM:
		w.four(g)
	case geom.MultiLineString:
		for _, l := range g {
			w.flat(l)
		}
	case geom.MultiLineStringZ:
		for _, l := range g {
			w.three(l, true)
		}
	case geom.MultiLineStringM:
		for _, l := range g {
			w.three(l, false)
		}
	case geom.MultiLineStringZM:
		for _, l := range g {
			w.four(l)
		}
	default:
		return w, unfit("LINESTRING or MULTILINESTRING")
	}
	if len(w.vertices) < 2 {
		return w, ogc.Invalid("coords", "coords has no two places")
	}
	for _, v := range w.vertices {
		if err := onEarth([]geo.LonLat{v.at}); err != nil {
			return w, err
		}
		if w.timed && !(math.Abs(v.m) < 1e11) {
			return w, ogc.Invalid("coords", "coords: %v is no number of seconds since 1970", v.m)
		}
	}
	switch { // 19-086r6, trajectory and corridor: an error shall be thrown
	case w.high && c.Query.Get("z") != "":
		return w, ogc.Invalid("z", "z is given, and coords has levels of its own")
	case w.timed && c.Query.Get("datetime") != "":
		return w, ogc.Invalid("datetime", "datetime is given, and coords has times of its own")
	}
	return w, nil
}

func (w *way) start() { w.starts = append(w.starts, len(w.vertices)) }

func (w *way) flat(line [][2]float64) {
	w.start()
	for _, p := range line {
		w.vertices = append(w.vertices, vertex{at: geo.LonLat{Lon: p[0], Lat: p[1]}})
	}
}

func (w *way) three(line [][3]float64, high bool) {
	w.start()
	w.high, w.timed = high, !high
	for _, p := range line {
		v := vertex{at: geo.LonLat{Lon: p[0], Lat: p[1]}, z: p[2]}
		if !high {
			v.z, v.m = 0, p[2]
		}
		w.vertices = append(w.vertices, v)
	}
}

func (w *way) four(line [][4]float64) {
	w.start()
	w.high, w.timed = true, true
	for _, p := range line {
		w.vertices = append(w.vertices, vertex{geo.LonLat{Lon: p[0], Lat: p[1]}, p[2], p[3]})
	}
}

// begins tells that a line of the way begins at a vertex.
func (w *way) begins(i int) bool {
	for _, s := range w.starts {
		if s == i {
			return true
		}
	}
	return false
}

// mostPlacesOfWay bounds the places that a way is cut into; its own vertices may be more.
const mostPlacesOfWay = 1000

// cut puts places between the vertices: no two farther apart than a step in degrees. Straight lines in degrees are followed, as Well
// Known Text has them, the shorter way around the Earth.
func (w *way) cut(stepDeg float64) way {
	total := 0.0
	for i := 1; i < len(w.vertices); i++ {
		if !w.begins(i) {
			total += length(w.vertices[i-1].at, w.vertices[i].at)
		}
	}
	stepDeg = max(stepDeg, total/mostPlacesOfWay)
	out := way{high: w.high, timed: w.timed}
	for i, v := range w.vertices {
		if w.begins(i) {
			out.starts = append(out.starts, len(out.vertices))
		} else {
			before := w.vertices[i-1]
			n := int(math.Ceil(length(before.at, v.at)/stepDeg - 1e-9))
			for k := 1; k < n; k++ {
				out.vertices = append(out.vertices, between(before, v, float64(k)/float64(n)))
			}
		}
		out.vertices = append(out.vertices, v)
	}
	return out
}

// spread is n places at even distances along the whole way, both ends among them.
func (w *way) spread(n int) way {
	along := make([]float64, len(w.vertices))
	for i := 1; i < len(w.vertices); i++ {
		along[i] = along[i-1]
		if !w.begins(i) {
			along[i] += length(w.vertices[i-1].at, w.vertices[i].at)
		}
	}
	out, total, i := way{high: w.high, timed: w.timed, starts: []int{0}}, along[len(along)-1], 1
	for k := range n {
		at := total * float64(k) / float64(max(n-1, 1))
		for i < len(along)-1 && (along[i] < at || w.begins(i)) {
			i++
		}
		share := 0.0
		if step := along[i] - along[i-1]; step > 0 {
			share = min(max((at-along[i-1])/step, 0), 1)
		}
		out.vertices = append(out.vertices, between(w.vertices[i-1], w.vertices[i], share))
	}
	return out
}

// length is how far two places are apart, in degrees.
func length(a, b geo.LonLat) float64 {
	return math.Hypot((b.Lon-a.Lon)*math.Cos((a.Lat+b.Lat)/2*math.Pi/180), b.Lat-a.Lat)
}

// between is the place a share of the way from one vertex to another, to a hundredth of a metre.
func between(a, b vertex, share float64) vertex {
	mix := func(a, b float64) float64 { return a + (b-a)*share }
	return vertex{geo.LonLat{Lon: tidy(mix(a.at.Lon, b.at.Lon)), Lat: tidy(mix(a.at.Lat, b.at.Lat))}, mix(a.z, b.z), mix(a.m, b.m)}
}

// aside is the way on its right, so many metres away; on the left of a negative number.
func (w *way) aside(metres float64) way {
	out := way{high: w.high, timed: w.timed, starts: w.starts, vertices: make([]vertex, len(w.vertices))}
	for i, v := range w.vertices {
		a, b := max(i-1, 0), min(i+1, len(w.vertices)-1)
		if w.begins(i) {
			a = i
		}
		if w.begins(b) {
			b = i
		}
		v.at = destination(v.at, bearing(w.vertices[a].at, w.vertices[b].at)+90, metres)
		out.vertices[i] = v
	}
	return out
}

// places are where the way goes.
func (w *way) places() []geo.LonLat {
	at := make([]geo.LonLat, len(w.vertices))
	for i := range at {
		at[i] = w.vertices[i].at
	}
	return at
}
