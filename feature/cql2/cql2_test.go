package cql2

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/field"
	"isobar/geo"
)

// oslo is what filters are tried on.
var oslo = feature.Feature{
	ID: "oslo", Geometry: geom.Point{10.75, 59.91},
	Time: &feature.Interval{Start: field.Time(1795478400), End: field.Time(1795478400 + 3600)}, // 2026-11-24T00:00:00Z for an hour
	Properties: []feature.Property{
		{Name: "name", Value: "Ōslo kommune"}, {Name: "pop", Value: int64(700000)}, {Name: "t2m", Value: float32(280.13)}, {Name: "big", Value: true},
		{Name: "none", Value: nil}, {Name: "issued", Value: field.Time(1795478400)}, {Name: "built", Value: "1048-01-01"}, {Name: "tags", Value: []any{"a", "b", int64(3)}},
		{Name: "odd name", Value: "it's"},
	},
}

var queryables = []feature.Queryable{
	{Name: "name", Type: "string"}, {Name: "pop", Type: "integer"}, {Name: "t2m", Type: "number"}, {Name: "big", Type: "boolean"}, {Name: "none", Type: "number"},
	{Name: "issued", Type: "date-time"}, {Name: "built", Type: "date"}, {Name: "tags", Type: "array"}, {Name: "odd name", Type: "string"},
}

func TestFiltersAreTrueOrNot(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"pop = 700000", true}, {"pop<>700000", false}, {"pop > 1e5 AND pop <= 7E5", true}, {"pop < 1 OR big = TRUE", true}, {"big", true}, {"NOT big", false},
		{"not (pop < 1 or pop > 2)", false}, {"t2m = 280.13", true}, {"t2m BETWEEN 280 AND 281", true}, {"t2m NOT BETWEEN 280 AND 281", false},
		{"pop IN (1, 700000)", true}, {"pop NOT IN (1, 2)", true}, {"name IN ('x','Ōslo kommune')", true}, {"1 = 1", true}, {"'a' < 'b'", true},
		{"none IS NULL", true}, {"none IS NOT NULL", false}, {"pop IS NOT NULL", true}, {"none = 1", false}, {"NOT (none = 1)", false}, {"none = 1 OR big", true},
		{"name LIKE 'Ōslo%'", true}, {"name LIKE 'Ō__o kom%une'", true}, {"name LIKE 'oslo%'", false}, {"CASEI(name) LIKE casei('ŌSLO%')", true},
		{"ACCENTI(name) LIKE 'Oslo%'", true}, {"CASEI(ACCENTI(name)) = 'oslo kommune'", true}, {"name NOT LIKE '%x%'", true}, {`name LIKE '\%%'`, false},
		{`"odd name" = 'it''s'`, true}, {`"odd name" = 'it\'s'`, true},
		{"pop / 7 = 1e5", true}, {"pop + 1 * 2 - 2 = pop", true}, {"(pop + 1) * 2 = 1400002", true}, {"pop % 3 = 1", true}, {"7 div 2 = 3", true}, {"2 ^ 3 = 8", true},
		{"-pop = -700000", true}, {"pop / 0 = 1", false}, {"-3 - -2 = -1", true}, {"3-2=1", true},
		{"S_INTERSECTS(geometry, BBOX(10,59,11,60))", true}, {"S_INTERSECTS(geometry,BBOX(10,59,0,11,60,100))", true}, {"S_INTERSECTS(geometry, BBOX(170,59,-170,60))", false},
		{"S_INTERSECTS(geometry, BBOX(170,59,11,60))", true}, {"s_within(geometry, POLYGON((10 59,12 59,12 61,10 61,10 59)))", true}, {"S_DISJOINT(geometry, POINT(10 59))", true},
		{"S_EQUALS(geometry, POINT(10.75 59.91))", true}, {"S_CONTAINS(POLYGON((10 59,12 59,12 61,10 61,10 59)), geometry)", true},
		{"S_INTERSECTS(geometry, LINESTRING Z (10.75 59 1, 10.75 60 1))", true}, {"S_INTERSECTS(geometry, MULTIPOINT((1 2),(10.75 59.91)))", true},
		{"distance(geometry, POINT(10.75 59)) < 102000", true}, {"distance(geometry, POINT(10.75 59)) > 101000 AND abs(0-1) = 1", true},
		{"upper(name) = 'ŌSLO KOMMUNE' AND length(name) = 12", true}, {"lower(name) = 'x'", false},
		{"issued = TIMESTAMP('2026-11-24T00:00:00Z')", true}, {"issued >= TIMESTAMP('2026-11-24T01:00:00+01:00')", true}, {"issued = DATE('2026-11-24')", true},
		{"issued < DATE('2026-11-25')", true}, {"issued > '2026-11-23T23:59:59Z'", true}, {"built < DATE('1100-01-01')", true}, {"built = '1048-01-01'", true},
		{"T_AFTER(issued, TIMESTAMP('2026-11-23T00:00:00Z'))", true}, {"T_BEFORE(issued, DATE('2026-11-24'))", false}, {"T_DURING(time, INTERVAL('2026-11-23','2026-11-25'))", true},
		{"T_INTERSECTS(time, INTERVAL('2026-11-24T00:30:00Z','..'))", true}, {"T_INTERSECTS(time, INTERVAL('..','2026-11-23'))", false},
		{"T_DISJOINT(time, INTERVAL('..', TIMESTAMP('2026-11-23T00:00:00Z')))", true}, {"T_EQUALS(INTERVAL(issued, issued), issued)", true}, {"T_STARTEDBY(time, issued)", true},
		{"A_CONTAINS(tags, ('a','b'))", true}, {"A_CONTAINEDBY(tags, ('a','b'))", false}, {"A_OVERLAPS(tags, ('z', 3))", true}, {"A_EQUALS(tags, (3,'b','a'))", true},
		{"id = 'oslo'", true}, {"geometry IS NULL", false}, {"NULL IS NULL", true}, {"(((big)))", true}, {"big = (pop > 1)", true},
	} {
		keep, err := ParseText(c.text, Context{Queryables: queryables})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := keep(&oslo); got != c.want {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
		keep(&feature.Feature{}) // has nothing
	}
}

