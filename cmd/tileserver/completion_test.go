package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// completed are the words that the program gives for the last of some words.
func completed(t *testing.T, words ...string) []string {
	t.Helper()
	status, out, errs := call(append([]string{"complete", "--"}, words...)...)
	if status != 0 || errs != "" {
		t.Fatalf("complete %q: status %d, %s", words, status, errs)
	}
	var all []string
	for line := range strings.Lines(out) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, word)
	}
	return all
}

func TestWordsAreCompleted(t *testing.T) {
	for _, c := range []struct {
		name  string
		words []string
		want  string // each of them is there
		not   string
	}{
		{"commands", []string{""}, "demo serve ingest doctor completion", "complete"},
		{"a command", []string{"ser"}, "serve", "demo"},
		{"commands below commands", []string{"auth", ""}, "key password", "serve"},
		{"flags", []string{"serve", "--"}, "--models --listen --data --log-level", "--json"},
		{"flags of another command", []string{"inspect", "--e"}, "--element", "--models"},
		{"values of a set", []string{"--log-level", ""}, "DEBUG INFO WARN ERROR", "text"},
		{"models", []string{"serve", "--models", "icon-"}, "icon-d2-0p02", "gfs-0p25"},
		{"the second of several models", []string{"serve", "--models", "gfs-0p25,icon-"}, "gfs-0p25,icon-d2-0p02", "icon-d2-0p02"},
		{"behind an equals sign", []string{"serve", "--models=gfs-0p2"}, "--models=gfs-0p25", ""},
		{"elements", []string{"inspect", "--element", "t2"}, "t2m", "msl"},
		{"folders", []string{"serve", "--data", ""}, ":folders", ""},
		{"files", []string{"serve", "--listen", "127.0.0.1:1", "a.grib2", ""}, ":files", ""},
		{"a file of settings", []string{"doctor", "--config", ""}, ":files", ""},
		{"shells", []string{"completion", ""}, "bash fish zsh", ""},
	} {
		got := completed(t, c.words...)
		for _, want := range strings.Fields(c.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%s: complete %q = %q, without %s", c.name, c.words, got, want)
			}
		}
		if c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%s: complete %q gives %s, too", c.name, c.words, c.not)
		}
	}
}

func TestRowsOfOnesOwnAreCompleted(t *testing.T) {
	rows := t.TempDir()
	writeFile(t, filepath.Join(rows, "own.yaml"), []byte("theme: Own\nquantities:\n  - {id: ownqty, title: Own quantity, unit: K, level: surface}\n"))
	file := textFile(t, "c.yaml", "rows: {elements: '"+rows+"'}\n")
	t.Setenv("ISOBAR_CONFIG", file)
	if got := completed(t, "inspect", "--element", "ownq"); !slices.Contains(got, "ownqty") {
		t.Errorf("got %q", got)
	}
}

// installed is a folder with this test's binary as the program, and its path variable.
func installed(t *testing.T) (path []string) {
	t.Helper()
	folder := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(folder, "tileserver")); err != nil {
		t.Skip(err)
	}
	return append(os.Environ(), asProgram+"=1", "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+t.TempDir())
}

