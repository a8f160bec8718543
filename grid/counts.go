package grid

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxRows bounds the rows of a reduced grid.
const maxRows = 2 * maxGaussian

// maxID bounds an ID's length; that of the finest irregular grid is some kilobytes.
const maxID = 1 << 16

// writeCounts writes the lengths of rows as runs: "20+4*16" is 16 rows, the first 20 long and each 4 longer than the last;
// "18*2" is two equal ones. Where the southern half mirrors the northern, a "~" stands for it.
func writeCounts(counts []int) string {
	n := len(counts)
	half := n / 2
	mirrored := n%2 == 0 && n > 1
	for i := range half {
		mirrored = mirrored && counts[i] == counts[n-1-i]
	}
	if mirrored {
		return writeRuns(counts[:half]) + "~"
	}
	return writeRuns(counts)
}

func writeRuns(counts []int) string {
	var runs []string
	for i := 0; i < len(counts); {
		step, length := 0, 1
		if i+1 < len(counts) {
			step = counts[i+1] - counts[i]
		}
		for i+length < len(counts) && counts[i+length]-counts[i+length-1] == step {
			length++
		}
		if length == 2 && step != 0 { // rather a single row, and perhaps a run after it
			step, length = 0, 1
		}
		run := strconv.Itoa(counts[i])
		if step != 0 {
			run += fmt.Sprintf("%+d", step)
		}
		if length > 1 {
			run += "*" + strconv.Itoa(length)
		}
		runs = append(runs, run)
		i += length
	}
	return strings.Join(runs, ",")
}

// readCounts reads what writeCounts wrote.
func readCounts(text string) ([]int, error) {
	text, mirrored := strings.CutSuffix(text, "~")
	var counts []int
	for run := range strings.SplitSeq(text, ",") {
		run, times, many := strings.Cut(run, "*")
		length := 1
		var err error
		if many {
			if length, err = strconv.Atoi(times); err != nil {
				return nil, invalid("rows %q", run)
			}
		}
		step := 0
		if at := strings.LastIndexAny(run, "+-"); at > 0 {
			if step, err = strconv.Atoi(run[at:]); err != nil {
				return nil, invalid("rows %q", run)
			}
			run = run[:at]
		}
		first, err := strconv.Atoi(run)
		if err != nil || length < 1 || length > maxRows-len(counts) {
			return nil, invalid("rows %q", run)
		}
		for i := range length {
			counts = append(counts, first+i*step)
		}
	}
	if mirrored {
		south := slices.Clone(counts)
		slices.Reverse(south)
		counts = append(counts, south...)
	}
	return counts, nil
}
