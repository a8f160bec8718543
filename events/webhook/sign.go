package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of a message, as Standard Webhooks 1.0 names them.
const (
	IDHeader        = "Webhook-Id"
	TimeHeader      = "Webhook-Timestamp" // of the try, Unix seconds
	SignatureHeader = "Webhook-Signature"
)

// Sign gives the signature of a message (Standard Webhooks 1.0, symmetric): "v1," and the HMAC-SHA256 of "<id>.<timestamp>.<body>" in
// base64. A secret that begins with "whsec_" is base64, another is taken as it is.
func Sign(secret, id, timestamp string, body []byte) string {
	key := []byte(secret)
	if coded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if k, err := base64.StdEncoding.DecodeString(coded); err == nil {
			key = k
		}
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// sign sets the headers of a try.
func sign(h http.Header, secret, id string, now time.Time, body []byte) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	h.Set(IDHeader, id)
	h.Set(TimeHeader, timestamp)
	if secret != "" {
		h.Set(SignatureHeader, Sign(secret, id, timestamp, body))
	}
}
