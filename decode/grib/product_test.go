package grib

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var ref = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

// Parts of product templates.
var (
	partProcess  = []byte{2, 1, 96}
	partForecast = []byte{0, 0, 0, 1, 0, 0, 0, 12} // 12 h
	partSurfaces = slices.Concat([]byte{106, 2}, be(7), []byte{106, 2}, be(28))
	partBase     = slices.Concat(partProcess, partForecast, partSurfaces)
	partMember   = []byte{3, 5, 51}
	partInterval = slices.Concat([]byte{0x07, 0xea, 11, 24, 21, 0, 0, 1}, be(0), []byte{1, 2, 1}, be(3), []byte{255}, be(0)) // to +15 h, sum of 3 h
)

func TestProductTemplates(t *testing.T) {
	at := func(hours int) time.Time { return ref.Add(time.Duration(hours) * time.Hour) }
	plain := Ensemble{Relation: Missing}
	with := func(edit func(e *Ensemble)) Ensemble { e := plain; edit(&e); return e }
	memberFive := with(func(e *Ensemble) { e.Kind, e.Type, e.Member, e.Size = Member, 3, 5, 51 })
	soil := Level{Surface{106, 0.07, true}, Surface{106, 0.28, true}}
	for _, c := range []struct {
		template int
		body     []byte
		valid    time.Time
		interval time.Duration
		stat     int
		ensemble Ensemble
	}{
		{0, partBase, at(12), 0, Missing, plain},
		{1, slices.Concat(partBase, partMember), at(12), 0, Missing, memberFive},
		{2, slices.Concat(partBase, []byte{4, 30}), at(12), 0, Missing, with(func(e *Ensemble) { e.Kind, e.Type, e.Size = Derived, 4, 30 })},
		{5, slices.Concat(partBase, []byte{0, 1, 1}, missing(5), []byte{4}, be(254)), at(12), 0, Missing,
			with(func(e *Ensemble) { e.Kind, e.Type, e.Upper = Probability, 1, "254e-4" })},
		{6, slices.Concat(partBase, []byte{90}), at(12), 0, Missing, with(func(e *Ensemble) { e.Kind, e.Quantile, e.Of = Percentile, 90, 100 })},
		{7, partBase, at(12), 0, Missing, with(func(e *Ensemble) { e.Kind = ErrorField })},
		{8, slices.Concat(partBase, partInterval), at(15), 3 * time.Hour, 1, plain},
		{9, slices.Concat(partBase, []byte{0, 1, 2, 1}, be(-5), []byte{0}, be(3), partInterval), at(15), 3 * time.Hour, 1,
			with(func(e *Ensemble) { e.Kind, e.Type, e.Lower, e.Upper = Probability, 2, "-5e-1", "3e0" })},
		{10, slices.Concat(partBase, []byte{10}, partInterval), at(15), 3 * time.Hour, 1, with(func(e *Ensemble) { e.Kind, e.Quantile, e.Of = Percentile, 10, 100 })},
		{11, slices.Concat(partBase, partMember, partInterval), at(15), 3 * time.Hour, 1, memberFive},
		{12, slices.Concat(partBase, []byte{0, 50}, partInterval), at(15), 3 * time.Hour, 1, with(func(e *Ensemble) { e.Kind, e.Size = Derived, 50 })},
		{15, slices.Concat(partBase, []byte{0, 0, 4}), at(12), 0, Missing, plain},
		{40, slices.Concat([]byte{0, 4}, partBase), at(12), 0, Missing, plain},
		{41, slices.Concat([]byte{0, 4}, partBase, partMember), at(12), 0, Missing, memberFive},
		{42, slices.Concat([]byte{0, 4}, partBase, partInterval), at(15), 3 * time.Hour, 1, plain},
		{43, slices.Concat([]byte{0, 4}, partBase, partMember, partInterval), at(15), 3 * time.Hour, 1, memberFive},
		{44, slices.Concat(make([]byte, 13), partProcess, []byte{0, 0, 0, 1, 0, 12}, partSurfaces), at(12), 0, Missing, plain},
		{44, slices.Concat(make([]byte, 13), partBase), at(12), 0, Missing, plain},
		{46, slices.Concat(make([]byte, 13), partBase, partInterval), at(15), 3 * time.Hour, 1, plain},
		{48, slices.Concat(make([]byte, 24), partBase), at(12), 0, Missing, plain},
		{49, slices.Concat(make([]byte, 24), partBase, partMember), at(12), 0, Missing, memberFive},
		{60, slices.Concat(partBase, partMember, make([]byte, 7)), at(12), 0, Missing, memberFive},
		{61, slices.Concat(partBase, partMember, make([]byte, 7), partInterval), at(15), 3 * time.Hour, 1, memberFive},
		{103, slices.Concat(make([]byte, 11), partBase), at(12), 0, Missing, plain},
		{107, slices.Concat(partBase, partInterval, []byte{0, 50, 1, 0}), at(15), 3 * time.Hour, 1,
			with(func(e *Ensemble) { e.Kind, e.Size, e.Relation = Derived, 50, 0 })},
	} {
		t.Run(fmt.Sprintf("4.%d", c.template), func(t *testing.T) {
			m := &Message{Reference: ref}
			if err := product2(m, productOctets(c.template, c.body)); err != nil {
				t.Fatal(err)
			}
			if !m.Valid.Equal(c.valid) || m.Interval != c.interval || m.Statistic != c.stat {
				t.Errorf("valid %v, interval %v, statistic %d; want %v, %v, %d", m.Valid, m.Interval, m.Statistic, c.valid, c.interval, c.stat)
			}
			if m.Ensemble != c.ensemble {
				t.Errorf("ensemble %+v, want %+v", m.Ensemble, c.ensemble)
			}
			if m.Level != soil || m.GeneratingProcess != 96 || m.Category != 3 || m.Parameter != 5 {
				t.Errorf("level %+v, process %d, parameter %d/%d", m.Level, m.GeneratingProcess, m.Category, m.Parameter)
			}
			short := productOctets(c.template, c.body[:len(c.body)-1])
			switch c.template {
			case 7, 15, 60, 107: // the last octets are not looked at, or fewer are another form
			default:
				if err := product2(&Message{Reference: ref}, short); err == nil && c.template != 44 {
					t.Error("no error where an octet is missing")
				}
			}
		})
	}
}

