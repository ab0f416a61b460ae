package housetest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/account"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
	"taizhang/schemas"
)

// kitchenV2 is the next version of the kitchen's standard, its first indicator's
// points moved to its second.
func kitchenV2(t *testing.T) scoring.Set {
	t.Helper()
	set, err := scoring.ReadSet(schemas.FS, "standards/kitchen/v1")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.Replace(*part, []byte(`"version": 1`), []byte(`"version": 2`), 1)
	}
	set.Standard = bytes.Replace(set.Standard, []byte(`"points": "30", "department"`), []byte(`"points": "20", "department"`), 1)
	set.Standard = bytes.Replace(set.Standard, []byte(`"points": "30", "department"`), []byte(`"points": "40", "department"`), 1)
	return set
}

func onceAs(key string) ledger.Idem { return ledger.Idem{Key: "standards-" + key, Route: key} }

// drafted, reviewed by the leader, and ready to be issued.
func reviewed(t *testing.T, h *housetest.House, set scoring.Set) standards.Version {
	t.Helper()
	v, err := h.Standards.Draft(h.As(t.Context(), "bureau office"), set, onceAs("draft"))
	if err != nil {
		t.Fatal(err)
	}
	v, err = h.Standards.Review(h.As(t.Context(), "bureau leader"), v.Standard, v.Version, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs("review"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestThreeArtefacts: a version goes from draft to review by another person, on the
// digest that was read, to issue from its day; then it supersedes.
func TestThreeArtefacts(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office, leader := h.As(t.Context(), "bureau office"), h.As(t.Context(), "bureau leader")
	today := catalog.DayOf(time.Now())
	set := kitchenV2(t)
	v, err := h.Standards.Draft(office, set, onceAs("draft"))
	if err != nil || v.State != standards.Draft {
		t.Fatalf("%+v %v", v, err)
	}
	say := standards.Verdict{Verdict: "pass", Digest: v.Digest}
	if _, err := h.Standards.Draft(office, set, onceAs("draft again")); fault.CodeOf(err) != "standard_version" && fault.CodeOf(err) != "draft_there" {
		t.Errorf("a second draft: %v", err)
	}
	if _, err := h.Standards.Issue(office, "kitchen", 2, v.Revision, today, onceAs("early")); fault.CodeOf(err) != "standard_unreviewed" {
		t.Errorf("issued without review: %v", err)
	}
	if _, err := h.Standards.Review(office, "kitchen", 2, say, v.Revision, onceAs("own")); fault.CodeOf(err) == "" {
		t.Error("the author reviewed their own draft")
	}
	if _, err := h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "return", Digest: v.Digest}, v.Revision, onceAs("wordless")); fault.CodeOf(err) != "bad_standard" {
		t.Errorf("returned without a reason: %v", err)
	}
	returned, err := h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "return", Digest: v.Digest, Comment: "请核对 HF-01"}, v.Revision, onceAs("return"))
	if err != nil || returned.State != standards.Draft || returned.Review.Verdict != "return" {
		t.Fatalf("%+v %v", returned, err)
	}
	changed := set
	changed.Standard = bytes.Replace(set.Standard, []byte("伙房罪犯选用审批"), []byte("伙房罪犯选用与审批"), 1)
	saved, err := h.Standards.Save(office, "kitchen", 2, v.Revision, changed, onceAs("save"))
	if err != nil || saved.Revision != v.Revision+1 || saved.Digest == v.Digest {
		t.Fatalf("%+v %v", saved, err)
	}
	if _, err := h.Standards.Save(office, "kitchen", 2, v.Revision, set, onceAs("stale")); fault.CodeOf(err) != "changed_meanwhile" {
		t.Errorf("a stale save: %v", err)
	}
	if _, err := h.Standards.Review(leader, "kitchen", 2, say, saved.Revision, onceAs("other digest")); fault.CodeOf(err) != "changed_meanwhile" {
		t.Errorf("a review of what was not read: %v", err)
	}
	say.Digest = saved.Digest
	if _, err := h.Standards.Review(leader, "kitchen", 2, say, saved.Revision, onceAs("pass")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Standards.Issue(leader, "kitchen", 2, saved.Revision, today, onceAs("not the office")); fault.CodeOf(err) == "" {
		t.Error("issued by another than the office")
	}
	if _, err := h.Standards.Issue(office, "kitchen", 2, saved.Revision, "2020-01-01", onceAs("back-dated")); fault.CodeOf(err) != "bad_standard" {
		t.Errorf("issued back-dated: %v", err)
	}
	issued, err := h.Standards.Issue(office, "kitchen", 2, saved.Revision, today, onceAs("issue"))
	if err != nil || issued.State != standards.Issued {
		t.Fatalf("%+v %v", issued, err)
	}
	std, pin, err := h.Standards.Issued(t.Context(), standards.Unit{Kind: "functional", Function: "kitchen"}, today)
	if err != nil || std.Version != 2 || pin.Digest != saved.Digest {
		t.Errorf("in force: %+v %v", pin, err)
	}
	if std, _, err := h.Standards.Issued(t.Context(), standards.Unit{Kind: "functional", Function: "kitchen"}, "2021-01-01"); err != nil || std.Version != 1 {
		t.Errorf("in force before: %v", err)
	}
	if _, _, err := h.Standards.Issued(t.Context(), standards.Unit{Kind: "functional", Function: "hospital"}, today); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("a hospital is judged: %v", err)
	}
	list, err := h.Standards.List(h.As(t.Context(), "officer"))
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, v := range list {
		states[v.Standard+" "+string(rune('0'+v.Version))] = v.State
	}
	if states["kitchen 1"] != standards.Superseded || states["kitchen 2"] != standards.Issued || states["prison 1"] != standards.Issued {
		t.Errorf("states: %v", states)
	}
}

