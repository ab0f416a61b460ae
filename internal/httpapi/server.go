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
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/duty"
	"taizhang/internal/exchange"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
	"taizhang/internal/retrieval"
)

// API is what the routes stand on.
type API struct {
	Ledger     *ledger.Service
	Duty       *duty.Service
	Assessment *assessment.Service
	Inspection *inspection.Service
	Accounts   *account.Service
	Proposals  *proposal.Service
	Retrieval  *retrieval.Service
	Printing   *printing.Service
	Connectors *connector.Service
	Exchange   *exchange.Service
	Register   *catalog.Register
	Catalog    *catalog.Catalog
	House      House
	Log        *slog.Logger
	Static     fs.FS
	Secure     bool // TLS stands before us: cookies get the __Host- prefix
	Ready      func(context.Context) error
	// Progress of the demonstration's making; nil outside it.
	Making func() Progress
}

// House answers about the organisation and the state of the installation.
type House interface {
	Prison(ctx context.Context, id uuid.UUID) error
	Organisation(ctx context.Context) (ledger.Organisation, error)
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
	g := e.Group("/api/v1", a.bounded)
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

// route is one line of the table; open routes need no session.
type route struct {
	method, path, name string
	open               bool
	handle             echo.HandlerFunc
}

func (a *API) routes() []route {
	const prison, entry = "/prisons/:prison", "/prisons/:prison/entries/:entry"
	return []route{
		{"POST", "/session", "session.create", true, a.signIn},
		{"GET", "/session", "session.get", false, a.whoAmI},
		{"DELETE", "/session", "session.delete", false, a.signOut},
		{"POST", "/session/anchor", "session.anchor", false, a.anchor},
		{"PUT", "/session/password", "password.change", false, a.changePassword},
		{"GET", "/sessions", "sessions.list", false, a.listSessions},
		{"DELETE", "/sessions", "sessions.delete", false, a.signOutEverywhere},
		{"DELETE", "/sessions/:session", "sessions.end", false, a.endSession},

		{"GET", "/organisation", "organisation.get", false, a.organisation},
		{"GET", "/progress", "progress.get", true, a.progress},
		{"GET", "/ledgers", "ledgers.list", false, a.listLedgers},
		{"GET", "/ledgers/:ledger", "ledgers.get", false, a.getLedger},
		{"GET", "/ledgers/:ledger/versions", "versions.list", false, a.versions},
		{"GET", "/consolidation", "consolidation.get", false, a.consolidation},
		{"GET", "/overlaps", "overlaps.list", false, a.overlaps},
		{"GET", prison + "/proposals", "proposals.list", false, a.listProposals},
		{"POST", prison + "/proposals", "proposals.create", false, a.propose},
		{"POST", prison + "/proposals/try", "proposals.try", false, a.tryProposal},
		{"POST", prison + "/proposals/bench", "proposals.bench", false, a.benchProposal},
		{"GET", prison + "/proposals/:proposal", "proposals.get", false, a.getProposal},
		{"POST", prison + "/proposals/:proposal/decision", "proposals.decide", false, a.decideProposal},
		{"GET", prison + "/people", "people.list", false, a.people},
		{"GET", prison + "/inmates", "inmates.list", false, a.inmates},

		{"GET", prison + "/search", "search.list", false, a.search},
		{"GET", prison + "/trace", "trace.get", false, a.trace},
		{"GET", prison + "/filters", "filters.list", false, a.filters},
		{"POST", prison + "/filters", "filters.create", false, a.keepFilter},
		{"PUT", prison + "/filters/:filter", "filters.update", false, a.renameFilter},
		{"DELETE", prison + "/filters/:filter", "filters.delete", false, a.forgetFilter},
		{"GET", prison + "/areas/:area/lookups", "lookups.get", false, a.lookups},

		{"GET", prison + "/entries", "entries.list", false, a.listEntries},
		{"POST", prison + "/entries", "entries.create", false, a.createEntry},
		{"POST", prison + "/batches", "batches.create", false, a.fileBatch},
		{"POST", prison + "/batches/check", "batches.check", false, a.checkBatch},
		{"POST", prison + "/batches/move", "batches.move", false, a.moveBatch},
		{"GET", prison + "/batches/prefill", "batches.prefill", false, a.prefill},
		{"GET", prison + "/beginnings", "beginnings.get", false, a.beginnings},
		{"POST", prison + "/templates", "templates.create", false, a.saveTemplate},
		{"DELETE", prison + "/templates/:template", "templates.delete", false, a.dropTemplate},
		{"POST", prison + "/nil-returns", "nil_returns.create", false, a.nilReturn},
		{"GET", prison + "/inbox", "inbox.list", false, a.inbox},
		{"POST", prison + "/approvals", "approvals.create", false, a.approveAll},
		{"GET", entry, "entries.get", false, a.getEntry},
		{"PUT", entry + "/draft", "draft.save", false, a.saveDraft},
		{"POST", entry + "/discard", "draft.discard", false, a.discardEntry},
		{"POST", entry + "/sources", "sources.retake", false, a.reopen(a.Ledger.Retake)},
		{"POST", entry + "/check", "entries.check", false, a.checkEntry},
		{"POST", entry + "/submit", "entries.submit", false, a.submit},
		{"POST", entry + "/withdraw", "entries.withdraw", false, a.reopen(a.Ledger.Withdraw)},
		{"POST", entry + "/revise", "entries.revise", false, a.reopen(a.Ledger.Revise)},
		{"POST", entry + "/amend", "entries.amend", false, a.reopen(a.Ledger.Amend)},
		{"POST", entry + "/approve", "entries.approve", false, a.decide(a.Ledger.Approve)},
		{"POST", entry + "/return", "entries.return", false, a.decide(a.Ledger.Return)},
		{"POST", entry + "/transfer", "entries.transfer", false, a.sign(a.Ledger.Transfer)},
		{"GET", entry + "/signers", "signers.choose", false, a.signerChoice},
		{"POST", entry + "/signers", "signers.create", false, a.sign(a.Ledger.AddSigner)},
		{"POST", entry + "/ask_void", "entries.askVoid", false, a.decide(a.Ledger.AskVoid)},
		{"POST", entry + "/void", "entries.void", false, a.decide(a.Ledger.Void)},
		{"POST", entry + "/withdraw_void", "entries.withdrawVoid", false, a.decide(a.Ledger.WithdrawVoid)},
		{"POST", entry + "/refuse_void", "entries.refuseVoid", false, a.decide(a.Ledger.RefuseVoid)},

		{"POST", entry + "/branches", "branches.create", false, a.branch},
		{"POST", entry + "/branches/:branch/resolution", "branches.resolve", false, a.resolveBranch},

		{"POST", entry + "/uploads", "uploads.create", false, a.newUpload},
		{"HEAD", prison + "/uploads/:upload", "uploads.head", false, a.uploadAt},
		{"PATCH", prison + "/uploads/:upload", "uploads.patch", false, a.putPart},
		{"DELETE", entry + "/evidence/:evidence", "evidence.detach", false, a.detach},
		{"GET", entry + "/evidence/:revision/:evidence", "evidence.get", false, a.evidence},
		{"GET", entry + "/evidence/:revision/:evidence/thumbnail", "evidence.thumbnail", false, a.thumbnail},

		{"GET", entry + "/print", "prints.get", false, a.print},
		{"GET", "/prints/:code", "prints.verify", false, a.verifyPrint},
		{"PATCH", "/prints/:code", "prints.compare", false, a.comparePrint},
		{"GET", prison + "/volumes", "volumes.list", false, a.listVolumes},
		{"POST", prison + "/volumes", "volumes.create", false, a.createVolume},
		{"GET", prison + "/volumes/:volume/file", "volumes.file", false, a.volumeFile},

		{"GET", prison + "/coincidences", "coincidences.list", false, a.coincidences},
		{"GET", "/shares", "shares.get", false, a.shares},
		{"GET", prison + "/burden", "burden.get", false, a.burden},
		{"GET", prison + "/burden/history", "burden.history", false, a.burdenHistory},
		{"GET", prison + "/reliefs", "reliefs.list", false, a.listReliefs},
		{"POST", prison + "/reliefs", "reliefs.create", false, a.askRelief},
		{"POST", prison + "/reliefs/:relief/decision", "reliefs.decide", false, a.decideRelief},
		{"GET", prison + "/tasks", "tasks.list", false, a.tasks},
		{"POST", prison + "/tasks/:task/done", "tasks.done", false, a.doTask},
		{"POST", prison + "/tasks/:task/begin", "tasks.begin", false, a.beginTask},
		{"GET", "/calendar", "calendar.get", false, a.calendar},
		{"GET", prison + "/areas/:area/rosters", "rosters.list", false, a.rosters},
		{"POST", prison + "/areas/:area/rosters", "rosters.create", false, a.setRosters},
		{"GET", prison + "/workbooks/:ledger", "workbooks.get", false, a.emptyWorkbook},
		{"GET", prison + "/imports", "imports.list", false, a.listImports},
		{"POST", prison + "/imports", "imports.create", false, a.sendImport},
		{"GET", prison + "/imports/:import", "imports.get", false, a.getImport},
		{"DELETE", prison + "/imports/:import", "imports.remove", false, a.doImport(exchange.Remove)},
		{"POST", prison + "/imports/:import/start", "imports.start", false, a.doImport(exchange.Start)},
		{"POST", prison + "/imports/:import/stop", "imports.stop", false, a.doImport(exchange.Stop)},
		{"GET", prison + "/imports/:import/rows", "imports.rows", false, a.importRows},
		{"GET", prison + "/imports/:import/errors", "imports.errors", false, a.errorBook},
		{"GET", prison + "/exports", "exports.list", false, a.listExports},
		{"POST", prison + "/exports", "exports.create", false, a.askExport},
		{"GET", prison + "/exports/:export", "exports.get", false, a.getExport},
		{"GET", prison + "/exports/:export/file", "exports.file", false, a.exportFile},
		{"GET", prison + "/delegations", "delegations.list", false, a.listDelegations},
		{"POST", prison + "/delegations", "delegations.create", false, a.delegate},
		{"DELETE", prison + "/delegations/:delegation", "delegations.end", false, a.endDelegation},
		{"GET", prison + "/notices", "notices.list", false, a.notices},
		{"POST", prison + "/notices/read", "notices.read", false, a.readNotices},

		{"GET", prison + "/duties", "duties.list", false, a.duties},
		{"GET", prison + "/heat", "heat.get", false, a.heat},
		{"GET", prison + "/bursts", "bursts.list", false, a.bursts},
		{"GET", prison + "/completeness", "completeness.get", false, a.completeness},
		{"GET", prison + "/areas/:area/score", "scores.get", false, a.score},
		{"GET", prison + "/areas/:area/trend", "scores.trend", false, a.trend},
		{"GET", prison + "/scores", "scores.list", false, a.scores},
		{"GET", prison + "/areas/:area/readiness", "scores.readiness", false, a.readiness},
		{"POST", prison + "/areas/:area/suppose", "scores.suppose", false, a.suppose},
		{"GET", prison + "/areas/:area/runs", "runs.list", false, a.listRuns},
		{"POST", prison + "/areas/:area/runs", "runs.create", false, a.keepRun},
		{"GET", prison + "/runs/:run", "runs.get", false, a.getRun},
		{"GET", prison + "/areas/:area/rulings", "rulings.list", false, a.listRulings},
		{"POST", prison + "/areas/:area/rulings", "rulings.create", false, a.askRuling},
		{"POST", prison + "/rulings/:ruling/decision", "rulings.decide", false, a.decideRuling},
		{"GET", prison + "/areas/:area/proof/:indicator", "proof.get", false, a.proof},
		{"GET", prison + "/areas/:area/findings", "findings.list", false, a.findings},
		{"POST", prison + "/areas/:area/findings", "findings.create", false, a.addFinding},
		{"POST", prison + "/areas/:area/packs", "packs.create", false, a.pack},
		{"GET", prison + "/log", "log.get", false, a.logState},
		{"GET", "/standards/:standard", "standards.get", false, a.standard},

		{"POST", "/connectors/:connector/records", "connectors.receive", true, a.receiveRecords},
		{"GET", prison + "/connectors", "connectors.list", false, a.listConnectors},
		{"GET", prison + "/connectors/:connector/runs", "connectors.runs", false, a.connectorRuns},
		{"GET", prison + "/connectors/:connector/rejected", "connectors.rejected", false, a.rejectedRecords},
		{"POST", prison + "/connectors/:connector/run", "connectors.run", false, a.runConnector},
		{"PUT", prison + "/connectors/:connector/paused", "connectors.pause", false, a.pauseConnector},
		{"GET", prison + "/outbox", "outbox.list", false, a.outbox},
		{"POST", prison + "/outbox/:message/send", "outbox.send", false, a.sendAgain},
	}
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