// productOctets is section 4 with a template: category 3, number 5.
func productOctets(template int, body []byte) *octets {
	return &octets{b: section2(4, slices.Concat([]byte{0, 0, byte(template >> 8), byte(template), 3, 5}, body)...)}
}

func TestSatelliteProducts(t *testing.T) {
	bands := slices.Concat([]byte{2}, make([]byte, 22))
	for template, body := range map[int][]byte{
		31: slices.Concat([]byte{8, 77}, bands), 32: slices.Concat(partProcess, partForecast, bands),
		33: slices.Concat(partProcess, partForecast, bands, partMember), 34: slices.Concat(partProcess, partForecast, bands, partMember, partInterval),
	} {
		m := &Message{Reference: ref}
		if err := product2(m, productOctets(template, body)); err != nil || m.Level.First.Type != surfaceTop {
			t.Errorf("4.%d: level %+v, error %v", template, m.Level, err)
		}
		if (m.Ensemble.Member == 5) != (template >= 33) || (m.Statistic == 1) != (template == 34) {
			t.Errorf("4.%d: %+v, statistic %d", template, m.Ensemble, m.Statistic)
		}
	}
}

func TestUnknownProductsKeepTheirNumbers(t *testing.T) {
	m := &Message{Reference: ref}
	if err := product2(m, productOctets(4242, nil)); err != nil {
		t.Fatal(err)
	}
	if m.ProductTemplate != 4242 || m.Category != 3 || m.Parameter != 5 || !m.Valid.Equal(ref) || m.Level.First.Type != Missing {
		t.Errorf("got %+v", m)
	}
}

