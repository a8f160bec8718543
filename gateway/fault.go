package gateway

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// fault is what a client is told, in the form of the service that it asked.
type fault struct {
	status  int
	code    string // of OWS Common 1.1.0 table 25, or of WMS 1.3.0 table E.1
	locator string
	text    string
}

// Error implements error.
func (f *fault) Error() string { return f.text }

// Refuse tells a client what went wrong, in the form of the service whose path it asked: a report of exceptions in XML, or a problem in
// JSON (RFC 7807). code is one of OWS Common 1.1.0 table 25 or WMS 1.3.0 table E.1.
func Refuse(w http.ResponseWriter, r *http.Request, status int, code, locator, text string) {
	f := &fault{status, code, locator, text}
	mediaType, body := f.form(r)
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // an error means that the client has left
	}
}

// form writes the fault as a service does.
func (f *fault) form(r *http.Request) (mediaType string, body []byte) {
	version := strings.ToLower(parameter(r, "version"))
	service, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case service == "wms" && strings.HasPrefix(version, "1.1"):
		return "application/vnd.ogc.se_xml", f.exception(`version="1.1.1"`)
	case service == "wms":
		return "text/xml", f.exception(`version="1.3.0" xmlns="http://www.opengis.net/ogc"`)
	case service == "wcs" && version == "1.0.0":
		return "text/xml", f.exception(`version="1.2.0" xmlns="http://www.opengis.net/ogc"`)
	case service == "wcs" && !strings.HasPrefix(version, "1."):
		return "text/xml", f.report("http://www.opengis.net/ows/2.0", "2.0.1")
	case service == "wcs", service == "wmts":
		return "text/xml", f.report("http://www.opengis.net/ows/1.1", "1.1.0")
	}
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Code   string `json:"code,omitempty"`
	}{"about:blank", http.StatusText(f.status), f.status, f.text, f.code})
	if err != nil { // texts and a number
		return "application/problem+json", nil
	}
	return "application/problem+json", append(body, '\n')
}

// exception is a ServiceExceptionReport (WMS 1.3.0 E.2, 1.1.1 A.3, WCS 1.0.0 A.6).
func (f *fault) exception(root string) []byte {
	code := ""
	if f.code != "NoApplicableCode" {
		code = ` code="` + escape(f.code) + `"`
	}
	if f.locator != "" && !strings.Contains(root, "1.1.1") { // its DTD knows no locator
		code += ` locator="` + escape(f.locator) + `"`
	}
	return fmt.Appendf(nil, "%s<ServiceExceptionReport %s>\n <ServiceException%s>%s</ServiceException>\n</ServiceExceptionReport>\n", xml.Header, root, code, escape(f.text))
}

// report is an ExceptionReport (OWS Common 1.1.0 and 2.0 clause 8).
func (f *fault) report(namespace, version string) []byte {
	locator := ""
	if f.locator != "" {
		locator = ` locator="` + escape(f.locator) + `"`
	}
	return fmt.Appendf(nil, "%s<ows:ExceptionReport xmlns:ows=%q version=%q xml:lang=\"en\">\n <ows:Exception exceptionCode=%q%s>\n  <ows:ExceptionText>%s</ows:ExceptionText>\n </ows:Exception>\n</ows:ExceptionReport>\n",
		xml.Header, namespace, version, escape(f.code), locator, escape(f.text))
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // into memory
	return b.String()
}

// parameter is a parameter of the query, whatever the case of its name: the first that is not empty.
func parameter(r *http.Request, name string) string {
	for _, v := range parameters(r.URL.RawQuery)[name] {
		if v != "" {
			return v
		}
	}
	return ""
}
