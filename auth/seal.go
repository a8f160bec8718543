package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync/atomic"
)

// LeastSecret is the shortest secret in bytes that sessions are sealed with.
const LeastSecret = 16

// errSeal says that a text was not sealed here, or for another purpose.
var errSeal = errors.New("not sealed here")

// sealer makes texts that nobody else can read or make: AES-256-GCM with random nonces under a key of HKDF-SHA256 (RFC 5869).
// Safe for concurrent use.
type sealer struct{ by atomic.Pointer[sealKeys] }

// sealKeys are what a secret makes.
type sealKeys struct {
	aead  cipher.AEAD
	words []byte // key of what word makes
}

func newSealer(secret []byte) (*sealer, error) {
	s := &sealer{}
	return s, s.use(secret)
}

// use makes a secret the sealer's: what was sealed by another is not opened any more.
func (s *sealer) use(secret []byte) error {
	keys, err := newSealKeys(secret)
	if err == nil {
		s.by.Store(keys)
	}
	return err
}

func newSealKeys(secret []byte) (*sealKeys, error) {
	if len(secret) < LeastSecret {
		return nil, errors.New("the secret of sessions is too short")
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "isobar session", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s := &sealKeys{}
	if s.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	s.words, err = hkdf.Key(sha256.New, secret, nil, "isobar csrf", 32)
	return s, err
}

// seal is a value as a text; the purpose must be said again to open it.
func (s *sealer) seal(purpose string, v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.by.Load().aead.Seal(nil, nil, text, []byte(purpose))), nil
}

// open reads what seal has made.
func (s *sealer) open(purpose, text string, v any) error {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return errSeal
	}
	plain, err := s.by.Load().aead.Open(nil, nil, raw, []byte(purpose))
	if err != nil {
		return errSeal
	}
	return json.Unmarshal(plain, v)
}

// word is what goes with the requests of a session that write, so that they were made by a page that may read it.
func (s *sealer) word(id string) string {
	h := hmac.New(sha256.New, s.by.Load().words)
	h.Write([]byte(id))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
