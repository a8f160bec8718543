package fetch

import (
	"bytes"
	"context"
	"maps"
)

// maxKept bounds how many small answers are remembered, maxKeptBytes the size of each.
const (
	maxKept      = 256
	maxKeptBytes = 1 << 20
)

// kept is an answer that may be asked for again.
type kept struct {
	etag, modified string
	body           []byte
}

// Small asks for something that may have changed since it was last asked for: a listing, an index. What has not changed is not sent
// again, if the provider knows conditions (RFC 9110 13.1). The body is not to be changed. Errors are Get's.
func (c *Client) Small(ctx context.Context, q Request) ([]byte, error) {
	c.mu.Lock()
	was, again := c.kept[q.URL]
	c.mu.Unlock()
	if again {
		q.Header = maps.Clone(q.Header)
		if q.Header == nil {
			q.Header = map[string][]string{}
		}
		if was.etag != "" {
			q.Header.Set("If-None-Match", was.etag)
		} else {
			q.Header.Set("If-Modified-Since", was.modified)
		}
	}
	var body bytes.Buffer
	r, err := c.Get(ctx, q, &body)
	if err != nil {
		return nil, err
	}
	if r.NotModified && again {
		return was.body, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, q.URL)
	if r.ETag == "" && r.Modified == "" || body.Len() > maxKeptBytes {
		return body.Bytes(), nil
	}
	for url := range c.kept { // any goes: it is asked for again whole
		if len(c.kept) < maxKept {
			break
		}
		delete(c.kept, url)
	}
	c.kept[q.URL] = kept{r.ETag, r.Modified, body.Bytes()}
	return body.Bytes(), nil
}

// Forget lets a small answer be asked for whole the next time: it was not what it should be.
func (c *Client) Forget(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, url)
}
