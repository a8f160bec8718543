package bolt

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	bbolt "go.etcd.io/bbolt"

	"isobar/records"
)

// A file has one bucket for each kind, whose name is the kind's with a leading "=", and one that lists what expires.
//
//	=<kind>   identity -> version, expiry (Unix nanoseconds, 0: never), each 8 bytes, big endian; body
//	expires   expiry, kind, 0, identity -> nothing
//
// A bucket's sequence gives the versions, so that they rise across deletion.
const (
	kindMark   = "="
	expireName = "expires"
	headBytes  = 16
)

// errRow is a row that was not written by this package.
var errRow = errors.New("a document in the file is damaged")

// row is what a key holds.
type row struct {
	version int64
	expires int64
	body    []byte // of the transaction: to be copied
}

// readRow reads a row; nil is none.
func readRow(value []byte) (r row, ok bool, err error) {
	if value == nil {
		return row{}, false, nil
	}
	if len(value) < headBytes {
		return row{}, false, errRow
	}
	r.version = int64(binary.BigEndian.Uint64(value))
	r.expires = int64(binary.BigEndian.Uint64(value[8:]))
	r.body = value[headBytes:]
	return r, true, nil
}

// write spells a row.
func (r row) bytes() []byte {
	value := make([]byte, headBytes, headBytes+len(r.body))
	binary.BigEndian.PutUint64(value, uint64(r.version))
	binary.BigEndian.PutUint64(value[8:], uint64(r.expires))
	return append(value, r.body...)
}

// gone tells that a row has expired.
func (r row) gone(now time.Time) bool { return r.expires != 0 && r.expires <= now.UnixNano() }

// document copies a row out of its transaction.
func (r row) document(id string) records.Document {
	d := records.Document{ID: id, Version: r.version, Body: append([]byte(nil), r.body...)}
	if r.expires != 0 {
		d.Expires = time.Unix(0, r.expires).UTC()
	}
	return d
}

// nanoseconds is an expiry as a row holds it: 0 is never. Times that do not fit are the nearest that does.
func nanoseconds(t time.Time) int64 {
	switch {
	case t.IsZero():
		return 0
	case t.Unix() > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	case t.Unix() < 1:
		return 1
	}
	return t.UnixNano()
}

// expireKey is the entry of a document that expires.
func expireKey(expires int64, kind, id string) []byte {
	key := make([]byte, 8, 9+len(kind)+len(id))
	binary.BigEndian.PutUint64(key, uint64(expires))
	return append(append(append(key, kind...), 0), id...)
}

// table is a kind's bucket within a transaction that writes.
type table struct {
	kind    string
	rows    *bbolt.Bucket
	expires *bbolt.Bucket
}

// tableOf makes a kind's buckets if they are not there.
func tableOf(tx *bbolt.Tx, kind string) (t table, err error) {
	t.kind = kind
	if t.rows, err = tx.CreateBucketIfNotExists([]byte(kindMark + kind)); err != nil {
		return t, err
	}
	t.expires, err = tx.CreateBucketIfNotExists([]byte(expireName))
	return t, err
}

// get reads a row as it is, expired or not.
func (t table) get(id string) (row, bool, error) { return readRow(t.rows.Get([]byte(id))) }

// put writes a document over a row that was there, and gives its version.
func (t table) put(d records.Document, was row) (int64, error) {
	if err := t.forget(d.ID, was); err != nil {
		return 0, err
	}
	n, err := t.rows.NextSequence()
	if err != nil {
		return 0, err
	}
	r := row{version: int64(n), expires: nanoseconds(d.Expires), body: d.Body}
	if r.expires != 0 {
		if err := t.expires.Put(expireKey(r.expires, t.kind, d.ID), nil); err != nil {
			return 0, err
		}
	}
	return r.version, t.rows.Put([]byte(d.ID), r.bytes())
}

// remove deletes a row that was there.
func (t table) remove(id string, was row) error {
	if err := t.forget(id, was); err != nil {
		return err
	}
	return t.rows.Delete([]byte(id))
}

// forget takes a row off the list of what expires.
func (t table) forget(id string, was row) error {
	if was.expires == 0 {
		return nil
	}
	return t.expires.Delete(expireKey(was.expires, t.kind, id))
}
