// Package auth says who asks, and what they may do: keys, local users, tokens of an OpenID provider; rules of collections; rates of clients.
package auth

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Role is what someone may do. Each role holds those before it.
type Role string

// The roles.
const (
	Reader Role = "reader" // what is not public
	Writer Role = "writer" // streams, alerts, features, jobs of their own
	Admin  Role = "admin"  // everything of everybody
)

// order is the roles from the least on.
var order = []Role{Reader, Writer, Admin}

// holds tells that a role includes another.
func (r Role) holds(other Role) bool { return slices.Index(order, r) >= slices.Index(order, other) }

// Known tells that a role is one of them.
func (r Role) Known() bool { return slices.Contains(order, r) }

// Principal is who asks. The zero value is anybody.
type Principal struct {
	Name   string // "" is anybody
	Role   Role   // "" is none
	Groups []string
	Method string // "key", "basic", "token", "session", "gateway"
}

// Has tells that someone has a role, or one that holds it.
func (p Principal) Has(role Role) bool { return p.Role.Known() && p.Role.holds(role) }

// Errors of a request that is not let in. A fault of the server's own (the provider can't be reached) is neither.
var (
	ErrUnknown   = errors.New("who asks is not known") // 401
	ErrForbidden = errors.New("not allowed")           // 403
)

// method finds who asks by one kind of proof. ok is false if the request carries none of its kind.
type method interface {
	identify(r *http.Request) (p Principal, ok bool, err error)
}

// Guard lets requests in, or not. Make it with New. Safe for concurrent use.
type Guard struct {
	methods []method
	rules   []Rule
	realm   string
	users   *users  // nil: none
	oidc    *tokens // nil: none
}

// Rule says who may read the collections that match a pattern. The first that fits holds; where none fits all may read.
type Rule struct {
	Collections string   `yaml:"collections"` // with * and ?: "arome*"
	Role        Role     `yaml:"role"`        // that is needed; "": anybody
	Groups      []string `yaml:"groups"`      // any of them will do, too
}

// Identify finds who asks: anybody, if the request carries no proof; the error wraps ErrUnknown if it carries a wrong one.
func (g *Guard) Identify(r *http.Request) (Principal, error) {
	for _, m := range g.methods {
		if p, ok, err := m.identify(r); ok || err != nil {
			return p, err
		}
	}
	return Principal{}, nil
}

// Require lets a request in if who asks has a role; the error wraps ErrUnknown or ErrForbidden and tells what to do.
func (g *Guard) Require(r *http.Request, role Role) (Principal, error) {
	p, err := g.Identify(r)
	switch {
	case err != nil:
		return p, err
	case p.Has(role):
		return p, nil
	case p.Name != "":
		return p, wrap(ErrForbidden, "%s may not do this: the role %s is needed", p.Name, role)
	case len(g.methods) == 0:
		return p, wrap(ErrForbidden, "this server lets nobody write: no keys, users or tokens are configured")
	}
	return p, Needed()
}

// Needed is the error of a request that must say who asks.
func Needed() error {
	return wrap(ErrUnknown, "a key, a name with password, a token, or signing in is needed")
}

// MayRead tells whether someone may read a collection.
func (g *Guard) MayRead(p Principal, collection string) bool {
	for _, rule := range g.rules {
		if ok, err := path.Match(rule.Collections, collection); err != nil || !ok {
			continue
		}
		if rule.Role == "" && len(rule.Groups) == 0 || rule.Role != "" && p.Has(rule.Role) {
			return true
		}
		return slices.ContainsFunc(rule.Groups, func(group string) bool { return slices.Contains(p.Groups, group) })
	}
	return true
}

// Open tells that there are no rules: everything may be read by anybody, so that answers need not be told apart.
func (g *Guard) Open() bool { return len(g.rules) == 0 }

// Challenge is what a 401 asks for (RFC 9110 11.6.1). A page's own requests are not asked for a password: browsers would ask people for it
// before the page can tell that one may sign in.
func (g *Guard) Challenge(r *http.Request) string {
	mode := r.Header.Get("Sec-Fetch-Mode")
	page := mode != "" && mode != "navigate"
	var kinds []string
	for _, m := range g.methods {
		if _, ok := m.(*users); ok && !page {
			kinds = append(kinds, `Basic realm="`+g.realm+`", charset="UTF-8"`)
		} else {
			kinds = append(kinds, `Bearer realm="`+g.realm+`"`)
		}
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), ", ")
}

// key is where a request's context keeps who asks.
type key struct{}

// With keeps who asks in a context.
func With(ctx context.Context, p Principal) context.Context { return context.WithValue(ctx, key{}, p) }

// From is who asks, as With kept it; anybody if nobody did.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(key{}).(Principal)
	return p
}
