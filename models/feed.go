package models

import "time"

// Feed is how a model's files are come by: a kind of source, its settings, and a schedule.
type Feed struct {
	Model    string // ID of the model whose files these are
	Kind     string // "http", "index", "nomads", "wcs", "s3", "exec"
	Provider string // whose rate limit holds: feeds of one provider share it; "": the URL's host
	Settings map[string]any
	Schedule Schedule
	Elements []Wanted
	Area     *[4]float64 // degrees: west, south, east, north; nil: all
	Publish  string      // "step": each step as it comes; "run": whole runs only
	Keep     Retention
	Archive  string // folder or s3:// address where originals are kept; "": nowhere
	Checked  string // the date on which its facts were looked up: 2026-11-25
}

// Schedule says which runs and steps there are, and when they come.
type Schedule struct {
	Every time.Duration // between runs; the first of a day is at First
	First time.Duration // after 00 UTC
	Delay time.Duration // from a run's time to its first step
	Last  time.Duration // from a run's time to its last step
	Steps []StepRange
	Poll  time.Duration // between questions while a run is coming
	Look  int           // how many runs back gaps are filled
}

// StepRange is steps from From to To, Every apart, of the runs at some hours.
type StepRange struct {
	From, To, Every time.Duration
	RunHours        []int // hours of the day; nil: all runs
}

// Wanted is an element to fetch, as the source names it, and what it is here.
type Wanted struct {
	Element string            // elements ID, or several as "t2m|r2m"; "": as the file says
	Levels  []float64         // in the element's level unit; nil: as the source has it
	Names   map[string]string // the source's own names: {"var": "TMP", "lev": "2 m above ground"}
	From    time.Duration     // steps before have none of it (accumulations)
}

// Retention bounds what is kept; a zero member does not count.
type Retention struct {
	Age  time.Duration // since the run's time
	Runs int
	Past time.Duration // valid times older than this are dropped
	Size int64         // bytes
}
