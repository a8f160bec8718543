// Package recordstest tries whether a store keeps the promises of package records.
package recordstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/records"
)

// Run tries stores that make makes; each is empty, and stays open until the test ends.
func Run(t *testing.T, make func(t *testing.T) records.Store) {
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			if err := p.try(t.Context(), make(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// promises are what a store promises, and how each is tried.
var promises = []struct {
	name string
	try  func(context.Context, records.Store) error
}{
	{"what was put is found, and is the reader's own", found},
	{"what is not there is told", absent},
	{"versions rise with every write, across deletion too", rising},
	{"a write wants the version that is there", compared},
	{"a deletion wants the version that is there", deleted},
	{"of many writers at one version one wins", raced},
	{"an expired document is gone", expired},
	{"a list is in order, within its range", ranged},
	{"a long list is whole", long},
	{"a list may be written to while it is read", writtenMeanwhile},
	{"many documents are written at once", many},
	{"kinds are apart", apart},
	{"large documents are refused, and what has no name", refused},
	{"changes are told, of their kind", told},
	{"a context that has ended ends everything", ended},
}

const kind = "test"

func put(ctx context.Context, s records.Store, id string, version int64, body string) (int64, error) {
	return s.Put(ctx, kind, records.Document{ID: id, Version: version, Body: []byte(body)})
}

// wants tells whether a document is there with a body.
func wants(ctx context.Context, s records.Store, id, body string) error {
	d, err := s.Get(ctx, kind, id)
	if err != nil || string(d.Body) != body || d.ID != id || d.Version < 1 {
		return fmt.Errorf("Get(%q) = %q version %d %.40q, %v, want body %.40q", id, d.ID, d.Version, d.Body, err, body)
	}
	return nil
}

// errorIs tells whether an error wraps another.
func errorIs(what string, err, want error) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("%s: error %v, want %v", what, err, want)
	}
	return nil
}

func found(ctx context.Context, s records.Store) error {
	body := []byte("one")
	version, err := s.Put(ctx, kind, records.Document{ID: "a/1", Version: records.Any, Body: body})
	if err != nil {
		return err
	}
	body[0] = 'X'
	d, err := s.Get(ctx, kind, "a/1")
	if err != nil || d.Version != version || !d.Expires.IsZero() {
		return fmt.Errorf("Get gives version %d, expires %v, %v, want %d and never", d.Version, d.Expires, err, version)
	}
	d.Body[1] = 'X'
	if err := wants(ctx, s, "a/1", "one"); err != nil {
		return err
	}
	if _, err := put(ctx, s, "a/1", records.Any, ""); err != nil {
		return err
	}
	return wants(ctx, s, "a/1", "")
}

func absent(ctx context.Context, s records.Store) error {
	if _, err := put(ctx, s, "a", records.Any, "x"); err != nil {
		return err
	}
	for _, id := range []string{"b", "A", "a ", "aa", ""} {
		if _, err := s.Get(ctx, kind, id); !errors.Is(err, records.ErrNotFound) {
			return fmt.Errorf("Get(%q): error %v, want %v", id, err, records.ErrNotFound)
		}
	}
	return errorIs("Delete of nothing", s.Delete(ctx, kind, "b", records.Any), records.ErrNotFound)
}

func rising(ctx context.Context, s records.Store) error {
	last := int64(0)
	for i := range 6 {
		v, err := put(ctx, s, "a", records.Any, fmt.Sprint(i))
		if err != nil || v <= last {
			return fmt.Errorf("write %d: version %d, %v, want more than %d", i, v, err, last)
		}
		last = v
		if i%2 == 1 {
			if err := s.Delete(ctx, kind, "a", v); err != nil {
				return err
			}
		}
	}
	return nil
}

func compared(ctx context.Context, s records.Store) error {
	v, err := put(ctx, s, "a", records.New, "1")
	if err != nil {
		return err
	}
	for _, wrong := range []int64{records.New, v + 1, v + 100} {
		_, err := put(ctx, s, "a", wrong, "no")
		if err := errorIs(fmt.Sprintf("Put of version %d over %d", wrong, v), err, records.ErrConflict); err != nil {
			return err
		}
	}
	next, err := put(ctx, s, "a", v, "2")
	if err != nil {
		return err
	}
	_, err = put(ctx, s, "a", v, "no")
	if err := errorIs("Put of an old version", err, records.ErrConflict); err != nil {
		return err
	}
	_, err = put(ctx, s, "b", next, "no")
	if err := errorIs("Put of a version over nothing", err, records.ErrConflict); err != nil {
		return err
	}
	if _, err := s.Get(ctx, kind, "b"); err == nil {
		return errors.New("a refused write has written")
	}
	return wants(ctx, s, "a", "2")
}

func deleted(ctx context.Context, s records.Store) error {
	v, err := put(ctx, s, "a", records.New, "1")
	if err != nil {
		return err
	}
	if err := errorIs("Delete of another version", s.Delete(ctx, kind, "a", v+1), records.ErrConflict); err != nil {
		return err
	}
	if err := wants(ctx, s, "a", "1"); err != nil {
		return err
	}
	if err := s.Delete(ctx, kind, "a", v); err != nil {
		return err
	}
	if _, err = s.Get(ctx, kind, "a"); !errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("Get after Delete: %v, want %v", err, records.ErrNotFound)
	}
	if _, err := put(ctx, s, "a", records.New, "2"); err != nil {
		return fmt.Errorf("Put of New after Delete: %w", err)
	}
	return s.Delete(ctx, kind, "a", records.Any)
}

