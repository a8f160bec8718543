package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"reflect"
	"regexp"
	"strings"
	"syscall"

	"isobar/records/bolt"
	"isobar/store"
)

// advice is what can be done about an error; "" where the error says it.
func advice(err error) string {
	var net *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program has that address: stop it, or take another one with --listen 127.0.0.1:8081; `tileserver doctor` tells who has it"
	case errors.As(err, &net) && net.Op == "listen" && errors.Is(err, fs.ErrPermission):
		return "addresses below port 1024 are for root: take another port, or allow the program to (setcap cap_net_bind_service=+ep tileserver)"
	case errors.Is(err, store.ErrFormat):
		return "name another folder with --data, or the program of the version that made it"
	case errors.Is(err, syscall.ENOSPC):
		return "free some space, or name a folder on another disk with --data"
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs the program write there, or name another folder with --data"
	case errors.Is(err, bolt.ErrHeld):
		return "a server has that file: stop it, or name another one with `records` in the configuration"
	case errors.Is(err, fs.ErrNotExist):
		return "look whether the path is right"
	}
	return ""
}

// maxTypos is how many letters a name may differ in from one that was meant.
const maxTypos = 3

// nearest is the known name that was probably meant; "" if none comes near.
func nearest(name string, known []string) (best string) {
	least := min(maxTypos, len(name)/2) + 1
	for _, k := range known {
		if d := typos(name, k); d < least || d == least && best != "" && shared(name, k) > shared(name, best) {
			best, least = k, d
		}
	}
	if best != "" || len(name) < 2 {
		return best
	}
	for _, k := range known {
		if strings.HasPrefix(k, name) {
			return k
		}
	}
	return ""
}

// shared is how many letters two names begin with alike.
func shared(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// typos is the optimal string alignment distance of two names: letters that were added, left out, changed, or changed places.
func typos(a, b string) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		now[0] = i + 1
		for j := range len(b) {
			differ := 1
			if a[i] == b[j] {
				differ = 0
			}
			now[j+1] = min(last[j+1]+1, now[j]+1, last[j]+differ)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}

// unknownKey finds the key in the error of a strict reader.
var unknownKey = regexp.MustCompile(`unknown field "(\w+)"`)

// meant adds to an error of an unknown key the one that was probably meant.
func meant(err error, into any) error {
	if err == nil {
		return nil
	}
	if m := unknownKey.FindStringSubmatch(err.Error()); m != nil {
		if best := nearest(m[1], keyNames(reflect.TypeOf(into).Elem())); best != "" {
			return errors.New(strings.Replace(err.Error(), m[0], fmt.Sprintf("%s, did you mean %q?", m[0], best), 1))
		}
	}
	return err
}

// keyNames are the names of all keys of a configuration, without those above them.
func keyNames(t reflect.Type) (names []string) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
		names = append(names, keyNames(t.Field(i).Type)...)
	}
	return names
}
