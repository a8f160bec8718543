package wcs

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"isobar/answer"
	"isobar/ogc"
)

// getCoverage answers GetCoverage (OGC 09-110r4, 8.4).
func (h *Handler) getCoverage(w http.ResponseWriter, q *request) error {
	catalogue, release := h.hold()
	a, err := h.ask(q, catalogue)
	release()
	if err != nil {
		return err
	}
	if a.gml || q.soap && q.Get("format") == "" {
		return h.sendGML(w, q, a)
	}
	c, err := h.coverages.Coverage(q.Context(), a.CoverageRequest)
	if err != nil {
		return a.explain(err)
	}
	if a.multipart {
		return h.send(w, q, inParts(a.id, c), "", multipartType)
	}
	return h.send(w, q, c, a.id+c.Format.Extension, typeOf(c.Format))
}

// send sends a coverage under a file's name, if it has one.
func (h *Handler) send(w http.ResponseWriter, q *request, c answer.Coverage, name, mediaType string) error {
	if name != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", ncName(name)))
	}
	err := ogc.SendCoverage(w, q.Request, c, mediaType)
	if err != nil {
		w.Header().Del("Content-Disposition")
	}
	return err
}

// boundary divides the parts of an answer. It begins with what no part holds in a line of its own.
const boundary = "isobar-coverage-part-8b0f2a6c51d94e37"

// multipartType is the media type of an answer in two parts.
const multipartType = typeMultipart + `; boundary=` + boundary + `; start="GML-Part"; type="` + typeGML + `"`

// inParts makes an answer multipart/related (OGC 09-110r4, requirement 29): the GML of the coverage, then the file that holds its values.
func inParts(id string, c answer.Coverage) answer.Coverage {
	fileType := typeOf(c.Format)
	return parted(c, "p", part{
		textproto.MIMEHeader{"Content-Type": {typeGML}, "Content-Id": {"GML-Part"}}, gmlOfFile(id, c.Source, "cid:coverage", fileType),
	}, textproto.MIMEHeader{
		"Content-Type": {fileType}, "Content-Id": {"coverage"}, "Content-Disposition": {fmt.Sprintf("attachment; filename=%q", ncName(id+c.Format.Extension))},
	})
}

// part is one of an answer's parts.
type part struct {
	header textproto.MIMEHeader
	body   []byte
}

// parted puts a part before the file; the mark tells the answer from the file alone.
func parted(c answer.Coverage, mark string, first part, file textproto.MIMEHeader) answer.Coverage {
	write := c.Write
	c.ETag, c.Exact = `"`+mark+strings.TrimPrefix(c.ETag, `"`), false
	c.Write = func(ctx context.Context, out io.Writer) error {
		parts := multipart.NewWriter(out)
		if err := parts.SetBoundary(boundary); err != nil {
			return err
		}
		p, err := parts.CreatePart(first.header)
		if err != nil {
			return err
		}
		if _, err := p.Write(first.body); err != nil {
			return err
		}
		if p, err = parts.CreatePart(file); err != nil {
			return err
		}
		if err := write(ctx, p); err != nil {
			return err
		}
		return parts.Close()
	}
	return c
}

// maxGML bounds the values of a coverage in GML, which is text.
const maxGML = 1 << 22

// sendGML answers with a coverage in GML.
func (h *Handler) sendGML(w http.ResponseWriter, q *request, a asked) error {
	s, done, err := h.coverages.Describe(q.Context(), a.CoverageRequest)
	if err != nil {
		return a.explain(err)
	}
	if n := s.Cells(); n > maxGML {
		done()
		return a.explain(&answer.BudgetError{Cells: n, MaxCells: maxGML})
	}
	c := answer.Coverage{Source: s, Done: done, Bytes: 12 * s.Cells()}
	c.Write = func(ctx context.Context, out io.Writer) error { return writeGML(ctx, out, a.id, s) }
	if q.soap {
		c.Write = func(ctx context.Context, out io.Writer) error { return writeEnvelope(ctx, out, a.id, s) }
		return h.send(w, q, c, "", typeSOAP)
	}
	return h.send(w, q, c, a.id+".gml", typeGML)
}
