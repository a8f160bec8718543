package zarr

import (
	"maps"

	"isobar/encode/cf"
)

// The documents of version 2 (Zarr storage specification 2).
const (
	groupFile = ".zgroup"
	arrayFile = ".zarray"
	attrsFile = ".zattrs"
)

type group2 struct {
	Format int `json:"zarr_format"`
}

// consolidated2 is all documents in one, as programs read it from .zmetadata.
type consolidated2 struct {
	Format   int            `json:"zarr_consolidated_format"`
	Metadata map[string]any `json:"metadata"`
}

type array2 struct {
	Format     int            `json:"zarr_format"`
	Shape      []int          `json:"shape"`
	Chunks     []int          `json:"chunks"`
	DataType   string         `json:"dtype"`
	Compressor map[string]any `json:"compressor"`
	Fill       any            `json:"fill_value"`
	Order      string         `json:"order"`
	Filters    []any          `json:"filters"`
}

// describe2 is an array's metadata in version 2, and its attributes, among them the dimensions' names as xarray wants them.
func describe2(a *Array, three array) (array2, map[string]any) {
	two := array2{
		Format: 2, Shape: a.Shape, Chunks: a.Chunk, Order: "C", Compressor: map[string]any{"id": "gzip", "level": gzipLevel},
		DataType: map[cf.Type]string{cf.Int: "<i4", cf.Float: "<f4", cf.Double: "<f8"}[a.Type],
	}
	if three.Fill == "NaN" { // readers take any other for a value that is missing
		two.Fill = three.Fill
	}
	attrs := maps.Clone(three.Attributes)
	if attrs == nil {
		attrs = map[string]any{}
	}
	attrs["_ARRAY_DIMENSIONS"] = three.Dimensions
	return two, attrs
}
