package layers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isobar/elements"
	"isobar/field"
)

// rain is an element that adds up.
var rain = rows{elements: map[string]elements.Element{"tp": {Title: "Rain", Unit: "kg/m2", Sum: true, StandardName: "precipitation_amount"}}}

// buckets is GFS' way: sums since the last full six hours, hour by hour, and, if total, since the run's start.
func buckets(hours field.Time, total bool) (keys []field.Key) {
	for h := field.Time(1); h <= hours; h++ {
		span := (h-1)%6 + 1
		keys = append(keys, over("tp", 0, h, field.Seconds(span)))
		if total && h > 6 {
			keys = append(keys, over("tp", 0, h, field.Seconds(h)))
		}
	}
	return keys
}

// terms writes what a layer's field at a time is made of: from-to, in hours.
func terms(t *testing.T, l *Layer, h field.Time) string {
	t.Helper()
	p, err := l.Pick(Selection{Time: instant(h)}, clock(0))
	if err != nil {
		return "none"
	}
	var text []string
	for _, k := range p.Input.Keys {
		end := (k.Valid - run0) / hour
		text = append(text, fmt.Sprintf("%d-%d", end-field.Time(k.Span)/hour, end))
	}
	return fmt.Sprintf("%s over %dh", strings.Join(text, " "), p.Span/3600)
}

func TestSumsOfOtherSpansThanThoseStored(t *testing.T) {
	var hourly []field.Key
	var whole []string
	for h := field.Time(1); h <= 24; h++ {
		hourly, whole = append(hourly, over("tp", 0, h, 1)), append(whole, fmt.Sprintf("%d-%d", 24-h, 25-h))
	}
	three := []field.Key{over("tp", 0, 3, 3), over("tp", 0, 6, 6), over("tp", 0, 9, 3), over("tp", 0, 12, 6)}
	for _, c := range []struct {
		name  string
		keys  []field.Key
		layer string
		at    field.Time
		want  string
	}{
		{"an hour of buckets", buckets(30, false), "tp_1h", 5, "0-5 0-4 over 1h"},
		{"an hour that is a bucket", buckets(30, false), "tp_1h", 7, "6-7 over 1h"},
		{"an hour of buckets rather than of totals, which are told less finely", buckets(30, true), "tp_1h", 8, "6-8 6-7 over 1h"},
		{"three hours over the edge of a bucket", buckets(30, false), "tp_3h", 8, "6-8 0-6 0-5 over 3h"},
		{"six hours that are a bucket", buckets(30, false), "tp_6h", 12, "6-12 over 6h"},
		{"six hours of two buckets", buckets(30, false), "tp_6h", 10, "6-10 0-6 0-4 over 6h"},
		{"six hours before there are any", buckets(30, false), "tp_6h", 5, "none"},
		{"a day", buckets(30, false), "tp_24h", 24, "18-24 12-18 6-12 0-6 over 24h"},
		{"a day from within a bucket", buckets(30, false), "tp_24h", 28, "24-28 18-24 12-18 6-12 0-6 0-4 over 24h"},
		{"a day of totals", buckets(30, true), "tp_24h", 28, "0-28 0-4 over 24h"},
		{"a day of hours", hourly, "tp_24h", 24, strings.Join(whole, " ") + " over 24h"},
		{"three hours of steps of three", three, "tp_3h", 6, "0-6 0-3 over 3h"},
		{"six hours from within a bucket", three, "tp_6h", 9, "6-9 0-6 0-3 over 6h"},
		{"a rate of the last hour", buckets(30, false), "tp_rate", 6, "0-6 0-5 over 1h"},
		{"a rate of what there is", three, "tp_rate", 9, "6-9 over 3h"},
		{"totals alone", []field.Key{over("tp", 0, 1, 1), over("tp", 0, 2, 2), over("tp", 0, 4, 4)}, "tp_1h", 2, "0-2 0-1 over 1h"},
		{"totals alone over a gap", []field.Key{over("tp", 0, 1, 1), over("tp", 0, 2, 2), over("tp", 0, 4, 4)}, "tp_rate", 4, "0-4 0-2 over 2h"},
	} {
		l := layer(t, layersOf(t, rain, c.keys...), "m."+c.layer)
		if got := terms(t, l, c.at); got != c.want {
			t.Errorf("%s: %s at %d h is made of %s, want %s", c.name, c.layer, c.at, got, c.want)
		}
		if p, err := l.Pick(Selection{Time: instant(c.at)}, clock(0)); err == nil && len(p.Input.Keys) > 1 && (p.Input.Expr == nil || len(p.Input.Expr.Inputs()) != len(p.Input.Keys)) {
			t.Errorf("%s: %d fields without a formula of them", c.name, len(p.Input.Keys))
		}
		if !l.Derived || l.Element.Unit != map[bool]string{true: "kg/m2/s", false: "kg/m2"}[c.layer == "tp_rate"] {
			t.Errorf("%s: %s is in %q, derived %v", c.name, c.layer, l.Element.Unit, l.Derived)
		}
	}
}

func TestSumsAreMadeWhereTheyAreNeeded(t *testing.T) {
	var hourly []field.Key
	for h := field.Time(1); h <= 3; h++ {
		hourly = append(hourly, over("tp", 0, h, 1))
	}
	for _, c := range []struct {
		name string
		r    rows
		keys []field.Key
		want []string
	}{
		{"what is stored is not made", rain, hourly, []string{"m.tp", "m.tp_3h", "m.tp_rate"}},
		{"nothing of an element that does not add up", rows{}, hourly, []string{"m.tp"}},
		{"nothing of instants", rain, []field.Key{at("tp", 0, 0), at("tp", 0, 3)}, []string{"m.tp"}},
		{"a made one holds what is stored, and more", rain, append(buckets(13, true), over("tp", 0, 12, 12)), []string{"m.tp", "m.tp_1h", "m.tp_3h", "m.tp_6h", "m.tp_rate", "m.tp_total"}},
	} {
		got := names(layersOf(t, c.r, c.keys...))
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: layers %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSumsOfMembersDoNotMix(t *testing.T) {
	keys := []field.Key{member(over("tp", 0, 1, 1), 1), member(over("tp", 0, 2, 2), 1), member(over("tp", 0, 2, 2), 2), member(over("tp", 0, 3, 3), 2)}
	l := layer(t, layersOf(t, rain, keys...), "m.tp_1h")
	for _, c := range []struct {
		member int
		times  int
	}{{1, 2}, {2, 1}} {
		picks, err := l.Series(Selection{Member: &c.member}, clock(0), 100)
		if err != nil || len(picks) != c.times {
			t.Errorf("member %d has %d hours (%v), want %d", c.member, len(picks), err, c.times)
		}
		for _, p := range picks {
			for _, k := range p.Input.Keys {
				if k.Member != c.member {
					t.Errorf("member %d is made of %v", c.member, p.Input.Keys)
				}
			}
		}
	}
}
