package models

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A grid's ID is text of grid.Grid.ID: "latlon:85x47:-30,25,12,48". Two things are read from it: how many cells it has, where it
// says that, for titles; and the step of a regular one, for rows that mean all regional cuts.
var (
	shapeText = regexp.MustCompile(`:([0-9]{1,9})x([0-9]{1,9})[:+]`)
	cutText   = regexp.MustCompile(`^(.+?)(?:-([0-9]{1,9}x[0-9]{1,9}))?-([0-9a-f]{8})$`)
)

// gridSuffix is what tells a grid's model from those of other grids: "85x47-5f3a09bd".
func gridSuffix(gridID string) string {
	sum := sha256.Sum256([]byte(gridID))
	hash := hex.EncodeToString(sum[:4])
	if m := shapeText.FindStringSubmatch(gridID); m != nil {
		return m[1] + "x" + m[2] + "-" + hash
	}
	return hash
}

// cutGrid takes a grid's suffix off an ID; shape is for people.
func cutGrid(id string) (row, shape string, ok bool) {
	m := cutText.FindStringSubmatch(id)
	if m == nil {
		return "", "", false
	}
	if m[2] == "" {
		return m[1], "grid " + m[3], true
	}
	return m[1], strings.Replace(m[2], "x", " × ", 1) + " cells (" + m[3] + ")", true
}

// stepTolerance is how far, in parts, a step may be off: files round to thousandths and millionths of a degree.
const stepTolerance = 1e-3

// latLonStep is the step of a regular lat-lon grid in degrees; ok is false for other grids and where columns and rows differ.
func latLonStep(gridID string) (stepDeg float64, ok bool) {
	parts := strings.Split(gridID, ":")
	if len(parts) != 3 || parts[0] != "latlon" {
		return 0, false
	}
	columns, rows, _ := strings.Cut(parts[1], "x")
	nx, errX := strconv.Atoi(columns)
	ny, errY := strconv.Atoi(rows)
	var box [4]float64
	edges := strings.Split(parts[2], ",")
	if errX != nil || errY != nil || nx < 2 || ny < 2 || len(edges) != len(box) {
		return 0, false
	}
	for i, e := range edges {
		var err error
		if box[i], err = strconv.ParseFloat(e, 64); err != nil {
			return 0, false
		}
	}
	x, y := (box[2]-box[0])/float64(nx-1), (box[3]-box[1])/float64(ny-1)
	return x, near(x, y)
}

// near tells whether two steps are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= stepTolerance*math.Abs(b) }

// exact tells that a grid's ID stands in the row, not a pattern.
func (g *gridRow) exact() bool {
	return g.Grid.Value != "" && !strings.ContainsAny(g.Grid.Value, `*?[\`)
}

// fits tells whether a grid other than the very one is meant: by pattern, by step, or both.
func (g *gridRow) fits(gridID string) bool {
	if g.Grid.Value != "" && !g.exact() && !glob(g.Grid.Value, gridID) {
		return false
	}
	if g.Step == 0 {
		return !g.exact()
	}
	step, ok := latLonStep(gridID)
	return ok && near(step, g.Step)
}

// glob matches a grid's ID, in which '/' does not occur, so that '*' reaches over all of it.
func glob(pattern, gridID string) bool {
	ok, err := path.Match(pattern, gridID)
	return ok && err == nil
}
