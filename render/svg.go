package render

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	"isobar/styles"
)

// vectors is an SVG document being written.
type vectors struct {
	*sheet
	text strings.Builder
}

// svg writes a legend as SVG 1.1.
func (r *Renderer) svg(l Legend) ([]byte, error) {
	var a *axis
	if l.Style.Kind != styles.Symbols {
		plain := *l.Style
		plain.Paint = nil
		var err error
		if a, err = newAxis(&plain, l.Unit); err != nil {
			return nil, err
		}
	}
	w, h := l.Width, l.Height
	l.Width, l.Height = 0, 0 // drawn in the usual size, shown in the one asked for
	s, err := r.newSheet(l, a)
	if err != nil {
		return nil, err
	}
	if a == nil {
		s.unit = ""
	}
	keys := keysOf(l.Style, l.Unit)
	v := &vectors{sheet: s}
	width, height := v.layOut(r, keys)
	if w == 0 && h == 0 {
		w, h = width, height
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg"%s%s viewBox="0 0 %d %d" font-family="Go, Helvetica, Arial, sans-serif" font-size="11.5">`,
		attribute("width", w), attribute("height", h), width, height)
	if !l.Transparent {
		fmt.Fprintf(&out, `<rect width="%d" height="%d" %s/>`, width, height, SVGPaint("fill", s.ink.ground))
	}
	out.WriteString(v.text.String())
	out.WriteString("</svg>\n")
	return []byte(out.String()), nil
}

// attribute is a size that is given.
func attribute(name string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(` %s="%d"`, name, n)
}

// SVGPaint is the attributes of a colour in SVG, as "fill" or "stroke".
func SVGPaint(as string, c color.NRGBA) string {
	text := fmt.Sprintf(`%s="#%02x%02x%02x"`, as, c.R, c.G, c.B)
	if c.A != 255 {
		text += fmt.Sprintf(` %s-opacity="%.3g"`, as, float64(c.A)/255)
	}
	return text
}

// write adds a text whose baseline begins at a place.
func (v *vectors) write(x, y int, c color.NRGBA, more, text string) {
	fmt.Fprintf(&v.text, `<text x="%d" y="%d" %s%s>`, x, y, SVGPaint("fill", c), more)
	_ = xml.EscapeText(&v.text, []byte(text)) // a builder takes all
	v.text.WriteString("</text>")
}

// layOut writes heading, colours and keys, and tells how large they are.
func (v *vectors) layOut(r *Renderer, keys []key) (width, height int) {
	const pad = 6
	_, cell := v.columns(keys, 0)
	width = max(cell+2*pad, uprightWidth)
	if len(keys) == 0 {
		width = uprightWidth
	}
	if v.Horizontal {
		width = levelWidth
	}
	if v.axis != nil && v.Style.Kind != styles.Categories && !v.Horizontal {
		width = max(width, pad+18+7+v.widest()+pad)
	}
	title, unit, y := v.fitHeading(width-2*pad, pad)
	for i, line := range title {
		v.write(pad, pad+(i+1)*v.titles.height-4, v.ink.text, ` font-weight="bold" font-size="12"`, line)
	}
	if unit != "" {
		v.write(pad, y-8, v.ink.soft, "", unit)
	}
	switch {
	case v.axis == nil:
	case v.Style.Kind == styles.Categories:
		y = v.boxes(pad, y)
	case v.Horizontal:
		y = v.levelBar(pad, y, width)
	default:
		y = v.uprightBar(pad, y)
	}
	n, cell := v.columns(keys, width-2*pad)
	for i, k := range keys {
		v.key(r, k, pad+i%n*cell, y+i/n*int(keyHeight))
	}
	return width, y + v.keyRows(keys, width-2*pad) + pad
}

// key writes a symbol as a path, and its label.
func (v *vectors) key(r *Renderer, k key, x, y int) {
	memory := r.scratches.take()
	defer r.scratches.give(memory)
	d := &drawing{scratch: memory, letters: &r.letters, scale: 1}
	if v.Dark {
		d.ink = v.ink.text
	}
	k.draw(d, point{float64(x) + keyWidth/2, float64(y) + keyHeight/2})
	for _, c := range memory.coats {
		v.text.WriteString(`<path d="`)
		from := 0
		for _, end := range c.shapes.ends {
			for i, p := range c.shapes.points[from:end] {
				fmt.Fprintf(&v.text, "%c%.2f %.2f", "ML"[min(i, 1)], float64(p[0])/subPixels, float64(p[1])/subPixels)
			}
			v.text.WriteByte('Z')
			from = end
		}
		fmt.Fprintf(&v.text, `" %s/>`, SVGPaint("fill", c.color))
	}
	v.write(x+int(keyWidth)+6, y+15, v.ink.text, "", k.label)
}

