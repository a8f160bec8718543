package render

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// xHeight is the height of the Go fonts' x, in ems: 1082 of 2048 units.
const xHeight = 1082.0 / 2048

// letters are the fonts that maps and legends are written in. Safe for concurrent use.
type letters struct {
	regular, bold *opentype.Font
	outlines      *glyphs // of bold
}

// newLetters reads the fonts.
func newLetters() (l letters, err error) {
	if l.regular, err = opentype.Parse(goregular.TTF); err != nil {
		return l, err
	}
	l.bold, err = opentype.Parse(gobold.TTF)
	l.outlines = &glyphs{font: l.bold}
	return l, err
}

// pen writes in one size. Not safe for concurrent use.
type pen struct {
	face, raised font.Face // raised: for exponents
	height       int       // from line to line
	capital      int       // height of a capital
}

// pen makes one of about a size in pixels: the nearest at which an x is whole pixels high, so that its edges are sharp.
func (l letters) pen(bold bool, pixels float64) (*pen, error) {
	size := math.Max(math.Round(pixels*xHeight), 4) / xHeight
	of := l.regular
	if bold {
		of = l.bold
	}
	face, err := opentype.NewFace(of, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	raised, err := opentype.NewFace(of, &opentype.FaceOptions{Size: math.Round(size * 0.72), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	return &pen{face: face, raised: raised, height: int(math.Ceil(size * 1.25)), capital: int(math.Round(size * 0.72))}, nil
}

// superscripts are exponents and what they are above the line: the fonts hold few of them.
const (
	superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
	ordinary     = "0123456789−+"
)

// each calls f for the parts of a text that are written alike.
func each(text string, f func(part string, raised bool)) {
	for len(text) > 0 {
		up := strings.IndexAny(text, superscripts)
		if up != 0 {
			if up < 0 {
				up = len(text)
			}
			f(text[:up], false)
			text = text[up:]
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(superscripts, r) })
		if end < 0 {
			end = len(text)
		}
		f(lower(text[:end]), true)
		text = text[end:]
	}
}

// lower turns superscripts into what they are above the line.
func lower(text string) string {
	above, plain := []rune(superscripts), []rune(ordinary)
	return strings.Map(func(r rune) rune {
		for i, a := range above {
			if a == r {
				return plain[i]
			}
		}
		return r
	}, text)
}

// width is how wide a text becomes.
func (p *pen) width(text string) int {
	var w fixed.Int26_6
	each(text, func(part string, raised bool) {
		if raised {
			w += font.MeasureString(p.raised, part)
		} else {
			w += font.MeasureString(p.face, part)
		}
	})
	return w.Ceil()
}

// write writes a text whose baseline begins at x, y.
func (p *pen) write(dst draw.Image, c color.Color, x, y int, text string) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Dot: fixed.P(x, y)}
	each(text, func(part string, raised bool) {
		d.Face, d.Dot.Y = p.face, fixed.I(y)
		if raised {
			d.Face, d.Dot.Y = p.raised, fixed.I(y-p.capital*2/5)
		}
		d.DrawString(part)
	})
}

// cut shortens a text to a width, with an ellipsis; "" if not even that fits.
func (p *pen) cut(text string, width int) string {
	if p.width(text) <= width {
		return text
	}
	for r := []rune(text); len(r) > 1; {
		r = r[:len(r)-1]
		if short := strings.TrimRight(string(r), " ,(") + "…"; p.width(short) <= width {
			return short
		}
	}
	return ""
}

// wrap breaks a text into at most n lines of a width; the last is cut short if need be.
func (p *pen) wrap(text string, width, n int) (lines []string) {
	line := ""
	words := phrases(text)
	for i, word := range words {
		longer := strings.TrimSpace(line + " " + word)
		if line == "" || p.width(longer) <= width {
			line = longer
			continue
		}
		if len(lines) == n-1 {
			line = strings.Join(append([]string{line}, words[i:]...), " ")
			break
		}
		lines = append(lines, p.cut(line, width))
		line = word
	}
	if n > 0 && line != "" {
		if line = p.cut(line, width); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// phrases are the words of a text, numbers together with the unit that follows: they are not parted.
func phrases(text string) (words []string) {
	number := false
	for _, word := range strings.Fields(text) {
		if number {
			words[len(words)-1] += " " + word
		} else {
			words = append(words, word)
		}
		number = word[0] >= '0' && word[0] <= '9'
	}
	return words
}
