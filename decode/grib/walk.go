package grib

import (
	"fmt"
	"io"
	"iter"
)

// walk is one pass over a file.
type walk struct {
	window
	maxPoints int
	bitmaps   func(Predefined) []byte
	number    int // of the last field
	grids     gridCache
	yield     func(*Message, error) bool
}

// Messages is the package's Messages, with the reader's limits.
func (r Reader) Messages(file io.ReaderAt, size int64) iter.Seq2[*Message, error] {
	limit := r.MaxPoints
	if limit <= 0 {
		limit = DefaultMaxPoints
	}
	return func(yield func(*Message, error) bool) {
		w := &walk{window: window{file: file, size: size}, maxPoints: limit, bitmaps: r.Bitmaps, yield: yield}
		w.run()
	}
}

// run goes from one "GRIB" to the next. What lies between messages, bulletin headers of the Global Telecommunication System
// for one, is passed over.
func (w *walk) run() {
	for at, end := int64(0), int64(0); ; {
		found, err := w.find(at)
		if err != nil {
			w.fail(at, err)
			return
		}
		if found < 0 {
			return
		}
		next, goOn := w.message(found, found == end)
		if !goOn {
			return
		}
		at = next
		if next > found+int64(len(magic)) {
			end = next
		}
	}
}

// fail tells the caller of a field that can't be read.
func (w *walk) fail(offset int64, err error) bool {
	w.number++
	return w.yield(nil, &Error{Number: w.number, Offset: offset, Err: err})
}

// message reads the message at an offset and tells where to look for the next. Where the word "GRIB" is not followed by an
// edition that is known it stands in other text, unless a message is due there.
func (w *walk) message(offset int64, due bool) (next int64, goOn bool) {
	next = offset + int64(len(magic))
	head, err := w.bytes(offset, 8)
	if err != nil {
		return next, !due || w.fail(offset, err)
	}
	var end int64
	switch edition := head[7]; edition {
	case 1:
		end, goOn, err = w.edition1(offset)
	case 2:
		end, goOn, err = w.edition2(offset)
	default:
		if !due {
			return next, true
		}
		goOn, err = true, fmt.Errorf("%w: edition %d", ErrUnsupported, edition)
	}
	if err != nil {
		return next, w.fail(offset, err)
	}
	return end, goOn
}

// isEnd tells that section 8, the end of a message, lies at an offset.
func (w *walk) isEnd(offset int64) bool {
	b, err := w.bytes(offset, 4)
	return err == nil && string(b) == "7777"
}

// section is a part of a message in the file.
type section struct {
	number int
	offset int64
	length int64
}

// body reads a section whole. The octets are the caller's own.
func (w *walk) body(s section) (*octets, error) {
	if s.length > maxHeaderBytes {
		return nil, fmt.Errorf("%w: section %d of %d octets", ErrInvalid, s.number, s.length)
	}
	b, err := w.bytes(s.offset, int(s.length))
	if err != nil {
		return nil, err
	}
	return &octets{b: append([]byte(nil), b...)}, nil
}
