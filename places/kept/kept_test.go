package kept

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spatial/geom"
	"github.com/google/go-cmp/cmp"

	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/records/recordstest"
)

func some(n int) []feature.Feature {
	all := make([]feature.Feature, n)
	for i := range all {
		at := field.Time(1795478400 + i*3600)
		all[i] = feature.Feature{ID: fmt.Sprintf("p%05d", i), Geometry: geom.Point{float64(i % 170), float64(i % 80)}, Time: &feature.Interval{Start: at, End: at}, Properties: []feature.Property{
			{Name: "t2m", Value: float32(280.13)}, {Name: "run", Value: at}, {Name: "n", Value: int64(i)}, {Name: "none", Value: nil},
		}}
	}
	return all
}

func TestCollectionsAreKeptAsTheyAre(t *testing.T) {
	ctx, store := context.Background(), recordstest.New()
	c := New(store)
	features := some(3)
	if err := c.Create(ctx, feature.About{ID: "probe-1", Title: "Probe"}, features, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Create(ctx, feature.About{ID: "probe-1"}, nil, time.Time{}); !errors.Is(err, feature.ErrExists) {
		t.Errorf("the same again: %v", err)
	}
	for _, other := range []*Catalogue{c, New(store)} { // another process
		found, err := other.Collection(ctx, "probe-1")
		if err != nil {
			t.Fatal(err)
		}
		about, err := found.About(ctx)
		if err != nil || about.Title != "Probe" || about.Extent != (geo.Box{0, 0, 2, 2}) || *about.Time != (feature.Interval{Start: 1795478400, End: 1795478400 + 7200}) || len(about.Queryables) != 3 {
			t.Errorf("about: %+v, %v", about, err)
		}
		page, err := found.Query(ctx, feature.Query{})
		features[0].Properties[0].Value = 280.13 // a float32 is kept in its decimal digits
		if diff := cmp.Diff(features[0], page.Features[0]); err != nil || page.Matched != 3 || diff != "" {
			t.Errorf("%d features, %v\n%s", page.Matched, err, diff)
		}
		all, err := other.Collections(ctx)
		if err != nil || len(all) != 1 {
			t.Errorf("%d collections, %v", len(all), err)
		}
	}
	if err := c.Drop(ctx, "probe-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Collection(ctx, "probe-1"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("dropped: %v", err)
	}
	if err := c.Drop(ctx, "probe-1"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	if err := c.Create(ctx, feature.About{ID: "probe-1"}, nil, time.Time{}); err != nil {
		t.Error(err)
	}
	again, err := c.Collection(ctx, "probe-1")
	if err != nil {
		t.Fatal(err)
	}
	if page, err := again.Query(ctx, feature.Query{}); err != nil || page.Matched != 0 {
		t.Errorf("a new one has %d features, %v", page.Matched, err)
	}
}

func TestFeaturesAreEdited(t *testing.T) {
	ctx, store := context.Background(), recordstest.New()
	c, other := New(store), New(store)
	if err := c.Create(ctx, feature.About{ID: "mine"}, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	found, err := c.Collection(ctx, "mine")
	if err != nil {
		t.Fatal(err)
	}
	mine := found.(feature.Editable)
	id, err := mine.Create(ctx, feature.Feature{Geometry: geom.Point{7, 50}, Properties: []feature.Property{{Name: "a", Value: "x"}}})
	if err != nil || len(id) != 16 {
		t.Fatalf("%q, %v", id, err)
	}
	seen, err := other.Collection(ctx, "mine")
	if err != nil {
		t.Fatal(err)
	}
	if f, err := seen.Feature(ctx, id); err != nil || f.Geometry != geom.Geometry(geom.Point{7, 50}) {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := mine.Create(ctx, feature.Feature{ID: id}); !errors.Is(err, feature.ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	if err := mine.Replace(ctx, feature.Feature{ID: id, Geometry: geom.Point{8, 51}, Properties: []feature.Property{{Name: "b", Value: 1.5}}}); err != nil {
		t.Fatal(err)
	}
	if f, err := seen.Feature(ctx, id); err != nil || f.Geometry != geom.Geometry(geom.Point{8, 51}) {
		t.Errorf("%+v, %v", f, err)
	}
	about, err := seen.About(ctx)
	if err != nil || about.Extent != (geo.Box{7, 50, 8, 51}) || len(about.Queryables) != 2 {
		t.Errorf("%+v, %v", about, err)
	}
	if err := mine.Replace(ctx, feature.Feature{ID: "nope"}); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("replaced what is not: %v", err)
	}
	if err := mine.Delete(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := mine.Delete(ctx, id); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if page, err := seen.Query(ctx, feature.Query{}); err != nil || page.Matched != 0 {
		t.Errorf("%d features are left, %v", page.Matched, err)
	}
}

func TestFeaturesAreUpserted(t *testing.T) {
	ctx, c := context.Background(), New(recordstest.New())
	if err := c.Create(ctx, feature.About{ID: "stream"}, some(3), time.Time{}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 { // each counts
		all.Go(func() {
			if err := c.Upsert(ctx, "stream", some(5), time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	found, err := c.Collection(ctx, "stream")
	if err != nil {
		t.Fatal(err)
	}
	if page, err := found.Query(ctx, feature.Query{}); err != nil || page.Matched != 5 {
		t.Errorf("%d features, %v", page.Matched, err)
	}
	for _, err := range []error{
		c.Upsert(ctx, "stream", make([]feature.Feature, MaxFeatures+1), time.Time{}), c.Create(ctx, feature.About{ID: "a/b"}, nil, time.Time{}),
		c.Upsert(ctx, "stream", []feature.Feature{{ID: strings.Repeat("x", 1000)}}, time.Time{}), c.Upsert(ctx, "stream", make([]feature.Feature, MaxFeatures-1), time.Time{}),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%v, want ErrInvalid", err)
		}
	}
	if err := c.Upsert(ctx, "nope", nil, time.Time{}); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("no collection: %v", err)
	}
}

func TestCollectionsExpire(t *testing.T) {
	ctx, c := context.Background(), New(recordstest.New())
	if err := c.Create(ctx, feature.About{ID: "old"}, some(2), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Collection(ctx, "old"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("expired: %v", err)
	}
}

func TestWhatAStoreRefusesIsTold(t *testing.T) {
	ctx, store := context.Background(), recordstest.New()
	c, broken := New(store), errors.New("no disk")
	if err := c.Create(ctx, feature.About{ID: "a"}, some(2), time.Time{}); err != nil {
		t.Fatal(err)
	}
	found, err := c.Collection(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	store.Fail(func(string, string, string) error { return broken })
	_, err1 := c.Collections(ctx)
	_, err2 := c.Collection(ctx, "a")
	_, err3 := found.Query(ctx, feature.Query{})
	_, err4 := found.(feature.Editable).Create(ctx, feature.Feature{})
	for i, err := range []error{err1, err2, err3, err4, c.Drop(ctx, "a"), c.Upsert(ctx, "a", some(1), time.Time{}), c.Create(ctx, feature.About{ID: "b"}, nil, time.Time{})} {
		if !errors.Is(err, broken) {
			t.Errorf("%d: %v, want the store's own error", i, err)
		}
	}
}

func BenchmarkUpsert891(b *testing.B) {
	ctx, c, features := context.Background(), New(recordstest.New()), some(891)
	if err := c.Create(ctx, feature.About{ID: "a"}, features, time.Time{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := c.Upsert(ctx, "a", features, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
