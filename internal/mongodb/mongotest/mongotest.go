// Package mongotest gives tests a database on a server that the environment names.
package mongotest

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"isobar/internal/mongodb"
)

// The environment of the tests: the server's URI, and a program that serves databases of a folder and can be killed.
const (
	ServerVariable = "ISOBAR_TEST_MONGODB"
	FerretVariable = "ISOBAR_TEST_FERRETDB"
)

// URI is the server's; the test is skipped if there is none.
func URI(t testing.TB) string {
	t.Helper()
	uri := os.Getenv(ServerVariable)
	if uri == "" {
		t.Skipf("%s names no server; `make test-mongo` starts some", ServerVariable)
	}
	return uri
}

// Client is a connection to the server.
func Client(t testing.TB) *mongodb.Client { return Connect(t, URI(t)) }

// Connect is a connection to a server, closed when the test ends.
func Connect(t testing.TB, uri string) *mongodb.Client {
	t.Helper()
	c, err := mongodb.Connect(mongodb.Options{URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Disconnect(context.Background()) })
	return c
}

// Database is a name of a database of the test's own, which is dropped when it ends.
func Database(t testing.TB, c *mongodb.Client) string {
	t.Helper()
	name := "isobar_test_" + strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = c.Database(name).Drop(ctx)
	})
	return name
}

// Ferret is a server of its own process that keeps databases in a folder.
type Ferret struct {
	Address string
	program string
	folder  string
	running *exec.Cmd
}

// StartFerret starts a server that the test may kill; the test is skipped if there is no such program.
func StartFerret(t testing.TB) *Ferret {
	t.Helper()
	program := os.Getenv(FerretVariable)
	if program == "" {
		t.Skipf("%s names no program that serves a folder; `make test-mongo` builds it", FerretVariable)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &Ferret{Address: free.Addr().String(), program: program, folder: t.TempDir()}
	free.Close()
	f.Start(t)
	t.Cleanup(func() {
		if f.running != nil {
			f.Kill(t)
		}
	})
	return f
}

// URI is where the server is.
func (f *Ferret) URI() string { return "mongodb://" + f.Address + "/" }

// Start starts the server, and waits until it listens.
func (f *Ferret) Start(t testing.TB) {
	t.Helper()
	f.running = exec.Command(f.program, f.Address, f.folder)
	f.running.Stderr = os.Stderr
	out, err := f.running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.running.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(fmt.Errorf("the server says nothing: %w", err))
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", f.Address); err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal("the server does not listen")
		}
	}
}

// Kill ends the server without a chance to put anything in order.
func (f *Ferret) Kill(t testing.TB) {
	t.Helper()
	f.running.Process.Kill()
	f.running.Wait()
	f.running = nil
}
