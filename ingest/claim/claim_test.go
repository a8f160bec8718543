package claim

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestOneHasIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "lock")
	first, err := Try(path)
	if err != nil || first == nil {
		t.Fatalf("the first claim: %v", err)
	}
	if second, err := Try(path); second != nil || err != nil {
		t.Errorf("the second claim holds too: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Wait(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a claim that is held: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { first.Close() })
	again, err := Wait(t.Context(), path)
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
