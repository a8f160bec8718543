package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
)

// inspectCmd tells what is in files, field by field, in the files' own units.
type inspectCmd struct {
	JSON    bool     `name:"json" help:"Print one JSON object a field on a line."`
	Element []string `placeholder:"ID,..." help:"Tell of these elements alone: t2m,msl."`
	At      []int    `placeholder:"I,J,..." help:"Give place and value of these points, counted from 0 in the file's own scanning order."`
	Files   []string `arg:"" help:"The files to look into."`
}

// inspection is what is told of a field; its JSON names are read by scripts.
type inspection struct {
	File       string        `json:"file"`
	Message    int           `json:"message"`
	Error      string        `json:"error,omitempty"`
	Edition    int           `json:"edition,omitempty"`
	Centre     int           `json:"centre"`
	Discipline *int          `json:"discipline,omitempty"`
	Category   *int          `json:"category,omitempty"`
	Number     int           `json:"number"`
	Element    string        `json:"element"`
	Level      string        `json:"level"`
	Member     int           `json:"member"`
	Run        string        `json:"run,omitempty"`
	Valid      string        `json:"valid,omitempty"`
	Span       field.Seconds `json:"span"`
	GridType   string        `json:"gridType,omitempty"`
	GDT        int           `json:"gdt"`
	DRT        int           `json:"drt"`
	PDT        int           `json:"pdt"`
	NI         int           `json:"ni"`
	NJ         int           `json:"nj"`
	N          int           `json:"n"`
	Missing    int           `json:"missing"`
	Min        *float64      `json:"min"`
	Max        *float64      `json:"max"`
	Mean       *float64      `json:"mean"`
	Quantum    float64       `json:"quantum,omitempty"` // how far apart the values are that the packing can tell
	Points     []inspected   `json:"points,omitempty"`
}

// inspected is a point that was asked for. A place that the file does not tell and a value that is missing are null.
type inspected struct {
	I     int      `json:"i"`
	Lat   *float64 `json:"lat"`
	Lon   *float64 `json:"lon"`
	Value *float64 `json:"value"`
}

// Run looks into the files. Status 1: a field could not be read.
func (c *inspectCmd) Run(env *environment) error {
	rows, err := loadRows(rowsConfig{})
	if err != nil {
		return err
	}
	i := &inspector{at: c.At, elements: rows.elements, bitmaps: map[string][]byte{}}
	failed, shown, others := false, 0, map[string]bool{}
	for _, file := range c.Files {
		show, finish := i.printer(env.stdout, file, c.JSON)
		for found := range i.file(file, env.ctx.Done()) {
			if len(c.Element) > 0 && found.Error == "" && !slices.Contains(c.Element, found.Element) {
				others[found.Element] = true
				continue
			}
			shown++
			failed = failed || found.Error != ""
			if err := show(found); err != nil {
				return err
			}
		}
		if err := finish(); err != nil {
			return err
		}
		if err := env.ctx.Err(); err != nil {
			return err
		}
	}
	if shown == 0 && len(others) > 0 {
		return fmt.Errorf("--element: nothing of %s is there, but %s", strings.Join(c.Element, ", "), strings.Join(slices.Sorted(maps.Keys(others)), ", "))
	}
	if failed {
		return statusError(1)
	}
	return nil
}

// inspector looks into files.
type inspector struct {
	at       []int
	elements *elements.Catalogue
	buffers  sync.Pool         // of *[]float32
	bitmaps  map[string][]byte // by name, of the messages so far that carry one
}

// file gives what is in a file, in its order, fields being unpacked in parallel.
func (i *inspector) file(name string, done <-chan struct{}) func(yield func(*inspection) bool) {
	return func(yield func(*inspection) bool) {
		stop := make(chan struct{})
		defer close(stop)
		queue := make(chan chan *inspection, runtime.GOMAXPROCS(0))
		go func() {
			defer close(queue)
			i.walk(name, func(work func() *inspection) bool {
				answer := make(chan *inspection, 1)
				select {
				case queue <- answer: // blocks while as many fields as there are processors are under way
				case <-stop:
					return false
				case <-done:
					return false
				}
				go func() { answer <- work() }()
				return true
			})
		}()
		for answer := range queue {
			if !yield(<-answer) {
				return
			}
		}
	}
}

