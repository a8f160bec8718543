package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"isobar/auth"
	"isobar/gateway"
	"isobar/ogc"
	"isobar/records"
)

// authConfig is who may do what, and how much.
type authConfig struct {
	auth.Config `yaml:",inline"`

	Tokens         []string       `yaml:"tokens"`          // bearer tokens of writers without a name, or "sha256:" and the hexadecimal SHA-256 of one
	IdentitySecret string         `yaml:"identity_secret"` // shared with the gateway, which is believed who asks
	Client         int            `yaml:"client"`          // requests under way of one client; 0: any number
	Requests       auth.Rate      `yaml:"requests"`        // of one client, each counted by its cost
	Costs          []gateway.Cost `yaml:"costs"`           // of requests; 1 where none fits
}

// tokenVariable is the environment variable of a further token.
const tokenVariable = "ISOBAR_TOKEN"

// rows are the configuration with its tokens as keys of writers.
func (c authConfig) rows() (auth.Config, error) {
	all, rows := c.Tokens, withSecrets(c.Config)
	if token := os.Getenv(tokenVariable); token != "" {
		all = append(all[:len(all):len(all)], token)
	}
	rows.Keys = rows.Keys[:len(rows.Keys):len(rows.Keys)]
	for i, token := range all {
		hash := token
		if digits, hashed := strings.CutPrefix(token, "sha256:"); !hashed {
			sum := sha256.Sum256([]byte(token))
			hash = "sha256:" + hex.EncodeToString(sum[:])
		} else if raw, err := hex.DecodeString(digits); err != nil || len(raw) != sha256.Size {
			return rows, fmt.Errorf("auth.tokens[%d]: not the hexadecimal SHA-256 of a token", i)
		}
		rows.Keys = append(rows.Keys, auth.KeyConfig{Name: "token", Hash: hash, Role: auth.Writer})
	}
	return rows, nil
}

// secret is what the gateway signs with; "": it is not believed.
func (c authConfig) secret() string {
	if v := os.Getenv(secretVariable); v != "" {
		return v
	}
	return c.IdentitySecret
}

// Environment variables of secrets that need not stand in a file.
const (
	sessionVariable = "ISOBAR_SESSION_SECRET"
	oidcVariable    = "ISOBAR_OIDC_SECRET"
)

// withSecrets are rows with the secrets of the environment.
func withSecrets(c auth.Config) auth.Config {
	c.Session.Secret = cmp.Or(os.Getenv(sessionVariable), c.Session.Secret)
	c.OIDC.Secret = cmp.Or(os.Getenv(oidcVariable), c.OIDC.Secret)
	return c
}

// check says what is wrong, naming the key.
func (c authConfig) check() error {
	rows, err := c.rows()
	if err != nil {
		return err
	}
	if _, err := auth.New(context.Background(), rows); err != nil {
		return err
	}
	if s := c.secret(); s != "" && len(s) < gateway.LeastSecret {
		return fmt.Errorf("auth.identity_secret: shorter than %d bytes", gateway.LeastSecret)
	}
	if err := c.limits().CheckClients(); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	return nil
}

func (c authConfig) limits() *gateway.Limits {
	return &gateway.Limits{Client: c.Client, Requests: c.Requests, Costs: c.Costs}
}

// door lets requests in, or not.
type door struct {
	guard   *auth.Guard
	secret  []byte
	known   bool // somebody may be known
	limited bool
	limits  *gateway.Limiter
	hold    ogc.Hold
	rows    auth.Config
	quotas  *auth.Quotas
	signIn  *auth.SignIn
}

// newDoor makes a door; hold is what tells layers from other words.
func newDoor(ctx context.Context, c authConfig, hold ogc.Hold) (*door, error) {
	rows, err := c.rows()
	if err != nil {
		return nil, err
	}
	guard, err := auth.New(ctx, rows)
	if err != nil {
		return nil, err
	}
	d := &door{guard: guard, secret: []byte(c.secret()), hold: hold, limits: gateway.NewLimiter(*c.limits()), rows: rows}
	d.known = len(rows.Keys)+len(rows.Users)+len(d.secret) > 0 || rows.OIDC.Issuer != ""
	d.limited = c.Client > 0 || c.Requests.PerSecond > 0 || len(rows.Quotas) > 0
	return d, nil
}

// open lets people sign in, and counts quotas, in records that may be nil. base is how clients reach the service.
func (d *door) open(ctx context.Context, store records.Store, holder, title string, base func(*http.Request) string, log *slog.Logger) (err error) {
	d.quotas = auth.NewQuotas(d.rows.Quotas, store, holder, time.Now)
	d.limits.Keep(d.quotas)
	d.signIn, err = d.guard.SignIn(ctx, auth.SignInOptions{Base: base, Records: store, Session: d.rows.Session, Title: title, Log: log})
	return err
}

// run shares with other servers what they must know of each other, until ctx ends.
func (d *door) run(ctx context.Context, log *slog.Logger) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.quotas.Run(ctx, log) })
	group.Go(func() error { return d.signIn.Run(ctx) })
	return group.Wait()
}

// on tells that requests must be looked at.
func (d *door) on() bool { return d.known || d.limited || !d.guard.Open() }

