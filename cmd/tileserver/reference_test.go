package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"isobar/gateway"
)

const referenceFile = "../../docs/configuration.md"

// setting is a key of a configuration file, as the reference tells it.
type setting struct{ key, kind, value, says string }

// codeComments are the comments of structs and their fields, by package, type and field: "main.config.Listen".
type codeComments map[string]string

// readComments reads those of a folder's Go files.
func readComments(t *testing.T, into codeComments, pkg, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no Go files, %v", folder, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range group.Specs {
				if kind, ok := s.(*ast.TypeSpec); ok {
					if of, ok := kind.Type.(*ast.StructType); ok {
						into[pkg+"."+kind.Name.Name] = strings.TrimSpace(cmp.Or(kind.Doc.Text(), group.Doc.Text()))
						into.fields(pkg+"."+kind.Name.Name, of)
					}
				}
			}
		}
	}
}

// fields takes those of a struct and of structs without a name in it.
func (c codeComments) fields(path string, of *ast.StructType) {
	for _, f := range of.Fields.List {
		for _, name := range f.Names {
			c[path+"."+name.Name] = strings.TrimSpace(cmp.Or(f.Comment.Text(), f.Doc.Text()))
			if inner, ok := f.Type.(*ast.StructType); ok {
				c.fields(path+"."+name.Name, inner)
			}
		}
	}
}

// structPath is how comments of a named struct are found.
func structPath(t reflect.Type) string {
	pkg := filepath.Base(t.PkgPath())
	if pkg == "tileserver" {
		pkg = "main"
	}
	return pkg + "." + t.Name()
}

// settingsOf lists the keys below a value, in the order of the code.
func (c codeComments) settingsOf(v reflect.Value, path, prefix string) (all []setting) {
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if options == "inline" {
			all = append(all, c.settingsOf(value, structPath(f.Type), prefix)...)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		s := setting{key: prefix + name, kind: kindOf(f.Type), says: oneLine(c[path+"."+f.Name])}
		inner, below, mark := f.Type, value, "."
		if k := inner.Kind(); k == reflect.Slice || k == reflect.Map {
			inner, mark = inner.Elem(), map[reflect.Kind]string{reflect.Slice: "[].", reflect.Map: ".NAME."}[k]
			below = reflect.Zero(inner)
		}
		deeper := path + "." + f.Name
		if inner.Name() != "" {
			deeper = structPath(inner)
		}
		if inner.Kind() != reflect.Struct {
			s.value = inYAML(value)
			all = append(all, s)
			continue
		}
		if s.says == "" {
			_, s.says, _ = strings.Cut(oneLine(c[deeper]), " ") // "Timeouts bound what one request may take."
		}
		all = append(all, s)
		all = append(all, c.settingsOf(below, deeper, s.key+mark)...)
	}
	return all
}

// oneLine is a comment without breaks.
func oneLine(text string) string {
	return strings.TrimSuffix(strings.ReplaceAll(text, "\n", " "), ".")
}

// kindOf is what a value is, in the words of people who write YAML.
func kindOf(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return "time, as 30s"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "list"
		}
		return "list of " + kindOf(t.Elem())
	case reflect.Map:
		return "by name"
	case reflect.Struct:
		return ""
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	}
	return "number"
}

// inYAML is a default as YAML writes it.
func inYAML(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return short(d)
	}
	text, err := yaml.MarshalWithOptions(v.Interface(), yaml.Flow(true))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text))
}

// comments are all that the reference is made of.
func comments(t *testing.T) codeComments {
	c := codeComments{}
	for pkg, folder := range map[string]string{"main": ".", "auth": "../../auth", "gateway": "../../gateway"} {
		readComments(t, c, pkg, folder)
	}
	return c
}

// serverSettings are the keys of a server's configuration.
func serverSettings(t *testing.T) []setting {
	return comments(t).settingsOf(reflect.ValueOf(defaults()), "main.config", "")
}

