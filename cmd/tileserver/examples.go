package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// example is a way to call a command, and what it is for.
type example struct{ line, says string }

// examples are shown by --help, by command; "" is the program itself.
var examples = map[string][]example{
	"": {
		{"tileserver demo", "look at sample forecasts in a browser"},
		{"tileserver serve ~/gribs", "your own files, and what appears there later"},
		{"tileserver serve --models gfs-0p25", "a forecast that is fetched as it is published"},
		{"tileserver doctor", "find out why something does not work"},
		{"source <(tileserver completion bash)", "let the Tab key complete all this"},
	},
	"demo": {
		{"tileserver demo", "at http://127.0.0.1:8080, nothing is left behind"},
		{"tileserver demo --listen 0.0.0.0:9000", "seen from other machines"},
	},
	"serve": {
		{"tileserver serve ~/gribs forecast.grib2", "a folder and a file"},
		{"tileserver serve --data /var/isobar", "what another process puts into a data folder"},
		{"tileserver serve --models gfs-0p25,icon-d2-0p02 --data /var/isobar", "forecasts fetched as they are published"},
		{"tileserver serve --config isobar.yaml", "all settings in a file"},
		{"tileserver serve --config isobar.yaml --roles serve --models gfs", "answer alone, and of some models, over a database that others fill"},
	},
	"probe": {
		{"tileserver probe --config isobar.yaml", "streams, alerts and jobs of all servers over the database"},
		{"tileserver probe --config isobar.yaml --models gfs", "streams and alerts of some models"},
	},
	"ingest": {
		{"tileserver ingest forecast.grib2 --data /var/isobar", "a file, for a server that uses the folder"},
		{"tileserver ingest --models gfs-0p25 --once --data /var/isobar", "the newest run there is, and leave"},
		{"tileserver ingest --models gfs-0p25 --data /var/isobar", "keep fetching, beside a server"},
	},
	"models": {
		{"tileserver models", "all that can be fetched"},
		{"tileserver models --json", "for programs"},
	},
	"status": {
		{"tileserver status --data /var/isobar", "status 1: a feed needs someone to look at it"},
	},
	"inspect": {
		{"tileserver inspect forecast.grib2", "a line for each field"},
		{"tileserver inspect --element t2m,msl forecast.grib2", "of some elements"},
		{"tileserver inspect --json --at 0,100 forecast.grib2", "with values, for programs"},
	},
	"config check": {
		{"tileserver config check isobar.yaml", "says what is wrong, by line and key"},
	},
	"gateway": {
		{"tileserver gateway http://10.0.0.3:8080 http://10.0.0.4:8080", "one door to two servers"},
		{"tileserver gateway --config gateway.yaml --check", "is the configuration right?"},
	},
	"auth key": {
		{"tileserver auth key loader --role writer", "a key, and the lines that go into the configuration"},
	},
	"auth password": {
		{"tileserver auth password ada --role admin", "asks, and prints the lines for the configuration"},
		{"tileserver auth password bob --groups meteo,ops", "with groups, which rules of collections name"},
	},
	"auth secret": {
		{"tileserver auth secret", "for ISOBAR_IDENTITY_SECRET of a gateway and its servers"},
	},
	"auth who": {
		{"tileserver auth who --config isobar.yaml hrrr arome-france-0p025", "a key or a token, asked for or piped in, and two collections"},
		{"tileserver auth who --config isobar.yaml --user ada", "a name with password"},
		{"tileserver auth who --config isobar.yaml --anybody arome-france-0p025", "somebody without a name"},
	},
	"auth provider": {
		{"tileserver auth provider --config isobar.yaml", "does the provider answer, and which redirect URI must it know?"},
	},
	"healthcheck": {
		{"tileserver healthcheck", "status 0: the server at 127.0.0.1:8080 is ready"},
	},
	"doctor": {
		{"tileserver doctor", "what serve would find without settings"},
		{"tileserver doctor --config isobar.yaml", "with those of a file"},
		{"tileserver doctor --models gfs-0p25 --data /var/isobar --json", "for programs; status 1: something is wrong"},
	},
	"completion": {
		{"source <(tileserver completion bash)", "in ~/.bashrc"},
		{"source <(tileserver completion zsh)", "in ~/.zshrc, behind compinit"},
		{"tileserver completion fish | source", "in ~/.config/fish/config.fish"},
	},
}

// printHelp is kong's help with examples behind it.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	of := ""
	if selected := ctx.Selected(); selected != nil {
		of = commandPath(selected)
	}
	all := examples[of]
	if len(all) == 0 {
		return nil
	}
	fmt.Fprint(ctx.Stdout, "\nExamples:\n")
	for _, e := range all {
		fmt.Fprintf(ctx.Stdout, "  # %s\n  %s\n", e.says, e.line)
	}
	return nil
}

// commandPath is a command's name with those above it: "auth key".
func commandPath(n *kong.Node) string {
	var names []string
	for ; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		names = append([]string{n.Name}, names...)
	}
	return strings.Join(names, " ")
}

// usage is what to say of a command line that can't be read.
func usage(err error) string {
	of := ""
	if wrong, ok := err.(*kong.ParseError); ok && wrong.Context != nil {
		if selected := wrong.Context.Selected(); selected != nil {
			of = commandPath(selected)
		}
	}
	return fmt.Sprintf("`tileserver %s` tells how it is called", strings.TrimSpace(cmp.Or(of, "")+" --help"))
}
