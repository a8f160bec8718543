package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"isobar/auth"
	"isobar/grid"
)

// config is the server's settings: defaults, then the file, then environment and flags.
type config struct {
	Listen  string   `yaml:"listen"`  // address of the service
	Metrics string   `yaml:"metrics"` // address of Prometheus metrics; "": none
	Data    string   `yaml:"data"`    // data folder; "": one of the user's cache folder, by the paths served
	Paths   []string `yaml:"paths"`   // files and folders to serve

	Roles []string `yaml:"roles"` // what this process does: serve, ingest, probe; none: all
	Only  []string `yaml:"only"`  // models that are served and probed; none: all

	Originals bool `yaml:"originals"` // keep GRIB messages beside the values that were read from them

	ExternalURL    string   `yaml:"external_url"`    // how clients reach the service, if not as the request says
	TrustedProxies []string `yaml:"trusted_proxies"` // networks whose X-Forwarded-* and Forwarded headers are believed
	SLDFrom        []string `yaml:"sld_from"`        // beginnings of addresses from which WMS fetches what SLD= names

	Rows    rowsConfig    `yaml:"rows"`    // folders of your own rows (YAML), over those that ship with the program
	Service serviceConfig `yaml:"service"` // what capabilities say
	Limits  limitsConfig  `yaml:"limits"`  // what one request may ask for
	Memory  memoryConfig  `yaml:"memory"`  // MiB kept in memory
	Disk    diskConfig    `yaml:"disk"`    // what is kept on disk beside the fields; several servers may share the folder
	Feeds   feedsConfig   `yaml:"feeds"`   // models whose forecasts are fetched as they are published

	Prerender prerenderConfig `yaml:"prerender"` // tiles that are drawn when a run arrives, before anybody asks for them

	Store     storeConfig    `yaml:"store"`     // where fields and documents are kept
	Records   string         `yaml:"records"`   // file of jobs, streams, alerts and kept results; "": records.db in the data folder
	Auth      authConfig     `yaml:"auth"`      // who may do what, and how much
	Callbacks []string       `yaml:"callbacks"` // hosts that jobs and alerts may call
	Jobs      jobsConfig     `yaml:"jobs"`      // work that outlives a request
	Streams   []streamConfig `yaml:"streams"`   // probe streams
	Alerts    []alertConfig  `yaml:"alerts"`    // standing conditions
	Instance  instanceConfig `yaml:"instance"`  // how gateways are told of this server
	TLS       tlsConfig      `yaml:"tls"`       // how the address is served by TLS
}

// rowsConfig names folders of the user's own rows (YAML), added to those that ship with the program.
type rowsConfig struct {
	Elements string `yaml:"elements"` // folder: quantities and their names in files
	Models   string `yaml:"models"`   // folder: models, their grids, and where their files are fetched
	Styles   string `yaml:"styles"`   // folder: colours, lines and symbols
	Places   string `yaml:"places"`   // folder: named places

	TileMatrixSets string `yaml:"tile_matrix_sets"` // folder: how maps are cut into tiles
}

// serviceConfig is what capabilities say of the service.
type serviceConfig struct {
	Title             string   `yaml:"title"`              // a name
	Abstract          string   `yaml:"abstract"`           // a sentence or more
	Keywords          []string `yaml:"keywords"`           // that catalogues find it by
	Fees              string   `yaml:"fees"`               // what its use costs
	AccessConstraints string   `yaml:"access_constraints"` // who may use it, and how
	Contact           struct {
		Person       string `yaml:"person"`       // a name
		Organization string `yaml:"organization"` // its name
		Email        string `yaml:"email"`        // an address
	} `yaml:"contact"` // whom to write to
}

// limitsConfig bounds what one request may ask for.
type limitsConfig struct {
	Width   int           `yaml:"width"`   // pixels
	Height  int           `yaml:"height"`  // pixels
	Layers  int           `yaml:"layers"`  // of one map
	Timeout time.Duration `yaml:"timeout"` // of one answer
	Sizes   []sizeConfig  `yaml:"sizes"`   // of maps of some layers

	FieldCells    int `yaml:"field_cells"`    // of one field that is read: four bytes each
	CoverageCells int `yaml:"coverage_cells"` // values of one coverage, over all its fields
	CoverageSize  int `yaml:"coverage_size"`  // MiB of one coverage

	ProbePlaces  int `yaml:"probe_places"`  // places of one probe
	ProbeValues  int `yaml:"probe_values"`  // places x times x parameters
	ProbeColumns int `yaml:"probe_columns"` // parameters x levels x members
}

