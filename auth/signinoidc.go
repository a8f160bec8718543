package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// title is what people know the provider as.
func (t *tokens) title() string {
	if t.config.Title != "" {
		return t.config.Title
	}
	u, err := url.Parse(t.config.Issuer)
	if err != nil { // it was checked
		return t.config.Issuer
	}
	return u.Hostname()
}

// flow is how we ask the provider.
func (t *tokens) flow(p *discovered, redirect string) *oauth2.Config {
	c := &oauth2.Config{ClientID: t.config.client(), ClientSecret: t.config.Secret, Endpoint: p.Endpoint(), RedirectURL: redirect, Scopes: t.config.Scopes}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{oidc.ScopeOpenID, "profile", "email"}
	}
	// said, not tried: an attempt in the wrong way would use the code up. client_secret_basic is what holds where nothing is told.
	c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if c.ClientSecret == "" || len(p.Secrets) > 0 && !slices.Contains(p.Secrets, "client_secret_basic") {
		c.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return c
}

// farewell is the provider's page that ends the session there; "": it has none.
func (t *tokens) farewell(back string) string {
	p, err := t.ready()
	if err != nil || p.End == "" {
		return ""
	}
	u, err := url.Parse(p.End)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	q := u.Query()
	q.Set("client_id", t.config.client())
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// leave leads to the provider (OpenID Connect Core 1.0 3.1.2.1, RFC 7636 4.3).
func (s *SignIn) leave(w http.ResponseWriter, r *http.Request, one signingIn) {
	p, err := s.guard.oidc.ready()
	if err != nil {
		s.broken(w, r, err)
		return
	}
	one.Nonce, one.Verifier, one.Redirect = rand.Text(), oauth2.GenerateVerifier(), s.options.Base(r)+SignInPath+"callback"
	if err := s.keep(w, r, one); err != nil {
		s.broken(w, r, err)
		return
	}
	to := s.guard.oidc.flow(p, one.Redirect).AuthCodeURL(one.State, oidc.Nonce(one.Nonce), oauth2.S256ChallengeOption(one.Verifier))
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// callback takes the provider's answer (OpenID Connect Core 1.0 3.1.2.5 to 3.1.3.7, RFC 9207).
func (s *SignIn) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	one, ok := s.kept(w, r, q.Get("state"))
	if !ok || one.Verifier == "" || s.guard.oidc == nil {
		s.page(w, r, http.StatusForbidden, pageData{Problem: "again"})
		return
	}
	if iss := q.Get("iss"); iss != "" && iss != s.guard.oidc.config.Issuer {
		s.options.Log.Warn("signing in: the answer is another provider's")
		s.page(w, r, http.StatusForbidden, pageData{Problem: "again"})
		return
	}
	if problem := q.Get("error"); problem != "" || q.Get("code") == "" {
		s.options.Log.Info("signing in: the provider says no", "error", short(problem))
		s.page(w, r, http.StatusForbidden, pageData{Problem: "denied"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), providerTime)
	defer cancel()
	p, err := s.guard.oidc.exchange(ctx, q.Get("code"), one)
	switch {
	case errors.Is(err, ErrUnknown):
		s.options.Log.Warn("signing in: what the provider gives is not right", "error", err)
		s.page(w, r, http.StatusForbidden, pageData{Problem: "again"})
	case err != nil:
		s.broken(w, r, err)
	default:
		s.welcome(w, r, ticket{Name: p.Name, Groups: s.guard.named(p.Groups), Method: "provider", Mark: s.guard.oidc.mark()}, one.ReturnTo)
	}
}

// exchange takes the code to the provider, and finds who has signed in there. The error wraps ErrUnknown if what comes back is not right.
func (t *tokens) exchange(ctx context.Context, code string, one signingIn) (Principal, error) {
	p, err := t.ready()
	if err != nil {
		return Principal{}, err
	}
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: providerTime})
	got, err := t.flow(p, one.Redirect).Exchange(ctx, code, oauth2.VerifierOption(one.Verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return Principal{}, wrap(ErrUnknown, "the code is refused: %s %s", refused.Response.Status, short(refused.ErrorCode)) // its body may have secrets
	}
	if err != nil {
		return Principal{}, fmt.Errorf("the OpenID provider's tokens: %w", err)
	}
	raw, _ := got.Extra("id_token").(string)
	token, err := verify(ctx, p.people, raw)
	if err != nil {
		return Principal{}, err
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(one.Nonce)) != 1 {
		return Principal{}, wrap(ErrUnknown, "the token is for another attempt: its nonce is wrong")
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return Principal{}, wrap(ErrUnknown, "the token's claims can't be read: %v", err)
	}
	if azp, ok := claims["azp"]; ok && azp != t.config.client() {
		return Principal{}, wrap(ErrUnknown, "the token is another client's")
	}
	if err := t.complete(ctx, p, got, token.Subject, claims); err != nil {
		return Principal{}, err
	}
	return t.principal(token.Subject, claims), nil
}

// complete adds the claims that the provider tells only if it is asked for them (OpenID Connect Core 1.0 5.3), if names or groups are missing.
func (t *tokens) complete(ctx context.Context, p *discovered, got *oauth2.Token, subject string, claims map[string]any) error {
	name := t.config.Name
	if name == "" {
		name = "preferred_username"
	}
	if claims[name] != nil && claims[t.groupsClaim()] != nil || p.UserInfoEndpoint() == "" || got.AccessToken == "" {
		return nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: got.AccessToken, TokenType: got.TokenType, Expiry: time.Time{}}))
	if err != nil {
		return fmt.Errorf("the OpenID provider does not tell who this is: %w", err)
	}
	if info.Subject != subject {
		return wrap(ErrUnknown, "the provider tells of somebody else")
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return wrap(ErrUnknown, "what the provider tells can't be read: %v", err)
	}
	for claim, value := range more {
		if claims[claim] == nil {
			claims[claim] = value
		}
	}
	return nil
}

// named are those of somebody's groups that the configuration names: a cookie has not room for all.
func (g *Guard) named(groups []string) []string {
	return slices.DeleteFunc(slices.Clone(groups), func(group string) bool {
		if _, ok := g.oidc.config.Roles[group]; ok {
			return false
		}
		return !slices.ContainsFunc(g.rules, func(rule Rule) bool { return slices.Contains(rule.Groups, group) })
	})
}

// Provider is what an OpenID provider says of itself, and what we are there.
type Provider struct {
	Algorithms []string // of signatures that are believed
	End        string   // address at which people sign out; "": none
	Client     string   // our ID
}

// Provider asks the provider of the configuration. The error tells what is wrong with it, or that there is none.
func (g *Guard) Provider() (Provider, error) {
	if g.oidc == nil {
		return Provider{}, errors.New("auth.oidc.issuer: no provider is configured")
	}
	p, err := g.oidc.ready()
	if err != nil {
		return Provider{}, err
	}
	return Provider{Algorithms: p.Signs, End: p.End, Client: g.oidc.config.client()}, nil
}
