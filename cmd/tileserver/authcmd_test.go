package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// say makes a text what is read from the standard input.
func say(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stdin")
	writeFile(t, file, []byte(text))
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = in
	t.Cleanup(func() { os.Stdin = was; in.Close() })
}

func TestWhatTheCommandsMakeIsWhatTheyKnow(t *testing.T) {
	_, rows, words := call("auth", "key", "loader", "--role", "reader")
	if !strings.Contains(words, "shown this once") {
		t.Errorf("words %q", words)
	}
	key, _, _ := strings.Cut(strings.TrimPrefix(rows, "# "), "\n")
	say(t, "correct horse\n")
	status, person, errs := call("auth", "password", "ada", "--role", "writer", "--groups", "meteo,ops")
	if status != 0 {
		t.Fatal(errs)
	}
	rules := "  rules: [{collections: \"arome*\", groups: [meteo]}, {collections: \"hrrr*\", role: reader}]\n"
	text := rows + strings.TrimPrefix(person, "auth:\n") + rules
	for kind, text := range map[string]string{"server": text, "gateway": "prefix: /weather\n" + text} {
		file := filepath.Join(t.TempDir(), "c.yaml")
		writeFile(t, file, []byte(text))
		for _, c := range []struct {
			args         []string
			stdin, want  string
			status       int
			wantOnStderr string
		}{
			{nil, key, "loader, role reader, groups []\n  may read hrrr.t2m\n  may not read arome.tcc\n  may read gfs\n", 0, ""},
			{[]string{"--user", "ada"}, "correct horse", "ada, role writer, groups [meteo, ops]\n  may read hrrr.t2m\n  may read arome.tcc\n  may read gfs\n", 0, ""},
			{[]string{"--anybody"}, "", "anybody, role none, groups []\n  may not read hrrr.t2m\n  may not read arome.tcc\n  may read gfs\n", 0, ""},
			{[]string{"--user", "ada"}, "battery staple", "", 1, "name or password is wrong"},
			{nil, "isobar_nope", "", 1, "not one of this server's"},
			{nil, "zzz9", "", 1, "nobody like that"},
		} {
			say(t, c.stdin+"\n")
			status, out, errs := call(append([]string{"auth", "who", "--config", file, "hrrr.t2m", "arome.tcc", "gfs"}, c.args...)...)
			if status != c.status || out != c.want || !strings.Contains(errs, c.wantOnStderr) {
				t.Errorf("%s, %v: status %d, %q, %q, want %d, %q, %q", kind, c.args, status, out, errs, c.status, c.want, c.wantOnStderr)
			}
			if c.stdin != "" && strings.Contains(errs, c.stdin) {
				t.Errorf("%s, %v: the proof is told: %s", kind, c.args, errs)
			}
		}
	}
}

func TestPasswordsThatWouldNotDoAreRefused(t *testing.T) {
	for want, c := range map[string]struct{ name, password string }{"at least 8": {"ada", "short"}, "a user's name": {"a:b", "long enough"}} {
		say(t, c.password+"\n")
		if status, _, errs := call("auth", "password", c.name); status != 1 || !strings.Contains(errs, want) {
			t.Errorf("%+v: %d %s", c, status, errs)
		}
	}
}

func TestSecretsAreLongAndNew(t *testing.T) {
	_, one, _ := call("auth", "secret")
	_, other, _ := call("auth", "secret")
	if len(one) != 44 || one == other {
		t.Errorf("%q, %q", one, other)
	}
}

func TestTheProviderIsAskedWhatItIs(t *testing.T) {
	var issuer *httptest.Server
	issuer = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"a","token_endpoint":"x","jwks_uri":"x","id_token_signing_alg_values_supported":["ES256","none"]}`, issuer.URL)
	}))
	defer issuer.Close()
	file := filepath.Join(t.TempDir(), "c.yaml")
	text := "external_url: https://maps.example.org/weather\nauth: {oidc: {issuer: \"" + issuer.URL + "\", audience: isobar}}\n"
	writeFile(t, file, []byte(text))
	status, out, errs := call("auth", "provider", "--config", file)
	for _, want := range []string{"signs by:   ES256\n", "ID:           isobar\n", "https://maps.example.org/weather/auth/callback\n", "public client"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d %s, no %q in %s", status, errs, want, out)
		}
	}
	writeFile(t, file, []byte(strings.ReplaceAll(text, "isobar", "isobar, issuer: x")))
	if status, _, _ := call("auth", "provider", "--config", file); status == 0 {
		t.Error("a file that is wrong passes")
	}
	writeFile(t, file, []byte("listen: 127.0.0.1:1\n"))
	if status, _, errs := call("auth", "provider", "--config", file); status != 1 || !strings.Contains(errs, "no provider is configured") {
		t.Errorf("without a provider: %d %s", status, errs)
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n# isobar.yaml(.*?)```")

func TestTheExamplesOfTheDocumentationAreRight(t *testing.T) {
	text, err := os.ReadFile("../../docs/auth.md")
	if err != nil {
		t.Fatal(err)
	}
	all := yamlBlock.FindAllStringSubmatch(string(text), -1)
	if len(all) != 2 {
		t.Fatalf("%d examples, want 2", len(all))
	}
	for _, one := range all {
		file := filepath.Join(t.TempDir(), "isobar.yaml")
		writeFile(t, file, []byte("#"+one[1]))
		if status, _, errs := call("config", "check", file); status != 0 {
			t.Errorf("%s\n%s", errs, one[1])
		}
		say(t, "correct horse battery\n")
		if _, out, _ := call("auth", "who", "--config", file, "--user", "ada", "arome-france-0p025"); strings.Contains(one[1], "ada") && !strings.Contains(out, "ada, role admin, groups [meteo]\n  may read arome") {
			t.Errorf("ada is %s", out)
		}
	}
}