// sizeConfig bounds the maps of the layers that match a pattern, in pixels.
type sizeConfig struct {
	Layers string `yaml:"layers"` // names, with * and ?
	Width  int    `yaml:"width"`  // pixels; 0: as limits.width
	Height int    `yaml:"height"` // pixels; 0: as limits.height
}

// memoryConfig bounds what is kept in memory, in MiB.
type memoryConfig struct {
	Answers int `yaml:"answers"` // finished pictures
	Chunks  int `yaml:"chunks"`  // decoded pieces of fields
	Plans   int `yaml:"plans"`   // which cells a view needs
}

// diskConfig bounds what is kept on disk beside the fields.
type diskConfig struct {
	Answers int    `yaml:"answers"` // MiB of finished pictures; 0: none
	Folder  string `yaml:"folder"`  // "": beside the data folder
}

// prerenderConfig is which tiles are drawn before they are asked for.
type prerenderConfig struct {
	Zoom   int      `yaml:"zoom"`   // down to this one
	Layers []string `yaml:"layers"` // names, with * and ?
}

// defaults are the settings of a server that was told nothing.
func defaults() config {
	c := config{
		Listen: "127.0.0.1:8080", Originals: true,
		Limits: limitsConfig{Width: 4096, Height: 4096, Layers: 16, Timeout: 30 * time.Second, FieldCells: 1 << 26, CoverageCells: 1 << 28, CoverageSize: 1024, ProbePlaces: 100_000, ProbeValues: 10_000_000, ProbeColumns: 200},
		Memory: memoryConfig{Answers: 64, Chunks: 96, Plans: 32},

		Store:     storeConfig{Kind: keptInFiles, Database: "isobar_forecasts", Records: "isobar", CacheSize: 4096},
		Prerender: prerenderConfig{Zoom: 3},
		Jobs:      jobsConfig{Workers: 2, Queue: 1000, Keep: 24 * time.Hour, ResultSize: 64},
		Feeds:     feedsConfig{Parallel: 4, Blocked: 10 * time.Minute},
	}
	c.Instance.Every = 5 * time.Second
	c.Auth.Session.Age = auth.SessionAge
	c.Service.Title = "Isobar"
	c.Service.Abstract = "Weather forecasts as maps and numbers"
	c.Service.Keywords = []string{"weather", "forecast", "meteorology"}
	c.Service.Fees, c.Service.AccessConstraints = "none", "none"
	return c
}

// readConfig lays a YAML file over c. An unknown key or a value of the wrong kind is an error with line and column.
func readConfig(file string, c *config) error {
	return readRows(file, c)
}

