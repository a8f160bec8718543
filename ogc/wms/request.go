package wms

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/ogc"
	"isobar/ogc/sld"
)

// version is the protocol's version; the zero value is the newest.
type version int

const (
	v130 version = iota
	v111
)

// String is the version as the protocol writes it.
func (v version) String() string {
	if v == v111 {
		return "1.1.1"
	}
	return "1.3.0"
}

// crs is what the version calls a reference system.
func (v version) crs() string {
	if v == v111 {
		return "srs"
	}
	return "crs"
}

// request is one request, read as its version wants it.
type request struct {
	*http.Request
	ogc.Query
	version version
	model   string // of the path; "": all

	descriptor []sld.Layer // of SLD or SLD_BODY, once described
	described  bool
	now        time.Time
}

// negotiate settles the version (WMS 1.3.0 6.2.4): the highest that is not above the one asked for, the lowest if none is so low, the
// highest if none is named. Only a map must name it (7.3.3.2), for it decides on the order of the axes; where others leave it
// out, SRS tells that 1.1.1 is meant.
func (q *request) negotiate(must bool) error {
	name, text := q.First("version", "wmtver")
	if text == "" {
		switch {
		case must:
			return ogc.Missing(name)
		case q.Get("srs") != "" && q.Get("crs") == "":
			q.version = v111
		}
		return nil
	}
	number, ok := versionNumber(text)
	if !ok && must {
		return ogc.Invalid(name, "version %q is no version", text)
	}
	if ok && number < 1_03_00 {
		q.version = v111
	}
	return nil
}

// versionNumber is a version as one number: 1.3.0 is 10300.
func versionNumber(text string) (number int, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 3 {
		return 0, false
	}
	for i := range 3 {
		n := 0
		if i < len(parts) {
			var err error
			if n, err = strconv.Atoi(parts[i]); err != nil || n < 0 || n > 99 {
				return 0, false
			}
		}
		number = number*100 + n
	}
	return number, true
}
