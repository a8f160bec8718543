package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

// prefix begins every key, so that one that was published by mistake is found.
const prefix = "isobar_"

// NewKey makes a key of 256 random bits and its hash, which alone is kept.
func NewKey() (secret, hash string) {
	var b [32]byte
	rand.Read(b[:]) // never fails
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	return secret, "sha256:" + hex.EncodeToString(sum[:])
}

// keys are known by their hashes: they are too long to be guessed, so that a plain hash will do, and finding one by its hash tells
// nothing by its time.
type keys struct {
	by map[[32]byte]Principal
}

// identify looks for a key in X-API-Key, in Authorization as Bearer, or as password of a Basic one named "key" (QGIS, GDAL).
func (k *keys) identify(r *http.Request) (Principal, bool, error) {
	secret := r.Header.Get("X-API-Key")
	if token, ok := bearer(r); ok {
		p, known := k.by[sha256.Sum256([]byte(token))]
		if known { // also one that was not made here
			return p, true, nil
		}
		if strings.HasPrefix(token, prefix) {
			secret = token
		}
	}
	if name, password, ok := r.BasicAuth(); ok && name == "key" {
		secret = password
	}
	if secret == "" {
		return Principal{}, false, nil
	}
	p, ok := k.by[sha256.Sum256([]byte(secret))]
	if !ok {
		return Principal{}, false, wrap(ErrUnknown, "the key is not one of this server's")
	}
	return p, true, nil
}

// bearer is the token of a request (RFC 6750 2.1).
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), found && strings.EqualFold(scheme, "Bearer")
}
