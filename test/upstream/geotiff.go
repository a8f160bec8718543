package upstream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"isobar/decode"
	"isobar/grid"
)

// geoTIFF writes a field on a latitude-longitude grid as one strip of 32 bit numbers, north up, in EPSG:4326 (OGC 19-008r4).
func geoTIFF(m *decode.Message) ([]byte, error) {
	if _, ok := m.Grid.(grid.Separable); !ok {
		return nil, fmt.Errorf("%w: no latitude-longitude grid", errMessage)
	}
	values := make([]float32, m.Grid.Len())
	if err := m.Unpack(values); err != nil {
		return nil, err
	}
	nx, ny := m.Grid.Shape()
	centres := m.Grid.Extent()
	dx, dy := (centres[2]-centres[0])/float64(nx-1), (centres[3]-centres[1])/float64(ny-1)
	west, north := centres[0]-dx/2, centres[3]+dy/2
	var out bytes.Buffer
	put := func(v any) { _ = binary.Write(&out, binary.LittleEndian, v) }
	put([]byte("II*\x00"))
	const entries = 14
	const ifd, after = 8, 8 + 2 + entries*12 + 4
	scaleAt, tieAt, keysAt := uint32(after), uint32(after+24), uint32(after+24+48)
	dataAt := keysAt + 16*2
	put(uint32(ifd))
	put(uint16(entries))
	const short, long, double, ascii = 3, 4, 12, 2
	entry := func(tag, kind uint16, count, value uint32) { put(tag); put(kind); put(count); put(value) }
	entry(256, long, 1, uint32(nx))
	entry(257, long, 1, uint32(ny))
	entry(258, short, 1, 32)
	entry(259, short, 1, 1)
	entry(262, short, 1, 1)
	entry(273, long, 1, dataAt)
	entry(277, short, 1, 1)
	entry(278, long, 1, uint32(ny))
	entry(279, long, 1, uint32(4*nx*ny))
	entry(339, short, 1, 3)
	entry(33550, double, 3, scaleAt)
	entry(33922, double, 6, tieAt)
	entry(34735, short, 16, keysAt)
	entry(42113, ascii, 4, 0x006e616e) // GDAL_NODATA: nan
	put(uint32(0))
	put([]float64{dx, dy, 0})
	put([]float64{0, 0, 0, west, north, 0})
	put([]uint16{1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326})
	for _, v := range values {
		put(math.Float32bits(v))
	}
	return out.Bytes(), nil
}
