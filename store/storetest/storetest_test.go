package storetest

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"isobar/store"
)

func TestAGoodStorePasses(t *testing.T) {
	Run(t, func(*testing.T) store.Store { return newMemory("") })
}

// faults are what a store may do wrong; the suite must see each.
var faults = []string{
	"publishes early", "publishes field by field", "publishes at Close", "publishes the last publication only", "loses a key",
	"keeps the first of a key", "mixes two runs", "drops all runs of a model", "drops nothing", "forgets a dropped run's held fields",
	"shows later changes to held snapshots", "gives a run to two writers", "refuses a busy run at once", "never lets a run go",
	"writes after Close", "takes fields of any run", "takes any length", "takes any grid", "keeps what it was given",
	"trusts the packing", "cuts originals", "keeps originals that were given up", "leaves originals out of tags", "keeps the room of originals", "writes missing values as 0", "has a seam in its pyramid", "thins instead of averaging",
	"knows no members", "knows no spans", "knows no layers", "folds case", "orders keys by element", "lists a key twice",
	"has one version for ever", "has another version at each look", "counts fields as its version", "tags fields by name",
	"counts missing values in the mean", "knows every key", "forgets the quantum", "forgets the quantum of packings", "leaves out unknown keys", "does not wrap", "wraps every grid",
	"repeats the last row", "mixes up a batch", "takes any room", "ignores contexts", "tells no changes",
	"publishes over what others have published since", "publishes what others have put", "gives up what others have put", "shares what one has alone",
	"gives alone what others share", "leaves the channel open",
}

func TestABrokenStoreIsCaught(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			for _, c := range checks {
				if try(t, c, newMemory(fault)).failed {
					return
				}
			}
			t.Errorf("a store that %s passes", fault)
		})
	}
}

// try runs a check and tells whether it failed, by an error or a panic.
func try(t *testing.T, c check, s store.Store) *recorder {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.Errorf("panic: %v", p)
			}
		}()
		c.try(&suite{TB: r, store: s, ctx: t.Context(), soon: 300 * time.Millisecond})
	}()
	<-done
	return r
}

// recorder is a test whose failure is no failure.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
}

func (r *recorder) fail(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Helper()                           {}
func (r *recorder) Error(args ...any)                 { r.fail(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.fail(fmt.Sprintf(format, args...)) }
func (r *recorder) Fatal(args ...any)                 { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }
