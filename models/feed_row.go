package models

import (
	"fmt"
	"slices"
	"time"

	"isobar/internal/rows"
)

// feedRow is how a grid's files are come by: the head of rows/feeds.yaml tells what the keys mean.
type feedRow struct {
	Model    rows.Text      `yaml:"model"`
	Kind     rows.Text      `yaml:"kind"`
	Provider string         `yaml:"provider"`
	Settings map[string]any `yaml:"settings"`
	Runs     struct {
		Every rows.Text `yaml:"every"`
		First rows.Text `yaml:"first"`
		Delay rows.Text `yaml:"delay"`
		Last  rows.Text `yaml:"last"`
		Poll  rows.Text `yaml:"poll"`
		Look  int       `yaml:"look"`
	} `yaml:"runs"`
	Steps    []*stepRow   `yaml:"steps"`
	Elements []*wantedRow `yaml:"elements"`
	Area     []float64    `yaml:"area"`
	Publish  rows.Text    `yaml:"publish"`
	Keep     struct {
		Age  rows.Text `yaml:"age"`
		Runs int       `yaml:"runs"`
		Past rows.Text `yaml:"past"`
		Size int64     `yaml:"megabytes"`
	} `yaml:"keep"`
	Archive string    `yaml:"archive"`
	Checked rows.Text `yaml:"checked"`

	file string
}

// stepRow is a range of steps.
type stepRow struct {
	From     rows.Text `yaml:"from"`
	To       rows.Text `yaml:"to"`
	Every    rows.Text `yaml:"every"`
	RunHours []int     `yaml:"run-hours"`
}

// wantedRow is an element that is fetched.
type wantedRow struct {
	Element rows.Text         `yaml:"element"`
	Levels  []float64         `yaml:"levels"`
	Names   map[string]string `yaml:"names"`
	From    rows.Text         `yaml:"from"`
}

// kinds are the kinds of source that there are.
var kinds = []string{"http", "index", "nomads", "wcs", "s3", "exec"}

// feed reads a row; the error names file, line and key.
func (r *feedRow) feed() (f Feed, err error) {
	bad := func(at rows.Text, key, format string, args ...any) error {
		return rows.Bad(r.file, at, key, format, args...)
	}
	f = Feed{Model: r.Model.Value, Kind: r.Kind.Value, Provider: r.Provider, Settings: r.Settings, Publish: r.Publish.Value, Archive: r.Archive, Checked: r.Checked.Value}
	if why := badID(f.Model); why != "" {
		return f, bad(r.Model, "feeds.model", "%s", why)
	}
	if !slices.Contains(kinds, f.Kind) {
		return f, bad(r.Kind, "feeds.kind", "%q is none of %v", f.Kind, kinds)
	}
	switch f.Publish {
	case "":
		f.Publish = "step"
	case "step", "run":
	default:
		return f, bad(r.Publish, "feeds.publish", "%q is not step or run", f.Publish)
	}
	if f.Checked != "" {
		if _, err := time.Parse(time.DateOnly, f.Checked); err != nil {
			return f, bad(r.Checked, "feeds.checked", "%q is no date", f.Checked)
		}
	}
	if len(r.Area) != 0 {
		if len(r.Area) != 4 || r.Area[1] >= r.Area[3] || r.Area[1] < -90 || r.Area[3] > 90 {
			return f, bad(r.Model, "feeds.area", "%v is not west, south, east, north", r.Area)
		}
		f.Area = (*[4]float64)(r.Area)
	}
	if f.Schedule, err = r.schedule(); err != nil {
		return f, err
	}
	if f.Keep, err = r.keep(); err != nil {
		return f, err
	}
	for _, w := range r.Elements {
		if w != nil && len(w.Levels) > 0 && w.Element.Value == "" {
			return f, bad(r.Model, "feeds.elements.levels", "of what element is not said")
		}
		if w == nil || w.Element.Value == "" && len(w.Names) == 0 {
			return f, bad(r.Model, "feeds.elements", "an empty row")
		}
		from, err := r.span(w.From, "feeds.elements.from", 0, 0)
		if err != nil {
			return f, err
		}
		f.Elements = append(f.Elements, Wanted{Element: w.Element.Value, Levels: w.Levels, Names: w.Names, From: from})
	}
	return f, nil
}

// How many runs back gaps are filled, where a row does not say and at most.
const (
	usualLook = 4
	maxLook   = 100
)

