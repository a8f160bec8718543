package zarr

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"isobar/answer"
	"isobar/coverage/coveragetest"
	"isobar/layers"
	"isobar/ogc/ogctest"
)

// root is the store of the stub's only run.
var root = Path + "/test/" + runName(coveragetest.Run)

func service(t *testing.T) (http.Handler, *ogctest.Numbers) {
	t.Helper()
	s := ogctest.NewNumbers()
	e := echo.New()
	New(s, s.Hold, coveragetest.Rows(t), func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler)).Register(e)
	return e, s
}

// ask sends a request; headers are names and values in turn.
func ask(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

// values are a chunk's.
func values(t *testing.T, body io.Reader) (list []float32) {
	t.Helper()
	r, err := gzip.NewReader(body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for ; len(raw) >= 4; raw = raw[4:] {
		list = append(list, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return list
}

func TestAChunkHoldsAField(t *testing.T) {
	h, _ := service(t)
	for time := range 3 {
		for level := range 2 {
			for _, path := range []string{fmt.Sprintf("/t/c/%d/%d/0/0", time, level), fmt.Sprintf("/t/%d.%d.0.0", time, level)} {
				w := ask(h, http.MethodGet, root+path)
				if w.Code != http.StatusOK {
					t.Fatalf("%s: %d %s", path, w.Code, w.Body)
				}
				got := values(t, w.Body)
				if len(got) != 24*13 {
					t.Fatalf("%s: %d values", path, len(got))
				}
				for i, v := range got {
					if want := float32(90-15*(i/24)) + float32(time)/4 + 1000*float32(level); v != want {
						t.Fatalf("%s: cell %d is %v, want %v", path, i, v, want)
					}
				}
			}
		}
	}
}

func TestTheStoreTellsItsArrays(t *testing.T) {
	h, _ := service(t)
	for _, path := range []string{root, root + "/zarr.json"} {
		w := ask(h, http.MethodGet, path)
		var group struct {
			Attributes            map[string]any
			Consolidated_metadata struct {
				Metadata map[string]struct {
					Shape           []int
					Dimension_names []string
					Attributes      map[string]any
				}
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &group); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, w.Code, err)
		}
		a := group.Consolidated_metadata.Metadata["t"]
		if got, want := fmt.Sprint(a.Shape, a.Dimension_names, a.Attributes["standard_name"]), "[3 2 13 24] [time pressure lat lon]air_temperature"; got != want {
			t.Errorf("%s: t is %s, want %s", path, got, want)
		}
		if len(group.Consolidated_metadata.Metadata) < 9 || group.Attributes["forecast_reference_time"] != coveragetest.Run.String() {
			t.Errorf("%s: %d arrays of %v", path, len(group.Consolidated_metadata.Metadata), group.Attributes)
		}
	}
	for _, path := range []string{"/.zmetadata", "/.zgroup", "/.zattrs", "/t/zarr.json", "/t/.zarray", "/t/.zattrs", "/lat/c/0", "/lat/0", "/crs/c"} {
		if w := ask(h, http.MethodGet, root+path); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	h, _ := service(t)
	for path, want := range map[string]string{
		Path + "/nope": "nope", Path + "/nope/latest/zarr.json": "nope", Path + "/test/20200101T000000Z/zarr.json": "20200101T000000Z",
		Path + "/test/someday": "someday", root + "/t/c/3/0/0/0": "t/c/3/0/0/0", root + "/x/zarr.json": "x/zarr.json", root + "@beef/zarr.json": "beef",
	} {
		w := ask(h, http.MethodGet, path)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), want) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %s", path, w.Code, w.Header().Get("Cache-Control"), w.Body)
		}
	}
}

func TestLatestLeadsToTheNewestRun(t *testing.T) {
	h, _ := service(t)
	for _, rest := range []string{"", "/zarr.json", "/t/c/0/0/0/0"} {
		w := ask(h, http.MethodGet, Path+"/test/latest"+rest)
		if got, want := w.Header().Get("Location"), "http://isobar.test"+root+rest; w.Code != http.StatusTemporaryRedirect || got != want {
			t.Errorf("%q: %d to %s, want %s", rest, w.Code, got, want)
		}
	}
	if w := ask(h, http.MethodGet, Path+"/test/2026-11-24T00:00:00Z/zarr.json"); w.Code != http.StatusOK {
		t.Errorf("a run as other services write it: %d %s", w.Code, w.Body)
	}
}

func TestWhatHasATagMayBeKept(t *testing.T) {
	h, _ := service(t)
	pinned := strings.TrimPrefix(ask(h, http.MethodGet, root+"/zarr.json").Header().Get("Content-Location"), "http://isobar.test")
	pinned = strings.TrimSuffix(pinned, "/zarr.json")
	for _, rest := range []string{"/zarr.json", "/t/c/0/0/0/0", "/lat/c/0"} {
		for base, want := range map[string]string{root: "public, max-age=60", pinned: "public, max-age=31536000, immutable"} {
			w := ask(h, http.MethodGet, base+rest)
			if got := w.Header().Get("Cache-Control"); w.Code != http.StatusOK || got != want {
				t.Errorf("%s: %d %q, want %q", base+rest, w.Code, got, want)
			}
			etag := w.Header().Get("ETag")
			if again := ask(h, http.MethodGet, base+rest, "If-None-Match", etag); etag == "" || again.Code != http.StatusNotModified {
				t.Errorf("%s with its tag %s: %d", base+rest, etag, again.Code)
			}
			head := ask(h, http.MethodHead, base+rest)
			if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != etag {
				t.Errorf("HEAD %s: %d, %d bytes, tag %s", base+rest, head.Code, head.Body.Len(), head.Header().Get("ETag"))
			}
		}
	}
}

func TestAMissingStepIsAChunkOfNothing(t *testing.T) {
	h, s := service(t)
	if w := ask(h, http.MethodGet, root+"/zarr.json"); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.Err = &layers.DimensionError{Dimension: "time", Layer: "test.t"}
	w := ask(h, http.MethodGet, root+"/t/c/1/0/0/0")
	if w.Code != http.StatusOK || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%d %q", w.Code, w.Header().Get("Cache-Control"))
	}
	for i, v := range values(t, w.Body) {
		if v == v {
			t.Fatalf("cell %d is %v", i, v)
		}
	}
	s.Err = errors.New("disk")
	if w := ask(h, http.MethodGet, root+"/t/c/1/0/0/0"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("a broken store: %d %s", w.Code, w.Body)
	}
}

func TestARunOfTooManyFieldsIsRefusedByName(t *testing.T) {
	h, s := service(t)
	s.Err = &answer.BudgetError{Planes: 100, MaxPlanes: 10}
	if w := ask(h, http.MethodGet, root+"/zarr.json"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "100 fields") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestListsLeadToStores(t *testing.T) {
	h, _ := service(t)
	var models struct {
		Models []struct{ ID, Href, Latest string }
	}
	w := ask(h, http.MethodGet, Path)
	if err := json.NewDecoder(bytes.NewReader(w.Body.Bytes())).Decode(&models); err != nil || len(models.Models) != 1 || models.Models[0].Href != "http://isobar.test/zarr/test" {
		t.Fatalf("%v %s", err, w.Body)
	}
	var runs struct {
		Runs []struct{ Run, Href string }
	}
	w = ask(h, http.MethodGet, strings.TrimPrefix(models.Models[0].Href, "http://isobar.test"))
	if err := json.NewDecoder(bytes.NewReader(w.Body.Bytes())).Decode(&runs); err != nil || len(runs.Runs) != 1 || runs.Runs[0].Href != "http://isobar.test"+root {
		t.Fatalf("%v %s", err, w.Body)
	}
}
