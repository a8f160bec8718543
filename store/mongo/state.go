package mongo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"isobar/field"
	"isobar/grid"
	"isobar/internal/mongodb"
	"isobar/store"
	"isobar/store/chunk"
)

// formatNumber is that of the database. It is raised when an older program could not read it.
const formatNumber = 1

// stateID is the identity of the one document that says what is published.
const stateID = "state"

// stateDocument is that document.
type stateDocument struct {
	ID      string     `bson:"_id"`
	Format  int        `bson:"format"`
	Version int64      `bson:"version"` // rises with each change
	Runs    []runEntry `bson:"runs"`
}

// runEntry is what the state says of a run.
type runEntry struct {
	Model    string     `bson:"model"`
	Run      field.Time `bson:"run"`
	Home     string     `bson:"home"`     // begins the identities of all its documents
	Grid     string     `bson:"grid"`     // of its fields, "" before the first
	Manifest string     `bson:"manifest"` // identity; "": nothing is published yet
	Digest   string     `bson:"digest"`   // of its fields
	Epoch    int64      `bson:"epoch"`    // how many writers have had it
	Writers  []holder   `bson:"writers"`  // that have it: the fence, for no one else may publish
	Dirty    bool       `bson:"dirty"`    // a writer died that may have left documents behind
	DirtyAt  int64      `bson:"dirtyAt"`  // its epoch, or a later one
	Holder   string     `bson:"holder"`   // "", but for older programs: the writer that has the run alone
}

// holder is a writer that has a run.
type holder struct {
	ID     string `bson:"id"`
	Member string `bson:"member"` // whose writer it is: records.Claims
	Epoch  int64  `bson:"epoch"`
	Alone  bool   `bson:"alone"` // no other may have the run
}

func (e *runEntry) name() runName { return runName{e.Model, e.Run} }

// holds tells that a writer has the run.
func (e *runEntry) holds(id string) bool {
	return e != nil && slices.ContainsFunc(e.Writers, func(h holder) bool { return h.ID == id })
}

// soil notes that documents may have been left behind.
func (e *runEntry) soil() { e.Dirty, e.DirtyAt = true, e.Epoch }

// entry finds a run; nil if it is not there.
func (d *stateDocument) entry(n runName) *runEntry {
	for i := range d.Runs {
		if d.Runs[i].name() == n {
			return &d.Runs[i]
		}
	}
	return nil
}

// manifests are those of all runs that have one.
func (d *stateDocument) manifests() map[runName]string {
	all := make(map[runName]string, len(d.Runs))
	for i := range d.Runs {
		if e := &d.Runs[i]; e.Manifest != "" {
			all[e.name()] = e.Manifest
		}
	}
	return all
}

// remove takes a run out.
func (d *stateDocument) remove(n runName) {
	d.Runs = slices.DeleteFunc(d.Runs, func(e runEntry) bool { return e.name() == n })
}

// readState reads the state; an empty one if there is none.
func (s *Store) readState(ctx context.Context) (*stateDocument, error) {
	d := &stateDocument{}
	err := s.state.FindOne(ctx, bson.D{{Key: "_id", Value: stateID}}).Decode(d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return &stateDocument{ID: stateID, Format: formatNumber}, nil
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d.Format != formatNumber {
		return nil, fmt.Errorf("%w: a database of format %d, known is %d", store.ErrFormat, d.Format, formatNumber)
	}
	return d, nil
}

// settle bounds how long a change is tried again that failed for want of the database.
const settle = 30 * time.Second

// change edits the state against its version, again and again until no one else was faster. edit tells whether anything is to be changed; it must
// know its own work, because whether a change was done is not known when the connection is lost.
func (s *Store) change(ctx context.Context, edit func(*stateDocument) (bool, error)) error {
	for began := time.Now(); ; {
		d, err := s.readState(ctx)
		if err == nil {
			var changed bool
			if changed, err = edit(d); err != nil || !changed {
				return err
			}
			var done bool
			if done, err = s.swap(ctx, d); done {
				return nil
			}
			err = s.fault(ctx, err)
		}
		wait := time.Millisecond + rand.N(10*time.Millisecond)
		if err != nil {
			if !errors.Is(err, store.ErrUnavailable) || time.Since(began) > settle {
				return err
			}
			wait += 200 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// swap writes a state over the version that it was read with.
func (s *Store) swap(ctx context.Context, d *stateDocument) (done bool, err error) {
	was := d.Version
	d.Version++
	if was == 0 {
		_, err := s.state.InsertOne(ctx, d)
		if mongodb.Duplicate(err) {
			return false, nil
		}
		return err == nil, err
	}
	err = s.options.Client.Alone(ctx, s.state, stateID, func() error {
		found, err := s.state.UpdateOne(ctx, bson.D{{Key: "_id", Value: stateID}, {Key: "version", Value: was}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "version", Value: d.Version}, {Key: "runs", Value: d.Runs}}}})
		done = err == nil && found.MatchedCount == 1
		return err
	})
	return done, err
}

// runState is what is published of a run. Immutable.
type runState struct {
	name     runName
	home     string
	manifest *manifest
	grid     grid.Grid
	layout   *chunk.Layout
	blocks   *blocks
	records  map[field.Key]*chunk.Record
	sorted   []*chunk.Record // by key
}

// state is all that is published. Immutable.
type state struct {
	document int64              // version of the document
	runs     []*runState        // by name
	named    map[runName]string // manifests of the document, also those that can't be read
	version  string
}

// newState makes a state of runs.
func newState(runs []*runState, document int64) *state {
	slices.SortFunc(runs, func(a, b *runState) int { return compareRuns(a.name, b.name) })
	s := &state{runs: runs, document: document}
	var sum chunk.Digest
	for _, r := range runs {
		sum = sum.Plus(r.manifest.digest)
	}
	s.version = sum.String()
	return s
}

// run finds a run, or nil.
func (s *state) run(n runName) *runState {
	i, ok := slices.BinarySearchFunc(s.runs, n, func(r *runState, n runName) int { return compareRuns(r.name, n) })
	if !ok {
		return nil
	}
	return s.runs[i]
}

// gridOf finds the grid of a model that has any run.
func (s *state) gridOf(model string) (id string, ok bool) {
	i, _ := slices.BinarySearchFunc(s.runs, model, func(r *runState, model string) int { return strings.Compare(r.name.model, model) })
	if i == len(s.runs) || s.runs[i].name.model != model {
		return "", false
	}
	return s.runs[i].manifest.Grid, true
}

func compareRuns(a, b runName) int {
	return cmp.Or(strings.Compare(a.model, b.model), cmp.Compare(a.run, b.run))
}
