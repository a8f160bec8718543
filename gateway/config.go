package gateway

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"isobar/auth"
)

// Config is what a gateway is told.
type Config struct {
	ExternalURL    string   `yaml:"external_url"`    // how clients reach the gateway, if not as the request says
	Prefix         string   `yaml:"prefix"`          // path below which the forecasts are: /weather; "": all
	TrustedProxies []string `yaml:"trusted_proxies"` // networks whose X-Forwarded-* and Forwarded headers are believed
	IdentitySecret string   `yaml:"identity_secret"` // shared with the instances, which believe who the gateway says asks; "": they find out for themselves

	Instances Instances `yaml:"instances"`
	Proxy     []Route   `yaml:"proxy"`
	Timeouts  Timeouts  `yaml:"timeouts"`
	Retries   int       `yaml:"retries"` // further attempts at a request that may be repeated
	Limits    Limits    `yaml:"limits"`
}

// Instances says where the servers are.
type Instances struct {
	Static  []string      `yaml:"static"`  // addresses: http://10.0.0.3:8080
	DNS     []Name        `yaml:"dns"`     // names that are resolved again and again
	Records string        `yaml:"records"` // the records in which servers tell of themselves
	Refresh time.Duration `yaml:"refresh"` // how often names and records are read, and instances asked what they serve
	Probe   time.Duration `yaml:"probe"`   // how often instances are asked whether they are ready
}

// Name is a name in the DNS: of hosts with a port, or of a service (RFC 2782), that has its ports with it.
type Name struct {
	Host string `yaml:"host"` // A and AAAA records: isobar.default.svc
	Port int    `yaml:"port"` // of those hosts
	SRV  string `yaml:"srv"`  // SRV records: _http._tcp.isobar.default.svc
}

// Route sends what is below a prefix elsewhere.
type Route struct {
	Prefix          string            `yaml:"prefix"`           // /api/service
	Targets         []string          `yaml:"targets"`          // http://my.service.com/api: the prefix gives way to its path
	Rewrite         []Rewrite         `yaml:"rewrite"`          // of the whole path instead; the targets' paths go before what results
	KeepHost        bool              `yaml:"keep_host"`        // the target sees the client's Host, not its own
	RequestHeaders  map[string]string `yaml:"request_headers"`  // set; "" removes
	ResponseHeaders map[string]string `yaml:"response_headers"` // set; "" removes
	Health          string            `yaml:"health"`           // path that answers 200 while the target is well; "": it is taken to be
	Role            auth.Role         `yaml:"role"`             // that is needed; "": anybody
	Timeouts        *Timeouts         `yaml:"timeouts"`         // instead of the gateway's
	Retries         *int              `yaml:"retries"`          // instead of the gateway's
}

// Rewrite replaces what matches in a path.
type Rewrite struct {
	From string `yaml:"from"` // a regular expression (RE2)
	To   string `yaml:"to"`   // $1 is what its first group matched
}

// Timeouts of what is sent on.
type Timeouts struct {
	Dial      time.Duration `yaml:"dial"`       // until there is a connection
	FirstByte time.Duration `yaml:"first_byte"` // until the answer's header is there
	Idle      time.Duration `yaml:"idle"`       // without a byte of the body; an upgraded connection may be idle
}

// Limits bound what clients may ask, and what instances are asked.
type Limits struct {
	Body     int64     `yaml:"body"`     // bytes of a request's body
	Pending  int       `yaml:"pending"`  // requests under way to one instance
	Client   int       `yaml:"client"`   // requests under way of one client; 0: any number
	Requests auth.Rate `yaml:"requests"` // of one client, each request counted by its cost
	Costs    []Cost    `yaml:"costs"`    // the first that fits; 1 where none does
}

// Cost is what a request takes of its client's budget.
type Cost struct {
	Path    string  `yaml:"path"`    // a pattern below the prefix: /wcs, /collections/*/coverage
	Request string  `yaml:"request"` // of KVP services: GetCoverage; "": any
	Cost    float64 `yaml:"cost"`    // what it counts for
}

// Defaults are the settings of a gateway that was told nothing.
func Defaults() Config {
	return Config{
		Instances: Instances{Refresh: 5 * time.Second, Probe: 2 * time.Second},
		Timeouts:  Timeouts{Dial: 2 * time.Second, FirstByte: 40 * time.Second, Idle: time.Minute},
		Retries:   2,
		Limits:    Limits{Body: 32 << 20, Pending: 512},
	}
}

