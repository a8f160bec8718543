package ogc

import (
	"testing"
	"time"

	"isobar/answer"
)

func TestMotionIsRead(t *testing.T) {
	for query, want := range map[string]answer.Motion{
		"": {}, "time=2026-11-24": {}, "TIME=2026-11-24/2026-11-25": {},
		"TIME=2026-11-24/2026-11-25/PT3H&FRAME_DELAY=250": {Delay: 250 * time.Millisecond, Step: 3 * 3600},
		"time=2026-11-24/2026-11-25/P1DT30M":              {Step: 86400 + 1800},
		"time=2026-11-24/2026-11-25/P1W":                  {Step: 7 * 86400},
		"time=2026-11-24/2026-11-25/P1M":                  {}, // a month has no length
	} {
		if got, err := ParseQuery(query).Motion(); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", query, got, err, want)
		}
	}
	for _, query := range []string{"frame_delay=x", "frame_delay=-1", "frame_delay=9999999999"} {
		if _, err := ParseQuery(query).Motion(); err == nil {
			t.Errorf("%s: no error", query)
		}
	}
}
