package local

import (
	"testing"

	"isobar/store"
	"isobar/store/storetest"
)

func TestStoresKeepTheContract(t *testing.T) {
	for name, o := range map[string]Options{"with a cache": {ChunkCacheBytes: 1 << 20}, "without a cache": {}} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				s, err := Open(t.TempDir(), o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
