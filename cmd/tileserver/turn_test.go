package main

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestARequestLetsOthersGoFirst(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const rounds = 100
	first := 0
	for range rounds {
		var gone atomic.Bool
		handle := turn(func(echo.Context) error {
			if gone.Load() {
				first++
			}
			return nil
		})
		go gone.Store(true)
		if err := handle(nil); err != nil {
			t.Fatal(err)
		}
	}
	if first < rounds/2 { // the scheduler is fair, not strict: now and then it takes who gave way
		t.Errorf("of %d who were ready before a request, %d went first", rounds, first)
	}
}
