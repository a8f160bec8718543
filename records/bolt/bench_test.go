package bolt

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"isobar/records"
)

var ctx = context.Background()

// BenchmarkPut writes small documents, from one hand and from many.
func BenchmarkPut(b *testing.B) {
	for _, hands := range []int{1, 64} {
		b.Run(fmt.Sprint(hands), func(b *testing.B) {
			s := openAt(b, filepath.Join(b.TempDir(), "records.db"), Options{})
			var n atomic.Int64
			b.SetParallelism(hands / 2)
			put := func() {
				if _, err := s.Put(ctx, "t", records.Document{ID: fmt.Sprint(n.Add(1)), Body: make([]byte, 500)}); err != nil {
					b.Error(err)
				}
			}
			if hands == 1 {
				for b.Loop() {
					put()
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					put()
				}
			})
		})
	}
}