// raced lets writers count in one document: each reads, adds 1, and writes if no one else did.
func raced(ctx context.Context, s records.Store) error {
	const writers, each = 8, 10
	if _, err := put(ctx, s, "n", records.New, ""); err != nil {
		return err
	}
	var all sync.WaitGroup
	errs := make(chan error, writers)
	for range writers {
		all.Go(func() { errs <- count(ctx, s, each) })
	}
	all.Wait()
	for range writers {
		if err := <-errs; err != nil {
			return err
		}
	}
	return wants(ctx, s, "n", strings.Repeat("1", writers*each))
}

func count(ctx context.Context, s records.Store, times int) error {
	for times > 0 {
		d, err := s.Get(ctx, kind, "n")
		if err != nil {
			return err
		}
		switch _, err := put(ctx, s, "n", d.Version, string(d.Body)+"1"); {
		case err == nil:
			times--
		case !errors.Is(err, records.ErrConflict):
			return err
		}
	}
	return nil
}

func expired(ctx context.Context, s records.Store) error {
	past, soon, later := time.Now().Add(-time.Minute), time.Now().Add(300*time.Millisecond), time.Now().Add(time.Hour).Truncate(time.Millisecond)
	var versions []int64
	for _, d := range []records.Document{{ID: "past", Expires: past}, {ID: "soon", Expires: soon}, {ID: "later", Expires: later}} {
		d.Version = records.New
		v, err := s.Put(ctx, kind, d)
		if err != nil {
			return err
		}
		versions = append(versions, v)
	}
	if _, err := s.Get(ctx, kind, "past"); !errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("Get of what has expired: %v, want %v", err, records.ErrNotFound)
	}
	if d, err := s.Get(ctx, kind, "later"); err != nil || !d.Expires.Equal(later) {
		return fmt.Errorf("Get of what expires at %v: %v, %v", later, d.Expires, err)
	}
	for time.Now().Before(soon.Add(5 * time.Millisecond)) {
		time.Sleep(5 * time.Millisecond)
	}
	if err := listed(ctx, s, records.Range{}, "later"); err != nil {
		return err
	}
	if err := errorIs("Delete of what has expired", s.Delete(ctx, kind, "soon", records.Any), records.ErrNotFound); err != nil {
		return err
	}
	_, err := put(ctx, s, "past", versions[0], "no")
	if err := errorIs("Put over the version of what has expired", err, records.ErrConflict); err != nil {
		return err
	}
	v, err := put(ctx, s, "past", records.New, "again")
	if err != nil || v <= versions[0] {
		return fmt.Errorf("Put of New over what has expired: version %d, %v, want more than %d", v, err, versions[0])
	}
	return wants(ctx, s, "past", "again")
}

