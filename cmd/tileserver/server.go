package main

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"isobar/answer"
	"isobar/auth"
	"isobar/encode"
	"isobar/gateway"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/api"
	apicoverages "isobar/ogc/api/coverages"
	"isobar/ogc/api/edr"
	"isobar/ogc/api/features"
	"isobar/ogc/api/maps"
	"isobar/ogc/api/styles"
	"isobar/ogc/api/tiles"
	"isobar/ogc/api/watches"
	"isobar/ogc/wcs"
	"isobar/ogc/wms"
	"isobar/ogc/wmts"
	"isobar/ogc/xyz"
	"isobar/ogc/zarr"
	"isobar/web"
)

// routes is the service's HTTP side: middleware, then one line for each service.
func (h *house) routes(service *answer.Service, coverages *answer.Coverages, sets *tilematrix.Catalogue, pictures []encode.Picture, values edr.Rooms) (http.Handler, error) {
	page, err := web.New()
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = api.NoRoute
	e.IPExtractor = echo.ExtractIPDirect()
	if trusted := h.trusted(); len(trusted) > 0 {
		e.IPExtractor = echo.ExtractIPFromXFFHeader(trusted...)
	}
	e.Pre(turn, tidy)
	e.Use(h.watch(), middleware.Recover(), open, compress())
	if h.database != nil {
		e.Use(h.aged)
	}
	if h.door.on() {
		e.Use(h.door.watch)
	}
	e.Use(middleware.ContextTimeoutWithConfig(middleware.ContextTimeoutConfig{Timeout: h.conf.Limits.Timeout, Skipper: streams}))

	hold, about, formats := ogc.HoldOf(service), h.about(), api.Pictures{Formats: pictures}
	wms.New(service, about, pictures, h.baseURL, h.log).Register(e)
	wmts.New(service, about, sets, pictures, h.baseURL, h.log).Register(e)
	wcs.New(coverages, hold, about, h.baseURL, h.log).Register(e)
	zarr.New(coverages, hold, h.elements, h.baseURL, h.log).Register(e)
	xyz.New(service, service, h.baseURL, h.log).Register(e)
	parts := append([]api.Part{
		features.Part(h.keeping.features, features.Options{Authorize: h.keeping.authorize}),
		apicoverages.Part(coverages, hold, sets),
		styles.Part(hold, formats.Types()[0]),
		maps.Part(service, hold, about, formats),
		tiles.Part(service, hold, about, sets, formats),
		edr.Part(values),
	}, append(h.keeping.parts(), h.asyncPart())...)
	api.New(hold, about, page, h.baseURL, h.log, parts...).Register(e)
	getOrHead(e, "/viewer/*", echo.WrapHandler(page))
	e.Any(auth.SignInPath+"*", echo.WrapHandler(h.door.signIn))
	getOrHead(e, "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	getOrHead(e, readyPath, h.readyz)
	getOrHead(e, statusPath, h.status)
	return h.door.limits.Counting(e), nil
}

// streams tells of answers that are written as they are made: their size is bounded, and a slow client may take its time.
func streams(c echo.Context) bool {
	return c.Path() == wcs.Path || c.Path() == watches.EventsPath || slices.Contains([]string{"coverage", "cube", "area", "radius"}, c.Path()[strings.LastIndexByte(c.Path(), '/')+1:])
}

// getOrHead registers a handler for both methods: echo answers HEAD with 405 otherwise.
func getOrHead(e *echo.Echo, path string, handler echo.HandlerFunc) {
	e.GET(path, handler)
	e.HEAD(path, handler)
}

// readyPath tells whether all that was given on the command line is served.
const readyPath = "/readyz"

// readyz answers 200 once all that was given on the command line is served.
func (h *house) readyz(c echo.Context) error {
	if !h.ready.Load() {
		return c.String(http.StatusServiceUnavailable, "reading files\n")
	}
	if seen, out := h.outage(); out {
		return c.String(http.StatusOK, "serving what is cached: the database is out of reach since "+seen.UTC().Format(time.RFC3339)+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// open lets pages of any origin read every answer, errors too: what is served is public. The headers are there whether or not a
// request names its origin, so that a cache between has them for those that do.
func open(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, h := c.Request(), c.Response().Header()
		h.Set(echo.HeaderAccessControlAllowOrigin, "*")
		h.Set(echo.HeaderAccessControlExposeHeaders, "ETag, Warning, Link, Location, Content-Bbox, Content-Crs, Content-Datetime, Content-Location, Data-Encoding, Content-Length-Estimate, Values-Scale, Values-Offset, Retry-After, RateLimit, RateLimit-Policy")
		if r.Method != http.MethodOptions || r.Header.Get(echo.HeaderAccessControlRequestMethod) == "" {
			return next(c)
		}
		h.Set(echo.HeaderAccessControlAllowMethods, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
		if asked := r.Header.Get(echo.HeaderAccessControlRequestHeaders); asked != "" {
			h.Set(echo.HeaderAccessControlAllowHeaders, asked)
			h.Add(echo.HeaderVary, echo.HeaderAccessControlRequestHeaders)
		}
		h.Set(echo.HeaderAccessControlMaxAge, "86400")
		return c.NoContent(http.StatusNoContent)
	}
}

// emptySegments is encoded slashes behind a slash, as clients write that encode a path which they have joined so.
var emptySegments = regexp.MustCompile(`^/(?i:%2f)+`)

// tidy drops slashes at the end of a path and doubled ones: clients join a base that ends in one with paths that begin with one.
func tidy(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		u.RawPath = emptySegments.ReplaceAllString(u.RawPath, "/")
		for _, path := range []*string{&u.Path, &u.RawPath} {
			for strings.Contains(*path, "//") {
				*path = strings.ReplaceAll(*path, "//", "/")
			}
			if len(*path) > 1 {
				*path = strings.TrimSuffix(*path, "/")
			}
		}
		return next(c)
	}
}

// about is what capabilities say of the service.
func (h *house) about() ogc.About {
	s := h.conf.Service
	var sizes []ogc.Size
	for _, one := range h.conf.Limits.Sizes {
		sizes = append(sizes, ogc.Size(one))
	}
	return ogc.About{
		Title: s.Title, Abstract: s.Abstract, Keywords: s.Keywords, Fees: s.Fees, AccessConstraints: s.AccessConstraints,
		Person: s.Contact.Person, Organization: s.Contact.Organization, Email: s.Contact.Email,
		SLDFrom: h.conf.SLDFrom, MaxWidth: h.conf.Limits.Width, MaxHeight: h.conf.Limits.Height, LayerLimit: h.conf.Limits.Layers, Sizes: sizes,
	}
}

// trusted is which proxies' headers are believed.
func (h *house) trusted() (options []echo.TrustOption) {
	for _, text := range h.conf.TrustedProxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil { // config.check has refused it
			continue
		}
		_, network, err := net.ParseCIDR(prefix.Masked().String())
		if err == nil {
			options = append(options, echo.TrustIPRange(network))
		}
	}
	if len(options) > 0 {
		options = append([]echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}, options...)
	}
	return options
}

// baseURL is how clients reach the service, without a slash at the end: as configured, else as a trusted proxy says, else
// as the request says.
func (h *house) baseURL(r *http.Request) string {
	if h.conf.ExternalURL != "" {
		return strings.TrimRight(h.conf.ExternalURL, "/")
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	if h.fromProxy(r) {
		if all := gateway.ParseForwarded(r.Header.Values("Forwarded")); len(all) > 0 { // the first is the one that clients see
			if v := all[0]["proto"]; v == "http" || v == "https" {
				u.Scheme = v
			}
			if v := all[0]["host"]; v != "" {
				u.Host = v
			}
		}
		if v := first(r.Header.Get("X-Forwarded-Proto")); v == "http" || v == "https" {
			u.Scheme = v
		}
		if v := first(r.Header.Get("X-Forwarded-Host")); v != "" {
			u.Host = v
		}
		u.Path = strings.TrimRight(first(r.Header.Get("X-Forwarded-Prefix")), "/")
	}
	return u.String()
}

// fromProxy tells that a request came straight from a trusted proxy.
func (h *house) fromProxy(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	from, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, text := range h.conf.TrustedProxies {
		if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Contains(from.Unmap()) {
			return true
		}
	}
	return false
}

// first is the first of a header's values separated by commas.
func first(values string) string {
	value, _, _ := strings.Cut(values, ",")
	return strings.TrimSpace(value)
}

// watch measures each request and logs those that went wrong.
func (h *house) watch() echo.MiddlewareFunc {
	m := newMeters(h.metrics)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := time.Now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			took, status := time.Since(began), c.Response().Status
			m.observe(c.Path(), c.Request().Method, status, took)
			if status >= http.StatusInternalServerError && c.Path() != readyPath { // not being ready yet is no failure
				h.log.Error("request failed", "method", c.Request().Method, "url", logged(c.Request().URL), "status", status, "took", took, "error", err)
			} else {
				h.log.Debug("request", "method", c.Request().Method, "url", logged(c.Request().URL), "status", status, "took", took)
			}
			return nil
		}
	}
}

// logged is an address as logs may have it: the codes of people who sign in stay out.
func logged(u *url.URL) string {
	if strings.HasPrefix(u.Path, auth.SignInPath) {
		return u.Path
	}
	return u.String()
}
