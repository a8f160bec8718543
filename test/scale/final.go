package main

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strings"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/local"
	"isobar/store/mongo"
)

// settle waits until everything that was delivered is served, whole and in its last version. It gives what is not.
func (j *judge) settle(most time.Duration) (bad []string) {
	client := &http.Client{Timeout: 30 * time.Second}
	left := j.corpus.asks
	for end := time.Now().Add(most); ; time.Sleep(time.Second) {
		bad = nil
		var still []*ask
		for _, a := range left {
			if why := j.last(client, a); why != "" {
				bad, still = append(bad, a.path+": "+why), append(still, a)
			}
		}
		if left = still; len(left) == 0 || time.Now().After(end) {
			return bad
		}
	}
}

// last asks once; "" is the last version, whole.
func (j *judge) last(client *http.Client, a *ask) string {
	res, body, err := get(client, j.house.gate+a.path, nil)
	if err != nil {
		return err.Error()
	}
	v, ok := a.right[sum(body)]
	switch {
	case res.StatusCode != http.StatusOK || !ok:
		return fmt.Sprintf("%s, %.300q", res.Status, body)
	case a.model == replaced && v != versions-1:
		return fmt.Sprintf("version %d", v)
	}
	return ""
}

// sameFields compares every field of the database with those of the quiet server, value for value.
func sameFields(h *house, data string) (fields int, err error) {
	ctx := context.Background()
	want, err := local.Open(data, local.Options{})
	if err != nil {
		return 0, err
	}
	defer want.Close()
	got, err := mongo.Open(ctx, mongo.Options{Client: h.client, Database: fieldsDatabase})
	if err != nil {
		return 0, err
	}
	defer got.Close()
	a, err := digests(ctx, want)
	if err != nil {
		return 0, err
	}
	b, err := digests(ctx, got)
	if err != nil {
		return 0, err
	}
	for k, sum := range a {
		switch other, ok := b[k]; {
		case !ok:
			return len(b), fmt.Errorf("%v is lost", k)
		case other != sum:
			return len(b), fmt.Errorf("%v has other values", k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			return len(b), fmt.Errorf("%v is there, and nobody gave it", k)
		}
	}
	return len(b), nil
}

// digests are sums over all published fields' values.
func digests(ctx context.Context, s store.Store) (map[field.Key]uint64, error) {
	held, err := s.Hold(ctx)
	if err != nil {
		return nil, err
	}
	defer held.Close()
	all := map[field.Key]uint64{}
	for k := range held.Keys() {
		info, _ := held.Info(k)
		nx, ny := info.Grid.Shape()
		values := make([]float32, nx*ny)
		if err := held.Windows(ctx, []field.Key{k}, grid.Window{NX: nx, NY: ny}, [][]float32{values}); err != nil {
			return nil, fmt.Errorf("%v: %w", k, err)
		}
		sum := uint64(14695981039346656037) // FNV-1a, by value
		for _, v := range values {
			sum = (sum ^ uint64(math.Float32bits(v))) * 1099511628211
		}
		all[k] = sum
	}
	return all, nil
}

// sequence is what differs between servers that have the same: numbers that rise with publications.
var sequence = regexp.MustCompile(`updateSequence="[^"]*"|<ows:UpdateSequence>[^<]*|"timeStamp":"[^"]*"`)

// sameLists compares the lists of everything with the quiet server's.
func (j *judge) sameLists(q *quiet) error {
	client := &http.Client{Timeout: 30 * time.Second}
	for _, d := range documents {
		if strings.HasPrefix(d.path, "/streams") || strings.HasPrefix(d.path, "/jobs") || strings.HasPrefix(d.path, "/?") {
			continue // the quiet server has none
		}
		_, want, err := get(client, q.base+d.path, j.house.through)
		if err != nil {
			return err
		}
		_, got, err := get(client, j.house.gate+d.path, nil)
		if err != nil {
			return err
		}
		a, b := sequence.ReplaceAllString(string(want), ""), sequence.ReplaceAllString(string(got), "")
		if strings.HasPrefix(d.path, "/collections") {
			if err := sameEntries(want, got); err != nil {
				return fmt.Errorf("%s: %w", d.path, err)
			}
			continue
		}
		if a != b {
			at := 0
			for at < min(len(a), len(b)) && a[at] == b[at] {
				at++
			}
			return fmt.Errorf("%s: %d bytes, want %d; at %d %.120q, want %.120q", d.path, len(b), len(a), at, b[at:], a[at:])
		}
	}
	return nil
}
