package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// sameEntries compares the collections of forecasts that two lists have, those of streams and alerts excepted.
func sameEntries(want, got []byte) error {
	a, err := entries(want)
	if err != nil {
		return err
	}
	b, err := entries(got)
	if err != nil {
		return err
	}
	for id, entry := range a {
		other, ok := b[id]
		if !ok {
			return fmt.Errorf("%s is missing", id)
		}
		if !bytes.Equal(entry, other) {
			return fmt.Errorf("%s is %.400s, want %.400s", id, other, entry)
		}
	}
	for id := range b {
		if _, ok := a[id]; !ok && id != streamID && id != "alerts" {
			return fmt.Errorf("%s is there, and should not be", id)
		}
	}
	return nil
}

// entries are a list's collections by identity.
func entries(body []byte) (map[string][]byte, error) {
	var list struct{ Collections []json.RawMessage }
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, raw := range list.Collections {
		var one struct{ ID string }
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, err
		}
		all[one.ID] = raw
	}
	return all, nil
}
