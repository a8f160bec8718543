package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// tally counts answers.
type tally struct {
	mu       sync.Mutex
	verdicts [wrong + 1]int
	statuses map[int]int
	took     []time.Duration // of right answers
	longest  time.Duration   // without a right answer to any client
	lastGood time.Time
	versions map[int]int
	reasons  map[string]int // of 503
	faults   []string
	folder   string // of bodies of wrong answers
}

// maxTold is how many wrong answers are told one by one.
const maxTold = 20

func (t *tally) add(v verdict, status int, took time.Duration, path string, why error, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.verdicts[v]++
	if status > 0 {
		t.statuses[status]++
	}
	if v == right {
		now := time.Now()
		if gap := now.Sub(t.lastGood); !t.lastGood.IsZero() && gap > t.longest {
			t.longest = gap
		}
		t.lastGood, t.took = now, append(t.took, took)
	}
	if v == unavailable {
		t.reasons[reason(body)]++
	}
	if v == wrong {
		if len(t.faults) < maxTold {
			fmt.Printf("WRONG %s %s: %v\n", time.Now().UTC().Format("15:04:05.000"), path, why)
			if body != nil {
				_ = os.WriteFile(filepath.Join(t.folder, fmt.Sprintf("wrong-%d", len(t.faults))), body, 0o644) // for who looks into it
			}
		}
		t.faults = append(t.faults, fmt.Sprintf("%s: %v", path, why))
	}
}

// reason is the text of a 503, without what it was about.
func reason(body []byte) string {
	for _, known := range []string{"out of reach", "no server answers", "no server that has", "no instance answers", "does not answer", "deadline", "no job", "too many"} {
		if strings.Contains(string(body), known) {
			return known
		}
	}
	return fmt.Sprintf("%.80s", body)
}

// percentile is of the times that right answers took.
func (t *tally) percentile(p float64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	return t.took[int(p*float64(len(t.took)-1))]
}

// read asks at random until ctx ends, as a client does that waits a little between its requests.
func (j *judge) read(ctx context.Context, t *tally, random *rand.Rand) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	for ctx.Err() == nil {
		j.once(client, t, random)
		time.Sleep(time.Duration(30+random.IntN(170)) * time.Millisecond)
	}
}

// once asks once.
func (j *judge) once(client *http.Client, t *tally, random *rand.Rand) {
	began := time.Now()
	if random.IntN(12) == 0 {
		d := documents[random.IntN(len(documents))]
		res, body, err := get(client, j.house.gate+d.path, nil)
		if err != nil {
			j.missed(t, d.path, began, err)
			return
		}
		v, why := j.document(d.path, d.form, began, res, body)
		t.add(v, res.StatusCode, time.Since(began), d.path, why, body)
		return
	}
	a := j.corpus.asks[random.IntN(len(j.corpus.asks))]
	res, body, err := get(client, j.house.gate+a.path, nil)
	if err != nil {
		j.missed(t, a.path, began, err)
		return
	}
	v, why := j.answer(a, began, res, body)
	t.add(v, res.StatusCode, time.Since(began), a.path, why, body)
	if v == right && a.model == replaced {
		t.mu.Lock()
		t.versions[a.right[sum(body)]]++
		t.mu.Unlock()
	}
}

// missed judges a request that got no whole answer: the gateway must have been dead.
func (j *judge) missed(t *tally, path string, began time.Time, err error) {
	if j.house.gateway.away(began, time.Now(), time.Second) {
		t.add(refused, 0, 0, path, err, nil)
		time.Sleep(100 * time.Millisecond)
		return
	}
	t.add(wrong, 0, 0, path, err, nil)
}