// authorize tells whether a request may write; nil: nobody may. Who is not known is another error than who may not.
func (d *door) authorize() func(*http.Request) error {
	if !d.known {
		return nil
	}
	return func(r *http.Request) error {
		p := auth.From(r.Context())
		switch {
		case p.Has(auth.Writer):
			return nil
		case p.Name == "":
			return auth.ErrUnknown
		}
		return &ogc.Fault{Status: http.StatusForbidden, Code: ogc.OperationNotSupported, Text: p.Name + " may not do this: the role " + string(auth.Writer) + " is needed"}
	}
}

// watch finds who asks, and lets in who may read what is asked for and has not asked for too much.
func (d *door) watch(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, w := c.Request(), c.Response()
		if r.URL.Path == readyPath || r.URL.Path == "/healthz" {
			return next(c)
		}
		r = r.WithContext(auth.WithClient(r.Context(), c.RealIP()))
		c.SetRequest(r)
		p, wrong := d.identify(r) // who proves nothing asks as anybody
		leave, ok := d.limits.Enter(w, r, auth.Who(p, r))
		if !ok {
			return nil
		}
		defer leave()
		if wrong != nil {
			return d.unknown(c, wrong)
		}
		if !d.guard.Open() {
			if restricted, err := d.read(r, p); err != nil {
				return d.refuse(c, p, err)
			} else if restricted {
				w.Before(func() { gateway.Private(w.Header()) })
			}
		}
		c.SetRequest(r.WithContext(auth.With(r.Context(), p)))
		return next(c)
	}
}

// identify finds who asks: as the gateway says, else by what the request carries.
func (d *door) identify(r *http.Request) (auth.Principal, error) {
	if signed := r.Header.Get(gateway.IdentityHeader); signed != "" && len(d.secret) > 0 {
		p, err := gateway.Verify(d.secret, signed, time.Now())
		if err != nil {
			return p, fmt.Errorf("%w: %w", auth.ErrUnknown, err)
		}
		return p, nil
	}
	return d.guard.Identify(r)
}

// read tells whether someone may read all that a request may be about, and whether not everybody may. The error wraps auth.ErrForbidden.
func (d *door) read(r *http.Request, p auth.Principal) (restricted bool, err error) {
	catalogue, release := d.hold()
	below := map[string][]string{} // layers by model, and each by itself
	for _, l := range catalogue.Layers() {
		below[l.Name] = []string{l.Name}
		below[l.Model.ID] = append(below[l.Model.ID], l.Name)
	}
	release()
	names, err := gateway.Asked(r, func(name string) bool { return len(below[known(name, below)]) > 0 })
	if err != nil {
		return false, err
	}
	var asked []string
	for _, name := range names {
		asked = append(asked, known(name, below))
		asked = append(asked, below[known(name, below)]...)
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/collections/"); ok { // collections of features are no layers
		id, _, _ := strings.Cut(rest, "/")
		asked = append(asked, id)
	}
	if gateway.Wide(r, names) {
		for name := range below {
			asked = append(asked, name)
		}
	}
	for _, id := range asked {
		if !d.guard.MayRead(auth.Principal{}, id) {
			restricted = true
		}
		if !d.guard.MayRead(p, id) {
			return true, fmt.Errorf("%w: %s", auth.ErrForbidden, id)
		}
	}
	return restricted, nil
}

// known is the layer or the model that a name stands for: what goes before its last dot, if it is none itself, and so on.
func known(name string, among map[string][]string) string {
	for len(among[name]) == 0 {
		dot := strings.LastIndexByte(name, '.')
		if dot <= 0 {
			return ""
		}
		name = name[:dot]
	}
	return name
}

// refuse tells that a request is not let in: 401 to somebody who is not known, 403 to others.
func (d *door) refuse(c echo.Context, p auth.Principal, err error) error {
	switch {
	case !errors.Is(err, auth.ErrForbidden):
		gateway.Refuse(c.Response(), c.Request(), http.StatusBadRequest, ogc.NoApplicableCode, "", "the request's body ended early")
	case p.Name == "":
		return d.unknown(c, auth.Needed())
	default:
		gateway.Refuse(c.Response(), c.Request(), http.StatusForbidden, ogc.NoApplicableCode, "", err.Error())
	}
	return nil
}

// unknown answers 401; 429 to who guesses passwords; 503 if who asks can't be found out now.
func (d *door) unknown(c echo.Context, err error) error {
	var often *auth.TooOften
	if errors.As(err, &often) {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(often.Wait.Seconds()))))
		gateway.Refuse(c.Response(), c.Request(), http.StatusTooManyRequests, ogc.NoApplicableCode, "", err.Error())
		return nil
	}
	if !errors.Is(err, auth.ErrUnknown) {
		gateway.Refuse(c.Response(), c.Request(), http.StatusServiceUnavailable, ogc.NoApplicableCode, "", "who asks can't be found out now")
		return err
	}
	if challenge := d.guard.Challenge(c.Request()); challenge != "" {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, challenge)
	}
	gateway.Refuse(c.Response(), c.Request(), http.StatusUnauthorized, ogc.NoApplicableCode, "", err.Error())
	return nil
}