// schedule reads runs and steps.
func (r *feedRow) schedule() (s Schedule, err error) {
	for _, d := range []struct {
		of           *time.Duration
		at           rows.Text
		key          string
		usual, least time.Duration
	}{
		{&s.Every, r.Runs.Every, "every", 0, time.Minute}, {&s.First, r.Runs.First, "first", 0, 0}, {&s.Delay, r.Runs.Delay, "delay", 0, 0},
		{&s.Last, r.Runs.Last, "last", 0, 0}, {&s.Poll, r.Runs.Poll, "poll", time.Minute, time.Second},
	} {
		if *d.of, err = r.span(d.at, "feeds.runs."+d.key, d.usual, d.least); err != nil {
			return s, err
		}
	}
	if s.Every > 0 && 24*time.Hour%s.Every != 0 && s.Every%(24*time.Hour) != 0 {
		return s, rows.Bad(r.file, r.Runs.Every, "feeds.runs.every", "%s does not divide a day", s.Every)
	}
	if s.Every == 0 && r.Kind.Value != "exec" {
		return s, rows.Bad(r.file, r.Model, "feeds.runs.every", "missing")
	}
	if s.First >= 24*time.Hour {
		return s, rows.Bad(r.file, r.Runs.First, "feeds.runs.first", "%s is not within a day", s.First)
	}
	if s.Last > 0 && s.Last < s.Delay {
		return s, rows.Bad(r.file, r.Runs.Last, "feeds.runs.last", "the last step at %s comes before the first at %s", s.Last, s.Delay)
	}
	if s.Look = r.Runs.Look; s.Look < 0 || s.Look > maxLook {
		return s, rows.Bad(r.file, r.Model, "feeds.runs.look", "%d is not within 1 to %d", s.Look, maxLook)
	}
	if s.Look == 0 {
		s.Look = usualLook
	}
	for _, row := range r.Steps {
		if row == nil {
			return s, rows.Bad(r.file, r.Model, "feeds.steps", "an empty row")
		}
		one := StepRange{RunHours: row.RunHours}
		for _, hour := range row.RunHours {
			if hour < 0 || hour > 23 {
				return s, rows.Bad(r.file, row.From, "feeds.steps.run-hours", "%d is no hour of a day", hour)
			}
		}
		if one.From, err = r.span(row.From, "feeds.steps.from", 0, 0); err != nil {
			return s, err
		}
		if one.To, err = r.span(row.To, "feeds.steps.to", one.From, 0); err != nil {
			return s, err
		}
		if one.Every, err = r.span(row.Every, "feeds.steps.every", 0, time.Minute); err != nil {
			return s, err
		}
		if one.To < one.From || one.To > one.From && one.Every == 0 {
			return s, rows.Bad(r.file, row.From, "feeds.steps", "from %s to %s every %s", one.From, one.To, one.Every)
		}
		s.Steps = append(s.Steps, one)
	}
	if len(s.Steps) == 0 && r.Kind.Value != "exec" && r.Kind.Value != "s3" {
		return s, rows.Bad(r.file, r.Model, "feeds.steps", "missing")
	}
	return s, nil
}

// keep reads what is kept.
func (r *feedRow) keep() (k Retention, err error) {
	if k.Age, err = r.span(r.Keep.Age, "feeds.keep.age", 0, time.Minute); err != nil {
		return k, err
	}
	if k.Past, err = r.span(r.Keep.Past, "feeds.keep.past", 0, time.Minute); err != nil {
		return k, err
	}
	if r.Keep.Runs < 0 || r.Keep.Size < 0 {
		return k, rows.Bad(r.file, r.Model, "feeds.keep", "less than nothing")
	}
	k.Runs, k.Size = r.Keep.Runs, r.Keep.Size<<20
	return k, nil
}

// span reads a length of time.
func (r *feedRow) span(at rows.Text, key string, usual, least time.Duration) (time.Duration, error) {
	if at.Value == "" {
		return usual, nil
	}
	d, err := time.ParseDuration(at.Value)
	if err != nil || d < least {
		return 0, rows.Bad(r.file, at, key, "%q is no length of time as 6h or 90m, or less than %s", at.Value, least)
	}
	return d, nil
}

// Feeds lists how models' files are come by, in the order of their IDs.
func (c *Catalogue) Feeds() []Feed { return c.feeds }

// Feed finds a model's feed.
func (c *Catalogue) Feed(model string) (Feed, bool) {
	i := slices.IndexFunc(c.feeds, func(f Feed) bool { return f.Model == model })
	if i < 0 {
		return Feed{}, false
	}
	return c.feeds[i], true
}

// addFeeds enters a folder's feeds; one replaces an earlier folder's of the same model.
func (c *Catalogue) addFeeds(fresh []*feedRow) error {
	seen := map[string]bool{}
	for _, row := range fresh {
		f, err := row.feed()
		if err != nil {
			return err
		}
		if seen[f.Model] {
			return rows.Bad(row.file, row.Model, "feeds.model", "%q has two feeds", f.Model)
		}
		seen[f.Model] = true
		c.feeds = slices.DeleteFunc(c.feeds, func(old Feed) bool { return old.Model == f.Model })
		c.feeds = append(c.feeds, f)
	}
	slices.SortFunc(c.feeds, func(a, b Feed) int {
		if a.Model < b.Model {
			return -1
		}
		return 1
	})
	return nil
}

// String names the feed.
func (f Feed) String() string { return fmt.Sprintf("%s (%s)", f.Model, f.Kind) }