// check says what is wrong with the settings, naming the key.
func (c *config) check() error {
	for _, address := range []struct{ key, value string }{{"listen", c.Listen}, {"metrics", c.Metrics}} {
		if address.value == "" && address.key == "metrics" {
			continue
		}
		if _, _, err := net.SplitHostPort(address.value); err != nil {
			return fmt.Errorf("%s: %q is no address such as 127.0.0.1:8080", address.key, address.value)
		}
	}
	if c.ExternalURL != "" {
		if u, err := url.Parse(c.ExternalURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("external_url: %q is no URL such as https://maps.example.org/weather", c.ExternalURL)
		}
	}
	for i, text := range c.SLDFrom {
		if u, err := url.Parse(text); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.HasPrefix(u.Path, "/") {
			return fmt.Errorf("sld_from[%d]: %q is no beginning of addresses such as https://styles.example.org/", i, text)
		}
	}
	for i, text := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(text); err != nil {
			return fmt.Errorf("trusted_proxies[%d]: %q is no network such as 10.0.0.0/8", i, text)
		}
	}
	for _, n := range []struct {
		key              string
		value, low, high int
	}{
		{"limits.width", c.Limits.Width, 1, 1 << 14},
		{"limits.height", c.Limits.Height, 1, 1 << 14},
		{"limits.layers", c.Limits.Layers, 1, 256},
		{"limits.field_cells", c.Limits.FieldCells, 1, grid.MaxCells},
		{"limits.coverage_cells", c.Limits.CoverageCells, 1, 1 << 30},
		{"limits.coverage_size", c.Limits.CoverageSize, 1, 1 << 20},
		{"limits.probe_places", c.Limits.ProbePlaces, 1, 1_000_000},
		{"limits.probe_values", c.Limits.ProbeValues, 1, 1 << 30},
		{"limits.probe_columns", c.Limits.ProbeColumns, 1, 10_000},
		{"jobs.workers", c.Jobs.Workers, 1, 256},
		{"jobs.queue", c.Jobs.Queue, 1, 100_000},
		{"jobs.result_size", c.Jobs.ResultSize, 1, 1024},
		{"memory.answers", c.Memory.Answers, 1, 1 << 20},
		{"memory.chunks", c.Memory.Chunks, 1, 1 << 20},
		{"memory.plans", c.Memory.Plans, 1, 1 << 20},
		{"disk.answers", c.Disk.Answers, 0, 1 << 24},
		{"prerender.zoom", c.Prerender.Zoom, 0, 8},
	} {
		if n.value < n.low || n.value > n.high {
			return fmt.Errorf("%s: %d is not within %d to %d", n.key, n.value, n.low, n.high)
		}
	}
	for i, pattern := range c.Prerender.Layers {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("prerender.layers[%d]: %q is no pattern such as gfs-0p25.*", i, pattern)
		}
	}
	for i, s := range c.Limits.Sizes {
		if _, err := path.Match(s.Layers, ""); err != nil || s.Layers == "" {
			return fmt.Errorf("limits.sizes[%d].layers: %q is no pattern such as hrrr.*", i, s.Layers)
		}
		if s.Width < 0 || s.Height < 0 || s.Width == 0 && s.Height == 0 {
			return fmt.Errorf("limits.sizes[%d]: %d x %d is no size", i, s.Width, s.Height)
		}
	}
	if err := c.Auth.check(); err != nil {
		return err
	}
	if err := c.checkWebhooks(); err != nil {
		return err
	}
	if err := c.checkStanding(); err != nil {
		return err
	}
	if err := c.Instance.check(); err != nil {
		return err
	}
	if err := c.Store.check(); err != nil {
		return err
	}
	if err := c.checkRoles(); err != nil {
		return err
	}
	if err := c.TLS.check(); err != nil {
		return err
	}
	if c.Jobs.Keep < time.Minute {
		return fmt.Errorf("jobs.keep: %v is shorter than a minute", c.Jobs.Keep)
	}
	if c.Limits.Timeout <= 0 {
		return fmt.Errorf("limits.timeout: %v is no time to answer in", c.Limits.Timeout)
	}
	return nil
}

// settings are the flags that every serving command has; they and the environment stand above the file.
type settings struct {
	Config  string   `type:"existingfile" placeholder:"FILE" env:"ISOBAR_CONFIG" help:"Read settings from a YAML file."`
	Listen  string   `placeholder:"ADDRESS" env:"ISOBAR_LISTEN" help:"Serve at this address (127.0.0.1:8080)."`
	Data    string   `placeholder:"DIR" env:"ISOBAR_DATA" help:"Keep decoded fields in this folder."`
	Metrics string   `placeholder:"ADDRESS" env:"ISOBAR_METRICS" help:"Serve Prometheus metrics at this address."`
	Models  []string `placeholder:"ID,..." env:"ISOBAR_MODELS" help:"Keep these models coming (see: tileserver models). A folder stands for rows of your own."`

	only []string // roles; none: those of the file
}

// load gives the settings in force: defaults, file, environment, flags.
func (s *settings) load(paths []string) (config, error) {
	c := defaults()
	if s.Config != "" {
		if err := readConfig(s.Config, &c); err != nil {
			return c, err
		}
	}
	for _, over := range []struct {
		to   *string
		from string
	}{{&c.Listen, s.Listen}, {&c.Data, s.Data}, {&c.Metrics, s.Metrics}} {
		if over.from != "" {
			*over.to = over.from
		}
	}
	if len(paths) > 0 {
		c.Paths = paths
	}
	c.nameModels(s.Models)
	if len(s.only) > 0 {
		c.Roles = s.only
	}
	if !c.does(roleIngest) {
		c.Paths = nil
		if len(s.Models) > 0 {
			c.Only = c.Feeds.Models
		}
		c.Feeds.Models = nil
	}
	return c, c.check()
}

// configCmd works with configuration files.
type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Say whether a configuration file is right."`
}

// configCheckCmd reads a configuration and its rows as serve would, and says what is wrong.
type configCheckCmd struct {
	File string `arg:"" type:"existingfile" help:"The file to check."`
}

// Run checks the file.
func (c *configCheckCmd) Run(env *environment) error {
	conf, err := (&settings{Config: c.File}).load(nil)
	if err != nil {
		return err
	}
	if _, err := loadRows(conf.Rows); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "%s: right\n", c.File)
	return nil
}
