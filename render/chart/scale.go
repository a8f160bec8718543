package chart

import (
	"math"

	"isobar/render"
	"isobar/styles"
)

// scale is where an axis' values lie in pixels.
type scale struct {
	Axis
	low, high  float64 // ends in values, low < high
	start, end float64 // pixels of From and To as they are drawn
	empty      bool    // nothing to show: no labels
	power      int     // of ten, by which labels are divided
}

// tick is a label at a place.
type tick struct {
	at     float64 // pixels
	label  string
	strong bool // its line is seen better: midnight, zero
}

// reach widens a range by a value that is a number.
func reach(low, high *float64, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		*low, *high = math.Min(*low, v), math.Max(*high, v)
	}
}

// farthest bounds values, so that differences stay numbers.
const farthest = 1e300

// fit chooses the ends of an axis for values from low to high (low > high: none); round: at round values.
func (s *scale) fit(low, high float64, round bool, pixels float64) {
	defer s.shorten()
	if s.From != s.To {
		s.low, s.high = math.Min(s.From, s.To), math.Max(s.From, s.To)
		s.Reversed = s.Reversed || s.From > s.To
		return
	}
	if s.empty = low > high; s.empty {
		low, high = 0, 1
	}
	low, high = math.Max(low, -farthest), math.Min(high, farthest)
	if s.Log && low <= 0 {
		s.Log = false
	}
	if s.Zero && !s.Log {
		low, high = math.Min(low, 0), math.Max(high, 0)
	}
	if least := math.Max(s.Least, 1e-6*math.Max(math.Abs(low), math.Abs(high))); high-low < least && !s.Log {
		low, high = widened(low, high, least, s.Zero)
	}
	if high == low {
		low, high = widened(low, high, math.Max(math.Abs(low)/10, 1), s.Zero)
	}
	if s.Log || s.Time || !round || s.Ticks != nil {
		s.low, s.high = low, high
		return
	}
	step := styles.Step((high - low) / math.Max(pixels/tickRoom, 1))
	s.low, s.high = math.Floor(low/step+1e-9)*step, math.Ceil(high/step-1e-9)*step
}

// shorten chooses a power of ten that labels leave out, where numbers are very small or large.
func (s *scale) shorten() {
	largest := math.Max(math.Abs(s.low), math.Abs(s.high))
	if s.power = 0; !s.Time && !s.Log && s.Ticks == nil && (largest < 2e-3 || largest >= 1e6) {
		s.power = int(math.Floor(math.Log10(largest)))
	}
}

// widened is a range that spans so much: around its middle, or from zero on.
func widened(low, high, least float64, zero bool) (float64, float64) {
	switch {
	case zero && low >= 0:
		return 0, least
	case zero && high <= 0:
		return -least, 0
	}
	middle := (low + high) / 2
	return middle - least/2, middle + least/2
}

// tickRoom is how many pixels lie between labels of a rising axis at least.
const tickRoom = 30

// place is where a value lies, in pixels.
func (s *scale) place(v float64) float64 {
	t := (v - s.low) / (s.high - s.low)
	if s.Log {
		t = math.Log(v/s.low) / math.Log(s.high/s.low)
	}
	if s.Reversed {
		t = 1 - t
	}
	return s.start + t*(s.end-s.start)
}

// floor is what bars and areas stand on: zero, or the end nearest to it.
func (s *scale) floor() float64 { return math.Min(math.Max(0, s.low), s.high) }

// length is how long it is, in pixels.
func (s *scale) length() float64 { return math.Abs(s.end - s.start) }

// ticks are labels that find room: room is how many pixels one takes.
func (s *scale) ticks(room func(label string) float64) []tick {
	switch {
	case s.empty:
		return nil
	case s.Ticks != nil:
		return s.given(s.Ticks, room)
	case s.Log:
		return s.given(decades(s.low, s.high), room)
	}
	for step := styles.Step((s.high - s.low) / math.Max(s.length()/room("0"), 1)); ; step = styles.Step(step * 1.5) {
		var all []tick
		fits, last := true, math.Inf(-1)
		for i := math.Ceil(s.low/step - 1e-9); i*step <= s.high+step*1e-9 && len(all) < maxSide; i++ {
			t := tick{at: s.place(i * step), label: render.Decimal(i*step/math.Pow10(s.power), step/math.Pow10(s.power)), strong: i == 0 && s.low < 0}
			half := room(t.label) / 2
			from := math.Abs(t.at - s.place(s.low))
			fits = fits && from-half >= last
			last = from + half
			all = append(all, t)
		}
		if fits || len(all) < 2 {
			return all
		}
	}
}

// given are the labels at values that have room, the first and the last ones first of all.
func (s *scale) given(values []float64, room func(string) float64) (all []tick) {
	free := func(t tick) bool {
		for _, o := range all {
			if math.Abs(o.at-t.at) < (room(o.label)+room(t.label))/2 {
				return false
			}
		}
		return true
	}
	add := func(v float64) {
		if v < s.low*(1-1e-9)-1e-12 || v > s.high*(1+1e-9)+1e-12 {
			return
		}
		if t := (tick{at: s.place(v), label: render.Decimal(v, unitOf(v))}); free(t) {
			all = append(all, t)
		}
	}
	if n := len(values); n > 0 {
		add(values[0])
		add(values[n-1])
		for _, v := range values[1:max(n-1, 1)] {
			add(v)
		}
	}
	return all
}

// unitOf is the last digit of a number as it is written shortest, down to a millionth.
func unitOf(v float64) float64 {
	for unit := 1.0; unit > 1e-6; unit /= 10 {
		if r := math.Round(v/unit) * unit; math.Abs(r-v) < 1e-9*math.Max(1, math.Abs(v)) {
			return unit
		}
	}
	return 1e-6
}

// decades are the powers of ten of a range, with twice and five times them.
func decades(low, high float64) (all []float64) {
	for p := math.Floor(math.Log10(low)); math.Pow(10, p) <= high; p++ {
		for _, n := range []float64{1, 2, 5} {
			if v := n * math.Pow(10, p); v >= low && v <= high {
				all = append(all, v)
			}
		}
	}
	return all
}