// Check says what is wrong with the settings, naming the key.
func (c *Config) Check() error {
	if c.ExternalURL != "" {
		if err := address(c.ExternalURL); err != nil {
			return fmt.Errorf("external_url: %w", err)
		}
	}
	if c.Prefix != "" && (!strings.HasPrefix(c.Prefix, "/") || strings.HasSuffix(c.Prefix, "/")) {
		return fmt.Errorf("prefix: %q is no path such as /weather", c.Prefix)
	}
	for i, text := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(text); err != nil {
			return fmt.Errorf("trusted_proxies[%d]: %q is no network such as 10.0.0.0/8", i, text)
		}
	}
	if c.IdentitySecret != "" && len(c.IdentitySecret) < LeastSecret {
		return fmt.Errorf("identity_secret: shorter than %d bytes", LeastSecret)
	}
	if err := c.Instances.check(); err != nil {
		return fmt.Errorf("instances.%w", err)
	}
	for i := range c.Proxy {
		if err := c.Proxy[i].check(); err != nil {
			return fmt.Errorf("proxy[%d].%w", i, err)
		}
	}
	if err := c.Timeouts.check(); err != nil {
		return fmt.Errorf("timeouts.%w", err)
	}
	if c.Retries < 0 || c.Retries > 10 {
		return fmt.Errorf("retries: %d is not within 0 to 10", c.Retries)
	}
	return c.Limits.check()
}

func (c *Instances) check() error {
	for i, text := range c.Static {
		if err := address(text); err != nil {
			return fmt.Errorf("static[%d]: %w", i, err)
		}
	}
	for i, n := range c.DNS {
		if (n.Host == "") == (n.SRV == "") || n.Host != "" && (n.Port < 1 || n.Port > 65535) {
			return fmt.Errorf("dns[%d]: either host with port or srv is needed", i)
		}
	}
	if c.Refresh < 100*time.Millisecond || c.Probe < 100*time.Millisecond {
		return fmt.Errorf("refresh and probe are at least 100ms")
	}
	return nil
}

func (r *Route) check() error {
	if !strings.HasPrefix(r.Prefix, "/") || len(r.Prefix) > 1 && strings.HasSuffix(r.Prefix, "/") {
		return fmt.Errorf("prefix: %q is no path such as /api/service", r.Prefix)
	}
	if len(r.Targets) == 0 {
		return fmt.Errorf("targets: none")
	}
	for i, text := range r.Targets {
		if err := address(text); err != nil {
			return fmt.Errorf("targets[%d]: %w", i, err)
		}
	}
	for i, one := range r.Rewrite {
		if _, err := regexp.Compile(one.From); err != nil {
			return fmt.Errorf("rewrite[%d].from: %w", i, err)
		}
	}
	if r.Health != "" && !strings.HasPrefix(r.Health, "/") {
		return fmt.Errorf("health: %q is no path such as /healthz", r.Health)
	}
	if r.Role != "" && !r.Role.Known() {
		return fmt.Errorf("role: there is no role %q", r.Role)
	}
	for _, headers := range []map[string]string{r.RequestHeaders, r.ResponseHeaders} {
		for name := range headers {
			if slices.Contains([]string{"Connection", "Content-Length", "Transfer-Encoding", "Upgrade"}, http.CanonicalHeaderKey(name)) {
				return fmt.Errorf("headers: %s is the gateway's own", name)
			}
		}
	}
	if r.Timeouts != nil {
		if err := r.Timeouts.check(); err != nil {
			return fmt.Errorf("timeouts.%w", err)
		}
	}
	return nil
}

func (t *Timeouts) check() error {
	if t.Dial <= 0 || t.FirstByte <= 0 || t.Idle <= 0 {
		return fmt.Errorf("dial, first_byte, idle: all are more than 0")
	}
	return nil
}

func (l *Limits) check() error {
	if l.Body < 1 || l.Pending < 1 {
		return fmt.Errorf("limits: body and pending are at least 1")
	}
	return l.CheckClients()
}

// CheckClients says what is wrong with the limits of clients, naming the key.
func (l *Limits) CheckClients() error {
	if l.Client < 0 || l.Requests.Burst < 0 || l.Requests.PerSecond < 0 {
		return fmt.Errorf("limits: client and requests are not negative")
	}
	for i, c := range l.Costs {
		if _, err := path.Match(c.Path, ""); err != nil || c.Path == "" || c.Cost < 0 {
			return fmt.Errorf("limits.costs[%d]: a pattern of paths and a cost are needed", i)
		}
	}
	return nil
}

// address checks an absolute URL of HTTP.
func address(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return fmt.Errorf("%q is no address such as http://10.0.0.3:8080", text)
	}
	return nil
}
