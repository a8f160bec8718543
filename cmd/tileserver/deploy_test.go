package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"isobar/internal/mongodb"
)

// container is a process of a file of deployment: how the program is called, with what environment, and where its files come from.
type container struct {
	name  string
	args  []string
	env   map[string]string
	files map[string]string // by path in the container
}

// composeContainers are the processes of the compose file that run the program.
func composeContainers(t *testing.T) (all []container) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Environment map[string]string
			Volumes     []string
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.AllowDuplicateMapKey()); err != nil { // what is merged is replaced
		t.Fatal(err)
	}
	for name, s := range file.Services {
		if s.Image != "isobar" {
			continue
		}
		c := container{name: "compose: " + name, args: s.Command, env: s.Environment, files: map[string]string{}}
		for _, v := range s.Volumes {
			from, to, _ := strings.Cut(v, ":")
			if strings.HasPrefix(from, "./") {
				c.files[strings.TrimSuffix(to, ":ro")] = filepath.Join("../../deploy", from)
			}
		}
		all = append(all, c)
	}
	return all
}

// kubernetesContainers are those of the manifests.
func kubernetesContainers(t *testing.T) (all []container) {
	t.Helper()
	names, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range names {
		for key, text := range configMaps(t, name) {
			file := filepath.Join(t.TempDir(), key)
			writeFile(t, file, []byte(text))
			files["/etc/isobar/"+key] = file
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n---\n") {
			var o struct {
				Metadata struct{ Name string }
				Spec     struct {
					Template struct {
						Spec struct {
							Containers []struct {
								Args []string
								Env  []struct{ Name, Value string }
							}
						}
					}
				}
			}
			if err := yaml.Unmarshal([]byte(part), &o); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, c := range o.Spec.Template.Spec.Containers {
				one := container{name: "kubernetes: " + o.Metadata.Name, args: c.Args, env: map[string]string{}, files: files}
				for _, e := range c.Env {
					one.env[e.Name] = e.Value
				}
				all = append(all, one)
			}
		}
	}
	return all
}

// check calls the program as a container does, up to the point where it would begin to work.
func (c container) check(t *testing.T) (command string, err error) {
	args := slices.Clone(c.args)
	for i, arg := range args {
		if file := c.files[arg]; file != "" {
			args[i] = file
		} else if strings.HasPrefix(arg, "/etc/") {
			return "", fmt.Errorf("%s is not there", arg)
		}
	}
	cli := &commands{}
	parser, err := newParser(cli, io.Discard, io.Discard)
	if err != nil {
		return "", err
	}
	known := []string{tokenVariable, secretVariable, sessionVariable, oidcVariable, mongodb.Variable}
	for _, n := range parser.Model.Leaves(false) {
		for _, group := range n.AllFlags(false) {
			for _, f := range group {
				known = append(known, f.Envs...)
			}
		}
	}
	for name, value := range c.env {
		if !slices.Contains(known, name) {
			return "", fmt.Errorf("no variable %s", name)
		}
		if value != "" {
			t.Setenv(name, value)
		}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	command = strings.Fields(parsed.Command())[0]
	switch command {
	case "serve":
		_, err = cli.Serve.load(nil)
	case "ingest":
		var conf config
		if conf, err = (&settings{Config: cli.Ingest.Config, Data: cli.Ingest.Data, Models: cli.Ingest.Models}).load(cli.Ingest.Paths); err == nil {
			err = haveModels(conf)
		}
	case "probe":
		cli.Probe.only = []string{roleProbe}
		_, err = cli.Probe.load(nil)
	case "gateway":
		_, err = cli.Gateway.load()
	}
	return command, err
}

// haveModels tells that the models which are fetched are known.
func haveModels(conf config) error {
	rows, err := loadRows(conf.Rows)
	if err != nil {
		return err
	}
	for _, id := range conf.Feeds.Models {
		if _, ok := rows.models.Feed(id); !ok {
			return fmt.Errorf("no model %s", id)
		}
	}
	return nil
}

func TestTheCommandLinesOfDeploymentAreRight(t *testing.T) {
	for from, all := range map[string][]container{"compose": composeContainers(t), "kubernetes": kubernetesContainers(t)} {
		counts := map[string]int{}
		for _, c := range all {
			t.Run(c.name, func(t *testing.T) {
				command, err := c.check(t)
				if err != nil {
					t.Errorf("%v: %v", c.args, err)
				}
				counts[command]++
			})
		}
		if counts["serve"] < 1 || counts["ingest"] < 2 || counts["probe"] < 1 || counts["gateway"] < 1 {
			t.Errorf("%s: %v", from, counts)
		}
	}
}

func TestWrongCommandLinesOfDeploymentAreFound(t *testing.T) {
	for name, c := range map[string]container{
		"an unknown flag":     {args: []string{"serve", "--nope"}},
		"an unknown model":    {args: []string{"ingest", "--data", "/tmp", "--models", "nope"}},
		"an unknown command":  {args: []string{"sing"}},
		"an unknown variable": {args: []string{"serve"}, env: map[string]string{"ISOBAR_NOPE": "1"}},
		"a wrong address":     {args: []string{"serve"}, env: map[string]string{"ISOBAR_LISTEN": "8080"}},
		"a missing file":      {args: []string{"serve", "--config", "/etc/isobar/server.yaml"}},
		"a wrong file":        {args: []string{"gateway", "--config", "/etc/isobar/server.yaml"}, files: map[string]string{"/etc/isobar/server.yaml": "../../deploy/server.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.check(t); err == nil {
				t.Error("no error")
			}
		})
	}
}

var dockerLine = regexp.MustCompile(`(?m)^(HEALTHCHECK .*CMD|ENTRYPOINT|CMD) (\[.*\])$`)

func TestTheImageRunsCommandsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, m := range dockerLine.FindAllStringSubmatch(string(text), -1) {
		var words []string
		if err := yaml.Unmarshal([]byte(m[2]), &words); err != nil {
			t.Fatal(err)
		}
		found[strings.Fields(m[1])[0]] = words
	}
	if len(found["ENTRYPOINT"]) != 1 || len(found["HEALTHCHECK"]) < 2 || found["HEALTHCHECK"][0] != found["ENTRYPOINT"][0] {
		t.Fatalf("found %v", found)
	}
	for _, args := range [][]string{found["CMD"], found["HEALTHCHECK"][1:]} {
		if _, err := (container{args: args, env: map[string]string{"ISOBAR_LISTEN": "0.0.0.0:8080"}}).check(t); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	if !strings.Contains(string(text), "\nUSER 65534:65534\n") || !strings.Contains(string(text), "CGO_ENABLED=0") {
		t.Error("the image is not static, or runs as root")
	}
}
