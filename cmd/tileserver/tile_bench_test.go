package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// BenchmarkTile1440x721 asks for tiles of the global quarter-degree field over HTTP, each one of its own, so that none comes from a
// cache: docs/performance.md is a profile of it.
func BenchmarkTile1440x721(b *testing.B) {
	h, err := demoHouse()
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(h.handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	var n atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			k := n.Add(1)
			west, south := float64(k*7%140)+float64(k)*1e-6, float64(k*11%60)
			url := fmt.Sprintf("%s/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=gfs-0p25.t&STYLES=&CRS=CRS:84&BBOX=%v,%v,%v,%v&WIDTH=256&HEIGHT=256&FORMAT=image/png&TRANSPARENT=TRUE",
				server.URL, west, south, west+30, south+30)
			r, err := client.Get(url)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusOK {
				b.Errorf("status %d, %v", r.StatusCode, err)
			}
			r.Body.Close()
		}
	})
}
