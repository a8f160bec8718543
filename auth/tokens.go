package auth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
)

// tokens are those of an OpenID provider: JSON web tokens that it has signed (RFC 9068, OpenID Connect Core 1.0).
type tokens struct {
	config OIDCConfig
	ctx    context.Context // of the keys' fetching

	mu       sync.Mutex
	verifier *oidc.IDTokenVerifier // nil until the provider has answered once
}

// newTokens checks the configuration. The provider is asked when the first token comes: it may start later than we do.
func newTokens(ctx context.Context, c OIDCConfig) (*tokens, error) {
	if u, err := url.Parse(c.Issuer); err != nil || u.Host == "" {
		return nil, fmt.Errorf("issuer: %q is no address", c.Issuer)
	}
	if c.Audience == "" {
		return nil, fmt.Errorf("audience: missing: tokens of other clients of the provider would be let in")
	}
	for group, role := range c.Roles {
		if !role.Known() {
			return nil, fmt.Errorf("roles.%s: %q is none of %v", group, role, order)
		}
	}
	return &tokens{config: c, ctx: ctx}, nil
}

// identify verifies a bearer token that is no key.
func (t *tokens) identify(r *http.Request) (Principal, bool, error) {
	raw, ok := bearer(r)
	if !ok || strings.HasPrefix(raw, prefix) {
		return Principal{}, false, nil
	}
	verifier, err := t.ready()
	if err != nil {
		return Principal{}, false, fmt.Errorf("the OpenID provider does not answer: %w", err)
	}
	token, err := verifier.Verify(r.Context(), raw)
	if err != nil {
		return Principal{}, false, wrap(ErrUnknown, "the token is not right: %v", err)
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return Principal{}, false, wrap(ErrUnknown, "the token's claims can't be read: %v", err)
	}
	return t.principal(token.Subject, claims), true, nil
}

// ready asks the provider for its keys once.
func (t *tokens) ready() (*oidc.IDTokenVerifier, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.verifier != nil {
		return t.verifier, nil
	}
	provider, err := oidc.NewProvider(t.ctx, t.config.Issuer)
	if err != nil {
		return nil, err
	}
	t.verifier = provider.Verifier(&oidc.Config{ClientID: t.config.Audience})
	return t.verifier, nil
}

// principal is who a token's claims say.
func (t *tokens) principal(subject string, claims map[string]any) Principal {
	p := Principal{Name: subject, Method: "token"}
	names := []string{"preferred_username", "email"}
	if t.config.Name != "" {
		names = []string{t.config.Name}
	}
	for _, name := range names {
		if text, ok := claims[name].(string); ok && text != "" {
			p.Name = text
			break
		}
	}
	claim := t.config.Groups
	if claim == "" {
		claim = "groups"
	}
	list, _ := claims[claim].([]any)
	for _, g := range list {
		if text, ok := g.(string); ok {
			p.Groups = append(p.Groups, text)
		}
	}
	for _, group := range append([]string{"*"}, p.Groups...) {
		if role, ok := t.config.Roles[group]; ok && (p.Role == "" || role.holds(p.Role)) {
			p.Role = role
		}
	}
	return p
}
