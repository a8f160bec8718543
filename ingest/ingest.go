// Package ingest turns forecast files into published fields.
package ingest

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"isobar/decode"
	"isobar/elements"
	"isobar/ingest/claim"
	"isobar/ingest/folder"
	"isobar/models"
	"isobar/store"
)

// Elements names what a file's fields are of. It always answers.
type Elements interface {
	Identify(p elements.Parameter) elements.Element
	Reading(p elements.Parameter) elements.Reading
	Get(id string) elements.Element
}

// Models names where a file's fields come from. It always answers.
type Models interface {
	Identify(o models.Origin) models.Model
}

// Options are the settings of an Intake; the zero value is good.
type Options struct {
	Data string // data folder: what was read is remembered in its folder "ingested"; "": while the program runs
	// Originals keeps GRIB messages beside the values that were read from them, so that whole fields can be given out untouched.
	Originals bool
	Workers   int           // fields decoded at once; 0: as many as there are processors
	Publish   time.Duration // how often at most a run is published while more of it is coming; 0: a second
	MaxCells  int           // of one field, whose values take four bytes each; 0: 67,108,864. grid.MaxCells bounds it.
	Settle    time.Duration // how long a watched file must be quiet before it is read; 0: a second
	Rescan    time.Duration // how often watched folders are looked through whether or not there was a notice; 0: half a minute
	// Shared gives what workers on several machines have in common, who may come by the same files: then each file is claimed, and what was read
	// of it is written down where all see it. nil: the journal in the data folder is all there is.
	Shared func(ctx context.Context) (*claim.Shared, error)
}

// Intake reads forecast files into a store. It is safe for concurrent use; one batch of files is read at a time.
type Intake struct {
	fields   store.Store
	elements Elements
	models   Models
	formats  []decode.Format
	log      *slog.Logger
	options  Options
	turner   turner
	buffers  buffers
	messages messages

	reading sync.Mutex // held while a batch of files is read; guards what follows
	journal *journal
	lonely  waitingRoom
	places  places
	bitmaps bitmaps

	settled   sync.Map // path -> folder.File: states that were dealt with, in the journal or not
	postponed postponed

	told sync.Map // path -> string: the trouble last logged of a file that will be tried again
}

// New makes an Intake. A file is of the first of formats that detects it.
func New(fields store.Store, elements Elements, models Models, formats []decode.Format, log *slog.Logger, options Options) *Intake {
	for _, d := range []struct {
		of   *time.Duration
		unit time.Duration
	}{{&options.Publish, time.Second}, {&options.Settle, time.Second}, {&options.Rescan, 30 * time.Second}} {
		if *d.of <= 0 {
			*d.of = d.unit
		}
	}
	if options.MaxCells <= 0 {
		options.MaxCells = usualCells
	}
	if options.Workers <= 0 {
		options.Workers = runtime.GOMAXPROCS(0)
	}
	remembered, placed, masked := "", "", ""
	if options.Data != "" {
		remembered = filepath.Join(options.Data, "ingested")
		placed, masked = filepath.Join(remembered, "places"), filepath.Join(remembered, "bitmaps")
	}
	return &Intake{
		fields: fields, elements: elements, models: models, formats: formats, log: log, options: options,
		journal: newJournal(remembered, log), places: newPlaces(placed), bitmaps: newBitmaps(masked),
	}
}

// Paths reads files and folders that have not been read before, or have changed since, or whose runs are no longer in the
// store. A broken file or message is logged, counted in the summary and stops nothing. progress, unless nil, is called from time
// to time, never twice at once. Errors: a path that does not exist, a journal that can't be read, and ctx's.
func (i *Intake) Paths(ctx context.Context, paths []string, progress func(Progress)) (Summary, error) {
	tree, err := i.tree(paths)
	if err != nil {
		return Summary{}, err
	}
	if err := tree.Missing(); err != nil {
		return Summary{}, err
	}
	return i.read(ctx, tree.Files(i.trouble), true, progress)
}

// tree makes paths absolute, so that the journal knows them wherever the program is started.
func (i *Intake) tree(paths []string) (tree folder.Tree, err error) {
	tree.Paths = make([]string, len(paths))
	for k, path := range paths {
		if tree.Paths[k], err = filepath.Abs(path); err != nil {
			return tree, err
		}
	}
	if i.options.Data != "" {
		if tree.Skip, err = filepath.Abs(i.options.Data); err != nil {
			return tree, err
		}
		if real, err := filepath.EvalSymlinks(tree.Skip); err == nil {
			tree.Skip = real
		}
	}
	return tree, nil
}

// trouble logs what is wrong with a path, once.
func (i *Intake) trouble(path string, err error) {
	if was, _ := i.told.Swap(path, err.Error()); was != err.Error() {
		i.log.Error("can't be read", "file", path, "error", err)
	}
}

// buffers are the values of fields in flight, used again and again.
type buffers struct{ pool sync.Pool }

// get gives n values, of any content; put takes them back.
func (b *buffers) get(n int) []float32 {
	if held, ok := b.pool.Get().(*[]float32); ok && cap(*held) >= n {
		return (*held)[:n]
	}
	return make([]float32, n)
}

func (b *buffers) put(values []float32) { b.pool.Put(&values) }

// messages are the originals of fields in flight, used again and again.
type messages struct{ pool sync.Pool }

// get gives room of no length; put takes it back.
func (m *messages) get() []byte {
	if held, ok := m.pool.Get().(*[]byte); ok {
		return (*held)[:0]
	}
	return nil
}

func (m *messages) put(room []byte) { m.pool.Put(&room) }
