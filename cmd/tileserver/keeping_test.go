package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestASecondServerOnADataFolderGoesWithoutRecords has two servers on one folder: the second answers all that needs no records.
func TestASecondServerOnADataFolderGoesWithoutRecords(t *testing.T) {
	conf := defaults()
	conf.Listen, conf.Data = "127.0.0.1:0", t.TempDir()
	var log strings.Builder
	env := &environment{ctx: t.Context(), stdout: &log, stderr: &log, log: newLog(&log, 0, "text")}
	var houses []*house
	for range 2 {
		h, err := newHouse(env, conf)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { h.listener.Close(); h.close() }()
		houses = append(houses, h)
	}
	for path, want := range map[string][2]int{"/processes": {200, 200}, "/jobs": {200, 404}, "/alerts": {200, 404}, "/streams": {200, 404}, "/collections/airports/items?limit=1": {200, 200}} {
		for i, h := range houses {
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want[i] {
				t.Errorf("server %d: %s: %d, want %d", i+1, path, w.Code, want[i])
			}
		}
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/processes/echo/execution", strings.NewReader(`{"inputs":{"message":"x"},"outputs":{"message":{}}}`))
	r.Header.Set("Prefer", "respond-async")
	houses[1].handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != "x" {
		t.Errorf("a process where there are no jobs: %d %s, want it done at once", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "held by another process") {
		t.Errorf("the second server does not say so: %s", log.String())
	}
}
