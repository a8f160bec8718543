package geotiff

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"isobar/coverage"
	"isobar/elements"
)

// ghost tells readers how a Cloud Optimized GeoTIFF is laid out (GDAL's COG driver, "Structural metadata").
const (
	ghostAll = "LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\nBLOCK_TRAILER=LAST_4_BYTES_REPEATED\n" +
		"KNOWN_INCOMPATIBLE_EDITION=NO\n "
	ghostHead = "GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n"
)

// write reads the coverage band by band, packs tiles into a spool, and then writes directories, overviews and the image.
func write(ctx context.Context, out io.Writer, s *coverage.Source, o Options, packers *sync.Pool) (err error) {
	w := &writer{options: o, images: images(s.Width(), s.Height(), s.Bands(), o), spool: &spool{}, packers: packers}
	defer func() {
		if closed := w.spool.close(); err == nil {
			err = closed
		}
	}()
	packing, within := errgroup.WithContext(ctx)
	packing.SetLimit(runtime.GOMAXPROCS(0))
	w.packing = packing
	err = w.bands(within, s)
	if packed := packing.Wait(); packed != nil { // the cause of what bands has seen
		err = packed
	}
	if err != nil {
		return err
	}
	return w.finish(out, s)
}

// bands reads all fields, while those before are being packed.
func (w *writer) bands(ctx context.Context, s *coverage.Source) error {
	for v := range s.Variables {
		w.near = s.Variables[v].Layer.Element.Interpolation != elements.Linear
		for plane := range s.Planes(v) {
			if err := w.band(ctx, s, v, plane); err != nil {
				return err
			}
		}
	}
	return nil
}

// band reads one field, a row of tiles at a time.
func (w *writer) band(ctx context.Context, s *coverage.Source, v, plane int) error {
	m := w.images[0]
	for row := 0; row < s.Height(); row += m.tileHeight {
		m.rows = min(m.tileHeight, s.Height()-row)
		if err := s.Read(ctx, v, plane, 1, row, m.rows, m.room(m.rows)); err != nil {
			return err
		}
		if err := w.flush(ctx, 0); err != nil {
			return err
		}
	}
	return w.end(ctx)
}

// finish writes the file. Overviews come before the image, the smallest first.
func (w *writer) finish(out io.Writer, s *coverage.Source) error {
	const around = 8 // leader and trailer of each tile
	tiles := 0
	for _, m := range w.images {
		tiles += len(m.tiles)
	}
	big := w.spool.size+int64(tiles)*(around+16)+int64(s.Bands())*2048 > classicLimit
	directories := make([]directory, len(w.images))
	header, ghost := int64(classicHeader), fmt.Sprintf(ghostHead, len(ghostAll))+ghostAll
	if big {
		header = bigHeader
	}
	at := (header + int64(len(ghost)) + 7) &^ 7
	positions := make([]int64, len(w.images)+1)
	for i, m := range w.images { // offsets take as much room whatever they are
		directories[i] = w.describe(s, i, m, make([]int64, len(m.tiles)), big)
		positions[i] = at
		at += directories[i].length(big)
	}
	for i := len(w.images) - 1; i >= 0; i-- {
		m := w.images[i]
		offsets := make([]int64, len(m.tiles))
		for k, p := range m.tiles {
			offsets[k] = at + 4
			at += p.size + around
		}
		directories[i] = w.describe(s, i, m, offsets, big)
	}
	b := bufio.NewWriterSize(out, 1<<16)
	head := start(positions[0], ghost, big)
	if _, err := b.Write(append(head, make([]byte, positions[0]-int64(len(head)))...)); err != nil {
		return err
	}
	for i, d := range directories {
		if _, err := b.Write(d.bytes(positions[i], positions[i+1], big)); err != nil {
			return err
		}
	}
	return w.data(b)
}

// start is the file's header and what stands behind it.
func start(first int64, ghost string, big bool) []byte {
	le := binary.LittleEndian
	head := []byte(byteOrderMark)
	if big {
		head = le.AppendUint16(head, bigMagic)
		head = le.AppendUint16(head, 8) // bytes of an offset
		head = le.AppendUint16(head, 0)
		head = le.AppendUint64(head, uint64(first))
	} else {
		head = le.AppendUint16(head, classicMagic)
		head = le.AppendUint32(head, uint32(first))
	}
	return append(head, ghost...)
}

// data writes the tiles, each between its size and its last four bytes.
func (w *writer) data(b *bufio.Writer) error {
	for i := len(w.images) - 1; i >= 0; i-- {
		for _, p := range w.images[i].tiles {
			if err := binary.Write(b, binary.LittleEndian, uint32(p.size)); err != nil {
				return err
			}
			if err := w.spool.copy(b, p, 0); err != nil {
				return err
			}
			if err := w.spool.copy(b, p, p.size-4); err != nil {
				return err
			}
		}
	}
	return b.Flush()
}

// describe makes a level's directory.
func (w *writer) describe(s *coverage.Source, level int, m *image, offsets []int64, big bool) directory {
	bands := s.Bands()
	var d directory
	if level > 0 {
		d.long(tagSubfile, reducedImage)
	}
	d.long(tagWidth, uint32(m.width))
	d.long(tagHeight, uint32(m.height))
	d.repeated(tagBits, 32, bands)
	if w.options.Plain {
		d.shorts(tagCompression, compressNone)
	} else {
		d.shorts(tagCompression, compressDeflate)
	}
	d.shorts(tagPhotometric, minIsBlack)
	d.shorts(tagSamples, uint16(bands))
	d.shorts(tagPlanar, planarOf(bands))
	if level == 0 {
		d.ascii(tagSoftware, softwareName)
	}
	if !w.options.Plain {
		d.shorts(tagPredictor, uint16(max(w.options.Predictor, 1)))
	}
	d.shorts(tagTileWidth, uint16(m.tileWidth))
	d.shorts(tagTileHeight, uint16(m.tileHeight))
	counts := make([]int64, len(m.tiles))
	for i, p := range m.tiles {
		counts[i] = p.size
	}
	d.offsets(tagTileOffsets, offsets, big)
	d.offsets(tagTileCounts, counts, big)
	if bands > 1 {
		d.repeated(tagExtraSamples, 0, bands-1)
	}
	d.repeated(tagSampleFormat, formatFloat, bands)
	if level == 0 {
		place(&d, s)
	}
	d.ascii(tagGDALNoData, "nan")
	return d
}

// planarOf tells how bands lie: one by one.
func planarOf(bands int) uint16 {
	if bands == 1 {
		return 1
	}
	return planarSeparate
}

// place adds what says where the image lies and what its bands are.
func place(d *directory, s *coverage.Source) {
	k, err := keysOf(s)
	if err != nil { // check has refused it
		return
	}
	dy := rowStep(s)
	d.doubles(tagPixelScale, s.DX, dy, 0)
	top := s.Y[0] + dy/2
	if s.DY > 0 { // centres are rounded, edges are not
		top = s.Box.MaxY()
	}
	d.doubles(tagTiepoint, 0, 0, 0, s.Box.MinX(), top, 0)
	short, doubles, text := k.directory()
	d.shorts(tagGeoKeys, short...)
	if len(doubles) > 0 {
		d.doubles(tagGeoDoubles, doubles...)
	}
	if text != "" {
		d.ascii(tagGeoText, text)
	}
	d.ascii(tagGDALMetadata, metadata(s))
}