func TestJSONSaysTheSame(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{`{"op":"and","args":[{"op":"=","args":[{"property":"pop"},700000]},{"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},"ōslo%"]}]}`, true},
		{`{"op":"not","args":[{"op":"in","args":[{"property":"pop"},[1,700000]]}]}`, false},
		{`{"op":"between","args":[{"property":"t2m"},280,281]}`, true}, {`{"op":"isNull","args":[{"property":"none"}]}`, true},
		{`{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[[10,59],[12,59],[12,61],[10,61],[10,59]]]}]}`, true},
		{`{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[10,59,11,-60]}]}`, false},
		{`{"op":"t_after","args":[{"property":"issued"},{"timestamp":"2026-11-23T00:00:00Z"}]}`, true},
		{`{"op":"t_during","args":[{"property":"time"},{"interval":["2026-11-23","2026-11-25"]}]}`, true}, {`{"op":"<","args":[{"property":"issued"},{"date":"2026-11-25"}]}`, true},
		{`{"op":"a_contains","args":[{"property":"tags"},["a",3]]}`, true}, {`{"op":">","args":[{"op":"*","args":[2,{"property":"pop"}]},1e6]}`, true},
		{`{"op":"<","args":[{"op":"distance","args":[{"property":"geometry"},{"type":"Point","coordinates":[10.75,59]}]},102000]}`, true}, {`true`, true},
	} {
		keep, err := ParseJSON([]byte(c.text), Context{Queryables: queryables})
		if err != nil || keep(&oslo) != c.want {
			t.Errorf("%s: %v, want %v", c.text, err, c.want)
		}
	}
	for _, text := range []string{"", "{", `{"op":"="}`, `{"args":[]}`, `{"op":"nope","args":[1]}`, `{"op":"=","args":[1,"a"]}`, `{"type":"Circle"}`, `{"op":"in","args":[1,2]}`,
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000), `{"op":"and","args":[]}`} {
		if _, err := ParseJSON([]byte(text), Context{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.60s: %v, want ErrInvalid", text, err)
		}
	}
}

