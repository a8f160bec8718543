package jpeg2000

import (
	"cmp"
	"fmt"
	"slices"
)

// readPackets reads all packets of the tile, one progression after another.
func (t *tile) readPackets(c *codestream, parts []tilePart) error {
	k := &packets{data: c.data, parts: parts, pos: parts[0].start, sop: t.params.sop, eph: t.params.eph}
	changes := t.params.changes
	if len(changes) == 0 {
		changes = []change{{res1: maxLevels + 1, comp1: maxComponents, layer1: t.params.layers, progression: t.params.progression}}
	}
	for _, g := range changes {
		if err := t.readProgression(k, g); err != nil {
			return err
		}
	}
	for i := range t.precincts {
		if got := int(t.precincts[i].layer); got != t.params.layers {
			return fmt.Errorf("%w: %d of %d layers of a precinct", ErrTruncated, got, t.params.layers)
		}
	}
	return nil
}

// Progression orders, ISO/IEC 15444-1 table A.16: layer, resolution, component, position.
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// readProgression reads the packets of a volume that have not been read before, ISO/IEC 15444-1 B.12.
func (t *tile) readProgression(k *packets, g change) error {
	t.sort(g)
	layers := int32(min(g.layer1, t.params.layers))
	switch g.progression {
	case orderLRCP:
		return t.readLayers(k, t.order, layers)
	case orderRLCP:
		for rest := t.order; len(rest) > 0; {
			n, r := 1, t.resOf(rest[0]).r
			for n < len(rest) && t.resOf(rest[n]).r == r {
				n++
			}
			if err := t.readLayers(k, rest[:n], layers); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	}
	for i := range t.order {
		if err := t.readLayers(k, t.order[i:i+1], layers); err != nil {
			return err
		}
	}
	return nil
}

// readLayers reads the packets of some precincts, layer after layer.
func (t *tile) readLayers(k *packets, order []int32, layers int32) error {
	for l := range layers {
		for _, i := range order {
			p := &t.precincts[i]
			if p.layer != l {
				continue
			}
			if err := t.readPacket(k, p); err != nil {
				return fmt.Errorf("resolution %d, precinct %d, layer %d: %w", t.resOf(i).r, int(i)-t.resOf(i).first, l, err)
			}
		}
	}
	return nil
}

func (t *tile) resOf(precinct int32) *resolution { return &t.res[t.precincts[precinct].res] }

// sort puts the precincts of a volume into the order of its progression.
func (t *tile) sort(g change) {
	t.order = t.order[:0]
	for i := range t.precincts {
		if r := t.resOf(int32(i)); r.r >= g.res0 && r.r < g.res1 && r.comp >= g.comp0 && r.comp < g.comp1 {
			t.order = append(t.order, int32(i))
		}
	}
	if g.progression <= orderRLCP {
		return // precincts are laid out that way
	}
	slices.SortFunc(t.order, func(i, j int32) int {
		a, b := t.resOf(i), t.resOf(j)
		byRes, byComp, byIndex := cmp.Compare(a.r, b.r), cmp.Compare(a.comp, b.comp), cmp.Compare(i, j)
		p, q := &t.precincts[i], &t.precincts[j]
		byPlace := cmp.Or(cmp.Compare(p.y, q.y), cmp.Compare(p.x, q.x))
		switch g.progression {
		case orderRPCL:
			return cmp.Or(byRes, byPlace, byComp, byIndex)
		case orderPCRL:
			return cmp.Or(byPlace, byComp, byRes, byIndex)
		}
		return cmp.Or(byComp, byPlace, byRes, byIndex)
	})
}
