// Package housetest joins the whole house on real servers for tests: one
// prison, two areas, a person for every post.
package housetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/frontend"
	"taizhang/internal/access"
	"taizhang/internal/accreditation"
	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/guidance"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/objectstore"
	"taizhang/internal/organisation"
	"taizhang/internal/overview"
	"taizhang/internal/planning"
	"taizhang/internal/postgres"
	"taizhang/internal/printing"
	"taizhang/internal/proposal"
	"taizhang/internal/retrieval"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
	"taizhang/internal/stewardship"
	"taizhang/internal/testkit"
	"taizhang/migrations"
	"taizhang/policies"
	"taizhang/schemas"
)

// House is everything a test needs.
type House struct {
	OwnerURL    string
	Owner       *pgx.Conn // superuser: organisation, and what an attacker could do
	Store       *postgres.Store
	Files       *objectstore.Store
	Catalog     *catalog.Catalog
	Register    *catalog.Register
	Access      *access.Enforcer
	Ledger      *ledger.Service
	Duty        *duty.Service
	Assessment  *assessment.Service
	Standard    *scoring.Standard
	Proposals   *proposal.Service
	Retrieval   *retrieval.Service
	Exchange    *exchange.Service
	Areas       *organisation.Service
	Guidance    *guidance.Service
	Overview    *overview.Service
	Planning    *planning.Service
	Inspection  *inspection.Service
	Cases       *accreditation.Service
	Standards   *standards.Service
	Stewardship *stewardship.Service
	Prison      uuid.UUID
	Area        uuid.UUID // ordinary, with labour
	Other       uuid.UUID // another area of the same prison
	began       time.Time
	people      map[string]actor.Actor
	config      objectstore.Config
}

// New makes a house of its own for the test.
func New(t testing.TB) *House {
	t.Helper()
	ctx := t.Context()
	h := &House{Prison: uuid.New(), Area: uuid.New(), Other: uuid.New(), began: time.Now(), people: map[string]actor.Actor{}}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := shape()
	check(err)
	h.OwnerURL = testkit.Database(t, key, furnish)
	types, err := shipped()
	check(err)
	h.Catalog = types.Copy()
	shared, err := policy()
	check(err)
	h.Access = shared.Copy()
	h.Store, err = postgres.Open(ctx, postgres.AsRole(h.OwnerURL, "taizhang_app"), 12)
	check(err)
	t.Cleanup(h.Store.Close)
	h.Register, err = catalog.LoadRegister(schemas.FS)
	check(err)
	h.config = testkit.S3(t)
	h.Files, err = objectstore.Open(ctx, h.config)
	check(err)
	h.Owner, err = pgx.Connect(ctx, h.OwnerURL)
	check(err)
	t.Cleanup(func() { _ = h.Owner.Close(context.Background()) })
	h.Standards = &standards.Service{Store: postgres.Standards{Store: h.Store}, Access: h.Access, Ground: standards.Ground{Catalog: h.Catalog, Owner: h.Access.Owner}, Now: time.Now}
	check(h.Standards.Refresh(ctx))
	check(h.organise(ctx))
	h.Ledger = &ledger.Service{Store: h.Store, Files: h.Files, Access: h.Access, Catalog: h.Catalog, Refresh: h.refresh, Now: time.Now}
	h.Proposals = &proposal.Service{Store: postgres.Proposals{Store: h.Store}, Access: h.Access, Catalog: h.Catalog, Standards: h.Standards.InForce, Now: time.Now,
		Departments: func() []string { return []string{"dept_custody", "dept_education", "dept_labour"} }, Refresh: h.refresh}
	traces, err := h.Catalog.LoadTraces(schemas.FS)
	check(err)
	h.Retrieval = &retrieval.Service{Ledger: h.Ledger, Traces: traces, Store: postgres.Retrieval{Store: h.Store}, Access: h.Access, Catalog: h.Catalog, Now: time.Now}
	h.Exchange = h.exchange()
	h.Areas = &organisation.Service{Store: postgres.Areas{Store: h.Store}, Access: h.Access, Now: time.Now}
	h.Duty = &duty.Service{Store: postgres.Duties{Store: h.Store}, Access: h.Access, Catalog: h.Catalog, Now: time.Now}
	h.Standard, err = h.Standards.For(ctx, "ordinary", "", catalog.DayOf(time.Now()))
	check(err)
	h.Assessment = &assessment.Service{Store: postgres.Assessments{Store: h.Store}, Access: h.Access, Standards: h.Standards, Duties: h.Duty, Entries: h.Ledger, Catalog: h.Catalog, Now: time.Now}
	together := postgres.Guidance{Store: h.Store}
	h.Guidance = &guidance.Service{Store: together, Access: h.Access, Standards: h.Standards, Scores: h.Assessment, Evenings: postgres.Assessments{Store: h.Store}, Areas: postgres.Duties{Store: h.Store}.Areas,
		Prisons: together.Prisons, Now: time.Now}
	h.Inspection = &inspection.Service{Ledger: h.Ledger, Access: h.Access, Catalog: h.Catalog, Standards: h.Standards.InForce, Now: time.Now,
		Store: postgres.Checks{Store: h.Store}, Texts: h.Standards, Scores: h.Assessment, Papers: h.Printing(t)}
	machines, err := machines()
	check(err)
	h.Cases = &accreditation.Service{Store: postgres.Cases{Store: h.Store}, Access: h.Access, Standards: h.Standards, Checks: h.Inspection, Scores: h.Assessment, Files: h.Files, Font: h.Inspection.Papers.Font,
		Owner: h.Access.Owner, Calendar: h.Catalog.Calendar, Machines: machines, Now: time.Now}
	h.Inspection.Titles, h.Inspection.Cases = h.Cases, h.Cases
	h.Planning = &planning.Service{Store: postgres.Planning{Store: h.Store}, Access: h.Access, Road: h.Cases, Standards: h.Standards, Now: time.Now}
	h.Stewardship = &stewardship.Service{Store: postgres.Stewardship{Store: h.Store}, Access: h.Access, Catalog: h.Catalog, Register: h.Register, Now: time.Now}
	targets, err := overview.ReadTargets(schemas.FS)
	check(err)
	h.Overview = &overview.Service{Store: postgres.Overview{Store: h.Store}, Access: h.Access, Road: h.Cases, Scores: h.Assessment, Visits: h.Guidance, Standards: h.Standards,
		Targets: targets, Owner: h.Access.Owner, Now: time.Now}
	return h
}

