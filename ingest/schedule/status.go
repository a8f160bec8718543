package schedule

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"isobar/field"
)

// State is what a feed does.
type State string

// States of a feed.
const (
	Waiting    State = "waiting"
	Looking    State = "looking"
	Fetching   State = "fetching"
	Publishing State = "publishing"
)

// Status is how a feed does. Counts are since the folder was made.
type Status struct {
	Model        string     `json:"model"`
	State        State      `json:"state"`
	Publish      string     `json:"publish"`
	Run          field.Time `json:"run"` // that is worked on, or was last
	Items        int        `json:"items"`
	Done         int        `json:"done"`
	Next         time.Time  `json:"next,omitzero"`      // look
	Published    time.Time  `json:"published,omitzero"` // when something was last
	PublishedRun field.Time `json:"publishedRun"`
	Complete     field.Time `json:"complete"`           // the newest complete run
	Completed    time.Time  `json:"completed,omitzero"` // when that was
	Expected     time.Time  `json:"expected,omitzero"`  // when the run after that should be complete
	Failed       field.Time `json:"failed,omitzero"`    // the newest run that was given up incomplete
	Fields       int64      `json:"fields"`
	Bytes        int64      `json:"bytes"` // that were fetched
	Failures     int64      `json:"failures"`
	Error        string     `json:"error,omitempty"` // the last
	ErrorAt      time.Time  `json:"errorAt,omitzero"`
}

// statusFile is where a feed's status lies in its folder, for other processes.
const statusFile = "status.json"

// say changes the status, and writes it for other processes to read.
func (f *feed) say(change func(*Status)) {
	f.mu.Lock()
	change(&f.status)
	f.mu.Unlock()
	f.writing.Lock() // so that the last state is the one that stays
	defer f.writing.Unlock()
	now := f.told()
	text, err := json.MarshalIndent(now, "", "\t")
	if err != nil {
		return
	}
	aside, err := os.Create(filepath.Join(f.folder, statusFile+".part"))
	if err != nil {
		return // the status is for people; the work goes on
	}
	_, err = aside.Write(text)
	if aside.Close() != nil || err != nil || os.Rename(aside.Name(), filepath.Join(f.folder, statusFile)) != nil {
		os.Remove(aside.Name())
	}
}

// told is a copy of the status.
func (f *feed) told() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

// trouble logs what went wrong, and shows it in the status.
func (f *feed) trouble(err error) {
	f.log.Warn("feed has trouble", "error", err)
	f.say(func(s *Status) { s.Error, s.ErrorAt = err.Error(), f.options.Now() })
}

// readStatus reads what a process has written; none is an empty one.
func readStatus(folder string) (s Status) {
	text, err := os.ReadFile(filepath.Join(folder, statusFile))
	if err != nil || json.Unmarshal(text, &s) != nil {
		return Status{}
	}
	return s
}

// Read lists the statuses that lie in a folder of feeds, by model.
func Read(folder string) (all []Status, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if s := readStatus(filepath.Join(folder, e.Name())); s.Model != "" {
			all = append(all, s)
		}
	}
	return all, nil
}
