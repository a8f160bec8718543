package elements

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the catalogue says into testdata")

// corpusFile lists each parameter that the corpus of test files has, as its decoder gives it, and what the catalogue makes of it.
const corpusFile = "testdata/corpus.txt"

// corpusParameter is a line of the corpus list up to the element.
func corpusParameter(t testing.TB, line string) Parameter {
	t.Helper()
	var p Parameter
	var kind, process, ensemble string
	_, err := fmt.Sscanf(line, "%d %d %d %d %d.%d.%d %s %g %s %s", &p.Edition, &p.Centre, &p.SubCentre, &p.Table, &p.Discipline, &p.Category, &p.Number,
		&kind, &p.LevelValue, &process, &ensemble)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	p.LevelKind, p.Process, p.Ensemble = LevelKind(strings.Trim(kind, "-")), Process(strings.Trim(process, "-")), strings.Trim(ensemble, "-")
	return p
}

// corpus reads the list.
func corpus(t testing.TB) (lines []string, parameters []Parameter) {
	t.Helper()
	text, err := os.ReadFile(corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		lines = append(lines, line)
		if line != "" && line[0] != '#' {
			parameters = append(parameters, corpusParameter(t, line))
		}
	}
	return lines, parameters
}

// TestTheCorpusHasNames compares what the catalogue makes of each parameter with what was looked at. What no row knows is "unknown".
func TestTheCorpusHasNames(t *testing.T) {
	c := shipped(t)
	lines, _ := corpus(t)
	for i, line := range lines {
		if line == "" || line[0] == '#' {
			continue
		}
		question, want, _ := strings.Cut(line, " = ")
		p := corpusParameter(t, question)
		e, r := c.Identify(p), c.Reading(p)
		got := fmt.Sprintf("%s | %s | %q", e.ID, e.Title, e.Unit)
		if !e.Known {
			got += " | unknown"
		}
		if r.Unit != e.Unit {
			got += " | file in " + r.Unit
		}
		if r.LevelKind != p.LevelKind || r.LevelValue != p.LevelValue {
			got += fmt.Sprintf(" | on %s %g", r.LevelKind.suffix(), r.LevelValue)
		}
		if got != want && !*update {
			t.Errorf("%s\n got %s\nwant %s", question, got, want)
		}
		lines[i] = question + " = " + got
	}
	if *update {
		if err := os.WriteFile(corpusFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGetGivesWhatIdentifyGave holds for every parameter of the corpus over every kind of level and statistic, products in turn.
func TestGetGivesWhatIdentifyGave(t *testing.T) {
	c := shipped(t)
	products := []string{"", "mean", "spread", "p10", "prob_gt_0.0254", "prob10_1_10", "a_prob_b", "Max Wind"}
	_, parameters := corpus(t)
	turn := 0
	for _, p := range parameters {
		checkIdentity(t, c, p)
		for kind := range places {
			for _, process := range append([]Process{Instant, "stat11"}, processes...) {
				q := p
				q.LevelKind, q.Process, q.Ensemble = kind, process, products[turn%len(products)]
				checkIdentity(t, c, q)
				turn++
			}
		}
	}
}

// checkIdentity is the law of names.
func checkIdentity(t *testing.T, c *Catalogue, p Parameter) {
	t.Helper()
	e := c.Identify(p)
	if got := c.Get(e.ID); got != e {
		t.Fatalf("Identify(%+v) = %+v\nGet(%q) = %+v", p, e, e.ID, got)
	}
	if strings.Trim(e.ID, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" || e.ID == "" || len(e.ID) > maxID {
		t.Fatalf("Identify(%+v).ID = %q", p, e.ID)
	}
	if e.Partner != "" {
		if partner := c.Get(e.Partner); partner.Partner != e.ID || partner.U == e.U {
			t.Fatalf("the partner of %s is %s, and its partner %s", e.ID, e.Partner, partner.Partner)
		}
	}
	if r := c.Reading(p); r.LevelKind != e.LevelKind {
		t.Fatalf("%+v: the field lies on %q, the element on %q", p, r.LevelKind, e.LevelKind)
	}
	if _, ok := Convert(c.Reading(p).Unit, e.Unit); !ok {
		t.Fatalf("%+v: %q can't be turned into %q", p, c.Reading(p).Unit, e.Unit)
	}
	if _, ok := Convert(e.Unit, e.DisplayUnit); !ok {
		t.Fatalf("%s: %q can't be shown in %q", e.ID, e.Unit, e.DisplayUnit)
	}
}

// FuzzIdentify tries the law of names on parameters that no file has.
func FuzzIdentify(f *testing.F) {
	c := shipped(f)
	f.Add(2, 7, 0, 0, 19, 235, "type108", 25500.0, "sum", "prob_gt_1e-5")
	f.Add(1, 98, 0, 128, 0, 167, "surface", 0.0, "", "p50")
	f.Add(0, -1, 65535, 300, -4, 1<<40, "a_b", 2.0, "mean_max", "_ens_prob_")
	f.Fuzz(func(t *testing.T, edition, centre, sub, table, category, number int, kind string, value float64, process, product string) {
		checkIdentity(t, c, Parameter{
			Edition: edition, Centre: centre, SubCentre: sub, Table: table, Category: category, Number: number,
			LevelKind: LevelKind(kind), LevelValue: value, Process: Process(process), Ensemble: product,
		})
	})
}

// FuzzGet holds that any text is an ID and stays the ID.
func FuzzGet(f *testing.F) {
	c := shipped(f)
	for _, id := range []string{"t2m", "t_tropopause_mean_p10", "grib2_0_19_235_c7_surface_sum_spread", "tp_prob_gt_25", "t2m_ens", "_", "grib1_2_11_none"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if got := c.Get(id).ID; got != id {
			t.Errorf("Get(%q).ID = %q", id, got)
		}
	})
}
