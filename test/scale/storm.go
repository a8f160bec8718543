package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// The pauses between kills, and until what was killed is started again.
const (
	leastCalm, mostCalm   = 3 * time.Second, 10 * time.Second
	leastPause, mostPause = 200 * time.Millisecond, 4 * time.Second
)

// storm kills processes at random moments: each as often as the others, within one.
func (h *house) storm(ctx context.Context, kills int, random *rand.Rand, killed func(name string, pid int, at time.Time)) (counts map[string]int) {
	counts = map[string]int{}
	var bag []*process
	began := time.Now()
	for n := 0; n < kills && ctx.Err() == nil; {
		if len(bag) == 0 {
			bag = h.all()
			random.Shuffle(len(bag), func(i, j int) { bag[i], bag[j] = bag[j], bag[i] })
		}
		p := bag[0]
		bag = bag[1:]
		time.Sleep(between(random, leastCalm, mostCalm))
		pause := between(random, leastPause, mostPause)
		at := time.Now()
		pid := p.kill(pause)
		if pid == 0 { // it is dead already
			continue
		}
		n++
		counts[p.name]++
		killed(p.name, pid, at)
		fmt.Printf("%6.1f s  kill %d: %s, away for %.1f s\n", at.Sub(began).Seconds(), n, p.name, pause.Seconds())
	}
	return counts
}

func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(most-least)))
}
