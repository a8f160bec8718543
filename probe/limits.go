package probe

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound a request. Zeros stand for the usual bounds.
type Limits struct {
	Places  int   // places, points of a route, or cells of an area
	Values  int64 // places x times x columns
	Columns int
	Seats   int // requests that read at the same time; more wait
}

// The usual bounds: 4 bytes a value and seat.
const (
	usualPlaces  = 100_000
	usualValues  = 10_000_000
	usualColumns = 200
	usualSeats   = 8
)

// maxListed bounds the times of a list.
const maxListed = 10_000

// orUsual fills in what is not said.
func (l Limits) orUsual() Limits {
	if l.Places <= 0 {
		l.Places = usualPlaces
	}
	if l.Values <= 0 {
		l.Values = usualValues
	}
	if l.Columns <= 0 {
		l.Columns = usualColumns
	}
	if l.Seats <= 0 {
		l.Seats = usualSeats
	}
	return l
}

// Cost is what a request asks for. It is known before anything is read.
type Cost struct {
	Places  int
	Columns int
	Times   int   // of the column that has most
	Values  int64 // all columns with their own times together
}

// ErrTooLarge is a request over a limit. Its errors are *CostError.
var ErrTooLarge = errors.New("too large")

// CostError is a request over a limit, found before memory is taken for it.
type CostError struct {
	Parameter string // what is too many: "places", "columns", "times", "values", "cells"
	Cost      Cost   // as far as it is known
	Got       int64
	Limit     int64
}

// Error tells the cost and the limit.
func (e *CostError) Error() string {
	if e.Parameter == "values" {
		return fmt.Sprintf("request of %d values (%d places, %d columns, up to %d times) is too large: no more than %d values are given at once",
			e.Got, e.Cost.Places, e.Cost.Columns, e.Cost.Times, e.Limit)
	}
	return fmt.Sprintf("request of %d %s is too large: no more than %d are given at once", e.Got, e.Parameter, e.Limit)
}

// Unwrap is ErrTooLarge.
func (e *CostError) Unwrap() error { return ErrTooLarge }

// ParameterError is a part of a request that can't be done.
type ParameterError struct {
	Parameter string // "columns", "units", "bearings", "places", "area", "expression", "percentiles", "radius"
	Reason    string
}

// Error names the parameter.
func (e *ParameterError) Error() string { return e.Parameter + ": " + e.Reason }

// wrong makes a *ParameterError.
func wrong(parameter, format string, args ...any) error {
	return &ParameterError{parameter, fmt.Sprintf(format, args...)}
}

// Predict tells what a request would cost, without reading any field. Errors are those of Probe but for limits.
func Predict(now time.Time, r Request) (Cost, error) {
	plans, err := resolveAll(r, now)
	if err != nil {
		return Cost{Places: len(r.At), Columns: len(r.Columns)}, err
	}
	return costOf(len(r.At), plans), nil
}

// costOf sums up what is resolved.
func costOf(places int, plans []plan) Cost {
	c := Cost{Places: places, Columns: len(plans)}
	for i := range plans {
		n := len(plans[i].readings)
		c.Times = max(c.Times, n)
		c.Values += int64(n) * int64(places)
	}
	return c
}

// counts checks what can be counted before anything is resolved.
func (l Limits) counts(places, columns int) error {
	cost := Cost{Places: places, Columns: columns}
	switch {
	case places > l.Places:
		return &CostError{"places", cost, int64(places), int64(l.Places)}
	case columns > l.Columns:
		return &CostError{"columns", cost, int64(columns), int64(l.Columns)}
	case places == 0:
		return wrong("places", "none are given")
	case columns == 0:
		return wrong("columns", "none are given")
	}
	return nil
}

// values checks what a request costs.
func (l Limits) values(c Cost) error {
	if c.Values > l.Values {
		return &CostError{"values", c, c.Values, l.Values}
	}
	return nil
}
