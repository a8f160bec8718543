package jpeg2000

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// stream is a line of testdata/index.tsv.
type stream struct {
	file    string
	header  Header
	image   string
	lossy   bool // expected are the samples beside it
	options string
	data    []byte
}

func streams(t testing.TB) []stream {
	t.Helper()
	index, err := os.ReadFile(filepath.Join("testdata", "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var all []stream
	for line := range strings.Lines(string(index)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		number := func(s string) int {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(line, err)
			}
			return n
		}
		s := stream{
			file:   f[0],
			header: Header{number(f[1]), number(f[2]), number(f[3]), f[4] == "signed", f[5] == "5/3"},
			image:  f[6], lossy: f[7] == "samples", options: f[8],
		}
		if s.data, err = os.ReadFile(filepath.Join("testdata", s.file)); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// picture draws a synthetic image.
func picture(kind string, h Header) []int32 {
	top, off := 1<<h.BitDepth-1, 0
	if h.Signed {
		off = 1 << h.BitDepth >> 1
	}
	var all []int32
	for y := range h.Height {
		for x := range h.Width {
			all = append(all, int32(pixel(kind, x, y, top)-off))
		}
	}
	if h.BitDepth > 16 { // its encoder took the depth from the largest sample
		all[0] = int32(top)
	}
	return all
}

func pixel(kind string, x, y, top int) int {
	switch kind {
	case "const":
		return top / 3
	case "rare", "sparse":
		every := map[string]int{"rare": 997, "sparse": 97}[kind]
		if (x*7919+y*104729)%every == 0 {
			return top
		}
		return 0
	}
	wave := func(n, p int) int { return max(n%(2*p)-p, p-n%(2*p)) }
	s := 37*wave(3*x+2*y, 101) + 23*wave(5*y+x, 67) + (x*7919+y*104729)%13*((x/16+y/16)%2)
	return s * top / 5290
}

// want gives the expected samples.
func (s stream) want(t testing.TB) []int32 {
	t.Helper()
	if !s.lossy {
		return picture(s.image, s.header)
	}
	raw, err := os.ReadFile(filepath.Join("testdata", strings.TrimSuffix(s.file, filepath.Ext(s.file))+".samples"))
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int32, len(raw)/2)
	for i := range all {
		v := binary.BigEndian.Uint16(raw[2*i:])
		if all[i] = int32(v); s.header.Signed {
			all[i] = int32(int16(v))
		}
	}
	return all
}

func TestStreamsOfManyFormsDecode(t *testing.T) {
	var d Decoder // one for all, to see that nothing is left over from one to the next
	for _, s := range streams(t) {
		t.Run(s.file, func(t *testing.T) {
			h, err := ReadHeader(s.data)
			if err != nil || h != s.header {
				t.Fatalf("header %+v, %v, want %+v", h, err, s.header)
			}
			got, want := make([]int32, h.Width*h.Height), s.want(t)
			if err := d.Decode(got, s.data); err != nil {
				t.Fatalf("%v (%s)", err, s.options)
			}
			tolerance := int32(0)
			if !h.Reversible {
				tolerance = 1
			}
			for i, v := range got {
				if v-want[i] > tolerance || want[i]-v > tolerance {
					t.Fatalf("sample %d is %d, want %d (%s)", i, v, want[i], s.options)
				}
			}
		})
	}
}

func TestStreamsCutShortAreRefused(t *testing.T) {
	for _, s := range streams(t) {
		got := make([]int32, s.header.Width*s.header.Height)
		end := len(s.data) - 2 // EOC may be missing
		if s.file == "no-eoc.j2k" || s.file == "psot-0.j2k" {
			end = len(s.data) - 3
		}
		for n := 0; n < end; n += 1 + n/16 {
			if err := Decode(got, s.data[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes decode", s.file, n, len(s.data))
			}
		}
		if err := Decode(got, s.data[:end-1]); err == nil {
			t.Errorf("%s: it decodes without its last bytes", s.file)
		}
	}
}

func TestImagesOfAnotherSizeAreRefused(t *testing.T) {
	s := streams(t)[0]
	for _, n := range []int{0, 1, s.header.Width*s.header.Height - 1, s.header.Width*s.header.Height + 1} {
		if err := Decode(make([]int32, n), s.data); err == nil {
			t.Errorf("%d samples are taken for an image of %+v", n, s.header)
		}
	}
}
