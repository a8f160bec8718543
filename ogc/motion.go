package ogc

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"isobar/answer"
	"isobar/field"
)

// Motion reads how an animation goes: FRAME_DELAY in milliseconds, and the period of TIME=start/end/period, of which only times are
// shown that lie a multiple of it after the start. The error is a *Fault.
func (q Query) Motion() (m answer.Motion, err error) {
	if v := q.Get("frame_delay"); v != "" {
		const longest = 1 << 20
		n, err := q.Whole("frame_delay", 0, 1, longest)
		if err != nil {
			return m, err
		}
		m.Delay = time.Duration(n) * time.Millisecond
	}
	if parts := strings.Split(first(q.Get(Time)), "/"); len(parts) == 3 {
		m.Step = seconds(strings.ToUpper(strings.TrimSpace(parts[2])))
	}
	return m, nil
}

// lengths matches a period of weeks, days, hours, minutes and seconds (ISO 8601). Months and years have no length.
var lengths = regexp.MustCompile(`^P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$`)

// seconds is the length of a period; 0 if it has none.
func seconds(period string) (n field.Seconds) {
	const hour = 3600
	parts := lengths.FindStringSubmatch(period)
	if parts == nil {
		return 0
	}
	for i, each := range []int{7 * 24 * hour, 24 * hour, hour, 60, 1} {
		if v, err := strconv.Atoi(parts[1+i]); err == nil {
			n += field.Seconds(v * each)
		}
	}
	return n
}
