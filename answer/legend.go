package answer

import (
	"context"
	"fmt"
	"time"

	"isobar/elements"
	"isobar/encode"
	"isobar/layers"
	"isobar/render"
)

// legendAge is how long a legend may be kept: styles change with the program, or with the range of a layer that has no style
// of its own.
const legendAge = 10 * time.Minute

// Legend resolves a legend; it is drawn when the answer's Body is called. Errors are those of layers, encode.ErrUnknownFormat,
// ErrUnknownUnit and ErrTooLarge.
func (s *Service) Legend(ctx context.Context, r LegendRequest) (Answer, error) {
	format, err := s.legendFormat(r.Format)
	if err != nil {
		return Answer{}, err
	}
	if err := within("width", r.Width, 0, s.parts.Limits.Width); err != nil {
		return Answer{}, err
	}
	if err := within("height", r.Height, 0, s.parts.Limits.Height); err != nil {
		return Answer{}, err
	}
	catalogue, release := s.parts.Catalogue.Hold()
	defer release()
	l, err := legendOf(catalogue, r, s.now())
	if err != nil {
		return Answer{}, err
	}
	l.Transparent = r.Transparent && format.Alpha
	f := make(fingerprint, 0, 2048)
	f.text("legend 1")
	f.text(format.Type)
	f.style(l.Style)
	f.text(l.Title)
	f.text(l.Unit)
	f.whole(int64(l.Width))
	f.whole(int64(l.Height))
	f.flag(l.Horizontal)
	f.flag(l.Transparent)
	f.flag(l.Dark)
	etag := f.etag()
	hold := newLease(func() {}) // a legend reads no fields
	return Answer{
		Type: format.Type, ETag: etag, MaxAge: legendAge, Done: func() {},
		Body: func(ctx context.Context) ([]byte, error) {
			return s.body(ctx, etag, format, hold, func(ctx context.Context) ([]byte, error) {
				if format.Encode == nil {
					return s.parts.Painter.Document(l, format.Type)
				}
				img, err := s.parts.Painter.Legend(l)
				if err != nil {
					return nil, err
				}
				return format.Encode(img)
			})
		},
	}, nil
}

// legendFormat finds a format of pictures, or SVG or JSON, which have no encoder.
func (s *Service) legendFormat(mediaType string) (encode.Picture, error) {
	if mediaType == render.SVG || mediaType == render.JSON {
		return encode.Picture{Type: mediaType, Alpha: true}, nil
	}
	return s.format(mediaType)
}

// legendOf finds layer, style and unit.
func legendOf(c *layers.Catalogue, r LegendRequest, now time.Time) (render.Legend, error) {
	l, err := c.Layer(r.Layer)
	if err != nil {
		return render.Legend{}, err
	}
	style, err := l.Style(r.Style)
	if err != nil {
		return render.Legend{}, err
	}
	if r.Recolour != nil {
		pick, err := l.Pick(r.Selection, now)
		if err != nil {
			return render.Legend{}, err
		}
		if style, err = recoloured(c, l, style, pick, r.Recolour); err != nil {
			return render.Legend{}, err
		}
	}
	unit := r.Unit
	if unit == "" {
		unit = style.Unit
	}
	if unit != style.Unit {
		if _, ok := elements.Convert(style.Unit, unit); !ok {
			return render.Legend{}, fmt.Errorf("%w %q for style %s, which is in %q", ErrUnknownUnit, unit, style.ID, style.Unit)
		}
	}
	return render.Legend{
		Style: style, Title: l.Title, Unit: unit, Width: r.Width, Height: r.Height, Horizontal: r.Horizontal, Dark: r.Dark,
	}, nil
}
