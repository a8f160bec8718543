package jpeg2000

import "fmt"

// read takes up one marker segment of the image's header or of a tile's; segments that don't matter are passed over.
func (p *params) read(marker int, seg []byte, components int, from level) error {
	var err error
	c := cursor{data: seg}
	switch marker {
	case markCOD:
		err = p.readCOD(&c, from)
	case markCOC:
		i, style := c.index(components), c.u8()
		if i >= components {
			return fmt.Errorf("%w: COC of component %d", ErrCorrupt, i)
		}
		if k := &p.comps[i]; k.codingFrom <= from+1 {
			k.codingFrom = from + 1
			err = k.coding.read(&c, style)
		}
	case markQCD:
		var q quant
		if err = q.read(&c); err != nil {
			break
		}
		p.hasQuant = true
		for i := range p.comps {
			if k := &p.comps[i]; k.quantFrom <= from {
				k.quant, k.quantFrom = q, from
			}
		}
	case markQCC:
		i := c.index(components)
		if i >= components {
			return fmt.Errorf("%w: QCC of component %d", ErrCorrupt, i)
		}
		if k := &p.comps[i]; k.quantFrom <= from+1 {
			k.quantFrom = from + 1
			err = k.quant.read(&c)
		}
	case markRGN:
		i, style, shift := c.index(components), c.u8(), c.u8()
		if i >= components || style != 0 {
			return fmt.Errorf("%w: RGN of component %d, style %d", ErrCorrupt, i, style)
		}
		if k := &p.comps[i]; k.roiFrom <= from {
			k.roi, k.roiFrom = shift, from
		}
	case markPOC:
		err = p.readPOC(&c, components)
	}
	if err != nil {
		return err
	}
	if c.short {
		return fmt.Errorf("%w: marker %04X of %d bytes", ErrTruncated, marker, len(seg))
	}
	return nil
}

// readCOD reads ISO/IEC 15444-1 A.6.1.
func (p *params) readCOD(c *cursor, from level) error {
	style := c.u8()
	p.progression, p.layers, p.mixed = c.u8(), c.u16(), c.u8() != 0
	p.sop, p.eph, p.hasCoding = style&2 != 0, style&4 != 0, true
	if p.progression > 4 || p.layers == 0 {
		return fmt.Errorf("%w: progression order %d, %d layers", ErrCorrupt, p.progression, p.layers)
	}
	var k coding
	if err := k.read(c, style&1); err != nil {
		return err
	}
	for i := range p.comps {
		if q := &p.comps[i]; q.codingFrom <= from {
			q.coding, q.codingFrom = k, from
		}
	}
	return nil
}

// read takes up the part that COD and COC share; style tells whether precinct sizes follow.
func (k *coding) read(c *cursor, style int) error {
	*k = coding{levels: c.u8(), blockWidth: uint(c.u8()) + 2, blockHeight: uint(c.u8()) + 2, style: c.u8()}
	transform := c.u8()
	k.reversible = transform == 1
	switch {
	case k.levels > maxLevels || transform > 1:
		return fmt.Errorf("%w: %d decomposition levels, transform %d", ErrCorrupt, k.levels, transform)
	case k.blockWidth > 10 || k.blockHeight > 10 || 1<<(k.blockWidth+k.blockHeight) > maxBlockSize:
		return fmt.Errorf("%w: code-blocks of 2^%d x 2^%d", ErrCorrupt, k.blockWidth, k.blockHeight)
	case k.style >= styleSymbols<<1:
		return fmt.Errorf("%w: code-block style %#x", ErrUnsupported, k.style)
	}
	for r := range k.levels + 1 {
		k.precinctW[r], k.precinctH[r] = 15, 15
		if style&1 != 0 {
			v := c.u8()
			k.precinctW[r], k.precinctH[r] = uint8(v&15), uint8(v>>4)
			if r > 0 && (v&15 == 0 || v>>4 == 0) && !c.short {
				return fmt.Errorf("%w: precincts of 2^%d x 2^%d", ErrCorrupt, v&15, v>>4)
			}
		}
	}
	return nil
}

// read takes up the part that QCD and QCC share.
func (q *quant) read(c *cursor) error {
	style := c.u8()
	*q = quant{guard: style >> 5, derived: style&31 == 1}
	wide := 2
	switch style & 31 {
	case 0:
		wide = 1
	case 1, 2:
	default:
		return fmt.Errorf("%w: quantisation style %d", ErrCorrupt, style&31)
	}
	for len(c.data) >= wide && q.bands < len(q.exponent) {
		if wide == 1 {
			q.exponent[q.bands] = uint8(c.u8() >> 3)
		} else {
			v := c.u16()
			q.exponent[q.bands], q.mantissa[q.bands] = uint8(v>>11), uint16(v&0x7FF)
		}
		q.bands++
	}
	if q.bands == 0 {
		return fmt.Errorf("%w: no quantisation step", ErrTruncated)
	}
	return nil
}

// readPOC reads ISO/IEC 15444-1 A.6.6.
func (p *params) readPOC(c *cursor, components int) error {
	for len(c.data) > 0 && !c.short {
		var g change
		g.res0, g.comp0, g.layer1, g.res1 = c.u8(), c.index(components), c.u16(), c.u8()
		g.comp1, g.progression = c.index(components), c.u8()
		if g.comp1 == 0 {
			g.comp1 = maxComponents
		}
		if g.progression > 4 {
			return fmt.Errorf("%w: progression order %d", ErrCorrupt, g.progression)
		}
		if len(p.changes) == maxChanges {
			return fmt.Errorf("%w: more than %d progression orders", ErrUnsupported, maxChanges)
		}
		p.changes = append(p.changes, g)
	}
	return nil
}
