package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/internal/ledger"
)

// TestPage: what may be kept, and what is asked for anew each time.
func TestPage(t *testing.T) {
	page := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "sw.js": {Data: []byte("self")}, "assets/a-1.js": {Data: []byte("1")}}
	for name, c := range map[string]struct {
		files             fstest.MapFS
		path, cache, kind string
		status            int
	}{
		"start page":            {page, "/inbox", "no-cache", "text/html", 200},
		"a part":                {page, "/assets/a-1.js", "public, max-age=31536000, immutable", "text/javascript", 200},
		"a part of long ago":    {page, "/assets/a-0.js", "", "", 404},
		"service worker":        {page, "/sw.js", "no-cache", "text/javascript", 200},
		"no service worker yet": {fstest.MapFS{}, "/sw.js", "", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			api := &API{Ledger: &ledger.Service{}, Log: slog.New(slog.DiscardHandler), Static: c.files, Ready: func(context.Context) error { return nil }}
			w := httptest.NewRecorder()
			api.New().ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
			if w.Code != c.status {
				t.Fatalf("%d, want %d", w.Code, c.status)
			}
			if c.status == 200 && (w.Header().Get("Cache-Control") != c.cache || !strings.HasPrefix(w.Header().Get("Content-Type"), c.kind)) {
				t.Errorf("%v", w.Header())
			}
		})
	}
}
