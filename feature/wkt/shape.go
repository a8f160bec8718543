package wkt

import (
	"github.com/go-spatial/geom"
)

func (p *parser) point() geom.Geometry {
	if p.empty() {
		return geom.Collection{}
	}
	p.want('(')
	v := p.position()
	p.want(')')
	switch p.mark {
	case "Z":
		return geom.PointZ{v[0], v[1], v[2]}
	case "M":
		return geom.PointM{v[0], v[1], v[2]}
	case "ZM":
		return geom.PointZM(v)
	}
	return geom.Point{v[0], v[1]}
}

// points reads MULTIPOINT((1 2), (3 4)) and MULTIPOINT(1 2, 3 4).
func (p *parser) points() (all [][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() {
		inner := p.peek() == '('
		if inner {
			p.at++
		}
		all = append(all, p.position())
		if inner {
			p.want(')')
		}
	})
	return all
}

func (p *parser) line(least int) (line [][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() { line = append(line, p.position()) })
	if len(line) < least {
		p.refuse("%d positions where %d are the least", len(line), least)
	}
	return line
}

// lines reads lines, or rings, which lose their last position.
func (p *parser) lines(least int, rings bool) (all [][][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() {
		line := p.line(least)
		if last := len(line) - 1; rings && last > 0 {
			if line[0] != line[last] {
				p.refuse("a ring that isn't closed")
			}
			line = line[:last]
		}
		all = append(all, line)
	})
	return all
}

// shaped gives positions the type of their mark.
func shaped[A ~[][2]float64, Z ~[][3]float64, M ~[][3]float64, B ~[][4]float64](p *parser, line [][4]float64, _ A, _ Z, _ M, _ B) geom.Geometry {
	switch p.mark {
	case "Z":
		return Z(three(line))
	case "M":
		return M(three(line))
	case "ZM":
		return B(line)
	}
	return A(two(line))
}

// many gives lines or rings the type of their mark.
func (p *parser) many(lines [][][4]float64, rings bool) geom.Geometry {
	if p.mark == "" {
		flat := make([][][2]float64, len(lines))
		for i, l := range lines {
			flat[i] = two(l)
		}
		if rings {
			return geom.Polygon(flat)
		}
		return geom.MultiLineString(flat)
	}
	if p.mark == "ZM" {
		if rings {
			return geom.PolygonZM(lines)
		}
		return geom.MultiLineStringZM(lines)
	}
	high := make([][][3]float64, len(lines))
	for i, l := range lines {
		high[i] = three(l)
	}
	switch {
	case rings && p.mark == "Z":
		return geom.PolygonZ(high)
	case rings:
		return geom.PolygonM(high)
	case p.mark == "Z":
		return geom.MultiLineStringZ(high)
	}
	return geom.MultiLineStringM(high)
}

func two(line [][4]float64) [][2]float64 {
	all := make([][2]float64, len(line))
	for i, v := range line {
		all[i] = [2]float64{v[0], v[1]}
	}
	return all
}

func three(line [][4]float64) [][3]float64 {
	all := make([][3]float64, len(line))
	for i, v := range line {
		all[i] = [3]float64{v[0], v[1], v[2]}
	}
	return all
}