var machines = sync.OnceValues(func() (accreditation.Machines, error) { return Roads(nil) })

// Roads are the shipped versions of the road, and those of a folder.
func Roads(own fstest.MapFS) (accreditation.Machines, error) {
	shipped, err := fs.Sub(schemas.FS, "accreditation")
	if err != nil {
		return nil, err
	}
	return accreditation.ReadMachines(shipped, own)
}

// shipped and policy are read once: they are most of what a house costs to make, and never the subject.
var shipped = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(schemas.FS) })

var policy = sync.OnceValues(func() (*access.Enforcer, error) {
	c, err := shipped()
	if err != nil {
		return nil, err
	}
	return access.Load(policies.FS, c.IDs())
})

var font = sync.OnceValues(func() (*printing.Font, error) {
	raw, err := frontend.FormFont()
	if err != nil {
		return nil, err
	}
	return printing.ReadFont(raw)
})

// Printing is the forms of the house.
func (h *House) Printing(t testing.TB) *printing.Service {
	t.Helper()
	f, err := font()
	if err != nil {
		t.Fatal(err)
	}
	return &printing.Service{Store: postgres.Prints{Store: h.Store}, Files: h.Files, Access: h.Access, Catalog: h.Catalog, Ledger: h.Ledger, Font: f,
		Address: "https://taizhang.example", Now: time.Now}
}

// exchange works for the people of the house, who have no accounts.
func (h *House) exchange() *exchange.Service {
	return &exchange.Service{Ledger: h.Ledger, Store: postgres.Exchange{Store: h.Store}, Files: h.Files, Access: h.Access, Catalog: h.Catalog,
		Areas: postgres.Duties{Store: h.Store}.Areas, Example: schemas.Example, Now: time.Now,
		Actor: func(_ context.Context, person uuid.UUID) (actor.Actor, error) {
			for _, a := range h.people {
				if a.PersonID == person {
					return a, nil
				}
			}
			return actor.Actor{}, fault.New(fault.NotFound, "not_found")
		}}
}

// refresh puts what the database holds of the catalogue in force.
func (h *House) refresh(ctx context.Context) error {
	published, err := h.Store.Published(ctx)
	if err != nil {
		return err
	}
	owners, ends, err := h.Store.Governed(ctx)
	if err != nil {
		return err
	}
	if err := h.Catalog.Replace(published, ends); err != nil {
		return err
	}
	h.Access.Own(owners)
	return nil
}

