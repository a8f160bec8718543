package field

import (
	"math"
	"strconv"
)

// Quantum is how far apart the values are that the packing can tell, 2^Binary / 10^Decimal; 0 where it can tell but one.
func (p *Packing) Quantum() float64 {
	if p == nil || p.Bits <= 0 {
		return 0
	}
	return finite(math.Ldexp(1, p.Binary) / math.Pow10(p.Decimal))
}

// Step is how far apart the values are that the field's source could tell, in the element's unit; 0: not known.
func (f *Field) Step() float64 {
	if f.Packing != nil {
		return f.Packing.Quantum()
	}
	return finite(f.Quantum)
}

// finite is a step that can be one, or 0.
func finite(step float64) float64 {
	if !(step > 0) || math.IsInf(step, 0) {
		return 0
	}
	return step
}

const (
	// significant is how many digits a 32 bit number holds whatever it is.
	significant = 7
	// maxDecimals is up to where powers of ten are exact.
	maxDecimals = 22
	// mantissa is how many steps a 32 bit number tells apart.
	mantissa = 1 << 24
)

// Digits is how many digits the values of a field have as text: no more than its source told. Rounded values are written with the fewest
// digits that tell them from others, so that no zeros follow.
//
//   - Values in steps of a quantum have two decimals more than it takes to tell the steps apart, so that what is interpolated, a mean, or counted
//     from any number, as ECMWF's, is right to a hundredth of a step. Those at a node of a packing that counts from a round number, as
//     GFS' do, do not need them and come out as they were packed: -0.21, where the 32 bit number is -0.20999756.
//   - Decimals that are finer than the 32 bit number are left out, down to those that tell the steps apart.
//   - Where a 32 bit number is coarser than the quantum, or none is known (floating point numbers), values have 7 digits that count.
//
// The zero value is that of an unknown quantum. In tells them in another unit.
type Digits struct {
	power float64 // 10 to the number of decimals
	most  float64 // from here on the 32 bit number is the coarser one
}

// spare is how many decimals more than it takes to tell the steps apart.
const spare = 2

// DigitsOf is how values in steps of a quantum are told; 0: it is not known.
func DigitsOf(quantum float64) Digits {
	if quantum = finite(quantum); quantum == 0 {
		return Digits{}
	}
	const slack = 1e-9 // 0.01 is a little more or less than that
	decimals := max(math.Ceil(-math.Log10(quantum)-slack), -spare) + spare
	if decimals > maxDecimals {
		return Digits{}
	}
	return Digits{power: math.Pow10(int(decimals)), most: quantum * mantissa}
}

// left is 10 to the number of decimals that are left out of a number of a size, as a 32 bit number is too coarse for them.
func (d Digits) left(size float64) float64 {
	left := 1.0
	for range spare {
		if size*d.power/left <= mantissa/4 {
			break
		}
		left *= 10
	}
	return min(left, max(d.power, 1))
}

// Round is a value with the digits that count. What is no number stays so.
func (d Digits) Round(v float64) float64 { return d.round(v, d.left(math.Abs(v))) }

// round is Round with some decimals left out.
func (d Digits) round(v, left float64) float64 {
	size := math.Abs(v)
	if size <= d.most && d.power > 0 {
		power := d.power / left
		return math.Round(v*power)/power + 0 // not -0
	}
	if v == 0 || !(size <= math.MaxFloat64) {
		return v
	}
	power := significant - 1 - int(math.Floor(math.Log10(size)))
	switch {
	case power > maxDecimals || power < -maxDecimals:
		r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', significant-1, 64), 64)
		if err != nil {
			return v
		}
		return r
	case power < 0:
		unit := math.Pow10(-power)
		return math.Round(v/unit) * unit
	}
	unit := math.Pow10(power)
	return math.Round(v*unit) / unit
}

// RoundAll rounds values in place.
func (d Digits) RoundAll(values []float32) {
	for i, v := range values {
		values[i] = float32(d.Round(float64(v)))
	}
}

// In is how values get to another unit, by scale and offset as of elements.Conversion, with the digits that count there: the quantum is
// scaled. 273.15 taken from 300.1 is 26.95, and not 26.950012.
func (d Digits) In(scale, offset float64) func(v float64) float64 {
	if d.power == 0 { // the digits that count are those of the source
		return func(v float64) float64 { return d.Round(d.Round(v)*scale + offset) }
	}
	to := DigitsOf(d.most / mantissa * math.Abs(scale))
	return func(v float64) float64 { return to.round(v*scale+offset, d.left(math.Abs(v))) }
}