// listed compares a list's identities.
func listed(ctx context.Context, s records.Store, r records.Range, want ...string) error {
	var got []string
	for d, err := range s.List(ctx, kind, r) {
		if err != nil {
			return err
		}
		if !strings.HasPrefix(d.ID, string(d.Body)) || d.Version < 1 {
			return fmt.Errorf("List gives %q with body %.20q, version %d", d.ID, d.Body, d.Version)
		}
		got = append(got, d.ID)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("List(%+v) = %q, want %q", r, got, want)
	}
	return nil
}

func ranged(ctx context.Context, s records.Store) error {
	if err := listed(ctx, s, records.Range{}); err != nil {
		return err
	}
	for _, id := range []string{"b/2", "a", "c", "b/10", "b", "b/1", "Z", "b/é"} {
		if _, err := put(ctx, s, id, records.New, id); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		r    records.Range
		want []string
	}{
		{records.Range{}, []string{"Z", "a", "b", "b/1", "b/10", "b/2", "b/é", "c"}},
		{records.Range{Reverse: true}, []string{"c", "b/é", "b/2", "b/10", "b/1", "b", "a", "Z"}},
		{records.Range{From: "b"}, []string{"b", "b/1", "b/10", "b/2", "b/é", "c"}},
		{records.Range{To: "b"}, []string{"Z", "a"}},
		{records.Range{To: "b", Reverse: true}, []string{"a", "Z"}},
		{records.Range{From: "b", To: "c", Reverse: true, Limit: 2}, []string{"b/é", "b/2"}},
		{records.Prefix("b/"), []string{"b/1", "b/10", "b/2", "b/é"}},
		{records.Range{From: "aa", To: "b/11", Limit: 2}, []string{"b", "b/1"}},
		{records.Range{From: "b/10", To: "zz", Reverse: true}, []string{"c", "b/é", "b/2", "b/10"}},
		{records.Range{From: "d"}, nil},
		{records.Range{To: "A"}, nil},
		{records.Range{To: "A", Reverse: true}, nil},
		{records.Range{From: "c", To: "b"}, nil},
	} {
		if err := listed(ctx, s, c.r, c.want...); err != nil {
			return err
		}
	}
	return nil
}

// numbered is documents 0000 to n-1.
func numbered(n int) (all []records.Document, ids []string) {
	for i := range n {
		id := fmt.Sprintf("%04d", i)
		all, ids = append(all, records.Document{ID: id, Body: []byte(id)}), append(ids, id)
	}
	return all, ids
}

func long(ctx context.Context, s records.Store) error {
	all, ids := numbered(1500)
	if err := s.PutAll(ctx, kind, all); err != nil {
		return err
	}
	if err := listed(ctx, s, records.Range{}, ids...); err != nil {
		return err
	}
	if err := listed(ctx, s, records.Range{From: "0100", Limit: 1000}, ids[100:1100]...); err != nil {
		return err
	}
	slices.Reverse(ids)
	if err := listed(ctx, s, records.Range{Reverse: true}, ids...); err != nil {
		return err
	}
	for range s.List(ctx, kind, records.Range{}) {
		break
	}
	return nil
}

func writtenMeanwhile(ctx context.Context, s records.Store) error {
	all, _ := numbered(600)
	if err := s.PutAll(ctx, kind, all); err != nil {
		return err
	}
	for d, err := range s.List(ctx, kind, records.Range{}) {
		if err != nil {
			return err
		}
		if d.ID < "0010" || d.ID > "0590" {
			if err := s.Delete(ctx, kind, d.ID, d.Version); err != nil {
				return err
			}
		}
	}
	_, ids := numbered(591)
	return listed(ctx, s, records.Range{}, ids[10:]...)
}