// furnish makes what every house begins with: the tables, and what is shipped in them.
func furnish(ctx context.Context, url string) error {
	if err := postgres.Migrate(ctx, url); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, postgres.AsRole(url, "taizhang_app"), 2)
	if err != nil {
		return err
	}
	defer store.Close()
	types, err := shipped()
	if err != nil {
		return err
	}
	rules, err := policy()
	if err != nil {
		return err
	}
	register, err := catalog.LoadRegister(schemas.FS)
	if err != nil {
		return err
	}
	departments := []postgres.Department{}
	for _, id := range types.IDs() {
		departments = append(departments, postgres.Department{Code: rules.Owner(id), ZH: "科室", EN: "department"})
	}
	if err := store.Install(ctx, types, register, rules.Owner, departments, postgres.Installer{}); err != nil {
		return err
	}
	samples, err := standards.ReadShipped(schemas.FS)
	if err != nil {
		return err
	}
	return postgres.Standards{Store: store}.Install(ctx, samples)
}

// shape changes with every file that furnish reads, and with it the template.
var shape = sync.OnceValues(func() (string, error) {
	all := sha256.New()
	for _, tree := range []fs.FS{migrations.FS, schemas.FS, policies.FS} {
		if err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := fs.ReadFile(tree, path)
			fmt.Fprintln(all, path, len(raw))
			_, _ = all.Write(raw)
			return err
		}); err != nil {
			return "", err
		}
	}
	return string(all.Sum(nil)), nil
})

func (h *House) organise(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue("insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, '甲监狱', 'Prison Jia', now())", h.Prison, h.Prison.String())
	b.Queue("insert into log_heads (prison_id) values ($1)", h.Prison)
	for i, a := range []uuid.UUID{h.Area, h.Other} {
		b.Queue("insert into areas values ($1, $2, $3, '监区', 'Area', 'ordinary', 'residential', true)", h.Prison, a, fmt.Sprintf("A%d", i+1))
	}
	hire := func(name string, p actor.Posting) { h.hire(b, name, p) }
	at := func(area uuid.UUID, r actor.Role) actor.Posting {
		return actor.Posting{Role: r, PrisonID: h.Prison, AreaID: area}
	}
	hire("officer", at(h.Area, actor.Officer))
	hire("second officer", at(h.Area, actor.Officer))
	hire("duty leader", at(h.Area, actor.DutyLeader))
	hire("second duty leader", at(h.Area, actor.DutyLeader))
	hire("area head", at(h.Area, actor.AreaHead))
	hire("second area head", at(h.Area, actor.AreaHead))
	hire("medic", at(h.Area, actor.Medic))
	hire("officer elsewhere", at(h.Other, actor.Officer))
	hire("area head elsewhere", at(h.Other, actor.AreaHead))
	hire("custody head", actor.Posting{Role: actor.DeptHead, PrisonID: h.Prison, Department: "dept_custody"})
	hire("education head", actor.Posting{Role: actor.DeptHead, PrisonID: h.Prison, Department: "dept_education"})
	hire("warden", actor.Posting{Role: actor.Warden, PrisonID: h.Prison})
	hire("inspector", actor.Posting{Role: actor.Inspector})
	hire("bureau office", actor.Posting{Role: actor.BureauOffice})
	hire("second bureau office", actor.Posting{Role: actor.BureauOffice})
	hire("bureau leader", actor.Posting{Role: actor.BureauLeader})
	hire("system admin", actor.Posting{Role: actor.SystemAdmin, PrisonID: h.Prison})
	hire("security admin", actor.Posting{Role: actor.SecurityAdmin, PrisonID: h.Prison})
	hire("command head", actor.Posting{Role: actor.DeptHead, PrisonID: h.Prison, Department: "dept_command"})
	hire("prison office", actor.Posting{Role: actor.PrisonOffice, PrisonID: h.Prison})
	hire("deputy head", at(h.Area, actor.DeputyHead))
	hire("prison leader", actor.Posting{Role: actor.PrisonLeader, PrisonID: h.Prison})
	for _, d := range []string{"custody", "education", "labour"} {
		hire("head of the "+d+" line", actor.Posting{Role: actor.DeptHead, Department: "dept_" + d})
	}
	hire("party secretary", actor.Posting{Role: actor.PartySecretary})
	hire("committee secretary", actor.Posting{Role: actor.CommitteeSecretary})
	for _, n := range []string{"first", "second", "third"} {
		hire(n+" committee member", actor.Posting{Role: actor.CommitteeMember})
	}
	for _, p := range []struct {
		name string
		role actor.Role
		dept string
	}{{"hospital medic", actor.Medic, "dept_hospital"}, {"hospital head", actor.DeptHead, "dept_hospital"}, {"counsellor", actor.Counsellor, "dept_education"}} {
		hire(p.name, actor.Posting{Role: p.role, PrisonID: h.Prison, Department: p.dept})
	}
	return h.Owner.SendBatch(ctx, b).Close()
}

