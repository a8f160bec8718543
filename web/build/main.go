// Command build makes the viewer's files, web/static, from its sources, web/src: `go generate ./web`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// entries are the modules that pages begin with. What they share, and what is read only when it is wanted, becomes modules of its own.
var entries = []string{"app.js", "status.js", "events.js", "style.css", "status.css"}

// copied are the sources that are sent as they are.
var copied = []string{"index.html", "status.html", "icon.svg"}

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write replaces the files in static, but for those that others made (vendor), by what src builds. web is the folder of both.
func write(web string) error {
	made, err := files(filepath.Join(web, "src"))
	if err != nil {
		return err
	}
	static := filepath.Join(web, "static")
	old, err := os.ReadDir(static)
	if err != nil {
		return err
	}
	for _, f := range old {
		if made[f.Name()] == nil && !f.IsDir() {
			if err := os.Remove(filepath.Join(static, f.Name())); err != nil {
				return err
			}
		}
	}
	for name, body := range made {
		if err := os.WriteFile(filepath.Join(static, name), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// files builds the sources in a folder: names of the page's files and what is in them. The same sources give the same bytes.
func files(src string) (map[string][]byte, error) {
	src, err := filepath.Abs(src)
	if err != nil {
		return nil, err
	}
	points := make([]string, len(entries))
	for i, name := range entries {
		points[i] = filepath.Join(src, name)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: points, AbsWorkingDir: src, Outdir: filepath.Join(src, "out"), Outbase: src,
		Bundle: true, Splitting: true, Format: api.FormatESModule, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		ChunkNames: "part-[hash]", Metafile: true,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	out := map[string][]byte{}
	for _, f := range result.OutputFiles {
		out[filepath.Base(f.Path)] = f.Contents
	}
	for _, name := range copied {
		if out[name], err = os.ReadFile(filepath.Join(src, name)); err != nil {
			return nil, err
		}
	}
	parts, err := needed(result.Metafile, "app.js")
	out["index.html"] = bytes.Replace(out["index.html"], []byte("</head>"), []byte(parts+"</head>"), 1)
	return out, err
}

// needed are links to the modules that an entry is made of, so that a browser asks for all at once instead of for one after another.
func needed(metafile, entry string) (string, error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return "", err
	}
	seen, links := map[string]bool{}, []string{}
	var follow func(file string)
	follow = func(file string) {
		for _, i := range meta.Outputs[file].Imports {
			if i.Kind != "import-statement" || seen[i.Path] {
				continue
			}
			seen[i.Path] = true
			links = append(links, `<link rel="modulepreload" href="viewer/`+path.Base(i.Path)+"\">\n")
			follow(i.Path)
		}
	}
	follow("out/" + entry)
	slices.Sort(links)
	return strings.Join(links, ""), nil
}
