package main

import (
	"fmt"
	"io/fs"
	"os"

	"isobar/decode"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/apng"
	"isobar/encode/covjson"
	"isobar/encode/csv"
	"isobar/encode/geotiff"
	"isobar/encode/gif"
	"isobar/encode/grib"
	"isobar/encode/jpeg"
	"isobar/encode/netcdf"
	"isobar/encode/png"
	"isobar/encode/png16"
	"isobar/encode/webp"
	"isobar/encode/zarr"
	"isobar/geo/tilematrix"
	"isobar/models"
	"isobar/places"
	"isobar/styles"
)

// Everything that plugs in stands on this page.

// formats are the file formats that are read, tried in this order.
func formats() []decode.Format {
	return []decode.Format{decode.GRIB(), decode.GeoTIFF(), decode.NetCDF()}
}

// pictures are the formats that maps and legends leave in; the first is the default.
func pictures() []encode.Picture {
	return []encode.Picture{png.Format(), jpeg.Format(), webp.Format(), gif.Format(), apng.Format()}
}

// numbers are the formats that coverages leave in; the first is the default.
func numbers(known *elements.Catalogue) []encode.Coverage {
	return []encode.Coverage{
		geotiff.Format(), netcdf.Format(known), covjson.Format(), grib.Format(known), grib.First(), csv.Format(), zarr.Format(known), png16.Format(),
	}
}

// catalogues are the facts: those that ship with the program, and a user's own over them.
type catalogues struct {
	elements *elements.Catalogue
	models   *models.Catalogue
	styles   *styles.Catalogue
	sets     *tilematrix.Catalogue
	places   *places.Catalogue
}

// loadRows reads the rows that ship with the program and the folders named in the configuration.
func loadRows(c rowsConfig) (r catalogues, err error) {
	if r.elements, err = elements.Load(under(elements.Rows(), c.Elements)...); err != nil {
		return r, fmt.Errorf("elements: %w", err)
	}
	if r.models, err = models.Load(under(models.Rows(), c.Models)...); err != nil {
		return r, fmt.Errorf("models: %w", err)
	}
	if r.styles, err = styles.Load(under(styles.Rows(), c.Styles)...); err != nil {
		return r, fmt.Errorf("styles: %w", err)
	}
	if r.places, err = places.Load(under(places.Rows(), c.Places)...); err != nil {
		return r, fmt.Errorf("places: %w", err)
	}
	if r.sets, err = tilematrix.Load(under(tilematrix.Rows(), c.TileMatrixSets)...); err != nil {
		return r, fmt.Errorf("tile matrix sets: %w", err)
	}
	return r, nil
}

// under is the rows that ship with the program and, if one is named, a folder of rows over them.
func under(builtin fs.FS, folder string) []fs.FS {
	if folder == "" {
		return []fs.FS{builtin}
	}
	return []fs.FS{builtin, os.DirFS(folder)}
}
