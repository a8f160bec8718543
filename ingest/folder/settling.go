package folder

import (
	"slices"
	"strings"
	"time"
)

// Settling holds files that have changed until they have been quiet for a while, because a program may still be writing them.
type Settling struct {
	quiet time.Duration
	files map[string]unrest
}

// unrest is what was last seen of a file, and when it last differed.
type unrest struct {
	last  File
	since time.Time
}

// NewSettling wants files to be the same for that long.
func NewSettling(quiet time.Duration) *Settling {
	return &Settling{quiet: quiet, files: map[string]unrest{}}
}

// Add takes a file in; one that is there already keeps its time.
func (s *Settling) Add(f File, now time.Time) {
	if held, ok := s.files[f.Path]; !ok || !held.last.Same(f) {
		s.files[f.Path] = unrest{f, now}
	}
}

// Ready looks at the files again and gives those that have been quiet for long enough, in the order of their paths; they
// are held no longer.
func (s *Settling) Ready(now time.Time) (ready []File) {
	for path, held := range s.files {
		f, ok := Look(path)
		f.Named = held.last.Named
		switch {
		case !ok:
			delete(s.files, path)
		case !f.Same(held.last):
			s.files[path] = unrest{f, now}
		case now.Sub(held.since) >= s.quiet:
			ready = append(ready, f)
			delete(s.files, path)
		}
	}
	slices.SortFunc(ready, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return ready
}
