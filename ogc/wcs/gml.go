package wcs

import (
	"bufio"
	"context"
	"io"
	"math"
	"strconv"
	"strings"

	"isobar/coverage"
)

// typeGML is the media type of coverages in GML (OGC 09-146r2, clause 7).
const typeGML = "application/gml+xml"

// root is the element of a coverage in GML.
func (d domain) root() string {
	if !d.plain() {
		return "gmlcov:ReferenceableGridCoverage"
	}
	return "gmlcov:RectifiedGridCoverage"
}

// openCoverage begins a coverage and writes all but its values.
func (s *scribe) openCoverage(d domain) {
	s.Open(d.root(), "xmlns:gml", nsGML, "xmlns:gmlcov", nsCOV, "xmlns:gmlrgrid", nsRGrid, "xmlns:swe", nsSWE, "xmlns:xlink", nsXlink, "xmlns:xsi", nsXSI,
		"xsi:schemaLocation", nsCOV+" http://schemas.opengis.net/gmlcov/1.0/gmlcovAll.xsd", "gml:id", ncName(d.id))
	s.boundedBy(d)
	s.domainSet(d)
}

// gmlOfFile is a coverage whose values are in a file: the first part of multipart/related.
func gmlOfFile(id string, source *coverage.Source, file, mediaType string) []byte {
	d := domainOf(id, source).inNumbers()
	var s scribe
	s.Raw(xmlHead)
	s.openCoverage(d)
	s.Open("gml:rangeSet")
	s.Open("gml:File")
	s.Leaf("gml:rangeParameters", "", "xlink:arcrole", "fileReference", "xlink:href", file, "xlink:role", mediaType)
	s.Leaf("gml:fileReference", file)
	s.Leaf("gml:fileStructure", "")
	s.Leaf("gml:mimeType", mediaType)
	s.Close()
	s.Close()
	s.rangeType(d)
	s.Close()
	return s.Bytes()
}

// writeGML writes a coverage with its values as text: a tuple a cell, the columns running fastest, then the rows from the north, then
// the other axes in the order of the domain, the last running slowest.
func writeGML(ctx context.Context, out io.Writer, id string, source *coverage.Source) error {
	const mark = "@values@" // no name or number before it has this
	d := domainOf(id, source).inNumbers()
	var s scribe
	s.Raw(xmlHead)
	s.openCoverage(d)
	s.Open("gml:rangeSet")
	s.Open("gml:DataBlock")
	s.Leaf("gml:rangeParameters", "")
	s.Leaf("gml:tupleList", mark, "ts", " ", "cs", ",")
	s.Close()
	s.Close()
	s.rangeType(d)
	s.Close()
	head, tail, _ := strings.Cut(string(s.Bytes()), mark)
	b := bufio.NewWriterSize(out, 1<<16)
	if _, err := b.WriteString(head); err != nil {
		return err
	}
	if err := tuples(ctx, b, source); err != nil {
		return err
	}
	if _, err := b.WriteString(tail); err != nil {
		return err
	}
	return b.Flush()
}

// tuples writes all values. Variables of one coverage may have other levels, each as many: as many as the first are written.
func tuples(ctx context.Context, b *bufio.Writer, s *coverage.Source) error {
	size := s.Width() * s.Height()
	planes := make([][]float32, len(s.Variables))
	for v := range planes {
		planes[v] = make([]float32, size)
	}
	var number []byte
	// Members vary slowest, levels next, times fastest: the reverse of the domain's further axes.
	for member := range s.Members {
		for level := range s.Variables[0].Levels {
			for t := range s.Times {
				for v := range s.Variables {
					levels := len(s.Variables[v].Levels)
					plane := (member*len(s.Times)+t)*levels + min(level, levels-1)
					if err := s.Read(ctx, v, plane, 1, 0, s.Height(), planes[v]); err != nil {
						return err
					}
				}
				for i := range size {
					for v := range planes {
						number = number[:0]
						if v > 0 {
							number = append(number, ',')
						} else if i > 0 || t > 0 || level > 0 || member > 0 {
							number = append(number, ' ')
						}
						number = appendValue(number, planes[v][i])
						if _, err := b.Write(number); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	return nil
}

// appendValue writes a value so that it is read back exactly.
func appendValue(b []byte, v float32) []byte {
	if math.IsNaN(float64(v)) {
		return append(b, "NaN"...)
	}
	return strconv.AppendFloat(b, float64(v), 'g', -1, 32)
}
