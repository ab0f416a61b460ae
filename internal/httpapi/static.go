package httpapi

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// page serves the web application. Files with a hash in their name may be kept
// for ever; every other path is the application's own and gets its start page.
// The service worker is asked for anew each time: it says which version is newest.
func (a *API) page() echo.HandlerFunc {
	files := http.FileServerFS(a.Static)
	return func(c echo.Context) error {
		r := c.Request()
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(a.Static, name); name == "" || err != nil || info.IsDir() {
			if strings.HasPrefix(name, "assets/") || name == "sw.js" {
				return notFound
			}
			c.Response().Header().Set("Cache-Control", "no-cache")
			raw, err := fs.ReadFile(a.Static, "index.html")
			if err != nil {
				return c.String(http.StatusOK, "The page has not been built: run make run.\n")
			}
			return c.HTMLBlob(http.StatusOK, raw)
		}
		cache := "no-cache"
		if strings.HasPrefix(name, "assets/") {
			cache = "public, max-age=31536000, immutable"
		}
		c.Response().Header().Set("Cache-Control", cache)
		files.ServeHTTP(c.Response(), r)
		return nil
	}
}
