package grid

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"sync"

	"isobar/geo"
)

// Unstructured is a set of places in no order (GRIB2 template 3.101 with its places). It keeps the slice, which must not
// be changed. Its ID is the hash of its places, rounded to microdegrees. A place farther from the nearest cell than that
// is from its own neighbours is outside.
func Unstructured(places []geo.LonLat) (Grid, error) {
	if len(places) == 0 || len(places) > MaxCells {
		return nil, invalid("%d places", len(places))
	}
	hash := sha256.New()
	var row [8 * batch]byte
	for start := 0; start < len(places); start += batch {
		part := places[start:min(start+batch, len(places))]
		for i, p := range part {
			if !(math.Abs(p.Lon) <= 1000 && math.Abs(p.Lat) <= 90) {
				return nil, invalid("a place at %v degrees east, %v north", p.Lon, p.Lat)
			}
			binary.LittleEndian.PutUint32(row[8*i:], uint32(int32(math.Round(western(p.Lon)*1e6))))
			binary.LittleEndian.PutUint32(row[8*i+4:], uint32(int32(math.Round(p.Lat*1e6))))
		}
		hash.Write(row[:8*len(part)])
	}
	g := &unstructured{places: places, id: fmt.Sprintf("places:%d:%s", len(places), hex.EncodeToString(hash.Sum(nil)[:16]))}
	g.extent = around(places)
	g.index = sync.OnceValue(func() *nearness { return newNearness(places, g.extent) })
	return g, nil
}

type unstructured struct {
	id     string
	places []geo.LonLat
	extent geo.Box
	index  func() *nearness // made when first asked for
}

var _ Grid = (*unstructured)(nil)

func (g *unstructured) ID() string          { return g.id }
func (g *unstructured) Len() int            { return len(g.places) }
func (g *unstructured) Shape() (nx, ny int) { return len(g.places), 1 }
func (g *unstructured) Extent() geo.Box     { return g.extent }

func (g *unstructured) Places(dst []geo.LonLat, first int) { copy(dst, g.places[first:]) }

// Weigh takes the four nearest cells, by Franke and Little's form of Shepard's weights: ((R - d) / (R d))^2, R being the
// distance of the fifth, so that values do not jump where the fourth becomes the fifth.
func (g *unstructured) Weigh(dst []Stencil, at []geo.LonLat) {
	index := g.index()
	for i, p := range at {
		dst[i] = index.weigh(p)
	}
}

// around is the box of places: all around the Earth, or less the widest gap between them.
func around(places []geo.LonLat) geo.Box {
	const slots = 3600
	var seen [slots]bool
	south, north := 90.0, -90.0
	for _, p := range places {
		south, north = min(south, p.Lat), max(north, p.Lat)
		seen[clamp(int(math.Floor((eastOf(p.Lon)+180)*slots/360)), slots)] = true
	}
	widest, end, empty := 0, 0, 0 // the slot after the widest gap
	for i := range 2 * slots {
		if !seen[i%slots] {
			empty++
			continue
		}
		if empty > widest && i-empty >= 0 && empty < slots {
			widest, end = empty, i
		}
		empty = 0
	}
	const gap = 100 // slots: 10 degrees
	if widest < gap {
		return geo.Box{-180, south, 180, north}
	}
	west := eastOf(float64(end%slots)*360/slots - 180)
	least, most := 360.0, 0.0
	for _, p := range places {
		d := p.Lon - west
		d -= 360 * math.Floor(d/360+1e-12)
		least, most = min(least, d), max(most, d)
	}
	return geo.Box{west + least, south, west + most, north}
}
