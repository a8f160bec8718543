package auth

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// clientKey is where a request's context keeps the address that it comes from.
type clientKey struct{}

// WithClient keeps in a context from which address a request comes, where that is not its connection's: behind a proxy.
func WithClient(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, clientKey{}, address)
}

// ClientOf is whose wrong passwords, rates and quotas a request without a name counts among: its address, of IPv6 the network of 64
// bits, which one customer has.
func ClientOf(r *http.Request) string {
	text, ok := r.Context().Value(clientKey{}).(string)
	if !ok {
		text = r.RemoteAddr
		if host, _, err := net.SplitHostPort(text); err == nil {
			text = host
		}
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}

// TooOften is the error of a client that has given too many wrong passwords, or of one of too many that give some at once.
type TooOften struct{ Wait time.Duration }

// Error implements error.
func (e *TooOften) Error() string {
	return fmt.Sprintf("too many passwords: try again in %s", e.Wait.Round(time.Second))
}
