package geotiff

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"isobar/grid"
)

// The fields that are read (TIFF 6.0; supplements 1 and 3; GeoTIFF 1.1; GDAL).
const (
	tagSubfile         tag = 254
	tagWidth           tag = 256
	tagHeight          tag = 257
	tagBits            tag = 258
	tagCompression     tag = 259
	tagFillOrder       tag = 266
	tagDocument        tag = 269
	tagDescription     tag = 270
	tagStripOffsets    tag = 273
	tagSamples         tag = 277
	tagRowsPerStrip    tag = 278
	tagStripBytes      tag = 279
	tagPlanar          tag = 284
	tagSoftware        tag = 305
	tagDateTime        tag = 306
	tagPredictor       tag = 317
	tagTileWidth       tag = 322
	tagTileHeight      tag = 323
	tagTileOffsets     tag = 324
	tagTileBytes       tag = 325
	tagSampleFormat    tag = 339
	tagPixelScale      tag = 33550
	tagTiepoint        tag = 33922
	tagTransformation  tag = 34264
	tagGeoKeys         tag = 34735
	tagGeoDoubles      tag = 34736
	tagGeoText         tag = 34737
	tagMetadata        tag = 42112
	tagNoData          tag = 42113
	maxBands               = 1 << 12
	maxMetadata            = 1 << 24 // bytes of GDAL's metadata
	subfileReduced         = 1       // an overview of another image
	subfileMask            = 4
	tiffDateTimeLayout     = "2006:01:02 15:04:05"
	planarChunky           = 1
	planarSeparate         = 2
)

// Image is a picture of the file that is neither an overview of another nor a mask, on a grid.
type Image struct {
	Width, Height int
	Bands         []*Band
	Compression   string // "none", "deflate", "lzw", "packbits", "zstd"
	// Grid is where the image's pixel centres lie, in canonical order. GridErr says why there is none.
	Grid     grid.Grid
	GridErr  error
	GridType string // as ecCodes names it
	// Items are GDAL's metadata of the whole image; TIFF's own texts stand among them under GDAL's names for them
	// (TIFFTAG_DATETIME, TIFFTAG_IMAGEDESCRIPTION, TIFFTAG_DOCUMENTNAME, TIFFTAG_SOFTWARE).
	Items map[string]string

	file   *file
	layout layout
	place  place
}

// Band is one quantity of an image.
type Band struct {
	Image         *Image
	Number        int // 1-based, among those of its image
	Description   string
	Unit          string
	Scale, Offset float64           // a value is Offset + Scale times the number that is stored
	Items         map[string]string // GDAL's metadata
	HasNoData     bool
	NoData        float64 // the stored number that stands for no data
}

// Open reads the directories of a file. Images that can't be read make an error, and the others are given all the same.
func Open(r io.ReaderAt, size int64) ([]*Image, error) {
	f, first, err := open(r, size)
	if err != nil {
		return nil, err
	}
	all, err := f.directories(first)
	var images []*Image
	for i, d := range all {
		kind, kindErr := f.uint(d, tagSubfile, 0)
		if kindErr == nil && kind&(subfileReduced|subfileMask) != 0 {
			continue
		}
		m, imageErr := f.image(d)
		if imageErr != nil {
			err = errors.Join(err, fmt.Errorf("image %d: %w", i+1, imageErr))
			continue
		}
		images = append(images, m)
	}
	return images, err
}

// image reads all but the pixels.
func (f *file) image(d directory) (*Image, error) {
	m := &Image{file: f, Items: map[string]string{}}
	if err := m.layout.read(f, d); err != nil {
		return nil, err
	}
	m.Width, m.Height, m.Compression = m.layout.width, m.layout.height, codecs[m.layout.compression].name
	for n := range m.layout.samples {
		m.Bands = append(m.Bands, &Band{Image: m, Number: n + 1, Scale: 1, Items: map[string]string{}})
	}
	for _, t := range []struct {
		tag  tag
		name string
	}{
		{tagDocument, "TIFFTAG_DOCUMENTNAME"}, {tagDescription, "TIFFTAG_IMAGEDESCRIPTION"}, {tagSoftware, "TIFFTAG_SOFTWARE"},
		{tagDateTime, "TIFFTAG_DATETIME"},
	} {
		if text := f.text(d, t.tag); text != "" {
			m.Items[t.name] = text
		}
	}
	if e, ok := d[tagMetadata]; ok && e.count <= maxMetadata {
		if err := m.readMetadata(f.text(d, tagMetadata)); err != nil {
			return nil, err
		}
	}
	if err := m.readNoData(f.text(d, tagNoData)); err != nil {
		return nil, err
	}
	m.Grid, m.GridType, m.GridErr = m.georeference(d)
	return m, nil
}

// readNoData reads GDAL's number for all bands. "nan" says no more than the pixels do.
func (m *Image) readNoData(text string) error {
	text = strings.ReplaceAll(strings.TrimSpace(text), ",", ".") // as some writers' languages have it
	if text == "" {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return invalid("no data is %.40q", text)
	}
	for _, b := range m.Bands {
		b.HasNoData, b.NoData = true, v
	}
	return nil
}