// svgPieces is how many pieces a smooth bar is of.
const svgPieces = 110

// rects writes a bar's colours from its low end on: place gives the rectangle of a piece between two places of the bar.
func (v *vectors) rects(place func(low, high float64) (x, y, w, h float64)) {
	n := svgPieces
	if v.Style.Kind != styles.Smooth {
		n = len(v.Style.Stops)
	}
	v.text.WriteString(`<g shape-rendering="crispEdges">`)
	defer v.text.WriteString(`</g>`)
	for i := range n {
		x, y, w, h := place(float64(i)/float64(n), float64(i+1)/float64(n))
		if c := v.axis.color((float64(i) + 0.5) / float64(n)); c.A != 0 {
			fmt.Fprintf(&v.text, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" %s/>`, x, y, w, h, SVGPaint("fill", c))
		}
	}
}

// overlap is how far pieces reach over one another, so that nothing shows between them.
const overlap = 0.3

// uprightBar writes the bar with its labels to the right, and tells where it ends.
func (v *vectors) uprightBar(x, y int) int {
	const wide = 18
	high, low := v.bar(wide).tips()
	top, length := y+max(high, v.labels.height/2), v.length()
	bottom := float64(top + length)
	v.rects(func(a, b float64) (float64, float64, float64, float64) {
		return float64(x), bottom - b*float64(length), wide, (b-a)*float64(length) + overlap
	})
	if c, ok := v.axis.over(); ok {
		fmt.Fprintf(&v.text, `<path d="M%d %dh%dl%d %dZ" %s/>`, x, top, wide, -wide/2, -high, SVGPaint("fill", c))
	}
	if c, ok := v.axis.under(); ok {
		fmt.Fprintf(&v.text, `<path d="M%d %dh%dl%d %dZ" %s/>`, x, top+length, wide, -wide/2, low, SVGPaint("fill", c))
	}
	fmt.Fprintf(&v.text, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="%s"/>`, x, top, wide, length, styles.Hex(v.ink.line))
	for _, m := range v.axis.marks(length, func(string) int { return v.labels.height }) {
		at := bottom - m.at*float64(length)
		if m.tick {
			fmt.Fprintf(&v.text, `<path d="M%d %.1fh4" stroke="%s"/>`, x+wide, at, styles.Hex(v.ink.line))
		}
		v.write(x+wide+7, int(at)+4, v.ink.text, "", m.label)
	}
	return top + length + max(low, v.labels.height/2) + 6
}

// levelBar writes the bar with its labels below, and tells where they end.
func (v *vectors) levelBar(x, y, width int) int {
	const high = 14
	b := v.bar(high)
	v.Width = width
	left, right := v.ends(b, x)
	over, under := b.tips()
	length := width - left - right
	v.rects(func(a, b float64) (float64, float64, float64, float64) {
		return float64(left) + a*float64(length), float64(y), (b-a)*float64(length) + overlap, high
	})
	if c, ok := v.axis.over(); ok {
		fmt.Fprintf(&v.text, `<path d="M%d %dv%dl%d %dZ" %s/>`, left+length, y, high, over, -high/2, SVGPaint("fill", c))
	}
	if c, ok := v.axis.under(); ok {
		fmt.Fprintf(&v.text, `<path d="M%d %dv%dl%d %dZ" %s/>`, left, y, high, -under, -high/2, SVGPaint("fill", c))
	}
	fmt.Fprintf(&v.text, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="%s"/>`, left, y, length, high, styles.Hex(v.ink.line))
	for _, m := range v.axis.marks(length, v.across) {
		at := float64(left) + m.at*float64(length)
		if m.tick {
			fmt.Fprintf(&v.text, `<path d="M%.1f %dv4" stroke="%s"/>`, at, y+high, styles.Hex(v.ink.line))
		}
		v.write(int(at), y+high+15, v.ink.text, ` text-anchor="middle"`, m.label)
	}
	return y + high + 20
}

// boxes writes a box for each category, and tells where they end.
func (v *vectors) boxes(x, y int) int {
	for _, stop := range v.Style.Stops {
		if stop.Color.A == 0 {
			continue
		}
		label := stop.Label
		if label == "" {
			label = v.axis.number(stop.Value)
		}
		fmt.Fprintf(&v.text, `<rect x="%d" y="%d" width="16" height="13" stroke="%s" %s/>`, x, y+2, styles.Hex(v.ink.line), SVGPaint("fill", stop.Color))
		v.write(x+22, y+12, v.ink.text, "", label)
		y += 17
	}
	return y
}
