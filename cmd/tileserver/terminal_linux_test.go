package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// seen is what a terminal shows of the program, with its standard output there, too, unless to says another place.
func seen(t *testing.T, env []string, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	defer master.Close()
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, args...)
	command.Stdout, command.Stderr, command.Env = terminal, terminal, append(append(os.Environ(), asProgram+"=1", "TERM=xterm", "NO_COLOR="), env...)
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = shown.ReadFrom(master) // it ends with EIO when the last one leaves the terminal
	}()
	err = command.Run()
	terminal.Close()
	<-read
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, shown.String())
	}
	return shown.String()
}

func TestColoursAreForTerminals(t *testing.T) {
	args := []string{"doctor", "--listen", "127.0.0.1:0", "--data", t.TempDir()}
	if out := seen(t, nil, args...); !strings.Contains(out, "\x1b[32mok") {
		t.Errorf("no colours on a terminal:\n%q", out)
	}
	for _, env := range []string{"NO_COLOR=1", "TERM=dumb"} {
		if out := seen(t, []string{env}, args...); strings.Contains(out, "\x1b[") {
			t.Errorf("colours in spite of %s:\n%q", env, out)
		}
	}
}

func TestABarIsForTerminals(t *testing.T) {
	files := filepath.Join(t.TempDir(), "files")
	sampleFiles(t, files, "gfs_2013", "gfs_2017")
	out := seen(t, nil, "ingest", files, "--data", filepath.Join(t.TempDir(), "data"))
	if !strings.Contains(out, "of 2 files") || !strings.Contains(out, clearLine) {
		t.Errorf("no bar on a terminal:\n%q", out)
	}
	last := strings.Split(strings.TrimSpace(out), "\n")
	if !strings.Contains(last[len(last)-1], "2 files, 140 fields") {
		t.Errorf("the last line is %q", last[len(last)-1])
	}
	_, quiet, errs := call("ingest", files, "--data", filepath.Join(t.TempDir(), "data"))
	if strings.Contains(quiet+errs, "\x1b") || strings.Contains(errs, "of 2 files") {
		t.Errorf("a bar where nobody watches:\n%q", quiet+errs)
	}
}
