package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"taizhang/frontend"
	"taizhang/internal/access"
	"taizhang/internal/account"
	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/config"
	"taizhang/internal/connector"
	"taizhang/internal/duty"
	"taizhang/internal/exchange"
	"taizhang/internal/httpapi"
	"taizhang/internal/inspection"
	"taizhang/internal/jobs"
	"taizhang/internal/ledger"
	"taizhang/internal/objectstore"
	"taizhang/internal/outbound"
	"taizhang/internal/postgres"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
	"taizhang/internal/retrieval"
	"taizhang/internal/standards"
	"taizhang/policies"
	"taizhang/schemas"
)

// house is everything joined together.
type house struct {
	store      *postgres.Store
	files      *objectstore.Store
	catalog    *catalog.Catalog
	access     *access.Enforcer
	standards  *standards.Service
	ledger     *ledger.Service
	duty       *duty.Service
	assessment *assessment.Service
	cases      *accreditation.Service
	proposals  *proposal.Service
	printing   *printing.Service
	connectors *connector.Service
	exchange   *exchange.Service
	refreshing sync.Mutex
	generation int // of the catalogue in force
	api        *httpapi.API
	now        func() time.Time
	log        *slog.Logger
	sign       func(ctx context.Context, prison uuid.UUID) error
}

func logger(c config.Config, to io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}

func wire(ctx context.Context, c config.Config, log *slog.Logger, databaseURL string, s3 objectstore.Config, now func() time.Time) (*house, error) {
	h := &house{log: log, now: now}
	shipped, err := catalog.Load(schemas.FS)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, t := range shipped.Types() {
		ids = append(ids, t.ID)
	}
	if h.access, err = access.Load(policies.FS, ids); err != nil {
		return nil, err
	}
	// Held to the types they were shipped with: what is published later must not keep the house from starting.
	traces, err := shipped.LoadTraces(schemas.FS)
	if err != nil {
		return nil, err
	}
	samples, err := standards.ReadShipped(schemas.FS)
	if err != nil {
		return nil, err
	}
	if h.store, err = postgres.Open(ctx, databaseURL, c.Connections); err != nil {
		return nil, err
	}
	register, err := catalog.LoadRegister(schemas.FS)
	if err != nil {
		return nil, err
	}
	if err := h.store.Install(ctx, shipped, register, h.access.Owner, departments, installer()); err != nil {
		return nil, err
	}
	if err := (postgres.Standards{Store: h.store}).Install(ctx, samples); err != nil {
		return nil, err
	}
	h.standards = &standards.Service{Store: postgres.Standards{Store: h.store}, Access: h.access, Ground: standards.Ground{Catalog: shipped, Owner: h.access.Owner}, Now: h.now}
	// From here on the database is the catalogue.
	came := shipped.Types()
	h.catalog = shipped
	if err := h.refresh(ctx); err != nil {
		return nil, err
	}
	if err := h.standards.Refresh(ctx); err != nil {
		return nil, err
	}
	for _, t := range h.catalog.Unlike(came) {
		log.WarnContext(ctx, "shipped version left out: the house has its own of that number", "ledger", t.ID, "version", t.Version)
	}
	if h.files, err = objectstore.Open(ctx, s3); err != nil {
		return nil, err
	}
	h.ledger = &ledger.Service{Store: h.store, Files: h.files, Access: h.access, Catalog: h.catalog, Refresh: h.refresh, Now: h.now}
	codes := make([]string, len(departments))
	for i, d := range departments {
		codes[i] = d.Code
	}
	h.proposals = &proposal.Service{Store: postgres.Proposals{Store: h.store}, Access: h.access, Catalog: h.catalog, Standards: h.standards.InForce,
		Departments: func() []string { return codes }, Refresh: h.refresh, Now: h.now}
	h.duty = &duty.Service{Store: postgres.Duties{Store: h.store}, Access: h.access, Catalog: h.catalog, Now: h.now}
	h.assessment = &assessment.Service{Store: postgres.Assessments{Store: h.store}, Access: h.access, Standards: h.standards, Duties: h.duty, Entries: h.ledger, Catalog: h.catalog, Now: h.now}
	ttf, err := frontend.FormFont()
	if err != nil {
		return nil, err
	}
	font, err := printing.ReadFont(ttf)
	if err != nil {
		return nil, err
	}
	h.printing = &printing.Service{Store: postgres.Prints{Store: h.store}, Files: h.files, Access: h.access, Catalog: h.catalog, Ledger: h.ledger,
		Font: font, Address: c.Address, Now: h.now}
	folder := c.Connectors
	if folder == "" {
		folder = filepath.Join(c.Data, "connectors")
	}
	set, err := connector.Load(folder, schemas.FS)
	if err != nil {
		return nil, err
	}
	h.connectors = &connector.Service{Store: postgres.Connectors{Store: h.store}, Access: h.access, Out: &outbound.Client{}, Set: set, Now: h.now, Log: log}
	h.exchange = &exchange.Service{Ledger: h.ledger, Store: postgres.Exchange{Store: h.store}, Files: h.files, Access: h.access, Catalog: h.catalog,
		Actor: postgres.Accounts{Store: h.store}.Actor, Areas: postgres.Duties{Store: h.store}.Areas, Example: schemas.Example, Build: build(), Now: h.now}
	page, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return nil, err
	}
	h.api = &httpapi.API{
		Ledger:     h.ledger,
		Duty:       h.duty,
		Assessment: h.assessment,
		Proposals:  h.proposals,
		Printing:   h.printing,
		Connectors: h.connectors,
		Exchange:   h.exchange,
		Register:   register,
		Catalog:    h.catalog,
		House:      h.store,
		Log:        log,
		Static:     page,
		Secure:     c.TLS,
		Ready:      h.ready,
		Retrieval:  &retrieval.Service{Ledger: h.ledger, Traces: traces, Store: postgres.Retrieval{Store: h.store}, Access: h.access, Catalog: h.catalog, Now: h.now},
		Inspection: &inspection.Service{Ledger: h.ledger, Access: h.access, Catalog: h.catalog, Standards: h.standards.InForce, Now: h.now},
		Accounts:   &account.Service{Store: postgres.Accounts{Store: h.store}, Now: h.now, Idle: c.Idle, Absolute: c.Absolute},
	}
	return h, h.wireAccreditation(ctx, c)
}