// walk goes through a file's messages. What is to be done for each is given to start, which tells whether to go on.
func (i *inspector) walk(name string, start func(work func() *inspection) bool) {
	fail := func(number int, err error) bool {
		return start(func() *inspection { return &inspection{File: name, Message: number, Error: err.Error()} })
	}
	file, err := os.Open(name)
	if err != nil {
		fail(0, err)
		return
	}
	var under sync.WaitGroup
	defer func() { under.Wait(); file.Close() }()
	format, size, err := formatOf(file)
	if err != nil {
		fail(0, err)
		return
	}
	empty := true
	for m, err := range format.Messages(file, size) {
		empty = false
		if m == nil {
			var at *decode.MessageError
			number := 0
			if errors.As(err, &at) {
				number, err = at.Number, at.Err
			}
			if !fail(number, err) {
				return
			}
			continue
		}
		i.bitmap(m)
		under.Add(1)
		if !start(func() *inspection { defer under.Done(); return i.field(name, m) }) {
			under.Done()
			return
		}
	}
	if empty {
		fail(0, errors.New("no message in it"))
	}
}

// maxInspectedBitmaps bounds what is remembered of bitmaps that messages carry under a number.
const maxInspectedBitmaps = 64

// bitmap remembers a predefined bitmap that a message carries, and gives it to a later one that only names it. What can't be given is told
// when its values are asked for.
func (i *inspector) bitmap(m *decode.Message) {
	b := m.Bitmap
	switch {
	case b == nil:
	case b.Read == nil && i.bitmaps[b.Name] != nil:
		_ = b.Give(i.bitmaps[b.Name])
	case b.Read != nil && i.bitmaps[b.Name] == nil && len(i.bitmaps) < maxInspectedBitmaps:
		if bits, err := b.Read(nil); err == nil {
			i.bitmaps[b.Name] = bits
		}
	}
}

// formatOf finds the format of a file by its first bytes.
func formatOf(file *os.File) (decode.Format, int64, error) {
	info, err := file.Stat()
	if err != nil {
		return decode.Format{}, 0, err
	}
	head := make([]byte, 4096)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return decode.Format{}, 0, err
	}
	for _, f := range formats() {
		if f.Detect(head[:n]) {
			return f, info.Size(), nil
		}
	}
	return decode.Format{}, 0, errors.New("no forecast file")
}

// field describes a message, its values among them.
func (i *inspector) field(name string, m *decode.Message) *inspection {
	p, h := m.Parameter, m.Headers
	f := &inspection{
		File: name, Message: m.Number, Edition: p.Edition, Centre: p.Centre, Number: p.Number, Element: i.elements.Identify(p).ID,
		Level: levelText(m.Level), Member: m.Member, Run: m.Run.String(), Valid: m.Valid.String(), Span: m.Span,
		GridType: h.GridType, GDT: h.GDT, DRT: h.DRT, PDT: h.PDT, NI: h.NI, NJ: h.NJ, N: h.Points,
	}
	if p.Edition == 2 {
		f.Discipline, f.Category = &p.Discipline, &p.Category
	}
	values := i.buffer(h.Points)
	defer i.buffers.Put(&values)
	if err := m.Unpack(values); err != nil {
		f.Error = err.Error()
		return f
	}
	f.measure(values)
	f.Quantum = m.Packing.Quantum()
	for _, at := range i.at {
		if at >= 0 && at < h.Points {
			f.Points = append(f.Points, point(m, values, at))
		}
	}
	return f
}

