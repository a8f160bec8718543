package elements

import "math"

// Step is how far the value moves when one of the inputs moves by its own step, the most of them, from where the inputs are: what it can be told to if they
// can be told to theirs. 0: it does not move, or an input's step is not known. Inputs are as of Inputs.
func (e *Expression) Step(at, steps []float64) float64 {
	n := len(e.inputs)
	if len(at) != n || len(steps) != n {
		return 0
	}
	// Column 0 is where they are; in column k+1 input k is moved.
	memory, in := make([]float32, (n+1)*(n+1)), make([][]float32, n+1)
	for k := range in {
		in[k] = memory[k*(n+1) : (k+1)*(n+1)]
	}
	for k, v := range at {
		if !(steps[k] > 0) {
			return 0
		}
		for i := range in[k] {
			in[k][i] = float32(v)
		}
		in[k][k+1] += float32(steps[k])
	}
	out := in[n]
	e.Eval(out, in[:n])
	most := 0.0
	for _, v := range out[1:] {
		most = max(most, math.Abs(float64(v)-float64(out[0])))
	}
	if !(most > 0) || math.IsInf(most, 0) {
		return 0
	}
	return decimal(most)
}

// decimal is a step, or the power of ten that it is a little less than: components of the wind in hundredths make speeds in hundredths.
func decimal(step float64) float64 {
	const little = 1.5
	if above := math.Pow10(int(math.Ceil(math.Log10(step)))); above <= little*step {
		return above
	}
	return step
}
