package archive

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// put sends a file by PutObject.
func (a *Archive) put(ctx context.Context, bucket, key, file string) error {
	body, err := os.Open(file)
	if err != nil {
		return err
	}
	defer body.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, body)
	if err != nil {
		return err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	region := cmp.Or(a.o.Env("AWS_REGION"), a.o.Env("AWS_DEFAULT_REGION"), "us-east-1")
	base := "https://" + bucket + ".s3." + region + ".amazonaws.com/"
	if endpoint := a.o.Env("AWS_ENDPOINT_URL"); endpoint != "" { // another server's buckets are folders of it
		base = strings.TrimRight(endpoint, "/") + "/" + bucket + "/"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, base+escape(key), io.NopCloser(body))
	if err != nil {
		return err
	}
	r.ContentLength = size
	sum := hex.EncodeToString(hash.Sum(nil))
	if token := a.o.Env("AWS_SESSION_TOKEN"); token != "" {
		r.Header.Set("X-Amz-Security-Token", token)
	}
	sign(r, sum, region, a.o.Env("AWS_ACCESS_KEY_ID"), a.o.Env("AWS_SECRET_ACCESS_KEY"), a.o.Now().UTC())
	resp, err := a.o.Client.Do(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("s3://%s/%s: %s: %s", bucket, key, resp.Status, strings.TrimSpace(string(text)))
	}
	return nil
}

// escape spells a key as AWS' signature has it: all but unreserved characters and slashes as %XX (RFC 3986 2.3).
func escape(key string) string {
	var b strings.Builder
	for i := range len(key) {
		switch c := key[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// sign sets the headers of AWS Signature Version 4 for the service s3, over all headers that are there; sum is the body's SHA-256.
func sign(r *http.Request, sum, region, id, secret string, now time.Time) {
	const service = "s3"
	day, at := now.Format("20060102"), now.Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", at)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	signed := map[string]string{"host": r.URL.Host}
	for name, values := range r.Header {
		signed[strings.ToLower(name)] = strings.TrimSpace(strings.Join(values, ","))
	}
	var names []string
	for name := range signed {
		names = append(names, name)
	}
	slices.Sort(names)
	var headers strings.Builder
	for _, name := range names {
		headers.WriteString(name + ":" + signed[name] + "\n")
	}
	query := strings.ReplaceAll(url.Values(r.URL.Query()).Encode(), "+", "%20")
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), query, headers.String(), strings.Join(names, ";"), sum}, "\n")
	scope := day + "/" + region + "/" + service + "/aws4_request"
	hashed := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + at + "\n" + scope + "\n" + hex.EncodeToString(hashed[:])
	key := []byte("AWS4" + secret)
	for _, part := range []string{day, region, service, "aws4_request"} {
		key = mac(key, part)
	}
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s", id, scope, strings.Join(names, ";"), hex.EncodeToString(mac(key, text))))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
