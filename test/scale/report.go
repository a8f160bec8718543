package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// report looks at what is left, and tells figures.
func (t *trial) report() {
	y := t.tally
	t.check("every answer is right, or a clean 503", holds(y.verdicts[wrong] == 0, "%d wrong: %.900s", y.verdicts[wrong], strings.Join(y.faults, "; ")))
	t.check("clients got answers", holds(y.verdicts[right] > 1000 || t.kills < 5, "%d", y.verdicts[right]))
	fields, err := sameFields(t.house, t.quietCopy())
	t.check(fmt.Sprintf("no field is lost, mixed or too many: %d fields", fields), err)
	t.check("lists and capabilities are those of the quiet server", t.judge.sameLists(t.quiet))
	t.check("the stream has each time once, with the last values", t.eventually(func() error { return t.watches.kept(t.quiet) }))
	t.check("the alert fired once", t.eventually(func() error {
		kinds, _ := t.watches.alerts()
		return holds(len(kinds) == 1 && strings.Contains(kinds[0], "fired"), "%q", kinds)
	}))
	_, repeated := t.watches.alerts()
	jobs := t.watches.done(time.Minute)
	t.check("jobs end well, or because they were killed twice", jobsEnd(jobs))
	n, longest, byKind := t.leases.longest()
	t.check("leases move within 10 s", holds(longest.took <= leaseMove, "%s of %s took %.1f s", longest.lease, longest.from, longest.took.Seconds()))
	t.check("leases were seen to move", holds(n > 0 || t.kills < 5, "none"))
	t.figures(repeated, jobs, byKind)
}

// quietCopy stops the quiet server's hold on its folder: readers share it.
func (t *trial) quietCopy() string { return t.quiet.data }

// eventually tries for a while.
func (t *trial) eventually(do func() error) (err error) {
	for range 30 {
		if err = do(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

// jobsEnd judges how jobs ended.
func jobsEnd(counts map[string]int) error {
	for how, n := range counts {
		if how != "successful" && !strings.HasPrefix(how, "failed") {
			return fmt.Errorf("%d are %s: %v", n, how, counts)
		}
	}
	return holds(counts["successful"] > 0, "%v", counts)
}

// figures are told at the end.
func (t *trial) figures(repeated int, jobs map[string]int, byKind map[string]time.Duration) {
	y := t.tally
	took := time.Since(t.began)
	fmt.Printf("answers: %d right, %d not published yet, %d clean 503, %d refused while the gateway was dead, %d wrong, in %.0f s\n",
		y.verdicts[right], y.verdicts[early], y.verdicts[unavailable], y.verdicts[refused], y.verdicts[wrong], took.Seconds())
	var statuses []string
	for _, s := range slices.Sorted(maps.Keys(y.statuses)) {
		statuses = append(statuses, fmt.Sprintf("%d: %d", s, y.statuses[s]))
	}
	fmt.Printf("by status: %s; versions of what was replaced: %v\n", strings.Join(statuses, ", "), y.versions)
	fmt.Printf("503 because: %v\n", y.reasons)
	fmt.Printf("right answers took %.1f ms (p50), %.1f ms (p95), %.1f ms (p99), %.2f s at most\n", ms(y.percentile(0.5)), ms(y.percentile(0.95)), ms(y.percentile(0.99)), y.percentile(1).Seconds())
	fmt.Printf("the gateway was down for %.1f s in all; the longest time without a right answer to anybody: %.1f s\n", t.house.gateway.down(t.began).Seconds(), y.longest.Seconds())
	if d := t.house.database; d != nil {
		fmt.Printf("the database was down for %.1f s in all\n", d.down(t.began).Seconds())
	}
	n, longest, _ := t.leases.longest()
	fmt.Printf("leases: %d moved from the dead, the longest in %.1f s (%s of %s); by kind: %v\n", n, longest.took.Seconds(), longest.lease, longest.from, byKind)
	fmt.Printf("jobs: %v of %d sent; deliveries of the alert that were repeated: %d; files given by the provider: %d\n", jobs, t.watches.sent, repeated, t.provider.given)
	for _, p := range t.house.all() {
		if p.exits > 0 {
			fmt.Printf("%s ended by itself %d times\n", p.name, p.exits)
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
