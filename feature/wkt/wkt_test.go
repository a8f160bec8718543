package wkt

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-spatial/geom"
)

func TestGeometriesAreReadAndWritten(t *testing.T) {
	for _, c := range []struct {
		text string
		want geom.Geometry
		back string // "": as text
	}{
		{"POINT(1 2)", geom.Point{1, 2}, ""},
		{" point ( -1.5e1  +2 ) ", geom.Point{-15, 2}, "POINT(-15 2)"},
		{"POINT Z(1 2 3)", geom.PointZ{1, 2, 3}, ""},
		{"POINTZ(1 2 3)", geom.PointZ{1, 2, 3}, "POINT Z(1 2 3)"},
		{"POINT(1 2 3)", geom.PointZ{1, 2, 3}, "POINT Z(1 2 3)"},
		{"PointM (1 2 3)", geom.PointM{1, 2, 3}, "POINT M(1 2 3)"},
		{"POINT(1 2 3 4)", geom.PointZM{1, 2, 3, 4}, "POINT ZM(1 2 3 4)"},
		{"MULTIPOINT((10 50),(11 51))", geom.MultiPoint{{10, 50}, {11, 51}}, "MULTIPOINT(10 50,11 51)"},
		{"MULTIPOINT(10 50,11 51)", geom.MultiPoint{{10, 50}, {11, 51}}, ""},
		{"LINESTRING(1 2,3 4)", geom.LineString{{1, 2}, {3, 4}}, ""},
		{"LINESTRINGZ(1 2 3,3 4 5)", geom.LineStringZ{{1, 2, 3}, {3, 4, 5}}, "LINESTRING Z(1 2 3,3 4 5)"},
		{"LINESTRINGM(1 2 1795478400,3 4 1795479000)", geom.LineStringM{{1, 2, 1795478400}, {3, 4, 1795479000}}, "LINESTRING M(1 2 1.7954784e+09,3 4 1.795479e+09)"},
		{"LINESTRING ZM (1 2 3 4, 3 4 5 6)", geom.LineStringZM{{1, 2, 3, 4}, {3, 4, 5, 6}}, "LINESTRING ZM(1 2 3 4,3 4 5 6)"},
		{"MULTILINESTRINGZM((1 2 3 4,3 4 5 6))", geom.MultiLineStringZM{{{1, 2, 3, 4}, {3, 4, 5, 6}}}, "MULTILINESTRING ZM((1 2 3 4,3 4 5 6))"},
		{"MULTILINESTRING M((1 2 3,3 4 5))", geom.MultiLineStringM{{{1, 2, 3}, {3, 4, 5}}}, ""},
		{"POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))", geom.Polygon{{{0, 0}, {4, 0}, {4, 4}}, {{1, 1}, {2, 1}, {2, 2}}}, ""},
		{"POLYGON Z((0 0 1,4 0 1,4 4 1,0 0 1))", geom.PolygonZ{{{0, 0, 1}, {4, 0, 1}, {4, 4, 1}}}, ""},
		{"MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((9 9,9 8,8 8,9 9)))", geom.MultiPolygon{{{{0, 0}, {4, 0}, {4, 4}}}, {{{9, 9}, {9, 8}, {8, 8}}}}, ""},
		{"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))", geom.Collection{geom.Point{1, 2}, geom.LineString{{1, 2}, {3, 4}}}, ""},
		{"GEOMETRYCOLLECTION EMPTY", geom.Collection{}, ""},
		{"LINESTRING EMPTY", geom.LineString{}, ""},
		{"POINT EMPTY", geom.Collection{}, "GEOMETRYCOLLECTION EMPTY"},
	} {
		got, err := Parse(c.text)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("Parse(%q): %v\n%s", c.text, err, diff)
		}
		want := c.back
		if want == "" {
			want = c.text
		}
		if back := string(Append(nil, got)); back != want {
			t.Errorf("Parse(%q) is written %q, want %q", c.text, back, want)
		}
	}
}

func TestWhatIsNoGeometryIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "POINT", "POINT()", "POINT(1)", "POINT(1 2", "POINT(1 2)) junk", "POINT(1 2) 3", "POINT(1,2)", "POINT(a b)", "POINT(1e999 0)", "POINT(NaN 0)",
		"LINESTRING(1 2)", "LINESTRINGM()", "LINESTRINGZ(1 2,3 4)", "LINESTRING(1 2,3 4 5)", "POLYGON((0 0,1 0,1 1,0 1))", "POLYGON((0 0,1 0,0 0))", "CIRCLE(1 2 3)",
		"POINT(1 2 3 4 5)", "MULTIPOINT((1 2)", "POINTX(1 2)", strings.Repeat("GEOMETRYCOLLECTION(", 50) + "POINT(1 2)" + strings.Repeat(")", 50),
		"MULTIPOINT(" + strings.Repeat("1 2,", MaxVertices) + "1 2)", strings.Repeat(" ", MaxBytes+1),
	} {
		if got, err := Parse(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("Parse(%.60q) = %v, %v; want ErrInvalid", text, got, err)
		}
	}
}

func TestScanTellsWhereTheGeometryEnds(t *testing.T) {
	const text = "POINT(1 2), 3)"
	if g, n, err := Scan(text); err != nil || g != geom.Geometry(geom.Point{1, 2}) || text[n:] != ", 3)" {
		t.Errorf("Scan(%q) = %v, %d, %v", text, g, n, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"POINT(1 2)", "LINESTRINGZM(1 2 3 4,5 6 7 8)", "MULTIPOINT((1 2),(3 4))", "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))", "GEOMETRYCOLLECTION(POINT EMPTY)", "MULTIPOLYGON(((0 0,4 0,4 4,0 0)))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		back := string(Append(nil, g))
		again, err := Parse(back)
		if err != nil || string(Append(nil, again)) != back {
			t.Errorf("%q is written %q, which is read as %v, %v", text, back, again, err)
		}
	})
}