func (h *house) ready(ctx context.Context) error {
	if err := h.store.Ready(ctx); err != nil {
		return err
	}
	return h.files.Ping(ctx)
}

func (h *house) close(context.Context) error {
	h.store.Close()
	return nil
}

// installer is the account, the machine and the build that bring the shipped files in.
func installer() postgres.Installer {
	by := postgres.Installer{Operator: "?", Program: "?"}
	if u, err := user.Current(); err == nil {
		by.Operator = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		by.Operator += "@" + host
	}
	if b := build(); b != "" {
		by.Program = b
	}
	return by
}

// build names the program by its version and revision, "" where nobody wrote them down.
func build() (name string) {
	if b, ok := debug.ReadBuildInfo(); ok {
		name = b.Main.Version
		for _, s := range b.Settings {
			if s.Key == "vcs.revision" {
				name += " " + s.Value
			}
		}
	}
	return name
}

// refresh puts what the database holds of the catalogue in force in this process.
func (h *house) refresh(ctx context.Context) error {
	h.refreshing.Lock()
	defer h.refreshing.Unlock()
	generation, err := h.store.Generation(ctx)
	if err != nil || generation == h.generation {
		return err
	}
	published, err := h.store.Published(ctx)
	if err != nil {
		return err
	}
	owners, ends, err := h.store.Governed(ctx)
	if err != nil {
		return err
	}
	if err := h.catalog.Replace(published, ends); err != nil {
		return err
	}
	h.access.Own(owners)
	h.generation = generation
	return nil
}

// follow takes up what other servers publish, within a second.
func (h *house) follow(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := errors.Join(h.refresh(ctx), h.standards.Refresh(ctx)); err != nil && ctx.Err() == nil {
				h.log.Warn("catalogue or standards not refreshed", "error", err)
			}
		}
	}
}

func (h *house) startJobs(ctx context.Context) (*jobs.Workers, error) {
	go h.follow(ctx)
	return jobs.Start(ctx, h.store.Pool(), jobs.Deps{
		Duty:       h.duty,
		Assessment: h.assessment,
		Guidance:   h.api.Guidance,
		Cases:      h.cases,
		Ledger:     h.ledger,
		Proposals:  h.proposals,
		Printing:   h.printing,
		Connectors: h.connectors,
		Exchange:   h.exchange,
		Checkpoint: h.sign,
		Log:        h.log,
		Prisons:    func(ctx context.Context) ([]uuid.UUID, error) { return (postgres.Duties{Store: h.store}).Prisons(ctx) },
	})
}

// departments of every prison (catalogue 2.2 and 1.4).
var departments = []postgres.Department{
	{Code: "dept_custody", ZH: "狱政管理科", EN: "Custody administration", Bureau: "狱政管理处"},
	{Code: "dept_investigation", ZH: "侦查科", EN: "Investigation", Bureau: "侦查处"},
	{Code: "dept_education", ZH: "教育改造科", EN: "Education reform", Bureau: "教育改造处"},
	{Code: "dept_labour", ZH: "劳动改造科", EN: "Labour reform", Bureau: "劳动改造处"},
	{Code: "dept_hospital", ZH: "医院", EN: "Hospital", Bureau: "医院管理处"},
	{Code: "dept_life", ZH: "生活卫生科", EN: "Living and hygiene", Bureau: "生活卫生处"},
	{Code: "dept_equipment", ZH: "行政装备科", EN: "Equipment", Bureau: "行政装备处"},
	{Code: "dept_command", ZH: "指挥中心", EN: "Command centre"},
	{Code: "dept_political", ZH: "政治处", EN: "Political department", Bureau: "政治部"},
	{Code: "dept_office", ZH: "办公室", EN: "Office"},
	{Code: "dept_penalty", ZH: "刑罚执行科", EN: "Penalty enforcement", Bureau: "刑罚执行处"},
	{Code: "dept_discipline", ZH: "纪检监察", EN: "Discipline inspection"},
	{Code: "dept_it", ZH: "信息科", EN: "Information", Bureau: "信息处"},
}
