package gateway

import (
	"os"
	"strings"
	"testing"

	"isobar/internal/rows"
)

// TestTheProxyTableOfTheDocumentationWorks reads the first configuration of docs/gateway.md and asks through it; the host that it names is
// played.
func TestTheProxyTableOfTheDocumentationWorks(t *testing.T) {
	const page, named = "../docs/gateway.md", "http://my.service.com"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## The proxy table")
	_, block, found := strings.Cut(table, "```yaml\n")
	block, _, ended := strings.Cut(block, "```")
	if !found || !ended || !strings.Contains(block, named+"/api]") {
		t.Fatalf("%s has no table that names %s/api", page, named)
	}
	service := echo(t)
	h, _ := open(t, func(c *Config, _ *Options) {
		if err := rows.Decode(page, []byte(strings.ReplaceAll(block, named, service.URL)), c); err != nil {
			t.Fatal(err)
		}
	})
	host := strings.TrimPrefix(service.URL, "http://")
	for path, want := range map[string]string{
		"/api/service/1":           "GET /api/1 host=" + host,
		"/api/service/a/b?q=x%20y": "GET /api/a/b?q=x%20y host=" + host,
		"/api/service/":            "GET /api/ host=" + host,
	} {
		if res, body := get(t, h.URL+path); res.StatusCode != 200 || !strings.HasPrefix(body, want+" ") {
			t.Errorf("%s: %s %q, want %q", path, res.Status, body, want)
		}
	}
}
