// Package archive keeps original files, in a folder or in a bucket that speaks S3's protocol.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options are how buckets are reached; the zero value asks the environment, as AWS' own tools do: AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL.
type Options struct {
	Env    func(string) string // nil: os.Getenv
	Client *http.Client        // nil: one that gives up after ten minutes
	Now    func() time.Time    // nil: time.Now
}

// Archive keeps files. Safe for concurrent use.
type Archive struct{ o Options }

// New makes an Archive.
func New(o Options) *Archive {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Minute}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Archive{o}
}

// scheme is what the address of a bucket begins with: s3://bucket/prefix.
const scheme = "s3://"

// Check tells what is wrong with an address.
func (a *Archive) Check(to string) error {
	rest, remote := strings.CutPrefix(to, scheme)
	if !remote {
		if strings.Contains(to, "://") {
			return fmt.Errorf("archive %q is neither a folder nor an address such as s3://bucket/prefix", to)
		}
		return nil
	}
	if bucket, _, _ := strings.Cut(rest, "/"); bucket == "" {
		return fmt.Errorf("archive %q names no bucket", to)
	}
	if a.o.Env("AWS_ACCESS_KEY_ID") == "" || a.o.Env("AWS_SECRET_ACCESS_KEY") == "" {
		return fmt.Errorf("archive %q: AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set", to)
	}
	return nil
}

// Keep copies a file to a name below an address, whole or not at all. A file of that name is replaced.
func (a *Archive) Keep(ctx context.Context, to, name, file string) error {
	if rest, remote := strings.CutPrefix(to, scheme); remote {
		bucket, prefix, _ := strings.Cut(rest, "/")
		return a.put(ctx, bucket, strings.TrimPrefix(strings.TrimRight(prefix, "/")+"/"+name, "/"), file)
	}
	path := filepath.Join(to, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Link(file, path); err == nil || errors.Is(err, fs.ErrExist) { // no name is given to two files
		return nil
	}
	return copyFile(path, file)
}

// copyFile copies aside and renames.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to + ".part")
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		os.Remove(out.Name())
	}
	return err
}
