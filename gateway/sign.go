package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"isobar/auth"
)

// IdentityHeader is the header in which a gateway tells servers who asks.
const IdentityHeader = "X-Isobar-Identity"

// LeastSecret is the shortest secret in bytes.
const LeastSecret = 16

// identityAge is how long what is signed is believed: the servers' clocks may differ by as much.
const identityAge = time.Minute

// ErrIdentity says that an identity is not one that the gateway signed, or an old one.
var ErrIdentity = errors.New("the identity is not signed by the gateway")

// identity is who asks, and until when that is believed.
type identity struct {
	Name   string    `json:"n,omitempty"`
	Role   auth.Role `json:"r,omitempty"`
	Groups []string  `json:"g,omitempty"`
	Until  int64     `json:"u"` // seconds since 1970
}

// Sign is who asks as a header: JSON and its HMAC-SHA256, both as base64.
func Sign(secret []byte, p auth.Principal, now time.Time) string {
	body, err := json.Marshal(identity{p.Name, p.Role, p.Groups, now.Add(identityAge).Unix()})
	if err != nil { // texts and a number
		return ""
	}
	b := base64.RawURLEncoding
	return b.EncodeToString(body) + "." + b.EncodeToString(seal(secret, body))
}

// Verify reads what Sign has written. The error is ErrIdentity.
func Verify(secret []byte, header string, now time.Time) (auth.Principal, error) {
	text, sum, _ := strings.Cut(header, ".")
	b := base64.RawURLEncoding
	body, err := b.DecodeString(text)
	mac, err2 := b.DecodeString(sum)
	var one identity
	if err != nil || err2 != nil || len(secret) < LeastSecret || !hmac.Equal(mac, seal(secret, body)) || json.Unmarshal(body, &one) != nil {
		return auth.Principal{}, ErrIdentity
	}
	if left := time.Unix(one.Until, 0).Sub(now); left < 0 || left > 2*identityAge {
		return auth.Principal{}, ErrIdentity
	}
	p := auth.Principal{Name: one.Name, Role: one.Role, Groups: one.Groups}
	if p.Name != "" {
		p.Method = "gateway"
	}
	return p, nil
}

func seal(secret, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("isobar identity\x00"))
	h.Write(body)
	return h.Sum(nil)
}
