package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	// providerTime bounds how long a provider is waited for.
	providerTime = 10 * time.Second
	// providerRest is how long one that did not answer is left alone.
	providerRest = 5 * time.Second
	// keysPace is how often its keys are read again: tokens of unknown keys, which anybody can write, make us ask.
	keysBurst, keysPace = 5, 0.2
)

// algorithms are those of signatures that are believed: all have a public and a private key. "none" and those of a shared secret never are.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// tokens are those of an OpenID provider: JSON web tokens that it has signed (RFC 9068, OpenID Connect Core 1.0).
type tokens struct {
	config OIDCConfig
	ctx    context.Context // of the keys' fetching

	mu     sync.Mutex
	known  *discovered // nil until it has answered once
	failed error       // how the last attempt ended, and when
	at     time.Time
}

// discovered is what a provider says of itself (OpenID Connect Discovery 1.0 3).
type discovered struct {
	*oidc.Provider
	access  *oidc.IDTokenVerifier // of tokens that programs send
	people  *oidc.IDTokenVerifier // of those that tell us who has signed in there
	Keys    string                `json:"jwks_uri"`
	Signs   []string              `json:"id_token_signing_alg_values_supported"`
	Secrets []string              `json:"token_endpoint_auth_methods_supported"`
	End     string                `json:"end_session_endpoint"`
}

// newTokens checks the configuration. The provider is asked when the first token comes: it may start later than we do.
func newTokens(ctx context.Context, c OIDCConfig) (*tokens, error) {
	if u, err := url.Parse(c.Issuer); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
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
	client := &http.Client{Timeout: providerTime, Transport: http.DefaultTransport}
	return &tokens{config: c, ctx: oidc.ClientContext(ctx, client)}, nil
}

// mark names the provider and the client that we are there.
func (t *tokens) mark() string {
	sum := sha256.Sum256([]byte(t.config.Issuer + "\x00" + t.config.client()))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// identify verifies a bearer token that is no key.
func (t *tokens) identify(r *http.Request) (Principal, bool, error) {
	raw, ok := bearer(r)
	if !ok || strings.HasPrefix(raw, prefix) {
		return Principal{}, false, nil
	}
	p, err := t.ready()
	if err != nil {
		return Principal{}, false, err
	}
	token, err := verify(r.Context(), p.access, raw)
	if err != nil {
		return Principal{}, false, err
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return Principal{}, false, wrap(ErrUnknown, "the token's claims can't be read: %v", err)
	}
	return t.principal(token.Subject, claims), true, nil
}

// ready asks the provider what it says of itself, once. While it does not answer it is left alone for a while after each attempt.
func (t *tokens) ready() (*discovered, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known != nil {
		return t.known, nil
	}
	if t.failed != nil && time.Since(t.at) < providerRest {
		return nil, t.failed
	}
	p, err := t.discover()
	if err != nil {
		t.failed, t.at = fmt.Errorf("the OpenID provider does not answer: %w", err), time.Now()
		return nil, t.failed
	}
	t.known = p
	return p, nil
}

// discover reads what the provider says of itself.
func (t *tokens) discover() (*discovered, error) {
	found, err := oidc.NewProvider(t.ctx, t.config.Issuer)
	if err != nil {
		return nil, err
	}
	p := &discovered{Provider: found}
	if err := found.Claims(p); err != nil {
		return nil, err
	}
	p.Signs = slices.DeleteFunc(p.Signs, func(a string) bool { return !slices.Contains(algorithms, a) })
	if len(p.Signs) == 0 {
		p.Signs = []string{oidc.RS256}
	}
	patient := &http.Client{Timeout: providerTime, Transport: &paced{rates: NewRates(Rate{Burst: keysBurst, PerSecond: keysPace}, time.Now)}}
	keys := telling{oidc.NewRemoteKeySet(oidc.ClientContext(t.ctx, patient), p.Keys)}
	p.access = oidc.NewVerifier(t.config.Issuer, keys, &oidc.Config{ClientID: t.config.Audience, SupportedSigningAlgs: p.Signs})
	p.people = oidc.NewVerifier(t.config.Issuer, keys, &oidc.Config{ClientID: t.config.client(), SupportedSigningAlgs: p.Signs})
	return p, nil
}

// verify checks a token's signature, issuer, audience and time. The error wraps ErrUnknown if it is the token's fault.
func verify(ctx context.Context, by *oidc.IDTokenVerifier, raw string) (*oidc.IDToken, error) {
	var trouble error
	token, err := by.Verify(context.WithValue(ctx, troubleKey{}, &trouble), raw)
	switch {
	case trouble != nil:
		return nil, fmt.Errorf("the OpenID provider's keys: %w", trouble)
	case err != nil:
		return nil, wrap(ErrUnknown, "the token is not right: %v", err)
	}
	return token, nil
}

// troubleKey is where a verification's context has a place for the error of one that could not be done.
type troubleKey struct{}

// telling tells keys that could not be had from signatures that are wrong.
type telling struct{ keys oidc.KeySet }

// VerifySignature implements oidc.KeySet.
func (t telling) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := t.keys.VerifySignature(ctx, raw)
	var lost *url.Error
	if place, ok := ctx.Value(troubleKey{}).(*error); ok && errors.As(err, &lost) {
		*place = lost.Err
	}
	return payload, err
}

// errPace says that the provider's keys were asked for too often.
var errPace = errors.New("the provider's keys were asked for too often")

// paced is a way to a provider's keys that is not taken too often.
type paced struct{ rates *Rates }

// RoundTrip implements http.RoundTripper.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, ok := p.rates.Take("keys", 1); !ok {
		return nil, errPace
	}
	return http.DefaultTransport.RoundTrip(r)
}

// principal is who a token's claims say.
func (t *tokens) principal(subject string, claims map[string]any) Principal {
	p := Principal{Name: subject, Method: "token"}
	names := []string{"preferred_username", "email"}
	if t.config.Name != "" {
		names = []string{t.config.Name}
	}
	for _, name := range names {
		if text, ok := claims[name].(string); ok && text != "" && (name != "email" || claims["email_verified"] != false) { // one that anybody can write is no name
			p.Name = text
			break
		}
	}
	list, _ := claims[t.groupsClaim()].([]any)
	for _, g := range list {
		if text, ok := g.(string); ok {
			p.Groups = append(p.Groups, text)
		}
	}
	p.Role = t.role(p.Groups)
	return p
}

// groupsClaim is the claim that lists groups.
func (t *tokens) groupsClaim() string {
	if t.config.Groups != "" {
		return t.config.Groups
	}
	return "groups"
}

// role is the highest that somebody's groups give.
func (t *tokens) role(groups []string) (best Role) {
	for _, group := range append([]string{"*"}, groups...) {
		if role, ok := t.config.Roles[group]; ok && (best == "" || role.holds(best)) {
			best = role
		}
	}
	return best
}
