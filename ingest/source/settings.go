package source

import (
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"isobar/field"
	"isobar/models"
)

// Settings reads a feed's settings strictly into a kind's own struct; the error names the model and the key.
func Settings(f models.Feed, into any) error {
	text, err := yaml.Marshal(f.Settings)
	if err != nil {
		return fmt.Errorf("feed of %s: %w", f.Model, err)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		return fmt.Errorf("feed of %s: settings of a source of kind %s: %s", f.Model, f.Kind, yaml.FormatError(err, false, false))
	}
	return nil
}

// maxSteps bounds a run's steps.
const maxSteps = 10_000

// Steps lists the steps of a run, ascending, each once.
func Steps(s models.Schedule, run field.Time) []field.Seconds {
	hour := run.UTC().Hour()
	var all []field.Seconds
	for _, r := range s.Steps {
		if len(r.RunHours) > 0 && !slices.Contains(r.RunHours, hour) {
			continue
		}
		for step := r.From; step <= r.To && len(all) < maxSteps; step += r.Every {
			all = append(all, field.Seconds(step/time.Second))
			if r.Every <= 0 {
				break
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
