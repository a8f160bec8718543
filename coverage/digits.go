package coverage

import (
	"isobar/field"
	"isobar/layers"
)

// Digits is how many digits the values of a field have as text: no more than its sources told.
func (s *Source) Digits(v, plane int) field.Digits {
	known, ok := s.fields.(layers.Infos)
	p, published := s.Pick(v, plane)
	if !ok || !published {
		return field.Digits{}
	}
	return field.DigitsOf(s.Variables[v].Layer.Quantum(known, p.Input))
}
