package ingest

import (
	"fmt"

	"isobar/field"
)

// work unpacks, converts, turns and puts one field or a wind.
func (b *batch) work(w *writer, parts []*part) {
	values, told := make([][]float32, len(parts)), make([]steps, len(parts))
	for k, p := range parts {
		values[k] = b.buffers.get(p.grid.Len())
		defer b.buffers.put(values[k])
		if b.ctx.Err() != nil {
			return
		}
		var ok bool
		if told[k], ok = b.unpack(p, values[k]); !ok {
			b.giveBack(parts, k)
			return
		}
		b.compare(p, values[k])
	}
	turned := len(parts) == 2
	if turned {
		u, v := values[0], values[1]
		if !parts[0].isU {
			u, v = v, u
		}
		b.turner.turn(parts[0].grid, u, v)
		finer := min(told[0].step(), told[1].step())
		told[0], told[1] = steps{quantum: finer}, steps{quantum: finer}
	}
	for k, p := range parts {
		f := &field.Field{Key: p.key, Grid: p.grid, Values: values[k], Packing: told[k].packing, Quantum: told[k].quantum}
		if b.options.Originals && !turned {
			f.Original = b.original(p)
		}
		b.put(w, p, f)
		if f.Original != nil {
			b.messages.put(f.Original.Bytes)
		}
	}
}

// original is the message that the part's values were read from. It says the same values: in the file's unit where that is another, as
// the writers of GRIB do. Wind that was turned to true north has none, as its message says other values, though the same wind.
func (b *batch) original(p *part) *field.Original {
	m := p.last()
	if m.Original == nil {
		return nil
	}
	message, err := m.Original(b.messages.get())
	if err != nil || len(message) < 8 { // the values were read all the same
		b.log.Debug("message can't be kept", "file", p.from.Path, "message", m.Number, "error", err)
		return nil
	}
	switch edition := message[7]; edition {
	case 1:
		return &field.Original{Format: field.GRIB1, Bytes: message}
	case 2:
		return &field.Original{Format: field.GRIB2, Bytes: message}
	}
	return nil
}

// unpack writes the values of the part's last message that can be read.
func (b *batch) unpack(p *part, values []float32) (told steps, ok bool) {
	for {
		told, err := p.values(values)
		if err == nil {
			return told, true
		}
		b.fail(p.from, p.last().Number, p.last().Offset, err)
		if len(p.among) == 1 {
			return steps{}, false
		}
		p.among = p.among[:len(p.among)-1]
	}
}

// put puts a field and counts it.
func (b *batch) put(w *writer, p *part, f *field.Field) {
	err := w.Put(b.ctx, f)
	if err != nil && b.ctx.Err() == nil {
		b.fail(p.from, p.last().Number, p.last().Offset, fmt.Errorf("%s.%s is not stored: %w", f.Key.Model, f.Key.Element, err))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		p.from.unstored = true
		return
	}
	w.put++
	p.from.put++
	p.from.runs[w.run] = true
	b.models[f.Key.Model] = true
	b.summary.Fields++
	b.progress.Fields++
	b.tell(b.progress)
}

// giveBack lets a wind component wait again whose partner, at k, could not be read.
func (b *batch) giveBack(parts []*part, k int) {
	if len(parts) != 2 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.returned = append(b.returned, parts[1-k])
}

// compare logs that a file holds different fields under one name.
func (b *batch) compare(p *part, values []float32) {
	if len(p.among) == 1 {
		return
	}
	spare := b.buffers.get(len(values))
	defer b.buffers.put(spare)
	if !p.disagree(values, spare) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !p.from.doubled {
		p.from.doubled = true
		b.log.Info("file holds different fields of one name; the last is served", "file", p.from.Path, "message", p.last().Number,
			"model", p.key.Model, "element", p.key.Element)
	}
}