// TestNewerVersionStands: a version is not followed by an older one that comes into force after it.
func TestNewerVersionStands(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office, today := h.As(t.Context(), "bureau office"), catalog.DayOf(time.Now())
	later := catalog.DayOf(time.Now().AddDate(0, 0, 30))
	v := reviewed(t, h, kitchenV2(t))
	if _, err := h.Standards.Issue(office, "kitchen", 2, v.Revision, later, onceAs("issue 2")); err != nil {
		t.Fatal(err)
	}
	set := kitchenV2(t)
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.Replace(*part, []byte(`"version": 2`), []byte(`"version": 3`), 1)
	}
	v, err := h.Standards.Draft(office, set, onceAs("draft 3"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err = h.Standards.Review(h.As(t.Context(), "bureau leader"), "kitchen", 3, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs("review 3")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Standards.Issue(office, "kitchen", 3, v.Revision, today, onceAs("issue 3")); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{today, later} {
		std, _, err := h.Standards.Issued(t.Context(), standards.Unit{Kind: "functional", Function: "kitchen"}, day)
		if err != nil || std.Version != 3 {
			t.Errorf("on %s version %d is in force: %v", day, std.Version, err)
		}
	}
	if w, err := h.Standards.Load(office, "kitchen", 2); err != nil || w.State != standards.Superseded {
		t.Errorf("version 2 is %s: %v", w.State, err)
	}
}

// TestDraftsUnseen: what is not issued is the bureau's own.
func TestDraftsUnseen(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	if _, err := h.Standards.Draft(h.As(t.Context(), "warden"), kitchenV2(t), onceAs("warden")); fault.CodeOf(err) == "" {
		t.Error("a prison drafted a standard")
	}
	if _, err := h.Standards.Draft(h.As(t.Context(), "bureau office"), kitchenV2(t), onceAs("draft")); err != nil {
		t.Fatal(err)
	}
	officer := h.As(t.Context(), "officer")
	if _, err := h.Standards.Load(officer, "kitchen", 2); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("a draft was read: %v", err)
	}
	if w, err := h.Standards.Load(officer, "kitchen", 1); err != nil || len(w.Set.Guide) == 0 {
		t.Errorf("what is issued was not: %v", err)
	}
}

// TestIssuedImmutable: for every role, what is issued stands.
func TestIssuedImmutable(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	v := reviewed(t, h, kitchenV2(t))
	if _, err := h.Standards.Issue(h.As(t.Context(), "bureau office"), "kitchen", 2, v.Revision, "2100-01-01", onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Standards.Save(h.As(t.Context(), "bureau office"), "kitchen", 2, v.Revision, kitchenV2(t), onceAs("save")); fault.CodeOf(err) != "standard_issued" {
		t.Errorf("saved: %v", err)
	}
	app, err := pgx.Connect(t.Context(), postgres.AsRole(h.OwnerURL, "taizhang_app"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close(t.Context()) }()
	for name, c := range map[string]*pgx.Conn{"the application": app, "the owner": h.Owner} {
		for _, sql := range []string{
			"update standard_sets set body = '{}' where version = 1", "update standard_sets set effective_on = '2020-01-01' where version = 2",
			"delete from standard_sets where standard = 'kitchen'", "update standard_reviews set comment = 'x'", "delete from standard_mappings",
			"update basis_documents set issuer = 'x'",
		} {
			var pg *pgconn.PgError
			if _, err := c.Exec(t.Context(), sql); !errors.As(err, &pg) {
				t.Errorf("%s: %s went through: %v", name, sql, err)
			}
		}
	}
	if _, err := app.Exec(t.Context(), `insert into standard_sets (standard, version, title, unit_kind, functions, label, unofficial, points, line, body, rules, guide, digest, state, author, issued_at, effective_on)
		select standard, 3, title, unit_kind, functions, label, false, points, line, body, rules, guide, digest, 'issued', null, now(), current_date from standard_sets where standard = 'kitchen' and version = 1`); err == nil {
		t.Error("a standard began as issued")
	}
}

// TestOldSheetsUnchanged: a version that weighs everything otherwise leaves every old
// sheet as it was, byte for byte, by its pin.
func TestOldSheetsUnchanged(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	today := catalog.DayOf(time.Now())
	unit := standards.Unit{Kind: "functional", Function: "kitchen"}
	sheet := func(std *scoring.Standard) string {
		raw, err := json.Marshal(scoring.Evaluate(std, scoring.Input{From: "2026-01-01", To: "2026-06-30", Findings: []scoring.Finding{
			{ID: "1", Line: "HF-01.barred", Day: "2026-03-03", Count: 3}, {ID: "2", Line: "HF-03.ill", Day: "2026-03-03", Count: 2}}}))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	old, pin, err := h.Standards.Issued(t.Context(), unit, today)
	if err != nil {
		t.Fatal(err)
	}
	before := sheet(old)
	v := reviewed(t, h, kitchenV2(t))
	if _, err := h.Standards.Issue(h.As(t.Context(), "bureau office"), "kitchen", 2, v.Revision, today, onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	now, _, err := h.Standards.Issued(t.Context(), unit, today)
	if err != nil || sheet(now) == before {
		t.Fatalf("the new version judges alike: %v", err)
	}
	again := &standards.Service{Store: postgres.Standards{Store: h.Store}, Access: h.Access, Ground: h.Standards.Ground, Now: time.Now}
	pinned, err := again.Version(t.Context(), pin)
	if err != nil || sheet(pinned) != before {
		t.Errorf("the old sheet is another: %v", err)
	}
	pin.Digest[0]++
	if _, err := again.Version(t.Context(), pin); err == nil {
		t.Error("another text came under the pinned name")
	}
	c, err := h.Standards.Compare(h.As(t.Context(), "officer"), "kitchen", 1, 2)
	if err != nil || c.Indicators[0].Change != "changed" || c.Indicators[2].Change != "same" || c.Indicators[0].After[0].Points.String() != "20" {
		t.Errorf("%+v %v", c.Indicators, err)
	}
	if c, err := h.Standards.Compare(h.As(t.Context(), "officer"), "ordinary-area", 1, 2); err != nil || len(c.Indicators) != 48 {
		t.Errorf("the shipped versions: %v", err)
	}
}

// TestStandardTwiceAtOnce: of two drafts, two reviews and two issues at once, one each.
func TestStandardTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office, leader := h.As(t.Context(), "bureau office"), h.As(t.Context(), "bureau leader")
	set := kitchenV2(t)
	twice := func(name string, act func(ledger.Idem) error) {
		t.Helper()
		var both sync.WaitGroup
		start, errs := make(chan struct{}), make([]error, 2)
		for i := range errs {
			both.Go(func() { <-start; errs[i] = act(onceAs(name + string(rune('a'+i)))) })
		}
		close(start)
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || fault.CodeOf(errors.Join(errs...)) == "" && fault.CodeOf(errs[0])+fault.CodeOf(errs[1]) == "" {
			t.Errorf("%s: %v", name, errs)
		}
	}
	twice("drafted", func(i ledger.Idem) error { _, err := h.Standards.Draft(office, set, i); return err })
	w, err := h.Standards.Load(office, "kitchen", 2)
	if err != nil {
		t.Fatal(err)
	}
	say := standards.Verdict{Verdict: "pass", Digest: w.Digest}
	twice("reviewed", func(i ledger.Idem) error {
		_, err := h.Standards.Review(leader, "kitchen", 2, say, w.Revision, i)
		return err
	})
	twice("issued", func(i ledger.Idem) error {
		_, err := h.Standards.Issue(office, "kitchen", 2, w.Revision, "2100-01-01", i)
		return err
	})
}

// TestBasis: a document that was replaced shows the indicators that rest on it.
func TestBasis(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office := h.As(t.Context(), "bureau office")
	d := standards.Document{Title: "监狱教育改造工作规定（新）", Issuer: "司法部", Level: "ministry", IssuedOn: "2026-01-01"}
	if err := h.Standards.AddBasis(h.As(t.Context(), "warden"), d, onceAs("warden")); fault.CodeOf(err) == "" {
		t.Error("a prison entered a document")
	}
	if err := h.Standards.AddBasis(office, standards.Document{Level: "friends", IssuedOn: "tomorrow"}, onceAs("bad")); fault.CodeOf(err) != "bad_basis" {
		t.Errorf("%v", err)
	}
	if err := h.Standards.AddBasis(office, d, onceAs("add")); err != nil {
		t.Fatal(err)
	}
	if err := h.Standards.AddBasis(office, d, onceAs("add again")); fault.CodeOf(err) != "basis_there" {
		t.Errorf("twice: %v", err)
	}
	r := standards.Replacement{Title: "监狱教育改造工作规定", By: d.Title, Day: "2026-02-01"}
	if err := h.Standards.ReplaceBasis(office, standards.Replacement{Title: r.Title, By: "没有这份文件", Day: r.Day}, onceAs("unknown")); fault.CodeOf(err) != "not_found" {
		t.Errorf("replaced by nothing: %v", err)
	}
	if err := h.Standards.ReplaceBasis(office, r, onceAs("replace")); err != nil {
		t.Fatal(err)
	}
	if err := h.Standards.ReplaceBasis(office, r, onceAs("replace again")); fault.CodeOf(err) != "basis_replaced" {
		t.Errorf("twice: %v", err)
	}
	list, err := h.Standards.Basis(h.As(t.Context(), "officer"))
	if err != nil {
		t.Fatal(err)
	}
	flagged := map[string]bool{}
	for _, d := range list {
		if d.ReplacedBy != "" {
			for _, u := range d.Uses {
				flagged[u.Indicator] = true
			}
		}
	}
	if !flagged["JY-01"] || !flagged["HF-10"] || flagged["XF-01"] {
		t.Errorf("flagged: %v", flagged)
	}
}

// TestStandardOverHTTP: a table from another field becomes a draft, is checked, reviewed
// and issued through the door, each answer as the contract says.
func TestStandardOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	if _, err := c.h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), c.h.Person("bureau leader").PersonID, account.Hash("a password")); err != nil {
		t.Fatal(err)
	}
	office, leader := c.as(t, "bureau office"), c.as(t, "bureau leader")
	table := base64.StdEncoding.EncodeToString([]byte("编号,方面,指标,分值,评分标准,方法\nA-1,甲,乙,10,不符，每处,现场\n"))
	frame := `{"frame":{"id":"other-field","version":1,"title":{"zh":"外部框架"},"unit":{"kind":"other"},"line":"8","months":6},"file":`
	key := map[string]string{"Idempotency-Key": "import-one"}
	status, body := office.do(t, "POST", "/standards/import", frame+`"5LiN5piv6KGo5qC8"}`, key)
	if status != 200 || len(body["mistakes"].([]any)) == 0 {
		t.Fatalf("no table: %d %v", status, body)
	}
	key["Idempotency-Key"] = "import-two"
	if status, body = office.do(t, "POST", "/standards/import", frame+`"`+table+`"}`, key); status != 201 {
		t.Fatalf("import: %d %v", status, body)
	}
	at := "/standards/other-field/versions/1"
	status, body = leader.do(t, "GET", at, "", nil)
	if status != 200 {
		t.Fatalf("read: %d %v", status, body)
	}
	digest := body["version"].(map[string]any)["digest"].(string)
	whole, err := json.Marshal(map[string]any{"standard": body["standard"], "rules": body["rules"], "guide": body["guide"]})
	if err != nil {
		t.Fatal(err)
	}
	if status, body = office.do(t, "GET", "/measures", "", nil); status != 200 || len(body["every"].([]any)) != len(catalog.EveryLedger) || len(body["ledgers"].([]any)) == 0 {
		t.Errorf("measures: %d %v", status, body)
	}
	if status, body = office.do(t, "POST", "/standards/check", string(whole), nil); status != 200 || len(body["mistakes"].([]any)) != 0 {
		t.Errorf("check: %d %v", status, body)
	}
	seen := map[string]string{"Idempotency-Key": "review-1", "If-Match": `"1"`}
	if status, body = office.do(t, "POST", at+"/review", `{"verdict":"pass","digest":"`+digest+`"}`, seen); status != 403 {
		t.Errorf("own review: %d %v", status, body)
	}
	if status, body = leader.do(t, "POST", at+"/review", `{"verdict":"pass","digest":"`+digest+`"}`, seen); status != 200 || body["state"] != "reviewed" {
		t.Errorf("review: %d %v", status, body)
	}
	seen["Idempotency-Key"] = "issue-01"
	if status, body = office.do(t, "POST", at+"/issue", `{"effective_on":"2100-01-01"}`, seen); status != 200 || body["state"] != "issued" {
		t.Errorf("issue: %d %v", status, body)
	}
	seen["Idempotency-Key"] = "save-001"
	if status, body = office.do(t, "PUT", at, string(whole), seen); status != 409 || body["code"] != "standard_issued" {
		t.Errorf("save: %d %v", status, body)
	}
	seen["Idempotency-Key"] = "basis-01"
	if status, body = office.do(t, "POST", "/basis", `{"title":"新文件","issuer":"省局","level":"bureau"}`, seen); status != 204 {
		t.Errorf("basis: %d %v", status, body)
	}
}

// TestUnitsOwnStandard: a kitchen is scored by the kitchen's standard, and a finding
// there falls under its lines alone.
func TestUnitsOwnStandard(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	kitchen := h.Province(t)[0].Kitchen
	sheet, _, err := h.Assessment.Score(h.As(t.Context(), "warden"), h.Prison, kitchen)
	if err != nil || sheet.Standard != "kitchen" {
		t.Fatalf("%v %v", sheet, err)
	}
	inspector := h.As(t.Context(), "inspector")
	f := assessment.NewFinding{Area: h.Area, Line: "HF-01.barred", Day: catalog.DayOf(time.Now()), Count: 1, Note: "选用不当"}
	if _, err := h.Assessment.AddFinding(inspector, h.Prison, f, onceAs("finding")); err == nil {
		t.Error("an ordinary area lost points by the kitchen's line")
	}
}
