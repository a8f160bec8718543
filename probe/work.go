package probe

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"isobar/geo"
	"isobar/sample"
)

// places are where values are wanted: all of them on Earth, and which of them stand in for others that are not.
type places struct {
	at   []geo.LonLat
	void []int
}

// onEarth sets aside places that are none.
func onEarth(at []geo.LonLat) places {
	p := places{at: at}
	for i, a := range at {
		if isPlace(a) {
			continue
		}
		if p.void == nil {
			p.at = slices.Clone(at)
		}
		p.at[i] = geo.LonLat{}
		p.void = append(p.void, i)
	}
	return p
}

// work is what is read together: every field at all places.
type work struct {
	at       places
	bearings []float64
	told     bool // no more digits than the fields hold
	items    []item
}

// item is a reading and where its values go.
type item struct {
	plan    *plan
	reading *reading
	out     []float32
	blended [][]float32 // of a reading between two: its inputs before, then after
}

// add puts a reading on the list.
func (w *work) add(p *plan, r *reading, out []float32) {
	w.items = append(w.items, item{plan: p, reading: r, out: out})
}

// serialValues is how many values are read by one goroutine rather than by several.
const serialValues = 1 << 15

// batch is what one goroutine reads: inputs on one grid, and the items that they complete.
type batch struct {
	grid   string
	items  []*item
	inputs []sample.Input
	dst    [][]float32
}

// do reads all items. Those of one grid are divided among the processors by time, so that elements that are made of the same
// fields stay together.
func (w *work) do(ctx context.Context, s *sample.Sampler, f sample.Fields) error {
	order := make([]*item, len(w.items))
	for i := range w.items {
		order[i] = &w.items[i]
	}
	slices.SortStableFunc(order, func(a, b *item) int {
		return cmp.Or(cmp.Compare(a.reading.Input.Grid.ID(), b.reading.Input.Grid.ID()), cmp.Compare(a.reading.Valid, b.reading.Valid))
	})
	processors := runtime.GOMAXPROCS(0)
	share := max((len(order)+processors-1)/processors, serialValues/len(w.at.at), 1)
	var batches []*batch
	for _, it := range order {
		id := it.reading.Input.Grid.ID()
		last := len(batches) - 1
		if last < 0 || batches[last].grid != id || len(batches[last].items) >= share {
			batches = append(batches, &batch{grid: id})
			last++
		}
		batches[last].items = append(batches[last].items, it)
	}
	if len(batches) == 1 {
		return w.read(ctx, s, f, batches[0])
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(processors)
	for _, b := range batches {
		group.Go(func() error { return w.read(inner, s, f, b) })
	}
	err := group.Wait()
	if outer := ctx.Err(); err != nil && outer != nil {
		return outer
	}
	return err
}

// read reads a batch and finishes its values.
func (w *work) read(ctx context.Context, s *sample.Sampler, f sample.Fields, b *batch) error {
	n := len(w.at.at)
	for _, it := range b.items {
		ins := it.reading.inputs()
		b.inputs = append(b.inputs, ins...)
		if !it.reading.between {
			b.dst = append(b.dst, it.out)
			continue
		}
		memory := make([]float32, n*len(ins))
		for i := range ins {
			it.blended = append(it.blended, memory[i*n:(i+1)*n])
		}
		b.dst = append(b.dst, it.blended...)
	}
	if err := s.Places(ctx, f, b.inputs, w.at.at, b.dst); err != nil {
		return err
	}
	for _, it := range b.items {
		it.blend()
		for _, i := range w.at.void {
			it.out[i] = float32(math.NaN())
		}
		if it.plan.turn(it.reading, it.out, w.bearings); w.told {
			it.plan.tell(it.reading, it.out)
		} else {
			it.plan.convert(it.out)
		}
		it.blended = nil
	}
	return nil
}

// blend makes values between two times: of what is stored, from which what is derived follows.
func (it *item) blend() {
	if !it.reading.between {
		return
	}
	half := len(it.blended) / 2
	before, after := it.blended[:half], it.blended[half:]
	for k := range before {
		a, b := before[k], after[k][:len(before[k])]
		if it.plan.direction && it.reading.Input.Expr == nil {
			for i := range a {
				a[i] = between(a[i], b[i], it.reading.share)
			}
			continue
		}
		for i := range a {
			a[i] += it.reading.share * (b[i] - a[i])
		}
	}
	if e := it.reading.Input.Expr; e != nil {
		e.Eval(it.out, before)
		return
	}
	copy(it.out, before[0])
}
