package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ErrForbidden says that a host may not be called, by wrapping.
var ErrForbidden = errors.New("host is not on the list of those that may be called")

// MaxURL bounds an address, in bytes.
const MaxURL = 2048

// Hosts is who may be called: names or addresses ("hooks.example.com", "10.1.2.3"), with a port to allow that one alone
// ("localhost:9000"), names below another ("*.example.com", "*" for all), and networks ("10.0.0.0/8"). What only a "*" allows must not lie
// in a network of one's own: no loopback, private or link-local address is called because a name leads there.
type Hosts []string

// Check tells whether a URL may be called; the error wraps ErrForbidden, or tells what is wrong with the URL.
func (h Hosts) Check(rawURL string) error {
	u, err := parse(rawURL)
	if err != nil {
		return err
	}
	if ok, _ := h.allows(u.Hostname(), portOf(u)); !ok {
		return fmt.Errorf("%w: %s", ErrForbidden, u.Host)
	}
	return nil
}

// parse reads a URL that can be called.
func parse(rawURL string) (*url.URL, error) {
	if len(rawURL) > MaxURL {
		return nil, fmt.Errorf("URL is longer than %d bytes", MaxURL)
	}
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a URL: %w", err)
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("%q is no http or https URL", rawURL)
	case u.User != nil:
		return nil, errors.New("a URL with a user can't be called")
	}
	return u, nil
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// allows tells whether a host may be called, and whether it may lie in a network of one's own.
func (h Hosts) allows(host, port string) (ok, within bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	address, addressErr := netip.ParseAddr(host)
	for _, entry := range h {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if network, err := netip.ParsePrefix(entry); err == nil {
			if addressErr == nil && network.Contains(address.Unmap()) {
				return true, true
			}
			continue
		}
		if name, only, err := net.SplitHostPort(entry); err == nil {
			if only != port {
				continue
			}
			entry = name
		}
		switch {
		case entry == host:
			return true, true
		case entry == "*", strings.HasPrefix(entry, "*.") && strings.HasSuffix(host, entry[1:]):
			ok = true
		}
	}
	return ok, false
}

// permits tells whether a connection to an address may be made, for a host that may be called.
func (h Hosts) permits(host, port string, address netip.Addr) bool {
	ok, within := h.allows(host, port)
	if !ok {
		return false
	}
	if within || public(address) {
		return true
	}
	_, within = h.allows(address.Unmap().String(), port)
	return within
}

// reserved are networks that are not of the Internet at large, beyond those that netip knows (RFC 6890).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// public tells that an address is one of the Internet at large.
func public(a netip.Addr) bool {
	a = a.Unmap()
	for _, network := range reserved {
		if network.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && a.Zone() == ""
}

// Client calls these hosts and no other: each address is looked at when it is dialled, no proxy is used, and no redirect is
// followed.
func (h Hosts) Client(timeout time.Duration) *http.Client {
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(to)
		if err != nil {
			return nil, err
		}
		d := net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !h.permits(host, port, at.Addr()) {
				return fmt.Errorf("%w: %s is %s", ErrForbidden, host, address)
			}
			return nil
		}}
		return d.DialContext(ctx, network, to)
	}
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DialContext: dial, ForceAttemptHTTP2: true, MaxIdleConns: 32, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: timeout, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