// gatewaySettings are the keys of a gateway's.
func gatewaySettings(t *testing.T) []setting {
	conf := gatewayConfig{Listen: "127.0.0.1:8080", Config: gateway.Defaults()}
	return comments(t).settingsOf(reflect.ValueOf(conf), "main.gatewayConfig", "")
}

const referenceHead = `# Configuration

<!-- Made from the code: go test ./cmd/tileserver -run Reference -update -->

Flags stand above the environment, the environment above the file, the file above the defaults. The file is YAML; a key that is not on this page is an
error that names the line. ` + "`tileserver config check FILE` tells what is wrong with one, `tileserver doctor --config FILE` whether this machine can do what it says; [the\nsample](../cmd/tileserver/config.sample.yaml)" + ` holds every key at its default.

` + "`[]` stands for each row of a list, `NAME` for a name of your own.\n"

// reference is the page.
func reference(t *testing.T) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	b.WriteString("\n## A server\n\nFor `tileserver serve`, `demo`, `ingest`, `status`, `models` and `doctor`.\n\n")
	writeSettings(&b, serverSettings(t))
	b.WriteString("\n## A gateway\n\nFor `tileserver gateway`; [gateway.md](gateway.md) tells what is done with them.\n\n")
	writeSettings(&b, gatewaySettings(t))
	b.WriteString("\n## The environment\n\n| variable | what it sets |\n| --- | --- |\n")
	all := environmentVariables(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, all[name])
	}
	return b.String()
}

// writeSettings writes a table.
func writeSettings(b *strings.Builder, all []setting) {
	b.WriteString("| key | default | value | |\n| --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*").Replace
	for _, s := range all {
		value := ""
		if s.value != "" && !strings.Contains(s.key, "[]") && !strings.Contains(s.key, "NAME") {
			value = "`" + s.value + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.key, value, s.kind, cell(s.says))
	}
}

// environmentVariables are those of flags, and those that are secrets.
func environmentVariables(t *testing.T) map[string]string {
	all := map[string]string{
		tokenVariable:          "one more of `auth.tokens`",
		secretVariable:         "`auth.identity_secret` of a server, `identity_secret` of a gateway",
		"ISOBAR_MONGODB_URI":   "`store.uri`",
		"NO_COLOR":             "anything: no colours on terminals either",
		"HTTP_PROXY, NO_PROXY": "how providers are reached; `HTTPS_PROXY` likewise",
	}
	parser, err := newParser(&commands{}, os.Stdout, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(parser.Model.Leaves(false), parser.Model.Node) {
		for _, f := range c.Flags {
			for _, name := range f.Envs {
				all[name] = fmt.Sprintf("`--%s`", f.Name)
			}
		}
	}
	return all
}

func TestTheReferenceIsMadeFromTheCode(t *testing.T) {
	got := reference(t)
	if *update {
		if err := os.WriteFile(referenceFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is stale: go test ./cmd/tileserver -run Reference -update", referenceFile)
	}
}

func TestTheReferenceTellsWhatEverySettingIs(t *testing.T) {
	for _, s := range append(serverSettings(t), gatewaySettings(t)...) {
		if s.says == "" {
			t.Errorf("%s: its field in the code has no comment", s.key)
		}
	}
}

func TestTheReferenceHoldsTheSamplesKeysAndNoOther(t *testing.T) {
	text, err := os.ReadFile("config.sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sample map[string]any
	if err := yaml.Unmarshal(text, &sample); err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(maps.Keys(keysBelow(sample, "")))
	var got []string
	for _, s := range serverSettings(t) {
		if !strings.Contains(s.key, "[]") && !strings.Contains(s.key, "NAME") {
			got = append(got, s.key)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the reference has the keys\n%v\nthe sample\n%v", got, want)
	}
}

// keysBelow are the dotted keys of a document.
func keysBelow(m map[string]any, prefix string) map[string]bool {
	all := map[string]bool{}
	for k, v := range m {
		all[prefix+k] = true
		if inner, ok := v.(map[string]any); ok {
			maps.Copy(all, keysBelow(inner, prefix+k+"."))
		}
	}
	return all
}
