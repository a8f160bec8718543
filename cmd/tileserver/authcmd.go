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

// authCmd makes what stands in the configuration's auth, and tells what it does.
type authCmd struct {
	Key      authKeyCmd      `cmd:"" help:"Make a key for a program: the key itself, and the lines of the configuration that know it by its hash."`
	Password authPasswordCmd `cmd:"" help:"Hash a password, which is asked for or read from the standard input, for the configuration."`
	Secret   authSecretCmd   `cmd:"" help:"Make a secret: for identity_secret, session.secret, or the variables that stand for them."`
	Who      authWhoCmd      `cmd:"" help:"Tell who a key, a token or a password is by a configuration, and what they may read."`
	Provider authProviderCmd `cmd:"" help:"Ask the OpenID provider of a configuration, and tell what to register there."`
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
	Name   string   `arg:"" help:"The user's name."`
	Role   string   `enum:"reader,writer,admin" default:"reader" help:"What they may do (${enum})."`
	Groups []string `placeholder:"NAME,..." help:"Groups that rules of collections name."`
}

// leastPassword is the shortest password in bytes that is hashed.
const leastPassword = 8

// Run prints the user's row.
func (c *authPasswordCmd) Run(env *environment) error {
	if c.Name == "" || c.Name == "key" || strings.Contains(c.Name, ":") {
		return fmt.Errorf("a user's name is not empty, not key, and has no colon")
	}
	password, err := readSecret(env, "Password: ")
	if err != nil {
		return err
	}
	if len(password) < leastPassword {
		return fmt.Errorf("a password has at least %d characters", leastPassword)
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		again, err := readSecret(env, "Once more: ")
		if err != nil {
			return err
		}
		if again != password {
			return errors.New("the two are not the same")
		}
	}
	groups := ""
	if len(c.Groups) > 0 {
		groups = ", groups: [" + strings.Join(quoted(c.Groups), ", ") + "]"
	}
	fmt.Fprintf(env.stdout, "auth:\n  users:\n    - {name: %q, role: %s%s, password: %q}\n", c.Name, c.Role, groups, auth.HashPassword(password))
	return nil
}

// quoted are words in quotes.
func quoted(words []string) (all []string) {
	for _, w := range words {
		all = append(all, fmt.Sprintf("%q", w))
	}
	return all
}

// readSecret asks for something without showing it, or reads the first line of what is piped in.
func readSecret(env *environment, what string) (string, error) {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprint(env.stderr, what)
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