func TestUnitsOfTime(t *testing.T) {
	for _, c := range []struct {
		edition, code, n int
		want             string
	}{
		{2, 0, 90, "2026-11-24T07:30:00Z"},
		{2, 1, 5, "2026-11-24T11:00:00Z"},
		{2, 2, 7, "2026-12-01T06:00:00Z"},
		{2, 3, 2, "2027-01-24T06:00:00Z"},
		{2, 4, -1, "2025-11-24T06:00:00Z"},
		{2, 5, 1, "2036-11-24T06:00:00Z"},
		{2, 7, 1, "2126-11-24T06:00:00Z"},
		{2, 10, 2, "2026-11-24T12:00:00Z"},
		{2, 11, 2, "2026-11-24T18:00:00Z"},
		{2, 12, 2, "2026-11-25T06:00:00Z"},
		{2, 13, 30, "2026-11-24T06:00:30Z"},
		{1, 13, 2, "2026-11-24T06:30:00Z"},
		{1, 14, 1, "2026-11-24T06:30:00Z"},
		{1, 254, 7, "2026-11-24T06:00:07Z"},
		{2, 3, 1 << 30, ""},
		{2, 254, 1, ""},
	} {
		u, err := unitOf(c.code, c.edition)
		got := ref
		if err == nil {
			got, err = u.after(ref, c.n)
		}
		if text := got.Format(time.RFC3339); err == nil && text != c.want || err != nil && c.want != "" {
			t.Errorf("%d of unit %d in edition %d: %s, %v; want %s", c.n, c.code, c.edition, text, err, c.want)
		}
	}
}

func TestIntervalsThatAreNotFilledIn(t *testing.T) {
	for name, interval := range map[string][]byte{
		"no end":    slices.Concat(make([]byte, 7), []byte{1}, be(0), []byte{2, 2, 1}, be(6), []byte{255}, be(0)),
		"all ones":  slices.Concat(missing(7), []byte{1}, be(0), []byte{2, 2, 1}, be(6), []byte{255}, be(0)),
		"no length": slices.Concat([]byte{0x07, 0xea, 11, 25, 0, 0, 0, 1}, be(0), []byte{2, 2, 255}, missing(4), []byte{255}, be(0)),
		"two loops": slices.Concat([]byte{0x07, 0xea, 11, 25, 0, 0, 0, 2}, be(0), []byte{2, 1, 1}, be(6), []byte{255}, be(0), []byte{1, 2, 1}, be(1), []byte{255}, be(0)),
	} {
		m := &Message{Reference: ref}
		if err := product2(m, productOctets(8, slices.Concat(partBase, interval))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := ref.Add(18 * time.Hour); !m.Valid.Equal(want) || m.Interval != 6*time.Hour || m.Statistic != 2 {
			t.Errorf("%s: valid %v, interval %v, statistic %d", name, m.Valid, m.Interval, m.Statistic)
		}
	}
}

func TestTimeRangesOfEdition1(t *testing.T) {
	base := time.Date(2013, 2, 14, 6, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name                              string
		indicator, p1, p2, n, unit, stamp int
		centre                            byte
		valid                             int // hours
		interval                          int
		stat                              int
	}{
		{name: "forecast", indicator: 0, p1: 12, p2: 99, unit: 1, valid: 12, stat: Missing},
		{name: "analysis of no unit", indicator: 1, unit: 255, valid: 0, stat: Missing},
		{name: "range", indicator: 2, p1: 6, p2: 12, unit: 1, valid: 12, interval: 6, stat: Missing},
		{name: "average", indicator: 3, p1: 0, p2: 6, unit: 1, valid: 6, interval: 6, stat: statMean},
		{name: "accumulation in units of 3 h", indicator: 4, p1: 0, p2: 2, unit: 10, valid: 6, interval: 6, stat: statSum},
		{name: "difference", indicator: 5, p1: 6, p2: 12, unit: 1, valid: 12, interval: 6, stat: statDifference},
		{name: "average before", indicator: 6, p1: 6, p2: 3, unit: 1, valid: -3, interval: 3, stat: statMean},
		{name: "average around", indicator: 7, p1: 6, p2: 3, unit: 1, valid: 3, interval: 9, stat: statMean},
		{name: "two octets", indicator: 10, p1: 1, p2: 44, unit: 1, valid: 300, stat: Missing},
		{name: "climate", indicator: 51, p1: 0, p2: 0, unit: 1, valid: 0, stat: statMean},
		{name: "mean of analyses", indicator: 123, p1: 0, p2: 6, n: 124, unit: 1, valid: 0, stat: statMean},
		{name: "mean of forecasts", indicator: 113, p1: 12, p2: 6, n: 124, unit: 1, valid: 12, stat: statMean},
		{name: "mean of one run", indicator: 115, p1: 6, p2: 6, n: 4, unit: 1, valid: 24, interval: 18, stat: statMean},
		{name: "sum of one run", indicator: 116, p1: 6, p2: 6, n: 4, unit: 1, valid: 24, interval: 18, stat: statSum},
		{name: "maximum, for ECMWF", indicator: 118, p1: 0, p2: 6, unit: 1, centre: 98, valid: 6, interval: 6, stat: statMaximum},
		{name: "minimum, for ECMWF", indicator: 119, p1: 0, p2: 6, unit: 1, centre: 98, valid: 6, interval: 6, stat: statMinimum},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &octets{b: product1Section(map[int]byte{
				5: max(c.centre, 7), 18: byte(c.unit), 19: byte(c.p1), 20: byte(c.p2), 21: byte(c.indicator), 23: byte(c.n),
			})}
			m := &Message{Centre: o.u8(5)}
			if err := product1(m, o); err != nil {
				t.Fatal(err)
			}
			want := base.Add(time.Duration(c.valid) * time.Hour)
			if !m.Reference.Equal(base) || !m.Valid.Equal(want) || m.Interval != time.Duration(c.interval)*time.Hour || m.Statistic != c.stat {
				t.Errorf("from %v valid %v, interval %v, statistic %d; want valid %v, %d h, %d", m.Reference, m.Valid, m.Interval, m.Statistic, want, c.interval, c.stat)
			}
		})
	}
}

