package grib

import (
	"context"
	"io"

	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
)

// First is GRIB 1: the messages that whole fields were read from, byte for byte. Nothing is encoded in it.
func First() encode.Coverage {
	return encode.Coverage{
		Name: "grib1", Type: "application/grib; edition=1", Extension: ".grib1", Aliases: []string{"application/x-grib;edition=1"}, Unlisted: true,
		Check: func(s *coverage.Source) error {
			for v := range s.Variables {
				if _, whole := originals(s, v, field.GRIB1); !whole {
					return unfit("%s: only whole fields that were read from GRIB 1 can be given in it", s.Variables[v].Name)
				}
			}
			return nil
		},
		Size: func(s *coverage.Source) (bytes int64, exact bool) {
			for v := range s.Variables {
				n, _ := originals(s, v, field.GRIB1)
				bytes += n
			}
			return bytes, true
		},
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			for v := range s.Variables {
				for plane := range s.Planes(v) {
					if _, ok := s.Pick(v, plane); !ok {
						continue
					}
					if err := original(ctx, w, s, v, plane); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

// originals tells how long the messages of a format are that a variable was read from, and whether all its fields have one.
func originals(s *coverage.Source, v int, format string) (bytes int64, whole bool) {
	for plane := range s.Planes(v) {
		if _, published := s.Pick(v, plane); !published {
			continue
		}
		kept, n := s.Original(v, plane)
		if kept != format {
			return 0, false
		}
		bytes += int64(n)
	}
	return bytes, true
}

// original gives a field's message.
func original(ctx context.Context, w io.Writer, s *coverage.Source, v, plane int) error {
	message, err := s.ReadOriginal(ctx, v, plane)
	if err == nil {
		_, err = w.Write(message)
	}
	return err
}

// size is exact where nothing is encoded.
func size(s *coverage.Source) (bytes int64, exact bool) {
	exact = true
	for v := range s.Variables {
		n, whole := originals(s, v, field.GRIB2)
		if !whole {
			exact = false
			n = int64(s.Planes(v)) * (5*int64(s.Width())*int64(s.Height())/2 + 256)
		}
		bytes += n
	}
	return bytes, exact
}
