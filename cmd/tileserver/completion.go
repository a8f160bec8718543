package main

import (
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd prints what a shell reads to complete this program's command lines.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Whose script (${enum})."`
}

// Run prints the script.
func (c *completionCmd) Run(env *environment) error {
	script, err := completionScripts.ReadFile("completions/tileserver." + c.Shell)
	if err == nil {
		_, err = env.stdout.Write(script)
	}
	return err
}

// Scripts ask the program itself, `tileserver complete -- WORDS`, what the last word can become: a line each, with a description behind a
// tab. The lines ":files" and ":folders" stand for the shell's own completion of paths.
//
//go:embed completions
var completionScripts embed.FS

// completeCmd answers the shells' scripts.
type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words behind the program's name; the last one is completed."`
}

// Run prints what the last word can become.
func (c *completeCmd) Run(env *environment) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	parser, err := newParser(&commands{}, env.stdout, env.stderr)
	if err != nil {
		return err
	}
	for _, one := range completions(parser.Model.Node, words) {
		if one.says == "" {
			fmt.Fprintln(env.stdout, one.word)
		} else {
			fmt.Fprintf(env.stdout, "%s\t%s\n", one.word, one.says)
		}
	}
	return nil
}

// completion is a word and what it means.
type completion struct{ word, says string }

// Completions that the shell makes.
var (
	someFiles   = []completion{{word: ":files"}}
	someFolders = []completion{{word: ":folders"}}
)

// completions are what the last of some words can become.
func completions(at *kong.Node, words []string) (all []completion) {
	last := words[len(words)-1]
	var waiting *kong.Flag // for its value
	config, places := os.Getenv("ISOBAR_CONFIG"), 0
	for _, word := range words[:len(words)-1] {
		switch {
		case waiting != nil:
			if waiting.Name == "config" {
				config = word
			}
			waiting = nil
		case strings.HasPrefix(word, "-"):
			name, value, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
			if f := flagOf(at, name); f != nil && !f.IsBool() && !whole {
				waiting = f
			} else if name == "config" {
				config = value
			}
		default:
			if child := childOf(at, word); child != nil {
				at = child
			} else {
				places++
			}
		}
	}
	switch name, value, whole := strings.Cut(last, "="); {
	case waiting != nil:
		return valuesOf(waiting.Value, waiting.PlaceHolder, config, last, "")
	case whole && strings.HasPrefix(last, "--"):
		if f := flagOf(at, name[2:]); f != nil {
			return valuesOf(f.Value, f.PlaceHolder, config, value, name+"=")
		}
	case strings.HasPrefix(last, "-"):
		return flagsFrom(at, last)
	case places < len(at.Positional), len(at.Positional) > 0 && at.Positional[len(at.Positional)-1].IsCumulative():
		return valuesOf(at.Positional[min(places, len(at.Positional)-1)], "", config, last, "")
	default:
		for _, child := range at.Children {
			if strings.HasPrefix(child.Name, last) && !child.Hidden {
				all = append(all, completion{child.Name, child.Help})
			}
		}
	}
	return all
}

// childOf is a command below another; nil if there is none of that name.
func childOf(n *kong.Node, name string) *kong.Node {
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// flagOf is a flag of a command or of those above it; nil if there is none of that name.
func flagOf(n *kong.Node, name string) *kong.Flag {
	for _, group := range n.AllFlags(false) {
		for _, f := range group {
			if f.Name == name || slices.Contains(f.Aliases, name) || name != "" && string(f.Short) == name {
				return f
			}
		}
	}
	return nil
}

// flagsFrom are the flags that begin so.
func flagsFrom(n *kong.Node, begin string) (all []completion) {
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			if strings.HasPrefix("--"+f.Name, begin) {
				all = append(all, completion{"--" + f.Name, f.Help})
			}
		}
	}
	slices.SortFunc(all, func(a, b completion) int { return strings.Compare(a.word, b.word) })
	return all
}

// valuesOf are the values of a flag or an argument that begin so, each behind a text that is there already.
func valuesOf(v *kong.Value, placeholder, config, begin, before string) (all []completion) {
	var known []completion
	switch {
	case v.Enum != "":
		for _, one := range v.EnumSlice() {
			known = append(known, completion{word: one})
		}
	case v.Name == "models" && placeholder == "ID,...":
		known = modelNames(config)
	case v.Name == "element":
		known = elementNames(config)
	case placeholder == "DIR":
		return someFolders
	case v.Tag.Type == "path", v.Tag.Type == "existingfile", placeholder == "FILE":
		return someFiles
	}
	if v.IsSlice() { // the last of several
		if i := strings.LastIndexByte(begin, ','); i >= 0 {
			before, begin = before+begin[:i+1], begin[i+1:]
		}
	}
	for _, one := range known {
		if strings.HasPrefix(one.word, begin) {
			all = append(all, completion{before + one.word, one.says})
		}
	}
	return all
}

// rowsFor are the rows that a command line means: those that ship with the program where the configuration can't be read.
func rowsFor(config string) (catalogues, error) {
	if conf, err := (&settings{Config: config}).load(nil); err == nil {
		if rows, err := loadRows(conf.Rows); err == nil {
			return rows, nil
		}
	}
	return loadRows(rowsConfig{})
}

// modelNames are the models that can be fetched.
func modelNames(config string) (all []completion) {
	rows, err := rowsFor(config)
	if err != nil {
		return nil
	}
	for _, id := range feedNames(rows.models) {
		all = append(all, completion{id, rows.models.Get(id).Title})
	}
	return all
}

// elementNames are the elements that rows name.
func elementNames(config string) (all []completion) {
	rows, err := rowsFor(config)
	if err != nil {
		return nil
	}
	for _, id := range rows.elements.IDs() {
		all = append(all, completion{id, rows.elements.Get(id).Title})
	}
	return all
}