func TestLevelsOfEdition1(t *testing.T) {
	none := Surface{Type: Missing}
	for _, c := range []struct {
		kind, upper, lower byte
		want               Level
	}{
		{1, 0, 0, Level{Surface{Type: 1}, none}},
		{100, 850 >> 8, 850 & 0xff, Level{Surface{100, 85000, true}, none}},
		{101, 30, 50, Level{Surface{100, 30000, true}, Surface{100, 50000, true}}},
		{102, 0, 0, Level{Surface{Type: 101}, none}},
		{105, 0, 2, Level{Surface{103, 2, true}, none}},
		{106, 30, 0, Level{Surface{103, 3000, true}, Surface{103, 0, true}}},
		{107, 9950 >> 8, 9950 & 0xff, Level{Surface{104, 0.995, true}, none}},
		{109, 0, 60, Level{Surface{105, 60, true}, none}},
		{111, 0, 7, Level{Surface{106, 0.07, true}, none}},
		{112, 7, 28, Level{Surface{106, 0.07, true}, Surface{106, 0.28, true}}},
		{114, 100, 75, Level{Surface{107, 375, true}, Surface{107, 400, true}}},
		{116, 30, 0, Level{Surface{108, 3000, true}, Surface{108, 0, true}}},
		{117, 2000 >> 8, 2000 & 0xff, Level{Surface{109, 2e-6, true}, none}},
		{121, 100, 50, Level{Surface{100, 100000, true}, Surface{100, 105000, true}}},
		{125, 0, 250, Level{Surface{103, 2.5, true}, none}},
		{128, 100, 200, Level{Surface{104, 1, true}, Surface{104, 0.9, true}}},
		{141, 50, 100, Level{Surface{100, 50000, true}, Surface{100, 100000, true}}},
		{160, 0, 15, Level{Surface{160, 15, true}, none}},
		{200, 0, 0, Level{Surface{Type: 10}, none}},
		{204, 0, 0, Level{Surface{Type: 204}, none}},
	} {
		o := &octets{b: product1Section(map[int]byte{10: c.kind, 11: c.upper, 12: c.lower})}
		if got := level1(o, 7); got != c.want {
			t.Errorf("level %d of %d and %d: %+v, want %+v", c.kind, c.upper, c.lower, got, c.want)
		}
	}
}

