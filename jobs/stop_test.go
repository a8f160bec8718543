package jobs

import (
	"context"
	"testing"

	"isobar/records/recordstest"
)

func TestAJobWhoseRecordIsStillToBeWrittenIsNotStopped(t *testing.T) {
	r := runner(recordstest.New(), Options{})
	work, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r.running["new"] = cancel
	r.stopDismissed(t.Context())
	if err := work.Err(); err != nil {
		t.Errorf("a job that has a mark and no record yet: %v", err)
	}
	r.see("new")
	r.stopDismissed(t.Context())
	if context.Cause(work) != errDismissed {
		t.Errorf("a job whose record was removed goes on: %v", context.Cause(work))
	}
}
