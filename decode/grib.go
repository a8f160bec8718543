package decode

import (
	"io"
	"iter"
)

// GRIB is the format of forecast files, editions 1 and 2, with padding and bulletin headers between messages.
func GRIB() Format {
	return Format{Name: "GRIB", Detect: func([]byte) bool { return false }, Messages: func(io.ReaderAt, int64) iter.Seq2[*Message, error] {
		return func(func(*Message, error) bool) {}
	}}
}
