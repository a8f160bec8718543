package index

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"isobar/ingest/fetch"
	"isobar/ingest/source"
)

// entry is a message that an index tells of.
type entry struct {
	from, to int64 // bytes; to may be fetch.ToEnd
	words    map[string]string
}

// parseIDX reads what wgrib2 writes: number:offset:d=2026112406:TMP:2 m above ground:3 hour fcst:more
func parseIDX(text []byte) (all []entry, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		f := strings.Split(lines.Text(), ":")
		if len(f) < 6 {
			return nil, fmt.Errorf("line %d of the index has %d parts", n, len(f))
		}
		from, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil || from < 0 {
			return nil, fmt.Errorf("line %d of the index: offset %q", n, f[1])
		}
		all = append(all, entry{from: from, words: map[string]string{"var": f[3], "level": f[4], "time": f[5], "more": strings.Join(f[6:], ":")}})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.from, b.from) })
	for i := range all { // a message ends where the next one that is elsewhere begins
		all[i].to = fetch.ToEnd
		for _, next := range all[i+1:] {
			if next.from > all[i].from {
				all[i].to = next.from
				break
			}
		}
	}
	return all, nil
}

// parseECMWF reads a JSON object a line.
func parseECMWF(text []byte) (all []entry, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var object map[string]any
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.UseNumber()
		if err := decoder.Decode(&object); err != nil {
			return nil, fmt.Errorf("line %d of the index: %w", n, err)
		}
		e := entry{words: map[string]string{}}
		for name, v := range object {
			e.words[name] = fmt.Sprint(v)
		}
		offset, err1 := strconv.ParseInt(e.words["_offset"], 10, 64)
		length, err2 := strconv.ParseInt(e.words["_length"], 10, 64)
		if err1 != nil || err2 != nil || offset < 0 || length <= 0 {
			return nil, fmt.Errorf("line %d of the index: _offset %q, _length %q", n, e.words["_offset"], e.words["_length"])
		}
		e.from, e.to = offset, offset+length
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.from, b.from) })
	return all, lines.Err()
}

// choose keeps the entries that fit one of what is wanted: every name that is said must be so. all tells that each of what is wanted
// has an entry.
func choose(entries []entry, wanted []map[string]string) (chosen []entry, all bool) {
	found := make([]bool, len(wanted))
	for _, e := range entries {
		for i, w := range wanted {
			if !fits(e.words, w) {
				continue
			}
			found[i] = true
			if n := len(chosen); n == 0 || chosen[n-1].from != e.from {
				chosen = append(chosen, e)
			}
		}
	}
	return chosen, !slices.Contains(found, false)
}

func fits(words, wanted map[string]string) bool {
	for name, value := range wanted {
		if words[name] != value {
			return false
		}
	}
	return len(wanted) > 0
}

// joined is a range to ask for, and the parts of it that are wanted.
type joined struct {
	from, to int64
	parts    [][2]int64 // to may be fetch.ToEnd
}

// maxJoined bounds what is asked for at once.
const maxJoined = 256 << 20

// join makes one request of ranges that lie close together.
func join(chosen []entry, gap int64) (all []joined) {
	for _, e := range chosen {
		if n := len(all) - 1; n >= 0 && all[n].to != fetch.ToEnd && e.from-all[n].to <= gap && e.from-all[n].from < maxJoined {
			all[n].to = e.to
			all[n].parts = append(all[n].parts, [2]int64{e.from, e.to})
			continue
		}
		all = append(all, joined{e.from, e.to, [][2]int64{{e.from, e.to}}})
	}
	return all
}

// cutter writes the parts that are wanted of a range that passes by, and sees that each begins as a message does.
type cutter struct {
	to   io.Writer
	keep [][2]int64
	at   int64 // of the next byte, in the file
	head []byte
	done int64 // bytes written of the part
}

func (c *cutter) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 && len(c.keep) > 0 {
		part := c.keep[0]
		if c.at < part[0] {
			n := min(int64(len(p)), part[0]-c.at)
			p, c.at = p[n:], c.at+n
			continue
		}
		n := int64(len(p))
		if part[1] != fetch.ToEnd {
			n = min(n, part[1]-c.at)
		}
		if len(c.head) < 4 {
			c.head = append(c.head, p[:min(n, int64(4-len(c.head)))]...)
			if len(c.head) == 4 && string(c.head) != "GRIB" {
				return 0, fmt.Errorf("%w: no message begins at byte %d", source.ErrContent, part[0])
			}
		}
		if _, err := c.to.Write(p[:n]); err != nil {
			return 0, err
		}
		p, c.at, c.done = p[n:], c.at+n, c.done+n
		if c.at == part[1] {
			c.keep, c.head, c.done = c.keep[1:], nil, 0
		}
	}
	c.at += int64(len(p))
	return all, nil
}

// check tells that a part did not come whole.
func (c *cutter) check() error {
	if len(c.keep) == 0 || len(c.keep) == 1 && c.keep[0][1] == fetch.ToEnd && c.done > 0 {
		return nil
	}
	return fmt.Errorf("%w: bytes %d to %d did not come", source.ErrContent, c.keep[0][0], c.keep[0][1])
}
