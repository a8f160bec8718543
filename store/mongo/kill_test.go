package mongo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/internal/mongodb"
	"isobar/internal/mongodb/mongotest"
)

// The environment of the ingesters that are killed: server, database, model, number of the first publication.
const (
	childServer   = "ISOBAR_TEST_CHILD_SERVER"
	childDatabase = "ISOBAR_TEST_CHILD_DATABASE"
	childModel    = "ISOBAR_TEST_CHILD_MODEL"
	childFirst    = "ISOBAR_TEST_CHILD_FIRST"
)

// childLease is how long a killed ingester's run stays taken.
const childLease = 1500 * time.Millisecond

func TestMain(m *testing.M) {
	if os.Getenv(childServer) != "" {
		first, _ := strconv.Atoi(os.Getenv(childFirst))
		fmt.Println(publishForEver(first))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// publishForEver publishes pairs of fields that have one number, telling each publication.
func publishForEver(first int) error {
	ctx := context.Background()
	c, err := mongodb.Connect(mongodb.Options{URI: os.Getenv(childServer)})
	if err != nil {
		return err
	}
	s, err := Open(ctx, Options{Client: c, Database: os.Getenv(childDatabase), Lease: childLease})
	if err != nil {
		return err
	}
	model := os.Getenv(childModel)
	take := s.Begin
	if _, _, shared := strings.Cut(model, "/"); shared {
		take = s.Join
	}
	for n := first; ; n++ {
		w, err := take(ctx, pair(model, n)[0].Key.Model, 0)
		if err != nil {
			return err
		}
		for _, f := range pair(model, n) {
			if err := w.Put(ctx, f); err != nil && !errors.Is(err, errLost) {
				return err
			}
		}
		if err := w.Publish(ctx); errors.Is(err, errLost) && w.Close() == nil { // it stood still for as long as its membership lasts
			n--
			continue
		} else if err != nil {
			return err
		}
		fmt.Println("published", n)
		if err := w.Close(); err != nil {
			return err
		}
	}
}

// pair is what publication n replaces, and what it adds. "model/worker" is a worker's part of a run that several share.
func pair(model string, n int) []*field.Field {
	model, worker, _ := strings.Cut(model, "/")
	return []*field.Field{
		numbered(field.Key{Model: model, Element: "a" + worker}, n), numbered(field.Key{Model: model, Element: "b" + worker}, n),
		numbered(field.Key{Model: model, Element: "c" + worker, Valid: field.Time(n)}, n),
	}
}

// ingester is a process that publishes, until it is killed.
type ingester struct {
	model string
	last  int // publication that it has told
}

// live starts the process and kills it after a random time; it gives how long the first publication took.
func (i *ingester) live(t *testing.T, uri, database string) (first time.Duration) {
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), childServer+"="+uri, childDatabase+"="+database, childModel+"="+i.model, childFirst+"="+strconv.Itoa(i.last+1))
	out, err := p.StdoutPipe()
	if err != nil {
		t.Error(err)
		return 0
	}
	began := time.Now()
	if err := p.Start(); err != nil {
		t.Error(err)
		return 0
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		text, told := strings.CutPrefix(lines.Text(), "published ")
		if !told {
			t.Errorf("an ingester ends with %s", lines.Text())
			break
		}
		i.last, _ = strconv.Atoi(text)
		if first == 0 {
			first = time.Since(began)
			time.AfterFunc(rand.N(150*time.Millisecond), func() { p.Process.Kill() })
		}
	}
	p.Wait()
	return first
}

func TestIngestersThatAreKilledLoseNothingAndMixNothing(t *testing.T) {
	for name, models := range map[string][]string{"of two models": {"one", "two"}, "of one run": {"shared/1", "shared/2"}} {
		t.Run(name, func(t *testing.T) { killIngesters(t, models) })
	}
}

func killIngesters(t *testing.T, models []string) {
	uri := mongotest.URI(t)
	name := mongotest.Database(t, mongotest.Client(t))
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	for range 3 { // servers
		s := opened(t, uri, name, Options{ChunkCacheBytes: 1 << 20})
		for range 3 {
			work.Go(func() { watchPairs(ctx, t, s, models) })
		}
	}
	const kills = 10 // of each
	var killed sync.WaitGroup
	ingesters := make([]ingester, len(models))
	for m, model := range models {
		killed.Go(func() {
			i := &ingesters[m]
			i.model = model
			for k := range kills {
				if first := i.live(t, uri, name); k > 0 && first > 10*time.Second {
					t.Errorf("after kill %d of %s it took %v until the next publication", k, model, first)
				}
			}
		})
	}
	killed.Wait()
	s := opened(t, uri, name, Options{})
	for _, i := range ingesters {
		t.Logf("%s: %d publications, %d kills", i.model, i.last, kills)
		for n := 1; n <= i.last; n++ {
			if err := holds(t, s, pair(i.model, n)[2]); err != nil {
				t.Errorf("publication %d of %s: %v", n, i.model, err)
			}
		}
	}
	cancel()
	work.Wait()
}

// watchPairs reads pairs until ctx ends: both have the same number in every snapshot.
func watchPairs(ctx context.Context, t *testing.T, s *Store, models []string) {
	n := patch().Len()
	x, y := make([]float32, n), make([]float32, n)
	nx, ny := patch().Shape()
	for ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
		for _, model := range models {
			now, err := s.Hold(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			both := pair(model, 0)
			keys := []field.Key{both[0].Key, both[1].Key}
			if _, there := now.Info(keys[0]); there {
				err = now.Windows(context.Background(), keys, grid.Window{NX: nx, NY: ny}, [][]float32{x, y})
			}
			now.Close()
			if err != nil {
				t.Errorf("a reader of %s gets %v", model, err)
				return
			}
			for i := range x {
				if x[i] != y[i] {
					t.Errorf("%s: cell %d is %v and %v: half of a publication is seen", model, i, x[i], y[i])
					return
				}
			}
		}
	}
}