func TestWrongFiltersSayWhy(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "the end at character 1 where a value is wanted"}, {"pop =", "the end at character 6"}, {"pop = 1 2", `"2" at character 9 where the end is wanted`},
		{"height = 1", `there is no property "height" here; there are big, built,`}, {"pop = 'x'", "pop (number) can't be compared with 'x' (text)"}, {"pop", "pop is neither true nor false"},
		{"big > TRUE", "big (boolean) can't be compared by >"}, {"geometry = geometry", "can't be compared by ="}, {"S_TOUCHES(geometry, POINT(1 2))", "S_TOUCHES is not offered; S_INTERSECTS"},
		{"S_INTERSECTS(geometry)", "S_INTERSECTS takes 2 arguments, not 1"}, {"S_INTERSECTS(geometry, pop)", "takes a geometry where pop (number) is given"}, {"T_NEVER(issued, issued)", "there is no T_NEVER"},
		{"A_SUMS(tags,tags)", "there is no A_SUMS"}, {"nope(1) = 1", `there is no function "nope"`}, {"abs(1,2) = 1", "abs takes 1 arguments, not 2"}, {"abs('x') = 1", "takes a number where 'x' (text)"},
		{"name LIKE name", "not a property"}, {"name LIKE 3", "takes a text"}, {"issued = 'soon'", "'soon' is no time"}, {"issued = DATE('2026-13-01')", "is no day"}, {"T_AFTER(issued, TIMESTAMP('x'))", "is no time of the form"},
		{"name = 'x", "a text without its end"}, {"pop ? 1", `"?" at character 5`}, {"pop = 1e999", "1e999 is too large"}, {"S_INTERSECTS(geometry, POINT(1))", "a position of 1 numbers"},
		{"S_INTERSECTS(geometry, BBOX(1,2,3))", "BBOX has 3 numbers"}, {"S_INTERSECTS(geometry, BBOX(1,2,3,'x'))", "no number"}, {"pop NOT = 1", "where LIKE, BETWEEN or IN is wanted"}, {"pop IN ()", ""},
		{strings.Repeat("(", 100) + "1=1" + strings.Repeat(")", 100), "nested deeper than 32"}, {strings.Repeat("NOT ", 100) + "big", "nested deeper"},
		{"pop IN (1" + strings.Repeat(",1", 2000) + ")", "more than 1000 values"}, {"big" + strings.Repeat(" OR big", 8000), "more than"}, {strings.Repeat(" ", MaxBytes+1), "more than 65536 bytes"},
		{"name LIKE '" + strings.Repeat("%", 2000) + "'", "a pattern of more than 1000"},
	} {
		_, err := ParseText(c.text, Context{Queryables: queryables})
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestLiteralsAreInTheirSystem(t *testing.T) {
	for _, c := range []struct{ crs, text string }{
		{"EPSG:4326", "S_INTERSECTS(geometry, BBOX(59,10,60,11))"}, {"EPSG:4326", "S_WITHIN(geometry, POLYGON((59 10,61 10,61 12,59 12,59 10)))"},
		{"EPSG:3857", "S_INTERSECTS(geometry, BBOX(1100000,8000000,1250000,8500000))"},
	} {
		ref, err := geo.Lookup(c.crs)
		if err != nil {
			t.Fatal(err)
		}
		keep, err := ParseText(c.text, Context{Queryables: queryables, Reference: &ref})
		if err != nil || !keep(&oslo) {
			t.Errorf("%s in %s: %v, or not true", c.text, c.crs, err)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"pop = 1 AND NOT (name LIKE 'x%' OR t2m BETWEEN 1 AND 2)", "S_INTERSECTS(geometry, POLYGON((0 0,1 0,1 1,0 0)))", "T_AFTER(time, INTERVAL('..','2026-11-24'))",
		"A_CONTAINS(tags, ('a', 3)) AND distance(geometry, POINT(1 2)) > -1e3", `"odd name" IN ('a''b') OR none IS NOT NULL`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		keep, err := ParseText(text, Context{Queryables: queryables})
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		keep(&oslo)
		keep(&feature.Feature{})
	})
}

func FuzzParseJSON(f *testing.F) {
	f.Add(`{"op":"and","args":[{"op":"=","args":[{"property":"pop"},700000]},{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[1,2]}]}]}`)
	f.Add(`{"op":"t_during","args":[{"property":"time"},{"interval":["..",{"property":"issued"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		keep, err := ParseJSON([]byte(text), Context{Queryables: queryables})
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		keep(&oslo)
	})
}

func ExampleParseText() {
	keep, err := ParseText("pop > 500000 AND S_WITHIN(geometry, BBOX(4, 57, 32, 72))", Context{Queryables: queryables})
	if err == nil && keep(&oslo) {
		fmt.Println("kept")
	}
	// Output: kept
}

func BenchmarkFilter(b *testing.B) {
	keep, err := ParseText("pop > 500000 AND name LIKE '%komm%' AND S_INTERSECTS(geometry, BBOX(4, 57, 32, 72))", Context{Queryables: queryables})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		keep(&oslo)
	}
}
