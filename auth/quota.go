package auth

import (
	"fmt"
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Quota is how much may be asked in a day or a month. The first row of each period that fits somebody holds.
type Quota struct {
	Who      string `yaml:"who"`      // with * and ?: "client:*" (addresses of those without a name), "key:loader", "user:*", "*"
	Per      string `yaml:"per"`      // "day" or "month", of UTC
	Requests int64  `yaml:"requests"` // 0: any number
	Bytes    int64  `yaml:"bytes"`    // of answers' bodies as they are sent; 0: any number
}

// check says what is wrong, naming the key.
func (q Quota) check() error {
	switch _, err := path.Match(q.Who, ""); {
	case err != nil || q.Who == "":
		return fmt.Errorf("who: %q is no pattern such as client:*", q.Who)
	case q.Per != "day" && q.Per != "month":
		return fmt.Errorf("per: %q is neither day nor month", q.Per)
	case q.Requests < 0 || q.Bytes < 0 || q.Requests == 0 && q.Bytes == 0:
		return fmt.Errorf("requests and bytes: one of them at least is more than 0")
	}
	return nil
}

// fits tells that a row is about somebody.
func (q Quota) fits(who string) bool {
	flat := strings.NewReplacer("/", "\x00") // names may have slashes, which are no borders here
	ok, err := path.Match(flat.Replace(q.Who), flat.Replace(who))
	return ok && err == nil
}

// Who names whose quota and rate a request counts among: a key, a user, or an address.
func Who(p Principal, r *http.Request) string {
	switch {
	case p.Name == "":
		return "client:" + ClientOf(r)
	case p.Method == "key":
		return "key:" + p.Name
	}
	return "user:" + p.Name
}

// period is the one that a moment is in: its name, its length, and when it ends.
func period(per string, now time.Time) (name string, length time.Duration, end time.Time) {
	y, m, d := now.UTC().Date()
	begin := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	name, end = "day/"+begin.Format(time.DateOnly), begin.AddDate(0, 0, 1)
	if per == "month" {
		begin = time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
		name, end = "month/"+begin.Format("2006-01"), begin.AddDate(0, 1, 0)
	}
	return name, end.Sub(begin), end
}

// Allowance is what somebody may still ask under one row.
type Allowance struct {
	Quota
	Left      Count         // never below 0
	Length    time.Duration // of the period
	Remaining time.Duration // until it ends
}

// Count is how much was asked, or may be.
type Count struct {
	Requests int64 `json:"r,omitempty"`
	Bytes    int64 `json:"b,omitempty"`
}

// Over tells that nothing is left.
func (a Allowance) Over() bool {
	return a.Requests > 0 && a.Left.Requests <= 0 || a.Bytes > 0 && a.Left.Bytes <= 0
}

// Tell writes what is left into an answer's header (draft-ietf-httpapi-ratelimit-headers 10), and when to ask again if nothing is.
func Tell(h http.Header, all []Allowance) {
	var policies, states []string
	wait := 0
	for _, a := range all {
		window, left := int(a.Length.Seconds()), max(1, int(math.Ceil(a.Remaining.Seconds())))
		if a.Requests > 0 {
			policies = append(policies, fmt.Sprintf(`"%s";q=%d;w=%d`, a.Per, a.Requests, window))
			states = append(states, fmt.Sprintf(`"%s";r=%d;t=%d`, a.Per, a.Left.Requests, left))
		}
		if a.Bytes > 0 {
			policies = append(policies, fmt.Sprintf(`"%s-bytes";q=%d;qu="content-bytes";w=%d`, a.Per, a.Bytes, window))
			states = append(states, fmt.Sprintf(`"%s-bytes";r=%d;t=%d`, a.Per, a.Left.Bytes, left))
		}
		if a.Over() {
			wait = max(wait, left)
		}
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wait))
	}
	if len(policies) > 0 {
		h.Set("RateLimit-Policy", strings.Join(policies, ", "))
		h.Set("RateLimit", strings.Join(states, ", "))
	}
}
