package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// client is where a request comes from, and how the client wrote the gateway's address.
type client struct {
	ip     string
	scheme string
	host   string
	prefix string // path in front of the gateway's own, without a slash at the end
}

// base is how the client reaches what is at the gateway's root.
func (c client) base() string { return c.scheme + "://" + c.host + c.prefix }

// client reads where a request comes from: from its headers, if a trusted proxy sent it.
func (g *Gateway) client(r *http.Request) client {
	c := client{ip: r.RemoteAddr, scheme: "http", host: r.Host}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		c.ip = host
	}
	if r.TLS != nil {
		c.scheme = "https"
	}
	if g.trusted(c.ip) {
		c.believe(r.Header, g.trusted)
	}
	if g.external != nil {
		c.scheme, c.host, c.prefix = g.external.Scheme, g.external.Host, strings.TrimSuffix(strings.TrimRight(g.external.EscapedPath(), "/"), g.config.Prefix)
	}
	return c
}

// believe takes what a proxy says (RFC 7239, and the headers that were there before it): the last client that is no trusted proxy, and
// the address as the first proxy saw it.
func (c *client) believe(h http.Header, trusted func(ip string) bool) {
	chain := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	proto, host := first(h.Get("X-Forwarded-Proto")), first(h.Get("X-Forwarded-Host"))
	if all := ParseForwarded(h.Values("Forwarded")); len(all) > 0 {
		chain = chain[:0]
		for _, one := range all {
			chain = append(chain, one["for"])
		}
		if v := all[0]["proto"]; v != "" {
			proto = v
		}
		if v := all[0]["host"]; v != "" {
			host = v
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		ip := bare(chain[i])
		if ip == "" {
			break
		}
		c.ip = ip
		if !trusted(ip) {
			break
		}
	}
	if proto == "http" || proto == "https" {
		c.scheme = proto
	}
	if host != "" && !strings.ContainsAny(host, "/?# \"<>") {
		c.host = host
	}
	if prefix := strings.TrimRight(first(h.Get("X-Forwarded-Prefix")), "/"); strings.HasPrefix(prefix, "/") && !strings.HasPrefix(prefix, "//") {
		c.prefix = (&url.URL{Path: prefix}).EscapedPath()
	}
}

// bare is an address of a chain without port and brackets; "" if it is none, as "unknown" and "_hidden" are.
func bare(text string) string {
	text = strings.TrimSpace(text)
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().String()
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return ""
	}
	return a.Unmap().String()
}

// trusted tells that an address is a trusted proxy's.
func (g *Gateway) trusted(ip string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, p := range g.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// first is the first of a header's values with commas between them.
func first(values string) string {
	value, _, _ := strings.Cut(values, ",")
	return strings.TrimSpace(value)
}

// ParseForwarded reads the elements of Forwarded headers (RFC 7239 4), the first proxy's first; names are in lower case. What is
// broken is left out.
func ParseForwarded(headers []string) (all []map[string]string) {
	for _, element := range split(strings.Join(headers, ","), ',') {
		pairs := map[string]string{}
		for _, pair := range split(element, ';') {
			name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if !ok {
				continue
			}
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = strings.ReplaceAll(value[1:len(value)-1], `\`, "")
			}
			pairs[strings.ToLower(name)] = value
		}
		if len(pairs) > 0 {
			all = append(all, pairs)
		}
	}
	return all
}

// split cuts a text at separators that are not in quotes.
func split(text string, separator byte) (all []string) {
	quoted, begin := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted:
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == separator && !quoted:
			all = append(all, text[begin:i])
			begin = i + 1
		}
	}
	return append(all, text[begin:])
}

// forward tells a server where a request comes from. It replaces what the client itself may have written.
func (c client) forward(h http.Header, prefix string) {
	h.Set("X-Forwarded-For", c.ip)
	h.Set("X-Forwarded-Proto", c.scheme)
	h.Set("X-Forwarded-Host", c.host)
	h.Del("X-Forwarded-Prefix")
	if c.prefix+prefix != "" {
		h.Set("X-Forwarded-Prefix", c.prefix+prefix)
	}
	from := c.ip
	if strings.Contains(from, ":") {
		from = `"[` + from + `]"`
	}
	h.Set("Forwarded", `for=`+from+`;host="`+c.host+`";proto=`+c.scheme)
}
