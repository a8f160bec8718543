package field_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"isobar/field"
)

// text is a value as formats write it: with the fewest digits that tell a 32 bit number.
func text(v float64) string { return strconv.FormatFloat(float64(float32(v)), 'f', -1, 32) }

func TestValuesHaveTheDigitsOfTheirSource(t *testing.T) {
	for _, c := range []struct {
		why     string
		quantum float64
		v       float64
		want    string
	}{
		{"a node of a packing to hundredths", 0.01, float64(float32(-0.20999756)), "-0.21"},
		{"a node of a packing to tenths", 0.1, float64(float32(300.1)), "300.1"},
		{"a node of a packing of whole numbers", 1, 62, "62"},
		{"pressure to hundredths, at the limit of 32 bits", 0.01, float64(float32(101325.27)), "101325.27"},
		{"between nodes two digits more", 1, 62.404602, "62.4"},
		{"between nodes of tenths", 0.1, 287.41318, "287.413"},
		{"half a step", 0.5, 12.5, "12.5"},
		{"a step of an eighth", 0.125, -0.375, "-0.375"},
		{"a packing that counts from any number", math.Ldexp(1, -9), 287.413086, "287.4131"},
		{"steps of hundreds", 100, 101300, "101300"},
		{"steps of hundreds between nodes", 100, 101342.7, "101343"},
		{"specific humidity", 1e-6, 3.2e-06, "0.0000032"},
		{"specific humidity of which the packing tells more", 1e-9, 0.0078125431, "0.007812543"},
		{"a quantum below what 32 bits tell", 1e-6, 300.00003, "300"},
		{"a quantum far below it", 1e-30, 300.12347, "300.1235"},
		{"nothing known", 0, float64(float32(0.123456789)), "0.1234568"},
		{"nothing known of a large number", 0, 123456789, "123456800"},
		{"nothing known of a tiny number", 0, 1.23456789e-30, "0.000000000000000000000000000001234568"},
		{"nothing known of a number that is short", 0, float64(float32(0.1)), "0.1"},
		{"a power of ten", 0, 1000, "1000"},
		{"no number's sign is lost to zero", 0.1, -0.0004, "0"},
		{"zero", 0, 0, "0"},
		{"a quantum that can't be", math.Inf(1), 1.5, "1.5"},
		{"a quantum that is no number", math.NaN(), 1.5, "1.5"},
		{"a quantum below zero", -1, 1.5, "1.5"},
	} {
		if got := text(field.DigitsOf(c.quantum).Round(c.v)); got != c.want {
			t.Errorf("%s: %v in steps of %v is told as %s, want %s", c.why, c.v, c.quantum, got, c.want)
		}
	}
}

func TestWhatIsNoNumberStaysSo(t *testing.T) {
	for _, d := range []field.Digits{{}, field.DigitsOf(0.1)} {
		values := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
		d.RoundAll(values)
		if values[0] == values[0] || !math.IsInf(float64(values[1]), 1) || !math.IsInf(float64(values[2]), -1) {
			t.Errorf("got %v", values)
		}
	}
}

func TestChangeOfUnitScalesTheQuantum(t *testing.T) {
	for _, c := range []struct {
		quantum, v, scale, offset float64
		want                      string
	}{
		{0.1, 300.1, 1, -273.15, "26.95"},
		{0, 300.1, 1, -273.15, "26.95"},
		{0, 300.12341, 1, -273.15, "26.9734"},
		{0.1, 300.1, 1.8, -459.67, "80.51"},
		{0.1, 101325.3, 0.01, 0, "1013.253"},
		{1, 101325, 0.01, 0, "1013.25"},
		{0.01, 10.04, 1 / 0.5144444444444445, 0, "19.5162"},
		{0, 10.04, 3.6, 0, "36.144"},
	} {
		if got := text(field.DigitsOf(c.quantum).In(c.scale, c.offset)(float64(float32(c.v)))); got != c.want {
			t.Errorf("%v in steps of %v, times %v and %v more, is told as %s, want %s", c.v, c.quantum, c.scale, c.offset, got, c.want)
		}
	}
}

// TestEachStepIsToldFromTheNext is what digits are for: from what is told the packed number follows.
func TestEachStepIsToldFromTheNext(t *testing.T) {
	for _, p := range []field.Packing{
		{Reference: -2147.24, Decimal: 2, Bits: 12}, {Reference: 2731, Decimal: 1, Bits: 10}, {Reference: 198.83942, Binary: -9, Bits: 12},
		{Reference: 0, Binary: -13, Bits: 12}, {Reference: 0.00001234, Binary: -30, Bits: 12}, {Reference: 50000, Binary: 3, Bits: 8}, {Reference: 7, Bits: 8},
	} {
		d := field.DigitsOf(p.Quantum())
		for q := range 1 << p.Bits {
			v := float32((p.Reference + float64(q)*math.Ldexp(1, p.Binary)) / math.Pow10(p.Decimal))
			told, err := strconv.ParseFloat(text(d.Round(float64(v))), 64)
			if err != nil {
				t.Fatal(err)
			}
			if back := math.Round((told*math.Pow10(p.Decimal) - p.Reference) / math.Ldexp(1, p.Binary)); int(back) != q {
				t.Fatalf("%+v: %d is %v, told as %v, which is %v", p, q, v, told, back)
			}
			if off := math.Abs(told - float64(v)); off > 0.0501*p.Quantum() {
				t.Fatalf("%+v: %d is %v, told as %v: off by %v of a step", p, q, v, told, off/p.Quantum())
			}
		}
	}
}

func TestStepIsThePackingsOrWhatIsSaid(t *testing.T) {
	for _, c := range []struct {
		f    field.Field
		want float64
	}{
		{field.Field{Packing: &field.Packing{Binary: -3, Decimal: 1, Bits: 8}, Quantum: 9}, 0.0125},
		{field.Field{Packing: &field.Packing{Decimal: 1}}, 0}, // one value: the step says nothing
		{field.Field{Packing: &field.Packing{Decimal: 400, Bits: 8}}, 0},
		{field.Field{Quantum: 0.5}, 0.5},
		{field.Field{Quantum: math.NaN()}, 0},
		{field.Field{}, 0},
	} {
		if got := c.f.Step(); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v: step %v, want %v", c.f, got, c.want)
		}
	}
}

func ExampleDigits_Round() {
	packed := field.Packing{Reference: -2147.24, Decimal: 2, Bits: 12}
	d := field.DigitsOf(packed.Quantum())
	fmt.Println(d.Round(-0.20999756), d.Round(-0.2073391))
	// Output: -0.21 -0.2073
}

func BenchmarkRoundAll(b *testing.B) {
	values := make([]float32, 1000)
	for i := range values {
		values[i] = 280 + float32(i)*0.0137
	}
	for _, quantum := range []float64{0.1, 0} {
		d, now := field.DigitsOf(quantum), make([]float32, len(values))
		b.Run(fmt.Sprint("quantum ", quantum), func(b *testing.B) {
			for b.Loop() {
				copy(now, values)
				d.RoundAll(now)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/value")
		})
	}
}
