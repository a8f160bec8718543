package mongodb

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

func TestOptionsThatCantBeAreRefused(t *testing.T) {
	t.Setenv(Variable, "")
	const right = "mongodb://127.0.0.1:1/"
	for _, c := range []struct {
		o    Options
		want string // part of the error
	}{
		{Options{}, Variable},
		{Options{URI: "http://127.0.0.1/"}, "scheme"},
		{Options{URI: right, ReadPreference: "sometimes"}, "sometimes"},
		{Options{URI: right, WriteConcern: "some"}, "some"},
		{Options{URI: right, WriteConcern: "0"}, "0"},
		{Options{URI: right, CAFile: "no/such.pem"}, "such.pem"},
		{Options{URI: "mongodb://me:hunter2@127.0.0.1:x/"}, "mongodb"},
		{Options{URI: "mongodb://me:hunt@er2@127.0.0.1:1/"}, "mongodb"},
	} {
		_, err := Connect(c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "er2") {
			t.Errorf("%+v: error %v, want it to tell %q", c.o, err, c.want)
		}
	}
}

func TestTheURIComesFromTheEnvironment(t *testing.T) {
	t.Setenv(Variable, "mongodb://127.0.0.1:1/?directConnection=true")
	c, err := Connect(Options{ReadPreference: "nearest", WriteConcern: "2", Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Disconnect(t.Context())
	if err := c.Ping(t.Context()); !Lost(err) {
		t.Errorf("a server that is not there gives %v", err)
	}
}

func TestErrorsOfWhatWasAskedAreNotOfTheConnection(t *testing.T) {
	for _, c := range []struct {
		err  error
		lost bool
	}{
		{nil, false}, {errors.New("some"), false}, {mongo.ErrNoDocuments, false}, {mongo.CommandError{Code: 11000}, false},
		{mongo.CommandError{Code: 10107, Message: "not primary"}, true}, {mongo.CommandError{Labels: []string{"NetworkError"}}, true},
		{mongo.ErrClientDisconnected, true}, {mongo.CommandError{Code: 1, Message: "[collection.go:94 sqlite.(*collection).Query] interrupted (9)"}, true},
	} {
		if got := Lost(c.err); got != c.lost {
			t.Errorf("Lost(%v) = %v", c.err, got)
		}
	}
	many := mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{{WriteError: mongo.WriteError{Code: 11000, Index: 3}}}}
	if which, ok := OnlyDuplicates(many); !ok || len(which) != 1 || which[0] != 3 {
		t.Errorf("documents that were there are told as %v, %v", which, ok)
	}
	many.WriteErrors = append(many.WriteErrors, mongo.BulkWriteError{WriteError: mongo.WriteError{Code: 50}})
	if _, ok := OnlyDuplicates(many); ok {
		t.Error("another fault is taken for a document that was there")
	}
}
