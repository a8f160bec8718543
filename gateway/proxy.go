package gateway

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// rewriter completes what is sent on: where the request comes from, and its host and query as they came. Who takes it is found later.
func rewriter(c client, prefix string, in *http.Request) func(*httputil.ProxyRequest) {
	return func(q *httputil.ProxyRequest) {
		q.Out.Host = in.Host
		q.Out.URL.Scheme, q.Out.URL.Host = "http", in.Host
		q.Out.URL.RawQuery = in.URL.RawQuery
		q.Out.GetBody = in.GetBody
		c.forward(q.Out.Header, prefix)
	}
}

// unescaped is a path of a URL in its two forms.
func unescaped(escaped string) (path, raw string) {
	plain, err := url.PathUnescape(escaped)
	if err != nil {
		return escaped, ""
	}
	if (&url.URL{Path: plain}).EscapedPath() == escaped {
		return plain, ""
	}
	return plain, escaped
}

// counter notes the status of an answer.
type counter struct {
	http.ResponseWriter
	status int
	before func(http.Header) // is called when the header is complete; nil: nothing
}

// WriteHeader implements http.ResponseWriter. What the gateway said before gives way to what the server says.
func (c *counter) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		if c.status == 0 {
			c.single()
			if c.before != nil {
				c.before(c.Header())
			}
		}
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	return c.ResponseWriter.Write(p)
}

// single leaves the last of headers that gateway and server both set.
func (c *counter) single() {
	h := c.Header()
	for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy"} {
		if v := h[name]; len(v) > 1 {
			h[name] = slices.Clip(v[len(v)-1:])
		}
	}
}

// Unwrap is for http.ResponseController.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// meters count.
type meters struct {
	requests *prometheus.CounterVec
	retries  prometheus.Counter
	registry prometheus.Registerer
}

func newMeters(registry prometheus.Registerer) *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isobar_gateway_requests_total", Help: "Requests answered, by who answered."}, []string{"to", "status"}),
		retries:  prometheus.NewCounter(prometheus.CounterOpts{Name: "isobar_gateway_retries_total", Help: "Requests sent to another server because one failed."}),
		registry: registry,
	}
	if registry != nil {
		registry.MustRegister(m.requests, m.retries)
	}
	return m
}

func (m *meters) retried() { m.retries.Inc() }

func (m *meters) count(to string, status int) {
	m.requests.WithLabelValues(to, strconv.Itoa(status)).Inc()
}

// watch tells how many instances are known, and how many answer.
func (m *meters) watch(p *pool) {
	if m.registry == nil {
		return
	}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "isobar_gateway_instances", Help: "Instances known."}, func() float64 { return float64(len(p.view.Load().all)) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "isobar_gateway_instances_up", Help: "Instances that answer."}, func() float64 { return float64(p.view.Load().up()) }),
	)
}
