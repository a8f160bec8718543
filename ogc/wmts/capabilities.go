package wmts

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"isobar/ogc"
)

// The media types of capabilities, the default first.
const (
	typeCapabilities     = "application/xml"
	typeCapabilitiesText = "text/xml"
)

// sections are the parts of the document that can be asked for alone (OWS Common 1.1.0 table 7, WMTS table 3).
var sections = []string{"ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Contents", "Themes"}

// getCapabilities answers GetCapabilities (7.1).
func (h *Handler) getCapabilities(w http.ResponseWriter, q *request) error {
	if v := q.List("acceptversions"); len(v) > 0 && !slices.Contains(v, "1.0.0") {
		return &ogc.Fault{Status: http.StatusBadRequest, Code: "VersionNegotiationFailed", Text: "the only version is 1.0.0"}
	}
	wanted, err := wantedSections(q)
	if err != nil {
		return err
	}
	if accept := q.Header.Get("Accept"); q.rest && !acceptsXML(accept) {
		return &ogc.Fault{Status: http.StatusNotAcceptable, Code: ogc.InvalidParameterValue, Text: "capabilities are XML; " + ogc.Clip(accept) + " is not offered"}
	}
	catalogue, release := h.hold()
	defer release()
	if err := ogc.CheckSequence(q.Get("updatesequence"), catalogue.Updated()); err != nil {
		var fault *ogc.Fault
		if errors.As(err, &fault) && fault.Code == ogc.CurrentUpdateSequence {
			wanted = nil // the document's frame alone says that it has not changed (OWS Common 1.1.0 7.3.4)
		} else {
			return err
		}
	}
	base, now := h.baseURL(q.Request), q.now.Truncate(capabilitiesAge)
	mediaType := typeCapabilities
	for _, f := range q.List("acceptformats") { // the first that is offered; none of them: the default (OWS Common 1.1.0 7.3.5)
		if f = ogc.MediaType(f); f == typeCapabilities || f == typeCapabilitiesText {
			mediaType = f
			break
		}
	}
	key := h.kept.Key(mediaType+" "+strings.Join(wanted, ","), base, catalogue, now)
	h.kept.Send(w, q.Request, mediaType, key, capabilitiesAge, func() []byte { return h.capabilities(wanted, catalogue, base, now) })
	return nil
}

// wantedSections reads SECTIONS; missing or All is all of them.
func wantedSections(q *request) ([]string, error) {
	if _, given := q.Query["sections"]; !given {
		return sections, nil
	}
	list := q.List("sections")
	for i, name := range list {
		if strings.EqualFold(name, "All") {
			list[i] = "All"
		}
	}
	if len(list) == 0 {
		return nil, ogc.Missing("sections")
	}
	var wanted []string
	for _, s := range sections {
		if slices.Contains(list, s) || slices.Contains(list, "All") {
			wanted = append(wanted, s)
		}
	}
	for _, s := range list {
		if s != "All" && !slices.Contains(sections, s) {
			return nil, ogc.Invalid("sections", "sections: there is no section %q", ogc.Clip(s))
		}
	}
	return wanted, nil
}

// acceptsXML tells whether an Accept header takes XML: it does unless it names other types alone.
func acceptsXML(accept string) bool {
	if accept == "" {
		return true
	}
	for part := range strings.SplitSeq(accept, ",") {
		t := ogc.MediaType(part)
		if t == "*/*" || t == "application/*" || t == "text/*" || strings.HasSuffix(t, "xml") || t == "text/html" {
			return true
		}
	}
	return false
}

// operations writes how each operation is reached by KVP. REST is told of where its clients look, by ServiceMetadataURL and
// ResourceURL: the OGC's suite sends KVP to the last Get of an operation, whatever its constraint says.
func (s *scribe) operations() {
	s.Open("ows:OperationsMetadata")
	for _, name := range []string{"GetCapabilities", "GetTile", "GetFeatureInfo"} {
		s.Open("ows:Operation", "name", name)
		s.Open("ows:DCP")
		s.Open("ows:HTTP")
		s.Open("ows:Get", "xlink:href", s.base+Path+"?")
		s.Allowed("ows:Constraint", "GetEncoding", "KVP")
		s.Close()
		s.Close()
		s.Close()
		if name == "GetCapabilities" {
			s.Allowed("ows:Parameter", "AcceptFormats", typeCapabilities, typeCapabilitiesText)
		}
		s.Close()
	}
	s.Close()
}
