package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"isobar/auth"
)

// authSecretCmd makes a secret.
type authSecretCmd struct{}

// Run prints 256 random bits.
func (authSecretCmd) Run(env *environment) error {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	fmt.Fprintln(env.stdout, base64.RawURLEncoding.EncodeToString(secret))
	return nil
}

// doorRows are what a configuration of a server or a gateway says of who may do what, and how clients reach it.
func doorRows(file string) (rows auth.Config, external string, err error) {
	server := defaults()
	wrong := readConfig(file, &server)
	if wrong == nil {
		rows, err = server.Auth.rows()
		return rows, server.ExternalURL, err
	}
	conf, err := (&gatewayCmd{Config: file}).load()
	if err != nil {
		return rows, "", errors.Join(fmt.Errorf("as a server's: %w", wrong), fmt.Errorf("as a gateway's: %w", err))
	}
	return conf.Auth, conf.ExternalURL + conf.Prefix, nil
}

// authWhoCmd tells who somebody is.
type authWhoCmd struct {
	Config      string   `type:"existingfile" required:"" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"The settings of a server or a gateway."`
	User        string   `placeholder:"NAME" help:"Whose password it is; without it a key or a token is asked for."`
	Anybody     bool     `help:"Ask for nothing: what may anybody do?"`
	Collections []string `arg:"" optional:"" help:"Collections, to tell whether they may be read."`
}

// Run asks for a proof, and tells what it proves. Status 1: nothing.
func (c *authWhoCmd) Run(env *environment) error {
	rows, _, err := doorRows(c.Config)
	if err != nil {
		return err
	}
	guard, err := auth.New(env.ctx, rows)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(env.ctx, http.MethodGet, "/", nil)
	if err != nil {
		return err
	}
	if !c.Anybody {
		what := "Key or token: "
		if c.User != "" {
			what = "Password: "
		}
		proof, err := readSecret(env, what)
		if err != nil {
			return err
		}
		if c.User != "" {
			r.SetBasicAuth(c.User, proof)
		} else {
			r.Header.Set("Authorization", "Bearer "+proof)
		}
	}
	p, err := guard.Identify(r)
	if err != nil {
		return err
	}
	if p.Name == "" && !c.Anybody {
		return fmt.Errorf("%w: the settings know nobody like that", auth.ErrUnknown)
	}
	c.tell(env, guard, p)
	return nil
}

// tell prints what somebody may do.
func (c *authWhoCmd) tell(env *environment, guard *auth.Guard, p auth.Principal) {
	name, role := p.Name, string(p.Role)
	if name == "" {
		name = "anybody"
	}
	if role == "" {
		role = "none"
	}
	fmt.Fprintf(env.stdout, "%s, role %s, groups [%s]\n", name, role, strings.Join(p.Groups, ", "))
	for _, id := range c.Collections {
		may := "may not read"
		if guard.MayRead(p, id) {
			may = "may read"
		}
		fmt.Fprintf(env.stdout, "  %s %s\n", may, id)
	}
}

// authProviderCmd asks an OpenID provider.
type authProviderCmd struct {
	Config string `type:"existingfile" required:"" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"The settings of a server or a gateway."`
}

// Run tells what the provider says of itself, and what it must be told of us.
func (c *authProviderCmd) Run(env *environment) error {
	rows, external, err := doorRows(c.Config)
	if err != nil {
		return err
	}
	guard, err := auth.New(env.ctx, rows)
	if err != nil {
		return err
	}
	p, err := guard.Provider()
	if err != nil {
		return err
	}
	if external == "" {
		external = "(external_url, which should be set)"
	}
	end := p.End
	if end == "" {
		end = "none: who signs out here stays signed in there"
	}
	fmt.Fprintf(env.stdout, "issuer:     %s\nsigns by:   %s\nsign-out:   %s\nregister there a client\n  ID:           %s\n  secret:       %s\n  redirect URI: %s%scallback\n  after sign-out: %s/\n",
		rows.OIDC.Issuer, strings.Join(p.Algorithms, ", "), end, p.Client, map[bool]string{true: "yes", false: "none (a public client, with PKCE)"}[rows.OIDC.Secret != ""], external, auth.SignInPath, external)
	return nil
}
