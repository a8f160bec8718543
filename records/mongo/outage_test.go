package mongo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"isobar/internal/mongodb"
	"isobar/records"
)

func TestADatabaseThatIsAwayIsToldWithoutItsAddress(t *testing.T) {
	const address = "127.0.0.1:1" // nobody listens there
	c, err := mongodb.Connect(mongodb.Options{URI: "mongodb://" + address + "/", Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Disconnect(context.Background())
	_, err = Open(t.Context(), c, "records")
	if !errors.Is(err, records.ErrUnavailable) || !mongodb.Lost(err) || strings.Contains(err.Error(), address) {
		t.Errorf("the error is %v, want %v alone", err, records.ErrUnavailable)
	}
}
