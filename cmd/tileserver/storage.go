package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/internal/mongodb"
	"isobar/records"
	"isobar/records/bolt"
	recordsmongo "isobar/records/mongo"
	"isobar/store"
	"isobar/store/local"
	"isobar/store/mongo"
)

// The kinds of stores.
const (
	keptInFiles = "local"
	keptInMongo = "mongo"
)

// storeConfig says where fields and documents are kept: in folder and file, or in databases that many processes share.
type storeConfig struct {
	Kind           string `yaml:"kind"`            // "local" or "mongo"
	URI            string `yaml:"uri"`             // "": ISOBAR_MONGODB_URI of the environment
	Database       string `yaml:"database"`        // of forecasts
	Records        string `yaml:"records"`         // database of documents
	CA             string `yaml:"ca"`              // file of certificates; turns TLS on
	Certificate    string `yaml:"certificate"`     // file of certificate and key; turns TLS on
	ReadPreference string `yaml:"read_preference"` // "": primary
	WriteConcern   string `yaml:"write_concern"`   // "": majority
	Cache          string `yaml:"cache"`           // folder; "": beside the data folder
	CacheSize      int    `yaml:"cache_size"`      // MiB
}

// check says what is wrong, naming the key.
func (c *storeConfig) check() error {
	if !slices.Contains([]string{keptInFiles, keptInMongo}, c.Kind) {
		return fmt.Errorf("store.kind: %q is neither %s nor %s", c.Kind, keptInFiles, keptInMongo)
	}
	if c.Kind == keptInMongo && (c.Database == "" || c.Records == "") {
		return errors.New("store.database and store.records: both are needed in MongoDB")
	}
	if c.CacheSize < 1 || c.CacheSize > 1<<24 {
		return fmt.Errorf("store.cache_size: %d is not within 1 to %d", c.CacheSize, 1<<24)
	}
	return nil
}

// connect connects to the database; nil if there is none.
func (c *storeConfig) connect() (*mongodb.Client, error) {
	if c.Kind != keptInMongo {
		return nil, nil
	}
	client, err := mongodb.Connect(mongodb.Options{
		URI: c.URI, CAFile: c.CA, CertFile: c.Certificate, ReadPreference: c.ReadPreference, WriteConcern: c.WriteConcern,
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return client, nil
}

// openFields opens the store of fields. client is nil where they lie in the data folder.
func (c *config) openFields(env *environment, client *mongodb.Client, isCategory func(element string) bool) (store.Store, error) {
	chunks := int64(c.Memory.Chunks) << 20
	if client == nil {
		s, err := local.Open(c.Data, local.Options{Categories: isCategory, ChunkCacheBytes: chunks, Log: env.log})
		if err != nil {
			return nil, fmt.Errorf("data folder %s: %w", c.Data, err)
		}
		return s, nil
	}
	if err := os.MkdirAll(c.Data, 0o755); err != nil { // for what each machine keeps to itself
		return nil, err
	}
	folder := c.Store.Cache
	if folder == "" {
		folder = filepath.Clean(c.Data) + ".blocks"
	}
	s, err := mongo.Open(env.ctx, mongo.Options{
		Client: client, Database: c.Store.Database, Categories: isCategory, ChunkCacheBytes: chunks, CacheDir: folder,
		CacheDirBytes: int64(c.Store.CacheSize) << 20, Log: env.log,
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return s, nil
}

// openRecords opens the documents. Where they are in a database that is out of reach, they are there when it is. The error wraps bolt.ErrHeld if a
// server can do without them.
func (h *house) openRecords() (records.Store, error) {
	if h.database != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, out := h.outage(); out {
			h.log.Warn("the database is out of reach; jobs, streams and alerts go on when it is back")
			return reachable{recordsmongo.Await(ctx, h.database, h.conf.Store.Records), h.outage}, nil
		}
		s, err := recordsmongo.Open(ctx, h.database, h.conf.Store.Records)
		if err != nil {
			return nil, inReach(err)
		}
		return reachable{s, h.outage}, nil
	}
	path := h.conf.Records
	if path == "" {
		path = filepath.Join(h.conf.Data, "records.db")
	}
	s, err := bolt.Open(path, bolt.Options{Log: h.log})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// outage tells since when the database is out of reach, so that what is cached is served; ok is false if all is well.
func (h *house) outage() (seen time.Time, ok bool) {
	s, watched := h.fields.(interface{ Health() mongo.Health })
	if !watched {
		return time.Time{}, false
	}
	now := s.Health()
	return now.Seen, !now.Reachable
}

// retryAfter is when a client that is told 503 may come again, in seconds: an outage is over within a second of the database's return.
const retryAfter = "2"

// aged tells in Age how old the state of affairs is while the database is out of reach (RFC 9111 5.1), and in each 503 when to come again.
func (h *house) aged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if seen, out := h.outage(); out {
			c.Response().Header().Set("Age", strconv.Itoa(int(time.Since(seen).Seconds())))
		}
		c.Response().Before(func() {
			if h := c.Response().Header(); c.Response().Status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
				h.Set("Retry-After", retryAfter)
			}
		})
		return next(c)
	}
}
