package mongodb

import (
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"
)

// passing are the codes of servers that stop, start, hand over or can't reach each other.
var passing = []int{6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}

// late is how FerretDB on SQLite tells that an operation's time is over. Others have a code for that, which counts as a timeout.
const late = "interrupted (9)"

// Lost tells that an error is of the connection or of a server that goes, not of what was asked: whether it was done is not known. An
// ended context looks like this, too.
func Lost(err error) bool {
	if err == nil {
		return false
	}
	var selection topology.ServerSelectionError
	var connection topology.ConnectionError
	if mongo.IsNetworkError(err) || mongo.IsTimeout(err) || errors.As(err, &selection) || errors.As(err, &connection) ||
		errors.Is(err, mongo.ErrClientDisconnected) {
		return true
	}
	var server mongo.ServerError
	return errors.As(err, &server) && (slices.ContainsFunc(passing, server.HasErrorCode) || server.HasErrorMessage(late))
}

// Duplicate tells that a document with that identity is there.
func Duplicate(err error) bool { return mongo.IsDuplicateKeyError(err) }

// OnlyDuplicates tells that the only fault of a write of many was that documents were there, which ones, and nothing else.
func OnlyDuplicates(err error) (which []int, ok bool) {
	var many mongo.BulkWriteException
	if !errors.As(err, &many) || many.WriteConcernError != nil || len(many.WriteErrors) == 0 {
		return nil, false
	}
	for _, e := range many.WriteErrors {
		if !e.HasErrorCode(11000) {
			return nil, false
		}
		which = append(which, e.Index)
	}
	return which, true
}
