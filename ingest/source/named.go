package source

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"isobar/field"
	"isobar/models"
)

// alternatives separates values of a name that are all wanted: "850 mb|500 mb".
const alternatives = "|"

// Words lists the names by which a feed's elements are told at the source.
func Words(f models.Feed) []string {
	seen := map[string]bool{}
	for _, w := range f.Elements {
		for name := range w.Names {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Named lists what is wanted at a step, one entry for each element and each of its alternatives.
func Named(f models.Feed, step field.Seconds) (all []map[string]string) {
	for _, w := range f.Elements {
		if time.Duration(step)*time.Second < w.From {
			continue
		}
		all = append(all, Spread(w.Names)...)
	}
	return all
}

// Spread makes one set of names of each combination of alternatives.
func Spread(names map[string]string) []map[string]string {
	all := []map[string]string{{}}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		var next []map[string]string
		for _, value := range strings.Split(names[name], alternatives) {
			for _, m := range all {
				m = maps.Clone(m)
				m[name] = value
				next = append(next, m)
			}
		}
		all = next
	}
	return all
}

// Label joins names to a part of an item's ID.
func Label(words map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(words)) {
		parts = append(parts, strings.Map(func(r rune) rune {
			if r == '/' || r == ' ' {
				return '_'
			}
			return r
		}, words[name]))
	}
	return strings.Join(parts, "-")
}

// Header makes a request's header; ${NAME} in values stands for what env gives.
func Header(from map[string]string, env func(string) string) http.Header {
	h := http.Header{}
	for name, value := range from {
		if v := os.Expand(value, env); v != "" {
			h.Set(name, v)
		}
	}
	return h
}

// Through writes what write writes to w through a reader that unpacks it.
func Through(w io.Writer, unpack func(io.Reader) (io.Reader, error), write func(io.Writer) error) error {
	r, packed := io.Pipe()
	fetched := make(chan error, 1)
	go func() {
		err := write(packed)
		packed.CloseWithError(err) // nil: the end
		fetched <- err
	}()
	plain, err := unpack(r)
	if err == nil {
		_, err = io.Copy(w, plain)
	}
	var bad error
	if err != nil {
		bad = fmt.Errorf("%w: it can't be unpacked: %w", ErrContent, err)
	}
	r.CloseWithError(bad)
	if cause := <-fetched; cause != nil && !errors.Is(cause, bad) { // it came first
		return cause
	}
	return bad
}
