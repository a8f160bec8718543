package main

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"isobar/store/local"
)

// Below these a data folder's disk is small, or full.
const (
	smallDisk = 2 << 30
	fullDisk  = 64 << 20
)

// data looks at the data folder: is it one, may we write there, is there room, who holds what in it.
func (d *diagnosis) data() {
	dir := d.conf.Data
	sight, err := local.Look(dir)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		d.add("data", wrong, advice(err), "%s: %v", dir, err)
		return
	}
	where := dir
	for missing { // what is there already tells whether it can be made
		if _, err := os.Stat(where); err == nil || where == filepath.Dir(where) {
			break
		}
		where = filepath.Dir(where)
	}
	if err := writable(where); err != nil {
		d.add("data", wrong, "let the user that runs the program write there, or name another folder with --data", "%v", err)
		return
	}
	switch {
	case missing:
		d.add("data", fine, "", "%s is not there yet and can be made", dir)
	case sight.Format == 0:
		d.add("data", fine, "", "%s is empty, and can be written", dir)
	case sight.Format < sight.Known:
		d.add("data", fine, "", "%s has format %d, which is read (new runs get %d), %d runs, and can be written", dir, sight.Format, sight.Known, sight.Runs)
	default:
		d.add("data", fine, "", "%s has format %d, %d runs, and can be written", dir, sight.Format, sight.Runs)
	}
	if free, ok := freeBytes(where); ok {
		do, status := "", fine
		switch {
		case free < fullDisk:
			do, status = "free some, name a folder on another disk with --data, or keep fewer runs (keep, in the rows of feeds)", wrong
		case free < smallDisk:
			do, status = "a run of a global model takes gigabytes", doubted
		}
		d.add("space", status, do, "%.1f GiB free in %s", float64(free)/(1<<30), where)
	}
	holders := lockHolders(dir)
	if len(holders) == 0 {
		d.add("locks", fine, "", "no other process holds anything in the data folder, as far as can be seen")
	}
	for _, h := range holders {
		if strings.HasSuffix(h, ".db") || strings.Contains(h, ".db ") {
			d.add("locks", doubted, "a second server of this folder has no jobs, streams and alerts; stop the first, or let it be", "%s", h)
			continue
		}
		d.add("locks", fine, "", "%s, which writes", h)
	}
}

// writable tries to write into a folder, and removes what it wrote.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}

