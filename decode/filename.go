package decode

import (
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fileName is the name of what is read, without its folder, if the reader tells one (os.File does).
func fileName(r io.ReaderAt) string {
	if named, ok := r.(interface{ Name() string }); ok {
		return filepath.Base(named.Name())
	}
	return ""
}

// maxFileName bounds what is looked through.
const maxFileName = 512

// timeInName is a date and perhaps a time of day as names of files have them: 20130214T060000Z, 2026-11-24T06.00.00Z,
// 2024-06-17_23:30, 20240617-S233000, 2013021406, 20201024.
var timeInName = regexp.MustCompile(
	`(?:^|[^0-9])((?:19|20)[0-9]{2})([-_.]?)(0[1-9]|1[0-2])([-_.]?)(0[1-9]|[12][0-9]|3[01])` +
		`(?:[-_T .]*[TSt]?([01][0-9]|2[0-3])(?:[-_.:]?([0-5][0-9])(?:[-_.:]?([0-5][0-9]))?)?Z?)?(?:$|[^0-9])`)

// findTime finds the first time in a name, and where in it that stands.
func findTime(name string) (t time.Time, start, end int, ok bool) {
	at := timeInName.FindStringSubmatchIndex(name)
	if at == nil {
		return t, 0, 0, false
	}
	var v [6]int
	start, end = at[2], at[2]
	for k, group := range []int{1, 3, 5, 6, 7, 8} {
		if from := at[2*group]; from >= 0 {
			if letter := at[2*group+1]; k == 3 && at[2*7] < 0 && letter < len(name) && strings.IndexByte("Zhz-_. ", name[letter]) < 0 {
				break // not hours: 20201024_10m
			}
			end = at[2*group+1]
			v[k], _ = strconv.Atoi(name[from:end])
		}
	}
	if end < len(name) && name[end] == 'Z' {
		end++
	}
	t = time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC)
	return t, start, end, true
}

// timesInName are the times that a name holds, the earliest first, each once.
func timesInName(name string) (times []time.Time) {
	name = name[:min(len(name), maxFileName)]
	for {
		t, start, end, ok := findTime(name)
		if !ok {
			break
		}
		if !slices.Contains(times, t) {
			times = append(times, t)
		}
		name = name[max(end, start+1):]
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// plainName is what a file's name says beside times and endings: "gpm_imerg_1d_20240617.tif" is "gpm_imerg_1d".
func plainName(name string) string {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	name = name[:min(len(name), maxFileName)]
	for {
		_, start, end, ok := findTime(name)
		if !ok {
			return strings.Trim(name, "-_. ")
		}
		name = strings.TrimRight(name[:start], "-_. ") + name[max(end, start+1):]
	}
}
