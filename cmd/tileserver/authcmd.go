package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"isobar/auth"
)

// authCmd makes what stands in the configuration's auth.
type authCmd struct {
	Key      authKeyCmd      `cmd:"" help:"Make a key for a program: the key itself, and the lines of the configuration that know it by its hash."`
	Password authPasswordCmd `cmd:"" help:"Hash a password, which is asked for or read from the standard input, for the configuration."`
}

// authKeyCmd makes a key.
type authKeyCmd struct {
	Name string `arg:"" help:"Who uses it, as logs and jobs say."`
	Role string `enum:"reader,writer,admin" default:"writer" help:"What it may do (${enum})."`
}

// Run prints the key, which is kept nowhere, and its row.
func (c *authKeyCmd) Run(env *environment) error {
	secret, hash := auth.NewKey()
	fmt.Fprintf(env.stderr, "The key, which is shown this once: send it as X-API-Key, as Authorization: Bearer, or as password of the user \"key\".\n")
	fmt.Fprintf(env.stdout, "# %s\nauth:\n  keys:\n    - {name: %q, role: %s, hash: %q}\n", secret, c.Name, c.Role, hash)
	return nil
}

// authPasswordCmd hashes a password.
type authPasswordCmd struct {
	Name string `arg:"" help:"The user's name."`
	Role string `enum:"reader,writer,admin" default:"reader" help:"What they may do (${enum})."`
}

// leastPassword is the shortest password in bytes that is hashed.
const leastPassword = 8

// Run prints the user's row.
func (c *authPasswordCmd) Run(env *environment) error {
	password, err := readPassword(env)
	if err != nil {
		return err
	}
	if len(password) < leastPassword {
		return fmt.Errorf("a password has at least %d characters", leastPassword)
	}
	fmt.Fprintf(env.stdout, "auth:\n  users:\n    - {name: %q, role: %s, password: %q}\n", c.Name, c.Role, auth.HashPassword(password))
	return nil
}

// readPassword asks for a password without showing it, or reads the first line of what is piped in.
func readPassword(env *environment) (string, error) {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprint(env.stderr, "Password: ")
		b, err := term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(env.stderr)
		return string(b), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