// lockHolders tells which files below a folder are locked, and by whom: "records.db is held by tileserver (4711)". It knows where the
// system tells (Linux).
func lockHolders(dir string) (all []string) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	text, _ := os.ReadFile("/proc/locks")
	locked := map[string]bool{}
	for line := range strings.Lines(string(text)) { // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1048 0 EOF"
		if f := strings.Fields(line); len(f) > 5 && (f[1] == "FLOCK" || f[1] == "POSIX") {
			locked[f[4]+" "+f[5][strings.LastIndexByte(f[5], ':')+1:]] = true
		}
	}
	for key := range locked {
		pid, inode, _ := strings.Cut(key, " ")
		open, _ := filepath.Glob("/proc/" + pid + "/fd/*") // of another user's process: none
		for _, fd := range open {
			path, err := os.Readlink(fd)
			if err != nil || !strings.HasPrefix(path, dir+string(filepath.Separator)) {
				continue
			}
			if info, err := os.Stat(fd); err == nil && inodeOf(info) == inode {
				all = append(all, fmt.Sprintf("%s is held by %s", strings.TrimPrefix(path, dir+string(filepath.Separator)), processName(pid)))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// processName is a process as people know it.
func processName(pid string) string {
	name, _ := os.ReadFile("/proc/" + pid + "/comm")
	return fmt.Sprintf("%s (%s)", cmp.Or(strings.TrimSpace(string(name)), "process"), pid)
}

// ports tries the addresses of the configuration.
func (d *diagnosis) ports() {
	for _, a := range []struct{ key, address string }{{"listen", d.conf.Listen}, {"metrics", d.conf.Metrics}, {"tls.redirect", d.conf.TLS.Redirect}} {
		if a.address == "" {
			continue
		}
		l, err := net.Listen("tcp", a.address)
		if err == nil {
			l.Close() // nothing came
			d.add("port", fine, "", "%s: %s is free", a.key, a.address)
			continue
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			d.add("port", wrong, advice(err), "%s: %v", a.key, err)
			continue
		}
		d.add("port", wrong, fmt.Sprintf("stop it, or take another address with %s", map[string]string{"listen": "--listen", "metrics": "--metrics"}[a.key]),
			"%s: %s is taken by %s", a.key, a.address, portHolder(a.address))
	}
}

// portHolder tells who listens at an address, as far as the system tells (Linux), and whether it is a server of this kind.
func portHolder(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "another program"
	}
	who := "another program"
	if number, err := strconv.Atoi(port); err == nil {
		for _, inode := range listening(number) {
			if pid := socketOwner(inode); pid != "" {
				who = processName(pid)
			}
		}
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	client := &http.Client{Timeout: time.Second}
	if answer, err := client.Get("http://" + net.JoinHostPort(host, port) + readyPath); err == nil {
		answer.Body.Close() // its status is enough
		if answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusServiceUnavailable {
			who += ", which answers like this server"
		}
	}
	return who
}

// listening are the sockets that listen on a port, by the numbers that the system gives them.
func listening(port int) (inodes []string) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		for scan := bufio.NewScanner(f); scan.Scan(); { // "0: 0100007F:1F90 00000000:0000 0A ... inode"
			row := strings.Fields(scan.Text())
			if len(row) > 9 && row[3] == "0A" && strings.HasSuffix(row[1], fmt.Sprintf(":%04X", port)) {
				inodes = append(inodes, row[9])
			}
		}
		f.Close() // it was read only
	}
	return inodes
}

// socketOwner is the process that has a socket; "" if none can be seen.
func socketOwner(inode string) (pid string) {
	all, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range all {
		if to, err := os.Readlink(fd); err == nil && to == "socket:["+inode+"]" {
			return strings.Split(fd, "/")[2]
		}
	}
	return ""
}

// certificates looks at what the address is served with by TLS.
func (d *diagnosis) certificates() {
	if d.conf.TLS.Certificate == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(d.conf.TLS.Certificate, d.conf.TLS.Key)
	if err != nil {
		d.add("tls", wrong, "both are PEM, and belong together", "%v", err)
		return
	}
	left := time.Until(pair.Leaf.NotAfter)
	status, do := fine, ""
	switch {
	case left < 0:
		status, do = wrong, "renew it"
	case left < 14*24*time.Hour:
		status, do = doubted, "renew it; a server that runs reads it again"
	}
	d.add("tls", status, do, "%s is for %s until %s", d.conf.TLS.Certificate, strings.Join(pair.Leaf.DNSNames, ", "), pair.Leaf.NotAfter.UTC().Format(time.DateOnly))
}

// memory compares what the settings keep with what there is.
func (d *diagnosis) memory() {
	m := d.conf.Memory
	kept := int64(m.Answers+m.Chunks+m.Plans) << 20
	there, ok := memoryBytes()
	if !ok {
		d.add("memory", fine, "", "%d MiB are kept by the settings; what there is can't be seen on %s", kept>>20, runtime.GOOS)
		return
	}
	status, do := fine, ""
	if 2*kept > there {
		status, do = doubted, "lower memory.answers, memory.chunks, memory.plans: requests need as much again"
	}
	d.add("memory", status, do, "%d MiB are kept by the settings, of %d MiB", kept>>20, there>>20)
}

// memoryBytes is how much memory the process may have: what is available, or what its control group is given.
func memoryBytes() (bytes int64, ok bool) {
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "MemAvailable:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			bytes, ok = kib<<10, err == nil
		}
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, _ := os.ReadFile(file)
		if most, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && (!ok || most < bytes) {
			bytes, ok = most, true
		}
	}
	return bytes, ok
}

// fewFiles is how many open files are too few for many runs: each run holds its own open while it is served.
const fewFiles = 1024

// limits looks at what the system allows the process.
func (d *diagnosis) limits() {
	files, ok := maxFiles()
	if !ok {
		return
	}
	if files < fewFiles {
		d.add("limits", doubted, "ulimit -n 65536, or LimitNOFILE=65536 in a service's unit", "%d open files, each run that is served needs some", files)
		return
	}
	d.add("limits", fine, "", "%d open files", files)
}
