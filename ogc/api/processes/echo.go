package processes

import (
	"context"
	"time"
	"unicode/utf8"
)

// longestPause is how long echo waits at most, in seconds.
const longestPause = 60

// echo gives back what it is told.
func echo() *process {
	return &process{
		id: "echo", title: "Echo", keywords: []string{"echo", "test"}, description: "Gives back what it is told, after a pause if one is wanted: to try clients with.",
		inputs: []input{
			{name: "message", title: "What is given back", schema: text, required: true},
			{name: "pause", title: "Seconds to wait before", schema: map[string]any{"type": "integer", "minimum": 0, "maximum": longestPause, "default": 0}},
		},
		outputs: []output{
			{name: "message", title: "What was told", schema: text},
			{name: "length", title: "How many characters it has", schema: map[string]any{"type": "integer"}},
		},
		prepare: func(_ context.Context, q *question) (work, error) {
			message, err := q.text("message")
			if err != nil {
				return nil, err
			}
			pause, err := q.number("pause", 0, 0, longestPause)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, progress func(int, string)) ([]result, error) {
				if err := wait(ctx, pause, progress); err != nil {
					return nil, err
				}
				return []result{plain("message", message), value("length", utf8.RuneCountInString(message))}, nil
			}, nil
		},
	}
}

// wait waits, and tells how long already.
func wait(ctx context.Context, seconds float64, progress func(int, string)) error {
	if seconds <= 0 {
		return nil
	}
	began, end := time.Now(), time.Duration(seconds*float64(time.Second))
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for time.Since(began) < end {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			progress(int(100*time.Since(began)/end), "waiting")
		}
	}
	return nil
}