// hire makes a person of that name in the posts.
func (h *House) hire(b *pgx.Batch, name string, posts ...actor.Posting) {
	a := actor.Actor{UserID: uuid.New(), PersonID: uuid.New(), Number: fmt.Sprintf("%07d", len(h.people)+1), Name: name, Postings: posts, Address: "127.0.0.1"}
	h.people[name] = a
	b.Queue("insert into persons values ($1, $2, $3)", a.PersonID, a.Number, name)
	for _, p := range posts {
		b.Queue(`insert into postings (posting_id, person_id, role, prison_id, area_id, department)
			values ($1, $2, $3, nullif($4, $6::uuid), nullif($5, $6::uuid), nullif($7, ''))`, uuid.New(), a.PersonID, p.Role, p.PrisonID, p.AreaID, uuid.Nil, p.Department)
	}
}

// Post writes the person's posting down, where a look-up asks the database for it.
func (h *House) Post(t testing.TB, who string) {
	t.Helper()
	p := h.Person(who)
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id, area_id) values ($1, $2, $3, $4, $5)",
		uuid.New(), p.PersonID, p.Postings[0].Role, h.Prison, p.Postings[0].AreaID); err != nil {
		t.Fatal(err)
	}
}

// Person by the name of the post.
func (h *House) Person(name string) actor.Actor {
	a, ok := h.people[name]
	if !ok {
		panic("no " + name)
	}
	return a
}

// As is the context of a person.
func (h *House) As(ctx context.Context, name string) context.Context {
	return actor.With(ctx, h.Person(name))
}

// Search is a cell search that passes: filled by the officer, nothing found, an
// hour before the house began. It is the same each time.
func (h *House) Search() json.RawMessage {
	officer, second := h.Person("officer").Number, h.Person("second officer").Number
	at := h.began.Add(-time.Hour).In(catalog.Zone)
	doc := map[string]any{
		"search_kind": "cell", "search_mode": "planned", "started_at": at.Add(-time.Hour).Format(time.RFC3339), "ended_at": at.Format(time.RFC3339),
		"places": []string{"301 监舍"}, "searchers": []string{officer, second}, "findings_count": 0, "property_restored": true,
		"clips": []map[string]any{{"camera_code": "A3-0102", "from": at.Add(-time.Hour).Format(time.RFC3339), "to": at.Format(time.RFC3339), "locked": true}},
	}
	raw, _ := json.Marshal(doc)
	return raw
}

// Finding is Search with one irregular item, which asks for a photo.
func (h *House) Finding() json.RawMessage {
	var doc map[string]any
	_ = json.Unmarshal(h.Search(), &doc)
	doc["findings_count"] = 1
	doc["findings"] = []map[string]any{{"item_class": "irregular", "item_name": "打火机", "quantity": 1, "unit": "个", "place": "床下", "disposal": "destroyed"}}
	raw, _ := json.Marshal(doc)
	return raw
}

// Begin makes a draft of a ledger in the area.
func (h *House) Begin(t testing.TB, who, ledgerID string, body json.RawMessage) ledger.Entry {
	t.Helper()
	out, err := h.Ledger.Create(h.As(t.Context(), who), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: ledgerID, Body: body}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Entry
}

// Submitted makes a submitted search.
func (h *House) Submitted(t testing.TB) ledger.Entry {
	t.Helper()
	e := h.Begin(t, "officer", "cell-body-search", h.Search())
	out, err := h.Ledger.Submit(h.As(t.Context(), "officer"), e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Entry
}

// Photo is a small picture; n makes them differ.
func Photo(n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(i * (n + 1))
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil)
	return b.Bytes()
}

// Attach uploads a photo to the draft.
func (h *House) Attach(t testing.TB, who string, k ledger.Key, slot string, content []byte) *ledger.Evidence {
	t.Helper()
	ctx := h.As(t.Context(), who)
	u, err := h.Ledger.NewUpload(ctx, k, slot, "照片.jpg", int64(len(content)), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	half := int64(len(content) / 2)
	if _, _, err := h.Ledger.PutPart(ctx, k.Prison, u.ID, 0, bytes.NewReader(content[:half]), half); err != nil {
		t.Fatal(err)
	}
	_, ev, err := h.Ledger.PutPart(ctx, k.Prison, u.ID, half, bytes.NewReader(content[half:]), int64(len(content))-half)
	if err != nil {
		t.Fatal(err)
	}
	return ev
}