func many(ctx context.Context, s records.Store) error {
	v, err := put(ctx, s, "0003", records.New, "before")
	if err != nil {
		return err
	}
	all, ids := numbered(300)
	all[5].Version = 77 // whatever is there
	if err := s.PutAll(ctx, kind, all); err != nil {
		return err
	}
	if err := listed(ctx, s, records.Range{}, ids...); err != nil {
		return err
	}
	if d, err := s.Get(ctx, kind, "0003"); err != nil || d.Version <= v {
		return fmt.Errorf("after PutAll the version is %d, %v, want more than %d", d.Version, err, v)
	}
	if err := s.PutAll(ctx, kind, nil); err != nil {
		return fmt.Errorf("PutAll of nothing: %w", err)
	}
	all[0].Expires = time.Now().Add(-time.Second)
	if err := s.PutAll(ctx, kind, all[:1]); err != nil {
		return err
	}
	_, err = s.Get(ctx, kind, all[0].ID)
	return errorIs("Get of what PutAll let expire", err, records.ErrNotFound)
}

func apart(ctx context.Context, s records.Store) error {
	if _, err := put(ctx, s, "a", records.New, "a"); err != nil {
		return err
	}
	if _, err := s.Get(ctx, "other", "a"); !errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("Get of another kind: %v, want %v", err, records.ErrNotFound)
	}
	if _, err := s.Put(ctx, "other", records.Document{ID: "a", Version: records.New, Body: []byte("b")}); err != nil {
		return err
	}
	if err := s.Delete(ctx, "other", "a", records.Any); err != nil {
		return err
	}
	return listed(ctx, s, records.Range{}, "a")
}

func refused(ctx context.Context, s records.Store) error {
	large := records.Document{ID: "a", Version: records.Any, Body: bytes.Repeat([]byte("x"), records.MaxBody+1)}
	_, err := s.Put(ctx, kind, large)
	if err := errorIs("Put of a large document", err, records.ErrTooLarge); err != nil {
		return err
	}
	if err := errorIs("PutAll of a large document", s.PutAll(ctx, kind, []records.Document{{ID: "b"}, large}), records.ErrTooLarge); err != nil {
		return err
	}
	for _, id := range []string{"", "a\x00b", strings.Repeat("x", records.MaxID+1)} {
		_, err := s.Put(ctx, kind, records.Document{ID: id, Version: records.Any})
		if err := errorIs(fmt.Sprintf("Put of %.20q", id), err, records.ErrName); err != nil {
			return err
		}
	}
	if err := listed(ctx, s, records.Range{}); err != nil {
		return err
	}
	large.Body = large.Body[1:]
	if _, err = s.Put(ctx, kind, large); err != nil {
		return fmt.Errorf("Put of the largest document: %w", err)
	}
	return wants(ctx, s, "a", string(large.Body))
}

func told(ctx context.Context, s records.Store) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	ours, others := s.Changes(ctx, kind), s.Changes(ctx, "other")
	writes := []func() error{
		func() error { _, err := put(ctx, s, "a", records.New, "1"); return err },
		func() error { _, err := put(ctx, s, "a", records.Any, "2"); return err },
		func() error { return s.Delete(ctx, kind, "a", records.Any) },
		func() error { return s.PutAll(ctx, kind, []records.Document{{ID: "b"}, {ID: "c"}}) },
	}
	for i, write := range writes {
		for drained := false; !drained; { // a token of the write before may be late
			select {
			case <-ours:
			case <-time.After(50 * time.Millisecond):
				drained = true
			}
		}
		if err := write(); err != nil {
			return err
		}
		select {
		case <-ours:
		case <-ctx.Done():
			return fmt.Errorf("write %d was not told", i)
		}
	}
	select {
	case <-others:
		return errors.New("a change of another kind was told")
	default:
		return nil
	}
}

func ended(ctx context.Context, s records.Store) error {
	if _, err := put(ctx, s, "a", records.New, "a"); err != nil {
		return err
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Get(over, kind, "a")
	if err := errorIs("Get", err, context.Canceled); err != nil {
		return err
	}
	_, err = put(over, s, "b", records.New, "b")
	if err := errorIs("Put", err, context.Canceled); err != nil {
		return err
	}
	for _, err := range s.List(over, kind, records.Range{}) {
		if err == nil {
			return errors.New("List goes on after its context has ended")
		}
	}
	return listed(ctx, s, records.Range{}, "a")
}
