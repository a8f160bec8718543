package grib

import "strconv"

// Centres of common code table C-11 whose conventions differ.
const (
	centreNCEP  = 7
	centreECMWF = 98
)

// local1 reads who of an ensemble made a field, from the part of section 1 that is the centre's own.
func local1(m *Message, o *octets) {
	const first = 41
	switch length := len(o.b); {
	case m.Centre == centreNCEP && length >= 45:
		localNCEP(m, o, first)
	case (m.Centre == centreECMWF || m.SubCentre == centreECMWF) && length >= 51:
		localECMWF(m, o, first)
	}
}

// The types of ECMWF's archive (MARS) that tell a member from what is made of all.
const (
	marsControl   = 10
	marsPerturbed = 11
	marsMean      = 17
	marsDeviation = 18
)

// localECMWF reads ECMWF's local definitions 1, 5, 15, 16, 18, 26, 30 and 36: definition, class, type, stream of two octets,
// version of four, then number and total.
func localECMWF(m *Message, o *octets, at int) {
	e := &m.Ensemble
	number, size := o.u8(at+9), o.u8(at+10)
	switch o.u8(at) {
	case 1, 18, 26, 30, 36:
	case 5:
		probabilityECMWF(e, o, at)
		return
	case 15, 16:
		number, size = o.u16(at+9), 0
	default:
		return
	}
	switch mars := o.u8(at + 2); {
	case mars == marsMean:
		e.Kind, e.Type = Derived, derivedMean
	case mars == marsDeviation:
		e.Kind, e.Type = Derived, derivedSpread
	case mars == marsControl, mars == marsPerturbed, size > 0:
		e.Kind, e.Member, e.Type = Member, number, Missing
	}
	e.Size = size
}

// probabilityECMWF reads local definition 5.
func probabilityECMWF(e *Ensemble, o *octets, at int) {
	limit := func(n int) string { return strconv.Itoa(o.i16(n)) + "e" + strconv.Itoa(-o.i8(at+11)) }
	e.Kind, e.Size = Probability, o.u8(at+10)
	lower, upper := limit(at+13), limit(at+15)
	switch o.u8(at + 12) {
	case 1:
		e.Type, e.Lower = probabilityAboveLower, lower
	case 2:
		e.Type, e.Upper = probabilityBelowUpper, upper
	case 3:
		e.Type, e.Lower, e.Upper = probabilityBetween, lower, upper
	default:
		e.Type = Missing
	}
}

// Codes of edition 2's tables 4.7 and 4.9.
const (
	derivedMean         = 0
	derivedWeightedMean = 1
	derivedSpread       = 4

	probabilityBelowLower = 0
	probabilityAboveUpper = 1
	probabilityBetween    = 2
	probabilityAboveLower = 3
	probabilityBelowUpper = 4
)

// localNCEP reads NCEP's extension for ensembles: application, type, number, product, smoothing; then, for probabilities, what
// of, type and limits.
func localNCEP(m *Message, o *octets, at int) {
	if o.u8(at) != 1 {
		return
	}
	e := &m.Ensemble
	kind, number, product := o.u8(at+1), o.u8(at+2), o.u8(at+3)
	const (
		control  = 1
		negative = 2
		positive = 3
	)
	switch kind {
	case control: // of high or low resolution: members 0 and, so that both can be kept, 0
		e.Kind, e.Type = Member, number-1
		return
	case negative: // pairs of opposite signs have one number: members 2, 4, ...
		e.Kind, e.Type, e.Member = Member, negative, 2*number
		return
	case positive: // and 1, 3, ...
		e.Kind, e.Type, e.Member = Member, positive, 2*number-1
		return
	}
	switch {
	case (product == 5 || product == 6) && len(o.b) >= at+14:
		e.Kind = Probability
		lower, upper := limitNCEP(o, at+7), limitNCEP(o, at+11)
		switch o.u8(at + 6) {
		case 1:
			e.Type, e.Lower = probabilityBelowLower, lower
		case 2:
			e.Type, e.Upper = probabilityAboveUpper, upper
		default:
			e.Type, e.Lower, e.Upper = probabilityBetween, lower, upper
		}
	case product == 1:
		e.Kind, e.Type = Derived, derivedMean
	case product == 2:
		e.Kind, e.Type = Derived, derivedWeightedMean
	case product == 11:
		e.Kind, e.Type = Derived, derivedSpread
	}
}

// limitNCEP is a limit of a probability: the shortest decimal number that has its 24 bits.
func limitNCEP(o *octets, at int) string {
	return strconv.FormatFloat(o.ibm32(at), 'g', -1, 32)
}
