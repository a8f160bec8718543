package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/sync/errgroup"

	"isobar/internal/mongodb"
	"isobar/models"
)

// store asks the database, if there is one, and tells what it can do.
func (d *diagnosis) store(ctx context.Context) {
	if d.conf.Store.Kind != keptInMongo {
		d.add("store", fine, "", "fields and documents are kept in the data folder")
		return
	}
	client, err := d.conf.Store.connect()
	if err != nil {
		d.add("store", wrong, "store.uri, or the variable "+mongodb.Variable, "%v", err)
		return
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }() // nothing is under way
	if err := client.Ping(ctx); err != nil {
		d.add("store", wrong, "is the server there, do address, name and password fit? A server that runs goes on with what it has cached", "MongoDB: %v", err)
		return
	}
	var build struct{ Version string }
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	admin := client.Database("admin")
	err = admin.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&build)
	if err == nil {
		err = admin.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	}
	if err != nil {
		d.add("store", doubted, "may the user run buildInfo and hello?", "MongoDB is there, but does not tell what it is: %v", err)
		return
	}
	how := "changes are looked for again and again: no replica set"
	if hello.SetName != "" || hello.Msg == "isdbgrid" {
		how = "changes are told as they happen"
	}
	if simple, err := client.Simple(ctx); err == nil && simple {
		how += "; documents are guarded, as FerretDB 1 needs it"
	}
	d.add("store", fine, "", "MongoDB %s; %s", build.Version, how)
}

// sources looks at the providers of the feeds that are kept coming. Being offline is a doubt: what has come is served, the rest comes later.
func (d *diagnosis) sources(ctx context.Context) {
	r, err := loadRows(d.conf.Rows)
	if err != nil { // it was told
		return
	}
	if len(d.conf.Feeds.Models) == 0 {
		d.add("sources", fine, "", "no feeds are asked for; `tileserver models` lists what can be fetched")
		return
	}
	hosts := map[string][]string{} // models by address
	for _, name := range d.conf.Feeds.Models {
		f, ok := feedOf(r.models, name)
		if !ok {
			do := "`tileserver models` lists them"
			if best := nearest(name, feedNames(r.models)); best != "" {
				do = fmt.Sprintf("did you mean %q?", best)
			}
			d.add("sources", wrong, do, "no row says where %q is fetched", name)
			continue
		}
		d.unset(f)
		if f.Kind == "exec" {
			d.runnable(f)
			continue
		}
		if address, _ := f.Settings["url"].(string); address != "" {
			hosts[hostOf(address)] = append(hosts[hostOf(address)], f.Model)
		}
	}
	found := make([]finding, len(hosts))
	var group errgroup.Group
	i := 0
	for host, fed := range hosts {
		slices.Sort(fed)
		at := i
		group.Go(func() error { found[at] = d.ask(ctx, host, strings.Join(fed, ", ")); return nil })
		i++
	}
	_ = group.Wait() // none fails
	slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.Says, b.Says) })
	d.all = append(d.all, found...)
}

// hostOf is the beginning of an address, which may be a pattern behind it: "https://data.example.org".
func hostOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// ask asks a provider for anything: whatever it answers, it can be reached.
func (d *diagnosis) ask(ctx context.Context, host, fed string) finding {
	if u, err := url.Parse(host); err != nil || u.Host == "" {
		return finding{"sources", wrong, fmt.Sprintf("%s: %q is no address", fed, host), "settings.url, in the row of the feed"}
	}
	ctx, cancel := d.bounded(ctx)
	defer cancel()
	began := time.Now()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, host+"/", nil)
	if err != nil {
		return finding{"sources", wrong, fmt.Sprintf("%s: %v", fed, err), "settings.url, in the row of the feed"}
	}
	r.Header.Set("User-Agent", "isobar/"+version())
	answer, err := http.DefaultTransport.RoundTrip(r) // where it leads is of no matter
	if err != nil {
		return finding{"sources", doubted, fmt.Sprintf("%s: %s can't be reached: %v", fed, host, err), "is there a network, or a proxy to be named in HTTPS_PROXY? What has come is served, the rest is fetched later"}
	}
	answer.Body.Close() // HEAD has none
	took := time.Since(began)
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil && answer.Header.Get("Age") == "" {
		d.mu.Lock()
		d.clocks = append(d.clocks, at.Sub(began.Add(took/2)))
		d.mu.Unlock()
	}
	if answer.StatusCode >= http.StatusInternalServerError {
		return finding{"sources", doubted, fmt.Sprintf("%s: %s answers %s", fed, host, answer.Status), "it is asked again while the server runs"}
	}
	return finding{Check: "sources", Status: fine, Says: fmt.Sprintf("%s: %s answers in %d ms", fed, host, took.Milliseconds())}
}

// runnable looks for the program of a feed.
func (d *diagnosis) runnable(f models.Feed) {
	command, _ := f.Settings["command"].([]any)
	if len(command) == 0 {
		d.add("sources", wrong, "settings.command, in the row of the feed", "%s: no program is named", f.Model)
		return
	}
	path, err := exec.LookPath(fmt.Sprint(command[0]))
	if err != nil {
		d.add("sources", wrong, "install it, or name it with its folder in settings.command", "%s: %v", f.Model, err)
		return
	}
	d.add("sources", fine, "", "%s: %s is there", f.Model, path)
}

// unset finds variables of the environment that a feed's settings name and nobody has set.
func (d *diagnosis) unset(f models.Feed) {
	os.Expand(fmt.Sprint(f.Settings), func(name string) string {
		if os.Getenv(name) == "" {
			d.add("sources", wrong, "export "+name+"=...", "%s: the variable %s is not set, which its settings name", f.Model, name)
		}
		return ""
	})
}

// Clocks that are further from others than this make runs late, and refuse tokens.
const clockDrift = 30 * time.Second

// released is before any machine that runs this: an earlier time is that of a clock without a battery.
var released = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock compares with what providers say it is.
func (d *diagnosis) clock() {
	now := time.Now().UTC()
	if now.Before(released) {
		d.add("clock", wrong, "set it, or start a time service (chrony, systemd-timesyncd)", "it is %s here, which is past", now.Format(time.RFC3339))
		return
	}
	if len(d.clocks) == 0 {
		d.add("clock", fine, "", "it is %s; there was no one to compare with", now.Format(time.RFC3339))
		return
	}
	slices.Sort(d.clocks)
	ahead := d.clocks[len(d.clocks)/2].Round(time.Second)
	if ahead.Abs() > clockDrift {
		d.add("clock", doubted, "start a time service (chrony, systemd-timesyncd)", "it is %s here, %v away from providers' clocks", now.Format(time.RFC3339), ahead.Abs())
		return
	}
	d.add("clock", fine, "", "it is %s, as providers say", now.Format(time.RFC3339))
}
