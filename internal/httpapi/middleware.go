package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"taizhang/internal/account"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/standards"
	"taizhang/internal/workbook"
)

const requestIDKey = "request_id"

func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		b := make([]byte, 8)
		_, _ = rand.Read(b)
		id := hex.EncodeToString(b)
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// logged writes one line a request: the route's name, never the document.
func (a *API) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		a.Log.InfoContext(c.Request().Context(), "request", "id", c.Get(requestIDKey), "method", c.Request().Method, "route", c.Path(),
			"status", c.Response().Status, "ms", time.Since(began).Milliseconds())
		return nil
	}
}

// nowHeader says what time it is here: a page judges deadlines by this clock, which
// in a demonstration set forward is nobody else's, and never by its computer's.
const nowHeader = "X-Now"

func (a *API) dated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(nowHeader, a.Ledger.Now().UTC().Format(time.RFC3339Nano))
		return next(c)
	}
}

func (a *API) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// secured sets what every answer carries. Nothing is ever fetched from
// anywhere else: the policy names only the page's own origin.
func secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if strings.HasPrefix(c.Request().URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// legible refuses what no text column can hold, wherever in the query it stands.
func legible(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		values, err := url.ParseQuery(c.Request().URL.RawQuery)
		if err != nil {
			return badParam("")
		}
		for name, list := range values {
			for _, v := range list {
				if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
					return badParam(name)
				}
			}
		}
		return next(c)
	}
}

func badParam(name string) error {
	return &fault.Error{Kind: fault.Malformed, Code: "bad_request", Fields: []fault.Field{{Pointer: "/" + strings.ToValidUTF8(name, ""), Code: "format",
		Text: fault.Text{ZH: "查询条件无法识别，请修改后重试", EN: "This condition cannot be read; change it and try again"}}}}
}

func (a *API) bounded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := int64(bodyLimit)
		if r.Method == http.MethodPatch {
			limit = partLimit
		}
		if r.Method == http.MethodPatch && strings.HasSuffix(c.Path(), "/basis/file") {
			limit = standards.MaxFile
		}
		if r.Method == http.MethodPatch && strings.HasSuffix(c.Path(), "/photos") {
			limit = ledger.MaxPicture
		}
		if strings.HasPrefix(c.Path(), "/api/v1/standards") || strings.HasSuffix(c.Path(), "/external-lists") {
			limit = standards.MaxSet + bodyLimit // so that it is told what of it is too large
		}
		if r.Method == http.MethodPost && strings.HasSuffix(c.Path(), "/imports") {
			limit = workbook.MaxFile
		}
		if r.ContentLength > limit {
			return fault.New(fault.TooLarge, "body_too_large").With("limit", limit)
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

const sessionKey = "session"

func (a *API) cookieName() string {
	if a.Secure {
		return "__Host-taizhang"
	}
	return "taizhang"
}

// signedIn authenticates, and for writes checks that they come from our page:
// a token bound to the session, and the origin where the browser names one.
func (a *API) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		cookie, err := c.Cookie(a.cookieName())
		if err != nil {
			return fault.New(fault.Unauthenticated, "sign_in")
		}
		r := c.Request()
		who, ses, err := a.Accounts.Authenticate(r.Context(), cookie.Value)
		if err != nil {
			return err
		}
		if !safe(r.Method) && (!sameOrigin(r) || !a.Accounts.CheckCSRF(ses, r.Header.Get("X-CSRF-Token"))) {
			return fault.New(fault.Forbidden, "cross_site")
		}
		who.Lang, who.Address = lang(c), c.RealIP()
		c.Set(sessionKey, ses)
		c.SetRequest(r.WithContext(actor.With(r.Context(), who)))
		return next(c)
	}
}

func session(c echo.Context) account.Session { return c.Get(sessionKey).(account.Session) }

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// lang is the language of the answer: Chinese unless English is asked for.
func lang(c echo.Context) string {
	if strings.HasPrefix(strings.ToLower(c.Request().Header.Get("Accept-Language")), "en") {
		return "en"
	}
	return "zh"
}
