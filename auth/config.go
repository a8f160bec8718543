package auth

import (
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
)

// Config is who may come in. Secrets stand in it as hashes only.
type Config struct {
	Keys  []KeyConfig  `yaml:"keys"`  // of programs
	Users []UserConfig `yaml:"users"` // people with passwords
	OIDC  OIDCConfig   `yaml:"oidc"`  // a provider whose tokens are believed
	Rules []Rule       `yaml:"rules"` // who may read, the first that fits; all may read the rest

	Session SessionConfig `yaml:"session"` // of people who sign in by a browser
	Quotas  []Quota       `yaml:"quotas"`  // how much may be asked in a day or a month
}

// KeyConfig is a key of a program.
type KeyConfig struct {
	Name string `yaml:"name"` // who uses it, as logs and jobs say
	Hash string `yaml:"hash"` // "sha256:" and 64 digits, as `tileserver auth key` prints it
	Role Role   `yaml:"role"` // reader, writer or admin
}

// UserConfig is a person with a password.
type UserConfig struct {
	Name     string   `yaml:"name"`     // that is entered
	Password string   `yaml:"password"` // argon2id, as `tileserver auth password` prints it
	Role     Role     `yaml:"role"`     // reader, writer or admin
	Groups   []string `yaml:"groups"`   // that rules name
}

// OIDCConfig is a provider whose tokens are believed.
type OIDCConfig struct {
	Issuer   string          `yaml:"issuer"`   // https://login.example.org/realms/weather; "": none
	Audience string          `yaml:"audience"` // that tokens must be for: the client's ID
	Name     string          `yaml:"name"`     // claim that names the user; "": preferred_username, email, sub
	Groups   string          `yaml:"groups"`   // claim that lists groups; "": groups
	Roles    map[string]Role `yaml:"roles"`    // by group; "*" is everybody with a token

	Client string   `yaml:"client"` // our ID there, for people who sign in by a browser; "": audience
	Secret string   `yaml:"secret"` // of a client that has one
	Scopes []string `yaml:"scopes"` // that are asked for; none: openid, profile, email
	Title  string   `yaml:"title"`  // what people know the provider as; "": its host
}

// client is our ID at the provider.
func (c OIDCConfig) client() string {
	if c.Client != "" {
		return c.Client
	}
	return c.Audience
}

// New makes a guard; the error names the key of the configuration that is wrong. ctx bounds nothing but the keys that an OIDC provider
// is asked for, for as long as the guard is used.
func New(ctx context.Context, c Config) (*Guard, error) {
	g := &Guard{realm: "isobar", rules: c.Rules}
	for i, rule := range c.Rules {
		if _, err := path.Match(rule.Collections, ""); err != nil || rule.Collections == "" {
			return nil, fmt.Errorf("auth.rules[%d].collections: %q is no pattern such as arome*", i, rule.Collections)
		}
		if rule.Role != "" && !rule.Role.Known() {
			return nil, fmt.Errorf("auth.rules[%d].role: %q is none of %v", i, rule.Role, order)
		}
	}
	if err := c.Session.check(); err != nil {
		return nil, fmt.Errorf("auth.session.%w", err)
	}
	for i, q := range c.Quotas {
		if err := q.check(); err != nil {
			return nil, fmt.Errorf("auth.quotas[%d].%w", i, err)
		}
	}
	if len(c.Keys) > 0 {
		k := &keys{by: map[[32]byte]Principal{}}
		for i, row := range c.Keys {
			hash, err := row.check()
			if err != nil {
				return nil, fmt.Errorf("auth.keys[%d].%w", i, err)
			}
			k.by[hash] = Principal{Name: row.Name, Role: row.Role, Method: "key"}
		}
		g.methods = append(g.methods, k)
	}
	if c.OIDC.Issuer != "" {
		t, err := newTokens(ctx, c.OIDC)
		if err != nil {
			return nil, fmt.Errorf("auth.oidc.%w", err)
		}
		g.methods = append(g.methods, t)
		g.oidc = t
	}
	if len(c.Users) > 0 {
		u := newUsers()
		for i, row := range c.Users {
			if err := u.add(row); err != nil {
				return nil, fmt.Errorf("auth.users[%d].%w", i, err)
			}
		}
		g.methods = append(g.methods, u)
		g.users = u
	}
	return g, nil
}

// check reads a key's hash.
func (k KeyConfig) check() (hash [32]byte, err error) {
	if k.Name == "" {
		return hash, fmt.Errorf("name: missing")
	}
	if !k.Role.Known() {
		return hash, fmt.Errorf("role: %q is none of %v", k.Role, order)
	}
	digits, ok := strings.CutPrefix(k.Hash, "sha256:")
	b, err := hex.DecodeString(digits)
	if err != nil || !ok || len(b) != len(hash) {
		return hash, fmt.Errorf("hash: not sha256: and 64 hexadecimal digits: make one by `tileserver auth key`")
	}
	return [32]byte(b), nil
}

// wrap is an error with a reason for people.
func wrap(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{kind}, args...)...)
}
