package storetest

import (
	"slices"

	"isobar/elements"
	"isobar/field"
)

func parts(s *suite) {
	first := key("gfs", monday, "t", 0)
	list := []field.Key{first, at(first, field.Level{Kind: elements.Altitude, Value: 2, To: 2}),
		at(first, field.Level{Kind: elements.Height, Value: 3, To: 3}), at(first, field.Level{Kind: elements.Height, Value: 2, To: 3})}
	for _, change := range []func(k *field.Key){
		func(k *field.Key) { k.Issue = 1 },
		func(k *field.Key) { k.Element = "T" },
		func(k *field.Key) { k.Member = 1 },
		func(k *field.Key) { k.Valid += 3600 },
		func(k *field.Key) { k.Span = 3600 },
	} {
		k := first
		change(&k)
		list = append(list, k)
	}
	var fields []*field.Field
	for i, k := range list {
		fields = append(fields, newField(k, s.region(), uint64(i)))
	}
	s.publish(fields...)
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
	if got := len(keys(now)); got != len(list) {
		s.Errorf("%d keys of %d", got, len(list))
	}
}

func ordered(s *suite) {
	for _, run := range []struct {
		model string
		run   field.Time
	}{{"icon", tuesday}, {"gfs", tuesday}, {"icon", monday}, {"gfs", monday}, {"gfs", tuesday}} {
		for n := range 3 {
			s.publish(newField(key(run.model, run.run, "u", n), s.region(), 1), newField(key(run.model, run.run, "t", n), s.region(), 2))
		}
	}
	now := s.hold()
	defer now.Close()
	list := keys(now)
	if len(list) != 24 {
		s.Errorf("%d keys, want 24", len(list))
	}
	type name struct {
		model string
		run   field.Time
	}
	var seen []name
	for _, k := range list {
		n := name{k.Model, k.Run}
		if len(seen) > 0 && seen[len(seen)-1] == n {
			continue
		}
		if slices.Contains(seen, n) {
			s.Errorf("%v comes in pieces", n)
		}
		seen = append(seen, n)
	}
	if want := []name{{"gfs", monday}, {"gfs", tuesday}, {"icon", monday}, {"icon", tuesday}}; !slices.Equal(seen, want) {
		s.Errorf("runs in the order %v, want %v", seen, want)
	}
	for range now.Keys() { // one may stop early
		break
	}
}

func apart(s *suite) {
	var fields []*field.Field
	for i, model := range []string{"gfs", "GFS", "gfs/0p25", "..", "ingested", "modèle 1"} {
		for j, run := range []field.Time{monday, tuesday, 0, -3600} {
			f := newField(key(model, run, "t", 0), s.region(), uint64(10*i+j))
			f.Key.Valid = tuesday
			s.publish(f)
			fields = append(fields, f)
		}
	}
	now := s.hold()
	defer now.Close()
	for _, f := range fields {
		s.holds(now, f)
	}
	s.must(s.store.Drop(s.ctx, "gfs", monday))
	after := s.hold()
	defer after.Close()
	for _, f := range fields {
		if f.Key.Model == "gfs" && f.Key.Run == monday {
			s.lacks(after, f.Key)
		} else {
			s.holds(after, f)
		}
	}
}
