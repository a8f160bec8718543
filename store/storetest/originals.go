package storetest

import (
	"bytes"
	"slices"

	"isobar/field"
	"isobar/store"
)

// withOriginal gives a field a message, another one for each seed.
func withOriginal(f *field.Field, format string, seed byte) *field.Field {
	message := []byte("GRIB")
	for i := range 5000 + int(seed) {
		message = append(message, byte(i)*seed)
	}
	f.Original = &field.Original{Format: format, Bytes: message}
	return f
}

// keeps checks that a snapshot has a field with its original, or that it has none.
func (s *suite) keeps(from store.Snapshot, f *field.Field) {
	s.Helper()
	s.holds(from, f)
	info, _ := from.Info(f.Key)
	got, ok, err := from.(store.Originals).Original(s.ctx, f.Key)
	s.must(err)
	want := field.Original{}
	if f.Original != nil {
		want = *f.Original
	}
	if ok != (f.Original != nil) || !bytes.Equal(got, want.Bytes) {
		s.Fatalf("%+v: an original of %d bytes, %v; want %d", f.Key, len(got), ok, len(want.Bytes))
	}
	if info.Original != want.Format || info.OriginalBytes != len(want.Bytes) {
		s.Errorf("%+v: described as %q of %d bytes, want %q of %d", f.Key, info.Original, info.OriginalBytes, want.Format, len(want.Bytes))
	}
}

// originals is tried on stores that keep them.
func originals(s *suite) {
	before := s.hold()
	defer before.Close()
	if _, ok := before.(store.Originals); !ok {
		return
	}
	fields := []*field.Field{
		withOriginal(newField(key("gfs", monday, "t", 0), s.region(), 1), field.GRIB2, 1),
		newField(key("gfs", monday, "none", 0), s.region(), 2),
		withOriginal(newField(key("gfs", monday, "u", 0), s.region(), 3), field.GRIB1, 3),
	}
	s.publish(fields...)
	first := s.hold()
	defer first.Close()
	for _, f := range fields {
		s.keeps(first, f)
	}
	changed := []*field.Field{ // the same values in another message, none any more, and one where there was none
		withOriginal(newField(fields[0].Key, s.region(), 1), field.GRIB2, 7), withOriginal(newField(fields[1].Key, s.region(), 2), field.GRIB2, 8),
		newField(fields[2].Key, s.region(), 3),
	}
	s.publish(changed...)
	second := s.hold()
	defer second.Close()
	for i := range fields {
		s.keeps(second, changed[i])
		s.keeps(first, fields[i])
		was, _ := first.Info(fields[i].Key)
		if is, _ := second.Info(fields[i].Key); is.ETag == was.ETag {
			s.Errorf("%+v has one tag with two originals", fields[i].Key)
		}
	}
	_, _, err := second.(store.Originals).Original(s.ctx, key("gfs", tuesday, "t", 0))
	s.isError(err, store.ErrNotFound)
}

// originalNotKept is tried on stores that keep originals.
func originalNotKept(s *suite) {
	f := withOriginal(newField(key("gfs", monday, "t", 0), s.region(), 1), field.GRIB2, 1)
	want := slices.Clone(f.Original.Bytes)
	w := s.begin("gfs", monday)
	s.must(w.Put(s.ctx, f))
	clear(f.Original.Bytes)
	s.must(w.Publish(s.ctx))
	s.must(w.Close())
	f.Original = &field.Original{Format: field.GRIB2, Bytes: want}
	now := s.hold()
	defer now.Close()
	if _, ok := now.(store.Originals); ok {
		s.keeps(now, f)
	}
}
