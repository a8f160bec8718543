// Package mongodb connects to MongoDB, for the rooms that keep things there: fields and records.
//
// It asks for what MongoDB 4.4 to 8 and the servers that speak its protocol all do: single documents are written at once or not at all,
// compared by a number; there are no transactions. What a server may do beside, it finds out.
package mongodb

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// Variable is the environment's variable that holds the URI where Options does not: a password stays out of files.
const Variable = "ISOBAR_MONGODB_URI"

// selection is how long a server is looked for before an operation fails.
const selection = 3 * time.Second

// maxConnections bounds the pool to each server, where the URI does not say.
const maxConnections = 64

// Options say how to connect. What the URI sets is kept where a field is empty.
type Options struct {
	URI            string        // "": what Variable says
	CAFile         string        // certificates of authorities that the server is trusted by, PEM; turns TLS on
	CertFile       string        // own certificate and key, PEM, in one file; turns TLS on
	ReadPreference string        // "primary" (default), "primaryPreferred", "secondary", "secondaryPreferred", "nearest"
	WriteConcern   string        // "majority" (default) or a number of members
	Timeout        time.Duration // how long a server is looked for; 0: 3 s
}

// Client is a connection to a server or cluster: a pool of connections that come back by themselves after an outage.
type Client struct {
	*mongo.Client
	primary *readpref.ReadPref
	kind    kind
}

// Connect makes a client. It does not wait for a server: the first operation does. The error is of the options, and does not tell the
// URI's password.
func Connect(o Options) (*Client, error) {
	if o.URI == "" {
		o.URI = os.Getenv(Variable)
	}
	if o.URI == "" {
		return nil, fmt.Errorf("mongodb: no URI, and none in %s", Variable)
	}
	c := options.Client().SetAppName("isobar").SetServerSelectionTimeout(selection).SetConnectTimeout(selection).
		SetMaxPoolSize(maxConnections).SetWriteConcern(writeconcern.Majority()).ApplyURI(o.URI)
	if err := o.apply(c); err != nil {
		return nil, fmt.Errorf("mongodb: %w", err)
	}
	client, err := mongo.Connect(c)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %s", withoutSecret(err.Error(), o.URI))
	}
	return &Client{Client: client, primary: readpref.Primary()}, nil
}

// withoutSecret is a text without a URI's user and password.
func withoutSecret(text, uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	if at := strings.LastIndexByte(rest, '@'); at > 0 {
		text = strings.ReplaceAll(text, rest[:at], "***")
		if _, password, ok := strings.Cut(rest[:at], ":"); ok && password != "" {
			text = strings.ReplaceAll(text, password, "***")
		}
	}
	return text
}

// apply sets what stands beside the URI.
func (o *Options) apply(c *options.ClientOptions) error {
	if o.Timeout > 0 {
		c.SetServerSelectionTimeout(o.Timeout).SetConnectTimeout(o.Timeout)
	}
	if o.ReadPreference != "" {
		mode, err := readpref.ModeFromString(o.ReadPreference)
		if err != nil {
			return fmt.Errorf("read preference %q: %w", o.ReadPreference, err)
		}
		p, err := readpref.New(mode)
		if err != nil {
			return fmt.Errorf("read preference %q: %w", o.ReadPreference, err)
		}
		c.SetReadPreference(p)
	}
	if err := o.concern(c); err != nil {
		return err
	}
	if o.CAFile == "" && o.CertFile == "" {
		return nil
	}
	files := map[string]any{}
	if o.CAFile != "" {
		files["tlsCAFile"] = o.CAFile
	}
	if o.CertFile != "" {
		files["tlsCertificateKeyFile"] = o.CertFile
	}
	t, err := options.BuildTLSConfig(files)
	if err != nil {
		return err
	}
	t.MinVersion = tls.VersionTLS12
	c.SetTLSConfig(t)
	return nil
}

func (o *Options) concern(c *options.ClientOptions) error {
	switch n, err := strconv.Atoi(o.WriteConcern); {
	case o.WriteConcern == "":
	case o.WriteConcern == "majority":
		c.SetWriteConcern(writeconcern.Majority())
	case err == nil && n >= 1:
		c.SetWriteConcern(&writeconcern.WriteConcern{W: n})
	default:
		return fmt.Errorf("write concern %q is neither majority nor a number of members", o.WriteConcern)
	}
	return nil
}

// Primary is a collection as its primary has it, whatever the read preference.
func (c *Client) Primary(of *mongo.Collection) *mongo.Collection {
	return of.Clone(options.Collection().SetReadPreference(c.primary))
}

// Ping asks the primary whether it is there.
func (c *Client) Ping(ctx context.Context) error { return c.Client.Ping(ctx, c.primary) }
