package layers

import (
	"isobar/field"
	"isobar/sample"
	"isobar/store"
)

// Infos is what is known of fields without reading them; a store's snapshot is one.
type Infos interface {
	Info(k field.Key) (info store.Info, ok bool)
}

// directionQuantum is the step of directions that are derived, in degrees: one and its hundredths.
const directionQuantum = 1

// Quantum is how far apart the values of an input are that its sources could tell, in the layer's unit; 0: not known. Of what is stored it is the
// field's own. Of what is derived it is how far the value moves when one of the inputs does by its quantum, the most of them, from where all
// inputs have their means: of a speed about the components' quantum, of a rate the sum's over the time. A direction, whose steps depend on
// the speed, has one of a degree.
func (l *Layer) Quantum(of Infos, in sample.Input) float64 {
	switch {
	case of == nil || len(in.Keys) == 0:
		return 0
	case in.Expr == nil:
		info, _ := of.Info(in.Keys[0])
		return info.Quantum
	case l.Element.Unit == "deg":
		return directionQuantum
	}
	at, steps := make([]float64, len(in.Keys)), make([]float64, len(in.Keys))
	for k, key := range in.Keys {
		info, _ := of.Info(key)
		at[k], steps[k] = info.Mean, info.Quantum
	}
	return in.Expr.Step(at, steps)
}
