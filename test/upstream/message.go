package upstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// errMessage is a sample that can't be moved to another time.
var errMessage = errors.New("not a GRIB 2 message that can be moved")

// split cuts a GRIB 2 file into its messages.
func split(file []byte) (messages [][]byte, err error) {
	for len(file) > 0 {
		if len(file) < 16 || string(file[:4]) != "GRIB" || file[7] != 2 {
			return nil, fmt.Errorf("%w: no GRIB 2 header", errMessage)
		}
		n := binary.BigEndian.Uint64(file[8:16])
		if n < 20 || n > uint64(len(file)) {
			return nil, fmt.Errorf("%w: its length is %d", errMessage, n)
		}
		messages, file = append(messages, file[:n]), file[n:]
	}
	return messages, nil
}

// Shift is what is added to the values of a sample's message for a run and step, in the message's own unit, so that no two
// fields that are served are alike.
func Shift(run time.Time, step time.Duration) float64 {
	return float64(run.Unix()/3600%1000)*0.03125 + step.Hours()*0.0078125
}

// retime copies a message to another run and step; its values differ by Shift. accumulated is how long before the step an
// interval reaches back (product template 4.8).
func retime(message []byte, run time.Time, step, accumulated time.Duration) ([]byte, error) {
	m := append([]byte(nil), message...)
	for at := 16; at+5 < len(m); {
		n := int(binary.BigEndian.Uint32(m[at:]))
		if n < 5 || at+n > len(m) {
			return nil, fmt.Errorf("%w: a section of %d octets", errMessage, n)
		}
		s := m[at : at+n]
		switch s[4] {
		case 1:
			putTime(s[12:], run)
		case 4:
			if err := moveProduct(s, run, step, accumulated); err != nil {
				return nil, err
			}
		case 5:
			decimal := signed16(s[17:])
			r := float64(math.Float32frombits(binary.BigEndian.Uint32(s[11:]))) + Shift(run, step)*math.Pow(10, float64(decimal))
			binary.BigEndian.PutUint32(s[11:], math.Float32bits(float32(r)))
		}
		at += n
	}
	return m, nil
}

// moveProduct writes the step into section 4, for templates 4.0 and 4.8.
func moveProduct(s []byte, run time.Time, step, accumulated time.Duration) error {
	template := binary.BigEndian.Uint16(s[7:])
	begin := step
	switch template {
	case 0:
	case 8:
		if len(s) < 58 {
			return fmt.Errorf("%w: template 4.8 of %d octets", errMessage, len(s))
		}
		begin -= accumulated
		putTime(s[34:], run.Add(step))
		s[48] = 1 // hours
		binary.BigEndian.PutUint32(s[49:], uint32(accumulated/time.Hour))
	default:
		return fmt.Errorf("%w: product template 4.%d", errMessage, template)
	}
	s[17] = 1
	binary.BigEndian.PutUint32(s[18:], uint32(begin/time.Hour))
	return nil
}

// putTime writes year, month, day, hour, minute, second.
func putTime(s []byte, t time.Time) {
	t = t.UTC()
	binary.BigEndian.PutUint16(s, uint16(t.Year()))
	s[2], s[3], s[4], s[5], s[6] = byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute()), byte(t.Second())
}

// signed16 reads a GRIB number: sign and magnitude.
func signed16(s []byte) int {
	v := int(binary.BigEndian.Uint16(s))
	if v&0x8000 != 0 {
		return -(v & 0x7fff)
	}
	return v
}
