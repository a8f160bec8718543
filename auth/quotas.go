package auth

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"isobar/records"
)

const (
	// quotaEvery is how often what was asked is written down, and what others were asked is read.
	quotaEvery = 5 * time.Second
	// shards is among how many documents of a period what was asked is spread.
	shards = 16
	// maxCounted bounds whom a server counts in one period; who comes then is let through uncounted.
	maxCounted = 200_000
)

// Quotas counts what is asked, and tells who has asked for too much. Each process writes its own counts into the records, if it is given
// some, and adds those of the others: so that they outlive it, and several servers share them, some seconds late. Safe for concurrent use.
type Quotas struct {
	rows   []Quota
	now    func() time.Time
	store  records.Store // nil: in memory alone
	holder string

	mu      sync.Mutex
	periods map[string]*tally // by name
}

// tally is the counts of one period.
type tally struct {
	end    time.Time
	own    map[string]Count
	others map[string]Count
	dirty  [shards]bool // own counts that are to be written
	loaded bool         // own counts of a process of the same name before this one are in own
}

// NewQuotas makes one; store may be nil, now is time.Now but in tests. holder names this process among those that share the records.
func NewQuotas(rows []Quota, store records.Store, holder string, now func() time.Time) *Quotas {
	return &Quotas{rows: rows, now: now, store: store, holder: holder, periods: map[string]*tally{}}
}

// On tells that there are any.
func (q *Quotas) On() bool { return q != nil && len(q.rows) > 0 }

// rowsOf are those that hold for somebody: the first of each period.
func (q *Quotas) rowsOf(who string) (all []Quota) {
	seen := map[string]bool{}
	for _, row := range q.rows {
		if !seen[row.Per] && row.fits(who) {
			seen[row.Per] = true
			all = append(all, row)
		}
	}
	return all
}

// Take counts a request, and tells what is left after it; ok is false, and nothing is counted, if it is one too many.
func (q *Quotas) Take(who string) (all []Allowance, ok bool) {
	rows, now := q.rowsOf(who), q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	ok = true
	for _, row := range rows {
		t, length := q.tally(row.Per, now)
		asked := t.own[who].add(t.others[who])
		a := Allowance{Quota: row, Length: length, Remaining: t.end.Sub(now), Left: Count{max(0, row.Requests-asked.Requests), max(0, row.Bytes-asked.Bytes)}}
		ok = ok && !a.Over()
		all = append(all, a)
	}
	if !ok {
		return all, false
	}
	for i := range all {
		all[i].Left.Requests = max(0, all[i].Left.Requests-1)
	}
	q.count(rows, who, Count{Requests: 1}, now)
	return all, true
}

// Spend counts what was answered.
func (q *Quotas) Spend(who string, bytes int64) {
	rows, now := q.rowsOf(who), q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.count(rows, who, Count{Bytes: bytes}, now)
}

// count adds to somebody's own counts. The lock is held.
func (q *Quotas) count(rows []Quota, who string, c Count, now time.Time) {
	for _, row := range rows {
		t, _ := q.tally(row.Per, now)
		had, known := t.own[who]
		if !known && len(t.own) >= maxCounted {
			continue
		}
		t.own[who] = had.add(c)
		t.dirty[shardOf(who)] = true
	}
}

// tally is the counts of the period that it is now. The lock is held.
func (q *Quotas) tally(per string, now time.Time) (*tally, time.Duration) {
	name, length, end := period(per, now)
	t := q.periods[name]
	if t == nil {
		t = &tally{end: end, own: map[string]Count{}, others: map[string]Count{}}
		q.periods[name] = t
	}
	return t, length
}

// add is the sum of two counts.
func (c Count) add(other Count) Count {
	return Count{c.Requests + other.Requests, c.Bytes + other.Bytes}
}

// shardOf is among which counts somebody's are written.
func shardOf(who string) int {
	h := fnv.New32a()
	h.Write([]byte(who))
	return int(h.Sum32() % shards)
}

// Run writes and reads counts until ctx ends, and writes a last time then.
func (q *Quotas) Run(ctx context.Context, log *slog.Logger) error {
	if q.store == nil || len(q.rows) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	failed := false
	for {
		err := q.Share(ctx)
		if ctx.Err() == nil && (err != nil) != failed {
			if failed = err != nil; failed {
				log.Warn("quotas are counted here alone: the records can't be had", "error", err)
			} else {
				log.Info("quotas are shared again")
			}
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), quotaEvery)
			defer cancel()
			if err := q.Share(last); err != nil {
				log.Warn("the last counts of quotas are not written", "error", err)
			}
			return ctx.Err()
		case <-time.After(quotaEvery):
		}
	}
}

// Share reads what others have counted, and writes what was counted here, of the periods that it is now; older ones are forgotten.
func (q *Quotas) Share(ctx context.Context) error {
	now := q.now()
	for _, per := range []string{"day", "month"} {
		name, _, _ := period(per, now)
		if !q.has(per) {
			continue
		}
		if err := q.read(ctx, name, per, now); err != nil {
			return err
		}
		if err := q.write(ctx, name); err != nil {
			return err
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	maps.DeleteFunc(q.periods, func(_ string, t *tally) bool { return now.Sub(t.end) > 0 })
	return nil
}

// has tells that some row is about a kind of periods.
func (q *Quotas) has(per string) bool {
	for _, row := range q.rows {
		if row.Per == per {
			return true
		}
	}
	return false
}

// read sums what others have counted in a period; what a process of this one's name had counted before is this one's own.
func (q *Quotas) read(ctx context.Context, name, per string, now time.Time) error {
	others, own := map[string]Count{}, map[string]Count{}
	for d, err := range q.store.List(ctx, quotaKind, records.Prefix(name+"/")) {
		if err != nil {
			return err
		}
		var counts map[string]Count
		if json.Unmarshal(d.Body, &counts) != nil {
			continue // of another form: it is not counted
		}
		into := others
		if strings.HasPrefix(d.ID, name+"/"+q.holder+"/") {
			into = own
		}
		for who, c := range counts {
			into[who] = into[who].add(c)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	t, _ := q.tally(per, now)
	t.others = others
	if !t.loaded {
		t.loaded = true
		for who, c := range own {
			t.own[who] = t.own[who].add(c)
		}
	}
	return nil
}

// write writes what was counted here and is not written yet.
func (q *Quotas) write(ctx context.Context, name string) error {
	q.mu.Lock()
	t := q.periods[name]
	var all []records.Document
	var which []int
	for i, dirty := range t.dirty {
		if !dirty {
			continue
		}
		counts := map[string]Count{}
		for who, c := range t.own {
			if shardOf(who) == i {
				counts[who] = c
			}
		}
		body, err := json.Marshal(counts)
		if err != nil || len(body) > records.MaxBody {
			continue
		}
		all = append(all, records.Document{ID: name + "/" + q.holder + "/" + strconv.Itoa(i), Version: records.Any, Body: body, Expires: t.end.Add(24 * time.Hour)})
		which = append(which, i)
		t.dirty[i] = false
	}
	q.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	err := q.store.PutAll(ctx, quotaKind, all)
	if err != nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, i := range which {
			t.dirty[i] = true
		}
	}
	return err
}
