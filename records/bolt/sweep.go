package bolt

import (
	"bytes"
	"context"
	"encoding/binary"

	bbolt "go.etcd.io/bbolt"
)

// sweepTogether is how many documents one commit sweeps.
const sweepTogether = 1024

// Sweep removes what has expired, and tells how many documents that were. It happens by itself, too. The file does not shrink:
// its pages are written anew.
func (s *Store) Sweep(ctx context.Context) (swept int, err error) {
	for {
		n := 0
		err := s.commit(ctx, expireName, 0, func(tx *bbolt.Tx) (refused, spoilt error) {
			n, spoilt = sweep(tx, s.now().UnixNano())
			return nil, spoilt
		})
		swept += n
		if err != nil || n < sweepTogether {
			return swept, err
		}
	}
}

// sweep removes the first documents that expired by a time.
func sweep(tx *bbolt.Tx, now int64) (swept int, err error) {
	entries := tx.Bucket([]byte(expireName))
	if entries == nil {
		return 0, nil
	}
	var due [][]byte
	c := entries.Cursor()
	for k, _ := c.First(); k != nil && len(due) < sweepTogether; k, _ = c.Next() {
		if len(k) < 8 || int64(binary.BigEndian.Uint64(k)) > now {
			break
		}
		due = append(due, bytes.Clone(k))
	}
	for _, k := range due {
		kind, id, ok := bytes.Cut(k[8:], []byte{0})
		rows := tx.Bucket(append([]byte(kindMark), kind...))
		if !ok || rows == nil {
			return swept, errRow
		}
		if err := rows.Delete(id); err != nil {
			return swept, err
		}
		if err := entries.Delete(k); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}
