package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is a program that is started again whenever it ends.
type process struct {
	name    string
	command []string
	env     []string
	log     *os.File
	probe   string        // address of HTTP that answers below 500 once it works, or of TCP without a scheme; "": none
	rest    time.Duration // after it ended by itself

	mu      sync.Mutex
	running *exec.Cmd
	held    bool // it was killed, and is not to be started yet
	over    bool
	exits   int // by itself
	deaths  []span
	died    chan struct{}
}

// span is from a death until it works again; to is zero until then.
type span struct{ from, to time.Time }

// begin starts it, and keeps it running.
func (p *process) begin() error {
	p.died = make(chan struct{}, 1)
	if err := p.start(); err != nil {
		return err
	}
	go p.keep()
	return nil
}

func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.held || p.running != nil {
		return nil
	}
	c := exec.Command(p.command[0], p.command[1:]...)
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), p.env...), p.log, p.log
	fmt.Fprintf(p.log, "--- %s starts %s\n", time.Now().UTC().Format(time.TimeOnly), p.name)
	if err := c.Start(); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	p.running = c
	go func() {
		_ = c.Wait()
		p.mu.Lock()
		p.running = nil
		if !p.held && !p.over {
			p.exits++
		}
		p.mu.Unlock()
		p.died <- struct{}{}
	}()
	return nil
}

// keep starts it again when it has ended by itself.
func (p *process) keep() {
	for range p.died {
		time.Sleep(p.rest)
		if err := p.start(); err != nil {
			fmt.Fprintln(p.log, err)
		}
	}
}

// pid is that of the running process, or 0.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return 0
	}
	return p.running.Process.Pid
}

// kill kills it by SIGKILL, and starts it again after a pause. It gives the process's number; 0: it was not running.
func (p *process) kill(pause time.Duration) (pid int) {
	p.mu.Lock()
	if p.running == nil || p.held {
		p.mu.Unlock()
		return 0
	}
	pid, p.held = p.running.Process.Pid, true
	at := len(p.deaths)
	p.deaths = append(p.deaths, span{from: time.Now()})
	_ = p.running.Process.Kill()
	p.mu.Unlock()
	go func() {
		time.Sleep(pause)
		p.mu.Lock()
		p.held = false
		p.mu.Unlock()
		_ = p.start()
		p.awake(time.Minute)
		p.mu.Lock()
		p.deaths[at].to = time.Now()
		p.mu.Unlock()
	}()
	return pid
}

// away tells that it was dead at some moment of a time, with some slack after.
func (p *process) away(from, to time.Time, slack time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.deaths {
		if !to.Before(d.from) && (d.to.IsZero() || !from.After(d.to.Add(slack))) {
			return true
		}
	}
	return false
}

// down is how long it was dead since a moment, in all.
func (p *process) down(since time.Time) (sum time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.deaths {
		to := d.to
		if to.IsZero() {
			to = time.Now()
		}
		if from := latest(d.from, since); to.After(from) {
			sum += to.Sub(from)
		}
	}
	return sum
}

// back is when it worked again last before a moment, having been dead after another; else that other.
func (p *process) back(after, before time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.deaths {
		if d.to.After(after) && d.from.Before(before) {
			after = latest(after, d.to)
		}
	}
	return after
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// awake waits until it works.
func (p *process) awake(most time.Duration) bool {
	client := &http.Client{Timeout: time.Second}
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		p.mu.Lock()
		hopeless := p.exits > 20
		p.mu.Unlock()
		switch {
		case hopeless:
			return false
		case p.probe == "":
			return true
		case p.probe[0] == 'h':
			if r, err := client.Get(p.probe); err == nil {
				r.Body.Close()
				if r.StatusCode == http.StatusOK {
					return true
				}
			}
		default:
			if c, err := net.DialTimeout("tcp", p.probe, time.Second); err == nil {
				c.Close()
				return true
			}
		}
	}
	return false
}

// stop asks it to end, and waits.
func (p *process) stop() {
	p.mu.Lock()
	p.over = true
	running := p.running
	p.mu.Unlock()
	if running == nil {
		return
	}
	_ = running.Process.Signal(syscall.SIGTERM)
	for range 150 {
		if p.pid() == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = running.Process.Kill()
}

// freePort is a port that nobody listens at.
func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // a machine without a loopback
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// roll asks it to end: it is started again, as one is whose software is new.
func (p *process) roll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		_ = p.running.Process.Signal(syscall.SIGTERM)
	}
}