func TestShellsComplete(t *testing.T) {
	for shell, script := range map[string]string{
		"bash": `source <(tileserver completion bash)
try() { COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<< "${1//=/ = }"; [[ $1 == *' ' || $1 == *= ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tileserver; echo "$1 -> ${COMPREPLY[*]}"; }
try "tileserver ser"; try "tileserver serve --mod"; try "tileserver serve --models gfs-0p2"; try "tileserver serve --models gfs-0p25,icon-d2-"; try "tileserver serve --models=gfs-0p2"
try "tileserver inspect --element t2"; cd /; try "tileserver serve --data us"; complete -p tileserver`,
		"fish": `tileserver completion fish | source
for line in "tileserver ser" "tileserver serve --mod" "tileserver serve --models gfs-0p2" "tileserver serve --models gfs-0p25,icon-d2-" "tileserver inspect --element t2"
  echo "$line -> "(complete -C "$line" | string replace -r '\t.*' '')
end`,
		"zsh": `autoload -Uz compinit; compinit -u -D
source <(tileserver completion zsh)
_describe() { echo "$line0 -> ${(P)4//:*/}"; }
_files() { echo "$line0 -> files"; }
try() { line0="$*"; words=("$@"); CURRENT=$#words; _tileserver; }
try tileserver ser; try tileserver serve --mod; try tileserver serve --models gfs-0p2; try tileserver serve --models gfs-0p25,icon-d2-; try tileserver inspect --element t2`,
	} {
		t.Run(shell, func(t *testing.T) {
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not at hand", shell)
			}
			command := exec.Command(program, "-c", script)
			command.Env = installed(t)
			out, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{"tileserver ser -> serve\n", "tileserver serve --mod -> --models", "--models gfs-0p2 -> gfs-0p25\n", "--models gfs-0p25,icon-d2- -> gfs-0p25,icon-d2-0p02\n", "--element t2 -> t2m"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			if shell == "bash" {
				for _, want := range []string{"--models=gfs-0p2 -> gfs-0p25\n", "--data us -> usr\n", "complete -F _tileserver tileserver"} {
					if !strings.Contains(string(out), want) {
						t.Errorf("no %q in\n%s", want, out)
					}
				}
			}
		})
	}
}

func TestEveryCommandHasExamplesThatCanBeRead(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	for _, name := range []string{"isobar.yaml", "gateway.yaml", "forecast.grib2", "gribs"} {
		writeFile(t, name, nil)
	}
	parser, err := newParser(&commands{}, os.Stdout, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{""}
	for _, n := range parser.Model.Leaves(true) {
		paths = append(paths, commandPath(n))
	}
	for _, path := range paths {
		if len(examples[path]) == 0 {
			t.Errorf("tileserver %s: no examples", path)
		}
		for _, e := range examples[path] {
			line := strings.NewReplacer("source <(", "", ")", "", " | source", "", "~/", "./").Replace(e.line)
			if _, err := parser.Parse(strings.Fields(line)[1:]); err != nil {
				t.Errorf("tileserver %s: %q: %v", path, e.line, err)
			}
			status, out, _ := call(append(strings.Fields(path), "--help")...)
			if status != 0 || !strings.Contains(out, e.line) {
				t.Errorf("tileserver %s --help: status %d, without %q", path, status, e.line)
			}
		}
	}
	if len(examples) != len(paths) {
		t.Errorf("%d commands have examples, there are %d", len(examples), len(paths))
	}
}

func TestWhatIsMistypedIsAnsweredWithWhatWasMeant(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"a command", "sevre", `did you mean "serve"`},
		{"a flag", "serve --modelz gfs", `did you mean "--models"`},
		{"a command below another", "config chek x", `did you mean "check"`},
		{"nothing more", "inspect", "`tileserver inspect --help` tells how it is called"},
		{"a flag that is needed", "ingest x", "`tileserver ingest --help` tells how it is called"},
		{"a model", "serve --models gfs-0p52 --data " + t.TempDir() + " --listen 127.0.0.1:0", `did you mean "gfs-0p5"`},
	} {
		status, _, errs := call(strings.Fields(c.line)...)
		if status == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: tileserver %s: status %d, %q, want %q", c.name, c.line, status, errs, c.want)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	s := start(t, "serve", "--data", t.TempDir())
	other := t.TempDir()
	writeFile(t, filepath.Join(other, "thesis.txt"), []byte("x"))
	for _, c := range []struct{ name, line, want string }{
		{"an address that is taken", "demo --listen " + strings.TrimPrefix(s.url, "http://"), "take another one with --listen"},
		{"a folder of something else", "serve --listen 127.0.0.1:0 --data " + other, "name another folder with --data"},
		{"an element that is not there", "inspect --element t3m ../../cmd/tileserver/samples/hrrr_20230722_06z_f001_skt.grib2", "nothing of t3m is there, but t_surface"},
	} {
		status, _, errs := call(strings.Fields(c.line)...)
		if status == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: tileserver %s: status %d, %q, want %q", c.name, c.line, status, errs, c.want)
		}
	}
}

var _ kong.HelpPrinter = printHelp
