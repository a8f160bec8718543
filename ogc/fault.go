package ogc

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"isobar/answer"
	"isobar/encode"
	"isobar/geo"
	"isobar/layers"
	"isobar/records"
	"isobar/store"
	"isobar/styles"
)

// The codes of faults, in the words of WMS 1.3.0 table E.1 and, where that has none, of OWS Common 1.1.0 table 25. Services with
// other words translate them.
const (
	InvalidFormat         = "InvalidFormat"
	InvalidCRS            = "InvalidCRS"
	LayerNotDefined       = "LayerNotDefined"
	StyleNotDefined       = "StyleNotDefined"
	InvalidPoint          = "InvalidPoint"
	CurrentUpdateSequence = "CurrentUpdateSequence"
	InvalidUpdateSequence = "InvalidUpdateSequence"
	MissingDimensionValue = "MissingDimensionValue"
	InvalidDimensionValue = "InvalidDimensionValue"
	OperationNotSupported = "OperationNotSupported"
	MissingParameterValue = "MissingParameterValue"
	InvalidParameterValue = "InvalidParameterValue"
	NoApplicableCode      = "NoApplicableCode"
	TileOutOfRange        = "TileOutOfRange"
)

// Fault is an error as a client is told it, in nobody's protocol.
type Fault struct {
	Status  int    // of HTTP
	Code    string // one of the codes above
	Locator string // the parameter at fault, in lower case; ""
	Text    string // for people
}

// Error is the text.
func (f *Fault) Error() string { return f.Text }

// Invalid is the fault of a parameter whose value will not do.
func Invalid(parameter, format string, args ...any) *Fault {
	return &Fault{Status: http.StatusBadRequest, Code: InvalidParameterValue, Locator: parameter, Text: fmt.Sprintf(format, args...)}
}

// Missing is the fault of a parameter that must be given.
func Missing(parameter string) *Fault {
	return &Fault{Status: http.StatusBadRequest, Code: MissingParameterValue, Locator: parameter, Text: parameter + " is missing"}
}

// Clip shortens what a client wrote, for the texts of faults.
func Clip(text string) string {
	const longest = 120
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return text
}

// sentinels are the errors from below that a client can mend.
var sentinels = []struct {
	err     error
	status  int
	code    string
	locator string
}{
	{layers.ErrUnknownLayer, http.StatusNotFound, LayerNotDefined, "layers"},
	{layers.ErrUnknownStyle, http.StatusNotFound, StyleNotDefined, "styles"},
	{encode.ErrUnknownFormat, http.StatusBadRequest, InvalidFormat, "format"},
	{answer.ErrTooLarge, http.StatusBadRequest, InvalidParameterValue, ""},
	{styles.ErrChange, http.StatusBadRequest, InvalidParameterValue, "colorscalerange"},
	{styles.ErrUnit, http.StatusBadRequest, InvalidParameterValue, "units"},
	{answer.ErrUnknownUnit, http.StatusBadRequest, InvalidParameterValue, "units"},
	{geo.ErrUnknownCRS, http.StatusBadRequest, InvalidCRS, "crs"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, NoApplicableCode, ""},
	{store.ErrUnavailable, http.StatusServiceUnavailable, NoApplicableCode, ""},
	{records.ErrUnavailable, http.StatusServiceUnavailable, NoApplicableCode, ""},
}

// parameters is the name of each dimension in a request (WMS 1.3.0 C.3.2).
var parameters = map[string]string{
	Time: "time", Elevation: "elevation", ReferenceTime: "dim_reference_time", Member: "dim_member",
}

// FaultOf is the fault that tells of an error. What no client can mend is an "internal error" with an ID that log has too.
// It is nil for an errand that the client itself gave up: nobody is there to be told.
func FaultOf(err error, log *slog.Logger) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	var dimension *layers.DimensionError
	if errors.As(err, &dimension) {
		f := &Fault{Status: http.StatusBadRequest, Code: InvalidDimensionValue, Locator: parameters[dimension.Dimension], Text: dimension.Error()}
		if dimension.Missing {
			f.Code = MissingDimensionValue
		}
		return f
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return &Fault{Status: s.status, Code: s.code, Locator: s.locator, Text: err.Error()}
		}
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	name := hex.EncodeToString(id[:])
	log.Error("internal error", "id", name, "error", err)
	return &Fault{Status: http.StatusInternalServerError, Code: NoApplicableCode, Text: "internal error " + name}
}
