// Command scale runs three servers, two ingesters and a gateway over one database, kills any of them at random moments while clients
// read, and checks every answer against a quiet server.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// options are what the command is told.
type options struct {
	program, ferret, uri, samples, shared, work string
	kills, clients, runs                        int
	seed                                        uint64
}

func main() {
	var o options
	flag.StringVar(&o.program, "tileserver", "./tileserver", "the program")
	flag.StringVar(&o.ferret, "ferretdb", "", "a program that serves a database from a folder, and is killed too")
	flag.StringVar(&o.uri, "uri", "", "or a database that is not killed")
	flag.StringVar(&o.samples, "samples", "cmd/tileserver/samples", "folder of forecasts")
	flag.StringVar(&o.shared, "shared", "", "folder with more of them; may be missing")
	flag.StringVar(&o.work, "work", "", "an empty folder to work in")
	flag.IntVar(&o.kills, "kills", 20, "how often a process is killed")
	flag.IntVar(&o.clients, "clients", 32, "how many read at once")
	flag.IntVar(&o.runs, "runs", 5, "runs that are fetched")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()%1_000_000), "of everything that is random")
	flag.Parse()
	if (o.ferret == "") == (o.uri == "") || o.work == "" {
		flag.Usage()
		os.Exit(2)
	}
	for _, path := range []*string{&o.program, &o.ferret, &o.samples, &o.shared, &o.work} {
		if *path != "" {
			*path, _ = filepath.Abs(*path) // fails only without a working directory
		}
	}
	t := &trial{options: o}
	if err := t.run(); err != nil {
		t.check("the trial comes to its end", err)
	}
	fmt.Printf("%d passed, %d failed, 0 skipped\n", t.passed, t.failed)
	if t.failed > 0 {
		os.Exit(1)
	}
}

// check counts and tells a check; err says what is wrong.
func (t *trial) check(name string, err error) {
	if err != nil {
		t.failed++
		fmt.Printf("FAIL  %s: %v\n", name, err)
		return
	}
	t.passed++
	fmt.Printf("pass  %s\n", name)
}

// holds is nil, or an error of what is told.
func holds(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
