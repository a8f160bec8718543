package grib

import (
	"bytes"
	"slices"
	"testing"
)

func TestAnOriginalIsTheMessageOfTheFile(t *testing.T) {
	for name, message := range map[string][]byte{"edition 1": small1(), "edition 2": small(0)} {
		file := slices.Concat([]byte("bulletin\r\n"), message, []byte("padding"), message)
		fields, errs := read(t, file)
		if len(fields) != 2 || len(errs) != 0 {
			t.Fatalf("%s: %d fields, errors %v", name, len(fields), errs)
		}
		for _, m := range fields {
			got, err := m.Original([]byte("before"))
			if want := append([]byte("before"), message...); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: message %d is % x, %v; want % x", name, m.Number, got, err, want)
			}
		}
	}
}

func TestAnOriginalOfOneFieldAmongSeveralIsAMessageOfItsSections(t *testing.T) {
	grid, local := latLonSection(3, 2, 50000000, 0, 49000000, 2000000, 1000000, 1000000, 0), section2(2, 1, 2, 3)
	five, seven := octetsPacked(1, 2, 3, 4)
	_, other := octetsPacked(5, 6, 7, 8)
	sixFive, sixSeven := octetsPacked(1, 2, 3, 4, 5, 6)
	bitmap, repeated := section2(6, 0, 0b11110000), section2(6, 254)
	file := message2(0, identity(), local, grid, productSection(6), five, bitmap, seven, productSection(12), five, repeated, other,
		section2(2, 9), grid, productSection(18), sixFive, noBitmap(), sixSeven)
	want := [][]byte{
		message2(0, identity(), local, grid, productSection(6), five, bitmap, seven),
		message2(0, identity(), local, grid, productSection(12), five, bitmap, other),
		message2(0, identity(), section2(2, 9), grid, productSection(18), sixFive, noBitmap(), sixSeven),
	}
	fields, errs := read(t, file)
	if len(fields) != len(want) || len(errs) != 0 {
		t.Fatalf("%d fields, errors %v; want %d", len(fields), errs, len(want))
	}
	for i, m := range fields {
		got, err := m.Original(nil)
		if err != nil || !bytes.Equal(got, want[i]) {
			t.Errorf("field %d is % x, %v; want % x", i+1, got, err, want[i])
			continue
		}
		if alone := one(t, got); !alike(unpacked(t, alone), unpacked(t, m)) || !alone.Valid.Equal(m.Valid) {
			t.Errorf("field %d alone is %v of %v, want %v of %v", i+1, unpacked(t, alone), alone.Valid, unpacked(t, m), m.Valid)
		}
	}
}

func TestAnOriginalSaysItsTrueLength(t *testing.T) {
	file := small(0)
	wrong := slices.Clone(file)
	wrong[15]++ // the length in section 0, that of a message whose sections lead to its end all the same
	got, err := one(t, wrong).Original(nil)
	if err != nil || !bytes.Equal(got, file) {
		t.Errorf("got % x, %v; want % x", got, err, file)
	}
}
