package ogc

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/answer"
	"isobar/field"
	"isobar/layers"
)

// noon is "now" in these tests.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestTimesAreReadInAllTheirSpellings(t *testing.T) {
	for _, c := range []struct{ text, start, end string }{
		{"2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06:00:00.000Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06:00Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T08:00:00+02:00", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T08:00:00 02:00", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"}, // the plus came undecoded
		{"2026-11-24 06:00:00", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"20261124T060000Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24", "2026-11-24T00:00:00Z", "2026-11-24T23:59:59Z"},
		{"2026-11", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z"},
		{"2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"},
		{"2026-11-24T00:00:00Z/2026-11-25T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"},
		{"2026-11-24T00:00:00Z/2026-11-25T00:00:00Z/PT6H", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"},
		{"2026-11-24T00:00:00Z/2026-11-25", "2026-11-24T00:00:00Z", "2026-11-25T23:59:59Z"},
		{"2026-11-24T06:00:00Z,2026-11-24T12:00:00Z", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"current", "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"},
		{"2026-11-24T00:00:00Z/current", "2026-11-24T00:00:00Z", "2026-11-24T12:00:00Z"},
	} {
		got, err := ParseTime(c.text, noon)
		if err != nil || got.Start.String() != c.start || got.End.String() != c.end {
			t.Errorf("ParseTime(%q) = %v to %v, %v; want %s to %s", c.text, got.Start, got.End, err, c.start, c.end)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "yesterday", "2026-13-01", "2026-11-24T25:00:00Z", "/", "2026-11-25/2026-11-24", "2026-11-24/2026-11-25/6H", "2026-11-24/2026-11-25/P",
		"1/2/3/4", "0000-01-01", strings.Repeat("2", 1000),
	} {
		if got, err := ParseTime(text, noon); err == nil {
			t.Errorf("ParseTime(%.40q) = %v, want an error", text, got)
		}
	}
}

func TestNamesOfParametersAreFolded(t *testing.T) {
	q := ParseQuery("LAYERS=a,%20b&Styles=&tImE=1&time=&x=%zz&&flag&bbox=1+2&BBOX=3")
	for _, c := range []struct{ name, want string }{
		{"layers", "a, b"}, {"styles", ""}, {"time", "1"}, {"x", "%zz"}, {"flag", ""}, {"bbox", "3"}, {"absent", ""},
	} {
		if got := q.Get(c.name); got != c.want {
			t.Errorf("Get(%q) = %q, want %q", c.name, got, c.want)
		}
	}
	if got := q.List("layers"); len(got) != 2 || got[1] != "b" {
		t.Errorf("List(layers) = %q", got)
	}
}

func TestFormsArePostedAndBounded(t *testing.T) {
	post := func(kind, body string) (Query, error) {
		r := httptest.NewRequest(http.MethodPost, "/wms?service=WMS", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return ReadQuery(r)
	}
	if q, err := post("application/x-www-form-urlencoded; charset=utf-8", "REQUEST=GetMap"); err != nil || q.Get("request") != "GetMap" || q.Get("service") != "WMS" {
		t.Errorf("a form: %v, %v", q, err)
	}
	for _, c := range []struct {
		kind, body string
		status     int
	}{
		{"text/xml", "<GetMap/>", http.StatusUnsupportedMediaType},
		{"application/x-www-form-urlencoded", strings.Repeat("a", maxForm+1), http.StatusRequestEntityTooLarge},
	} {
		var fault *Fault
		if _, err := post(c.kind, c.body); !errors.As(err, &fault) || fault.Status != c.status {
			t.Errorf("%s of %d bytes: %v, want status %d", c.kind, len(c.body), err, c.status)
		}
	}
}

func TestSelectionsReadTheirDimensions(t *testing.T) {
	for _, c := range []struct {
		query    string
		run      string
		level    float64
		member   int
		interval bool
	}{
		{"TIME=2026-11-24T06:00:00Z&DIM_REFERENCE_TIME=2026-11-24T00:00:00Z&ELEVATION=85000&DIM_MEMBER=3", "2026-11-24T00:00:00Z", 85000, 3, false},
		{"time=2026-11-24/2026-11-25&reference_time=2026-11-23T18:00:00Z&elevation=2&member=0", "2026-11-23T18:00:00Z", 2, 0, true},
		{"run=2026-11-23T18:00:00Z&elevation=1e3&member=1,2", "2026-11-23T18:00:00Z", 1000, 1, false},
	} {
		s, err := ParseQuery(c.query).Selection(noon)
		if err != nil || s.Run.String() != c.run || *s.Level != c.level || *s.Member != c.member || s.Interval != c.interval {
			t.Errorf("%s: %+v, %v", c.query, s, err)
		}
	}
	if s, err := ParseQuery("run=latest").Selection(noon); err != nil || s != (layers.Selection{}) {
		t.Errorf("the latest run is no choice: %+v, %v", s, err)
	}
	for _, bad := range []struct{ query, locator string }{
		{"time=x", "time"}, {"elevation=high", "elevation"}, {"elevation=NaN", "elevation"}, {"dim_run=x", "dim_run"}, {"member=-1", "member"},
	} {
		var fault *Fault
		if _, err := ParseQuery(bad.query).Selection(noon); !errors.As(err, &fault) || fault.Locator != bad.locator || fault.Code != InvalidDimensionValue {
			t.Errorf("%s: %v, want a fault of %s", bad.query, err, bad.locator)
		}
	}
}

func TestPeriodsAreShort(t *testing.T) {
	hours := func(h ...int) (times []field.Time) {
		for _, x := range h {
			times = append(times, field.Time(x*3600))
		}
		return times
	}
	for _, c := range []struct {
		times []field.Time
		want  string
	}{
		{nil, ""},
		{hours(0), "1970-01-01T00:00:00Z"},
		{hours(0, 6), "1970-01-01T00:00:00Z,1970-01-01T06:00:00Z"},
		{hours(0, 6, 12), "1970-01-01T00:00:00Z/1970-01-01T12:00:00Z/PT6H"},
		{hours(0, 1, 2, 3, 6, 9, 12), "1970-01-01T00:00:00Z/1970-01-01T03:00:00Z/PT1H,1970-01-01T06:00:00Z/1970-01-01T12:00:00Z/PT3H"},
		{hours(0, 24, 48), "1970-01-01T00:00:00Z/1970-01-03T00:00:00Z/P1D"},
		{hours(0, 30, 60), "1970-01-01T00:00:00Z/1970-01-03T12:00:00Z/P1DT6H"},
	} {
		if got := Periods(c.times); got != c.want {
			t.Errorf("Periods(%v) = %s, want %s", c.times, got, c.want)
		}
	}
}

func TestMediaTypesAreCompared(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"image/png", "image/png"}, {"IMAGE/PNG; mode=8bit", "image/png"}, {"image/jpg", "image/jpeg"}, {"application/geo json", "application/geo+json"},
	} {
		if got := MediaType(c.in); got != c.want {
			t.Errorf("MediaType(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestAnswersAreKeptAsLongAsTheyHold(t *testing.T) {
	for _, c := range []struct {
		a    answer.Answer
		want string
	}{
		{answer.Answer{Pinned: true}, "public, max-age=31536000, immutable"},
		{answer.Answer{MaxAge: time.Minute}, "public, max-age=60"},
		{answer.Answer{}, "no-cache"},
	} {
		w := httptest.NewRecorder()
		c.a.ETag, c.a.Type = `"x"`, "image/png"
		done := 0
		c.a.Done = func() { done++ }
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("If-None-Match", `"y", W/"x"`)
		if err := Send(w, r, c.a); err != nil || w.Code != http.StatusNotModified || done != 1 {
			t.Errorf("%+v: %d, done %d times, %v; want 304 without a body being made", c.a, w.Code, done, err)
		}
		if got := w.Header().Get("Cache-Control"); got != c.want {
			t.Errorf("%+v: Cache-Control %q, want %q", c.a, got, c.want)
		}
	}
}

func TestXMLCannotBeBroken(t *testing.T) {
	var x XML
	x.Open("a", "b", "\"<&\n\x00")
	x.Leaf("c", "]]> & <d> \x01 é")
	x.Leaf("e", "")
	x.Close()
	const want = "<a b=\"&quot;&lt;&amp;&#10;\uFFFD\">\n <c>]]&gt; &amp; &lt;d&gt; \uFFFD é</c>\n <e/>\n</a>\n"
	if got := string(x.Bytes()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-11-24T06:00:00Z", "2026-11-24/2026-11-25/PT6H", "current", "2026", "2026-11-24T06:00:00 02:00", "a/b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime(text, noon)
		if err == nil && got.End < got.Start {
			t.Errorf("ParseTime(%q) ends before it begins: %+v", text, got)
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"LAYERS=a&TIME=2026", "elevation=1e400&member=9", "run=now&x=%ff%", "&&=&a=b=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q := ParseQuery(raw)
		s, err := q.Selection(noon)
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("%q: %v is no fault", raw, err)
		}
		if err == nil && s.Member != nil && *s.Member < 0 {
			t.Errorf("%q: member %d", raw, *s.Member)
		}
		q.List("layers")
		q.True("transparent")
	})
}