func TestYearsOfEdition1(t *testing.T) {
	for _, c := range []struct {
		century, year byte
		want          int
	}{{21, 13, 2013}, {20, 100, 2000}, {20, 99, 1999}, {0, 87, 1987}, {21, 255, 0}} {
		m := &Message{}
		if err := product1(m, &octets{b: product1Section(map[int]byte{25: c.century, 13: c.year})}); err != nil || m.Reference.Year() != c.want {
			t.Errorf("year %d of century %d: %v, %v; want %d", c.year, c.century, m.Reference, err, c.want)
		}
	}
	if err := product1(&Message{}, &octets{b: product1Section(map[int]byte{14: 13})}); err == nil {
		t.Error("no error for month 13")
	}
}

func TestEnsemblesOfEdition1(t *testing.T) {
	mars := func(definition, kind byte, rest ...byte) []byte {
		return slices.Concat(make([]byte, 12), []byte{definition, 1, kind, 0x04, 0x0b, '0', '0', '0', '1'}, rest)
	}
	ncep := func(rest ...byte) []byte { return append(make([]byte, 12), rest...) }
	for _, c := range []struct {
		name   string
		centre byte
		local  []byte
		want   Ensemble
	}{
		{"member 7 of 51", 98, mars(1, 11, 7, 51, 0), Ensemble{Kind: Member, Member: 7, Size: 51, Type: Missing, Relation: Missing}},
		{"control", 98, mars(30, 10, 0, 51, 0), Ensemble{Kind: Member, Size: 51, Type: Missing, Relation: Missing}},
		{"mean", 98, mars(30, 17, 0, 51, 0), Ensemble{Kind: Derived, Type: derivedMean, Size: 51, Relation: Missing}},
		{"deviation", 98, mars(1, 18, 0, 51, 0), Ensemble{Kind: Derived, Type: derivedSpread, Size: 51, Relation: Missing}},
		{"deterministic", 98, mars(1, 9, 0, 0, 0), Ensemble{Relation: Missing}},
		{"seasonal member 300", 98, mars(15, 9, 1, 44, 0), Ensemble{Relation: Missing}},
		{"seasonal perturbed member 300", 98, mars(15, 11, 1, 44, 0), Ensemble{Kind: Member, Member: 300, Type: Missing, Relation: Missing}},
		{"probability above 10", 98, mars(5, 16, 1, 51, 0, 1, 0, 10, 0, 0), Ensemble{Kind: Probability, Type: probabilityAboveLower, Size: 51, Lower: "10e0", Relation: Missing}},
		{"NCEP's control", 7, ncep(1, 1, 2, 1, 255), Ensemble{Kind: Member, Type: 1, Relation: Missing}},
		{"NCEP's third positive", 7, ncep(1, 3, 3, 1, 255), Ensemble{Kind: Member, Type: 3, Member: 5, Relation: Missing}},
		{"NCEP's third negative", 7, ncep(1, 2, 3, 1, 255), Ensemble{Kind: Member, Type: 2, Member: 6, Relation: Missing}},
		{"NCEP's mean", 7, ncep(1, 5, 0, 1, 255), Ensemble{Kind: Derived, Type: derivedMean, Relation: Missing}},
		{"NCEP's spread", 7, ncep(1, 5, 0, 11, 255), Ensemble{Kind: Derived, Type: derivedSpread, Relation: Missing}},
		{"NCEP's probability", 7, ncep(1, 5, 0, 5, 255, 61, 2, 0, 0, 0, 0, 0x41, 0x80, 0, 0), Ensemble{Kind: Probability, Type: probabilityAboveUpper, Upper: "8", Relation: Missing}},
		{"another centre's", 78, mars(1, 11, 7, 51, 0), Ensemble{Relation: Missing}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &Message{Centre: int(c.centre)}
			if err := product1(m, &octets{b: product1Section(map[int]byte{5: c.centre}, c.local...)}); err != nil {
				t.Fatal(err)
			}
			if m.Ensemble != c.want {
				t.Errorf("got %+v, want %+v", m.Ensemble, c.want)
			}
		})
	}
}
