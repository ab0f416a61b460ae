// Package httpapi is the routes, the shapes of requests and answers, and what
// a fault becomes on the wire. The contract is docs/openapi.yaml.
package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/account"
	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/duty"
	"taizhang/internal/exchange"
	"taizhang/internal/guidance"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/organisation"
	"taizhang/internal/overview"
	"taizhang/internal/planning"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
	"taizhang/internal/retrieval"
	"taizhang/internal/standards"
	"taizhang/internal/stewardship"
)

// API is what the routes stand on.
type API struct {
	Ledger      *ledger.Service
	Duty        *duty.Service
	Assessment  *assessment.Service
	Cases       *accreditation.Service
	Inspection  *inspection.Service
	Accounts    *account.Service
	Proposals   *proposal.Service
	Retrieval   *retrieval.Service
	Printing    *printing.Service
	Connectors  *connector.Service
	Exchange    *exchange.Service
	Areas       *organisation.Service
	Guidance    *guidance.Service
	Overview    *overview.Service
	Planning    *planning.Service
	Standards   *standards.Service
	Stewardship *stewardship.Service
	Register    *catalog.Register
	Catalog     *catalog.Catalog
	House       House
	Log         *slog.Logger
	Static      fs.FS
	Secure      bool // TLS stands before us: cookies get the __Host- prefix
	Ready       func(context.Context) error
	// Progress of the demonstration's making; nil outside it.
	Making func() Progress
	// Forward sets the demonstration's clock; nil outside it.
	Forward func(ctx context.Context, to time.Time) error
}

// House answers about the organisation and the state of the installation.
type House interface {
	Prison(ctx context.Context, id uuid.UUID) error
	Organisation(ctx context.Context) (ledger.Organisation, error)
	OwnersOn(ctx context.Context, day string) (map[string]string, error)
	People(ctx context.Context, prison uuid.UUID, text string) ([]ledger.Person, error)
	Inmates(ctx context.Context, s ledger.Session, area uuid.UUID, text string) ([]ledger.Inmate, error)
	Lookups(ctx context.Context, prison, area uuid.UUID) ([]ledger.Person, []ledger.Inmate, error)
	Log(ctx context.Context, prison uuid.UUID) (ledger.LogState, error)
}

// Limits of a request's body in bytes. A part of an upload has its own.
const (
	bodyLimit = 1 << 20
	partLimit = 8 << 20
)

// New builds the handler.
func (a *API) New() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = a.problem
	e.IPExtractor = echo.ExtractIPDirect()
	if a.Secure {
		// Behind a proxy on a private address, which says whom it speaks for;
		// else everybody would share its address and its counter of wrong passwords.
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	e.Use(requestID, a.logged, a.recovered, secured, legible)
	e.GET("/livez", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error {
		if err := a.Ready(c.Request().Context()); err != nil {
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ok\n")
	})
	g := e.Group("/api/v1", a.dated, a.bounded)
	for _, r := range a.routes() {
		h := r.handle
		if !r.open {
			h = a.signedIn(h)
		}
		g.Add(r.method, r.path, h).Name = r.name
	}
	g.RouteNotFound("/*", func(echo.Context) error { return notFound })
	e.GET("/*", a.page())
	return e
}

// Serve answers until ctx ends, then lets what is under way finish within ten
// seconds.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 10 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Shutdown(stop)
}
