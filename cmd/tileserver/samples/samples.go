// Package samples carries the forecasts that the demo serves. README.md beside it names their sources and licences.
package samples

import "embed"

// Files are the sample forecasts, as they came from their makers.
//
//go:embed *.grib1 *.grib2
var Files embed.FS
