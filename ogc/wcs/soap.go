package wcs

import (
	"bytes"
	"context"
	"io"

	"isobar/coverage"
	"isobar/ogc"
)

// The words of SOAP 1.2 (OGC 09-149r1).
const (
	nsSOAP   = "http://www.w3.org/2003/05/soap-envelope"
	typeSOAP = "application/soap+xml"
)

// enveloped puts a document into a SOAP envelope.
func enveloped(document []byte) []byte {
	document = bytes.TrimPrefix(document, []byte(xmlHead))
	var b bytes.Buffer
	b.WriteString(xmlHead + `<env:Envelope xmlns:env="` + nsSOAP + `">` + "\n<env:Body>\n")
	b.Write(document)
	b.WriteString("</env:Body>\n</env:Envelope>\n")
	return b.Bytes()
}

// writeEnvelope writes a coverage in GML in a SOAP envelope. What is bounded as GML is held in memory.
func writeEnvelope(ctx context.Context, out io.Writer, id string, s *coverage.Source) error {
	var b bytes.Buffer
	if err := writeGML(ctx, &b, id, s); err != nil {
		return err
	}
	_, err := out.Write(enveloped(b.Bytes()))
	return err
}

// fault tells what went wrong as a SOAP fault, the report within.
func fault(f *ogc.Fault) []byte {
	var x ogc.XML
	x.Open("env:Fault", "xmlns:env", nsSOAP)
	x.Open("env:Code")
	x.Leaf("env:Value", "env:Sender")
	x.Close()
	x.Open("env:Reason")
	x.Leaf("env:Text", f.Text, "xml:lang", "en")
	x.Close()
	x.Open("env:Detail")
	writeReport(&x, f, nsOWS, "2.0.0")
	x.Close()
	x.Close()
	return enveloped(x.Bytes())
}
