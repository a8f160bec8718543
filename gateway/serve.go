package gateway

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/auth"
)

// serveInstances answers a request by the instances. Its path is without the prefix.
func (g *Gateway) serveInstances(w http.ResponseWriter, r *http.Request, c client) {
	v := g.pool.view.Load()
	names, err := Asked(r, func(name string) bool { _, ok := v.known(name); return ok })
	if err != nil {
		g.unread(w, r, err)
		return
	}
	identity, who, restricted, ok := g.admit(w, r, c, names)
	if !ok {
		return
	}
	if restricted {
		w = &counter{ResponseWriter: w, before: Private}
	}
	leave, f := g.limits.enter(who, r, w.Header())
	if f != nil {
		g.refuse(w, r, f.status, f.code, f.locator, f.text)
		return
	}
	defer leave()
	if d := documentOf(r, g.options.Page != nil); d != nil {
		g.collect(w, r, d, c, identity)
		return
	}
	if r.URL.Path == eventsPath && r.Method == http.MethodGet && r.Header.Get("Upgrade") == "" {
		g.events(w, r, c, identity)
		return
	}
	candidates, stranger := v.serving(names)
	if stranger != "" {
		g.refuse(w, r, http.StatusBadRequest, "InvalidParameterValue", "", "no one server has all that is asked for: "+stranger+" and the others are asked for one by one")
		return
	}
	if len(candidates) > 0 && len(names) > 0 && !anyUp(candidates) {
		g.refuse(w, r, http.StatusServiceUnavailable, "NoApplicableCode", "", "no server that has "+names[0]+" answers now")
		return
	}
	g.pass(w, r, c, identity, &plan{candidates: candidates, seek: seeks(r, names)})
}

// unread tells of a body that could not be read.
func (g *Gateway) unread(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		g.refuse(w, r, http.StatusRequestEntityTooLarge, "InvalidParameterValue", "", "the body is too long")
		return
	}
	g.refuse(w, r, http.StatusBadRequest, "NoApplicableCode", "", "the request's body ended early")
}

func anyUp(all []*upstream) bool {
	for _, u := range all {
		if u.up() {
			return true
		}
	}
	return false
}

// seeks tells of resources that some instance knows, and nobody knows which: jobs, streams, alerts, collections that are new.
func seeks(r *http.Request, names []string) bool {
	root, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch root {
	case "jobs", "streams", "alerts", "processes":
		return rest != ""
	case "collections":
		return rest != "" && len(names) == 0
	}
	return false
}

// pass sends a request to one of the instances of a plan.
func (g *Gateway) pass(w http.ResponseWriter, r *http.Request, c client, identity http.Header, p *plan) {
	out := r.Clone(withPlan(r.Context(), p))
	for name, values := range identity {
		out.Header[name] = values
	}
	if g.options.Guard != nil && identity.Get(IdentityHeader) != "" {
		out.Header.Del("Authorization")
		out.Header.Del("X-Api-Key")
	}
	if g.options.Guard != nil {
		auth.WithoutSession(out.Header)
	}
	counted := &counter{ResponseWriter: w}
	proxy := *g.proxy
	proxy.Rewrite = rewriter(c, g.config.Prefix, out)
	proxy.ServeHTTP(counted, out)
	to := "none"
	if p.took != nil {
		to = p.took.name
	}
	g.meters.count(to, counted.status)
}

// admit finds who asks and whether they may; identity is what instances are told, who is whose budget it is, restricted tells that
// not everybody may.
func (g *Gateway) admit(w http.ResponseWriter, r *http.Request, c client, names []string) (identity http.Header, who string, restricted, ok bool) {
	identity = http.Header{}
	guard := g.options.Guard
	if guard == nil {
		for _, name := range []string{"Authorization", "X-Api-Key", "Cookie"} {
			if v := r.Header.Values(name); len(v) > 0 {
				identity[name] = v
			}
		}
		return identity, auth.Who(auth.Principal{}, r), false, true
	}
	p, err := guard.Identify(r)
	if err != nil {
		g.unknown(w, r, err)
		return nil, "", false, false
	}
	restricted, denied := g.allowed(r, p, names)
	switch {
	case denied != "" && p.Name == "":
		g.unknown(w, r, auth.Needed())
		return nil, "", false, false
	case denied != "":
		g.refuse(w, r, http.StatusForbidden, "NoApplicableCode", "", p.Name+" may not read "+denied)
		return nil, "", false, false
	}
	if g.config.IdentitySecret != "" {
		identity.Set(IdentityHeader, Sign([]byte(g.config.IdentitySecret), p, time.Now()))
	}
	return identity, auth.Who(p, r), restricted, true
}

// unknown answers 401, 429 to who guesses passwords, or 503 if who asks can't be found out now.
func (g *Gateway) unknown(w http.ResponseWriter, r *http.Request, err error) {
	var often *auth.TooOften
	if errors.As(err, &often) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(often.Wait.Seconds()))))
		g.refuse(w, r, http.StatusTooManyRequests, "NoApplicableCode", "", err.Error())
		return
	}
	if !errors.Is(err, auth.ErrUnknown) {
		g.log.Warn("who asks can't be found out", "error", err)
		g.refuse(w, r, http.StatusServiceUnavailable, "NoApplicableCode", "", "who asks can't be found out now")
		return
	}
	if challenge := g.options.Guard.Challenge(r); challenge != "" {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	g.refuse(w, r, http.StatusUnauthorized, "NoApplicableCode", "", err.Error())
}
