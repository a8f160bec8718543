package source

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"isobar/field"
)

// Template is a URL or a file name with places for a run, a step and words:
//
//	{run:20060102}   the run's time, as Go's time.Format has it
//	{valid:15}       the valid time
//	{step:3}         the step in whole hours, of 3 digits at least; {step} of one
//	{minutes:4}      the step in minutes
//	{upper:2}        the step in hours, rounded up: files of an hour's steps are called by the last
//	{name}           a word of the item: "var", "level", ...
type Template struct {
	parts []piece
}

// piece is text, or what a name stands for.
type piece struct {
	text, name, format string
}

// ParseTemplate reads a template; words are the names that it may have besides run, valid, step, minutes and upper.
func ParseTemplate(text string, words ...string) (Template, error) {
	var t Template
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if before != "" {
			t.parts = append(t.parts, piece{text: before})
		}
		if !found {
			break
		}
		inside, end, closed := strings.Cut(after, "}")
		if !closed {
			return t, fmt.Errorf("%q: a { without }", text)
		}
		p := piece{}
		p.name, p.format, _ = strings.Cut(inside, ":")
		if err := p.check(words); err != nil {
			return t, fmt.Errorf("%q: {%s}: %w", text, inside, err)
		}
		t.parts, rest = append(t.parts, p), end
	}
	return t, nil
}

// check says what is wrong with a name and its format.
func (p piece) check(words []string) error {
	switch p.name {
	case "run", "valid":
		if at := time.Date(2031, 12, 30, 21, 45, 0, 0, time.UTC); p.format == "" || at.Format(p.format) == p.format {
			return fmt.Errorf("a form of time is wanted, as {%s:2006010215}", p.name)
		}
		return nil
	case "step", "minutes", "upper":
		if p.format == "" {
			return nil
		}
		if n, err := strconv.Atoi(p.format); err != nil || n < 1 || n > 9 {
			return fmt.Errorf("a number of digits is wanted, as {%s:3}", p.name)
		}
		return nil
	}
	for _, w := range words {
		if w == p.name && p.format == "" {
			return nil
		}
	}
	return fmt.Errorf("not one of run, valid, step, minutes, upper%s", strings.Join(append([]string{""}, words...), ", "))
}

// Has tells that a template has a place for a name.
func (t Template) Has(name string) bool {
	for _, p := range t.parts {
		if p.name == name {
			return true
		}
	}
	return false
}

// Expand fills a template.
func (t Template) Expand(run field.Time, step field.Seconds, words map[string]string) string {
	var out strings.Builder
	for _, p := range t.parts {
		switch p.name {
		case "":
			out.WriteString(p.text)
		case "run":
			out.WriteString(run.UTC().Format(p.format))
		case "valid":
			out.WriteString((run + field.Time(step)).UTC().Format(p.format))
		case "step":
			out.WriteString(p.number(int64(step) / 3600))
		case "minutes":
			out.WriteString(p.number(int64(step) / 60))
		case "upper":
			out.WriteString(p.number((int64(step) + 3599) / 3600))
		default:
			out.WriteString(words[p.name])
		}
	}
	return out.String()
}

// number writes digits.
func (p piece) number(n int64) string {
	digits, _ := strconv.Atoi(p.format) // checked
	return fmt.Sprintf("%0*d", digits, n)
}