// buffer gives n values to write to.
func (i *inspector) buffer(n int) []float32 {
	if held, ok := i.buffers.Get().(*[]float32); ok && cap(*held) >= n {
		return (*held)[:n]
	}
	return make([]float32, n)
}

// measure sets the statistics of values.
func (f *inspection) measure(values []float32) {
	low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	for _, v := range values {
		if v != v {
			continue
		}
		x := float64(v)
		low, high = min(low, x), max(high, x)
		sum += x
		n++
	}
	f.Missing = len(values) - n
	if n > 0 {
		f.Min, f.Max, f.Mean = number(low), number(high), number(sum/float64(n))
	}
}

// point is place and value of the at-th point of the file.
func point(m *decode.Message, values []float32, at int) inspected {
	cell := at
	if m.Scan != nil {
		cell = m.Scan(at)
	}
	p := inspected{I: at, Value: number(float64(values[cell]))}
	switch {
	case m.Place != nil:
		place := m.Place(at)
		p.Lat, p.Lon = number(place.Lat), number(place.Lon)
	case m.Grid != nil:
		var place [1]geo.LonLat
		m.Grid.Places(place[:], cell)
		p.Lat, p.Lon = number(place[0].Lat), number(place[0].Lon)
	}
	return p
}

// number is nil for what JSON can't hold.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// levelText is a level on a line: "height 2", "pressurelayer 100000-85000", "surface".
func levelText(l field.Level) string {
	text := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	switch {
	case l.To != l.Value:
		return string(l.Kind) + " " + text(l.Value) + "-" + text(l.To)
	case l.Value != 0:
		return string(l.Kind) + " " + text(l.Value)
	}
	return string(l.Kind)
}

// printer gives what prints the fields of a file, and what ends it.
func (i *inspector) printer(w io.Writer, file string, asJSON bool) (show func(*inspection) error, finish func() error) {
	if asJSON {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		return func(f *inspection) error { return lines.Encode(f) }, func() error { return nil }
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, file)
	fmt.Fprintln(table, "  #\telement\tlevel\tmember\trun\tvalid\tgrid\tpacking\tmissing\tmin\tmean\tmax")
	show = func(f *inspection) error {
		_, err := fmt.Fprintln(table, "  "+strings.Join(f.columns(), "\t"))
		return err
	}
	return show, table.Flush
}

// columns is a field as a row of the table for people.
func (f *inspection) columns() []string {
	if f.Error != "" && f.N == 0 {
		return []string{strconv.Itoa(f.Message), "error: " + f.Error}
	}
	size := strconv.Itoa(f.N)
	if f.NI > 0 && f.NJ > 0 {
		size = fmt.Sprintf("%dx%d", f.NI, f.NJ)
	}
	packing := "edition 1"
	if f.Edition == 2 {
		packing = fmt.Sprintf("5.%d", f.DRT)
	}
	row := []string{
		strconv.Itoa(f.Message), f.Element, f.Level, strconv.Itoa(f.Member), f.Run, f.Valid, f.GridType + " " + size, packing,
	}
	if f.Error != "" {
		return append(row, "error: "+f.Error)
	}
	row = append(row, strconv.Itoa(f.Missing))
	for _, v := range []*float64{f.Min, f.Mean, f.Max} {
		if v == nil {
			row = append(row, "-")
			continue
		}
		row = append(row, strconv.FormatFloat(*v, 'g', 6, 64))
	}
	for _, p := range f.Points {
		row = append(row, p.text())
	}
	return row
}

// text is a point in a table: "12: 48.5N 2.25E = 281.3".
func (p inspected) text() string {
	text := func(v *float64, precision int) string {
		if v == nil {
			return "-"
		}
		return strconv.FormatFloat(*v, 'g', precision, 64)
	}
	return fmt.Sprintf("%d: lat %s lon %s = %s", p.I, text(p.Lat, 9), text(p.Lon, 9), text(p.Value, 6))
}
