package ingest

import (
	"fmt"
	"strings"
	"time"
)

// Progress is how far a batch of files has come.
type Progress struct {
	Files, FilesDone int
	Fields           int   // put so far
	Bytes, BytesDone int64 // of the files
}

// Summary is what came of a batch of files.
type Summary struct {
	Files    int      // looked at
	Skipped  int      // of them: read before and unchanged
	Ignored  int      // of them: not forecasts
	Fields   int      // served now that were read in this batch
	Failed   int      // messages that could not be read, and files that should be forecasts and can't be read at all
	Waiting  int      // wind components left out because their partner has not been read
	Unplaced int      // fields left out because the places of their grid, or their bitmap, have not been read
	Bytes    int64    // of the files
	Models   []string // of the fields, sorted
	Elapsed  time.Duration
}

// String is the summary as one line.
func (s Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", count(s.Files, "file"), count(s.Fields, "field"))
	if len(s.Models) > 0 {
		fmt.Fprintf(&b, " of %s", strings.Join(s.Models, ", "))
	}
	fmt.Fprintf(&b, " in %v", s.Elapsed.Round(time.Millisecond))
	if seconds := s.Elapsed.Seconds(); s.Fields > 0 && seconds > 0 {
		fmt.Fprintf(&b, " (%.1f fields/s)", float64(s.Fields)/seconds)
	}
	for _, part := range []struct {
		n    int
		what string
	}{{s.Skipped, "read before"}, {s.Ignored, "not forecasts"}, {s.Waiting, "waiting for the other wind component"},
		{s.Unplaced, "waiting for the places of their grid, or a bitmap"}, {s.Failed, "failed"}} {
		if part.n > 0 {
			fmt.Fprintf(&b, "; %d %s", part.n, part.what)
		}
	}
	return b.String()
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
