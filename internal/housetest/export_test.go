package housetest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
	"taizhang/internal/workbook"
)

func askExport(t *testing.T, h *housetest.House, who string, e exchange.Export) exchange.Export {
	t.Helper()
	e.Prison = h.Prison
	e, err := h.Exchange.Ask(h.As(t.Context(), who), e, ledger.Idem{Key: uuid.NewString(), Route: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Exchange.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true}); err != nil {
		t.Fatal(err)
	}
	return e
}

func fetched(t *testing.T, h *housetest.House, who string, e exchange.Export) (exchange.Export, []byte) {
	t.Helper()
	e, r, err := h.Exchange.Fetch(h.As(t.Context(), who), h.Prison, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return e, raw
}

// TestExport brings entries out as they went in, in every format, with who took
// them in the log; and the file that went out is known when it comes back.
func TestExport(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", searches(h, 230, func(int) bool { return false }))))
	i = through(t, h, "officer", begin(t, h, "officer", i))
	if i.Written != 230 {
		t.Fatalf("%+v", i)
	}
	for _, format := range exchange.Formats {
		e, raw := fetched(t, h, "custody head", askExport(t, h, "custody head", exchange.Export{Ledger: "cell-body-search", Format: format}))
		if e.Rows != 230 || e.State != exchange.Done || e.Size != int64(len(raw)) {
			t.Errorf("%s: %+v", format, e)
		}
		rows := rowsOf(t, h, raw)
		if len(rows) != 230 || rows[0].Area != "监区" {
			t.Fatalf("%s: %d rows, the first %+v", format, len(rows), rows[0])
		}
		for _, r := range rows[:20] {
			k := ledger.Key{Prison: h.Prison, Entry: uuid.MustParse(r.Entry)}
			v, err := h.Ledger.Get(h.As(t.Context(), "custody head"), k)
			if err != nil {
				t.Fatal(err)
			}
			typed, err := h.Catalog.Current("cell-body-search").Typed(v.Revisions[0].Document)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(typed), string(canonical(t, r.Value))); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
		}
		back := through(t, h, "officer", send(t, h, "officer", exchange.Sent{Name: "回传"}, raw))
		if back.Skipped != 230 || back.Good+back.Bad != 0 {
			t.Errorf("%s brought back: %+v", format, back)
		}
	}
	var n int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'export' and detail->>'sha256' <> '' and (detail->>'rows')::int = 230").Scan(&n); err != nil || n != 3 {
		t.Errorf("%d exports in the custody record: %v", n, err)
	}
	verified(t, h)
}

// TestExportRights: one's own scope and no more, one's own files, and strictly
// restricted material for named posts with a reason.
func TestExportRights(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Submitted(t)
	for who, rows := range map[string]int{"officer": 1, "custody head": 1, "warden": 1, "officer elsewhere": 0, "education head": 0} {
		e, _ := fetched(t, h, who, askExport(t, h, who, exchange.Export{Ledger: "cell-body-search", Format: "xlsx"}))
		if e.Rows != rows {
			t.Errorf("%s takes %d rows, want %d", who, e.Rows, rows)
		}
	}
	mine := askExport(t, h, "officer", exchange.Export{Ledger: "cell-body-search", Format: "xlsx"})
	if _, _, err := h.Exchange.Fetch(h.As(t.Context(), "second officer"), h.Prison, mine.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's file: %v", err)
	}
	strict := exchange.Export{Prison: h.Prison, Ledger: "medical-visit", Format: "xlsx"}
	for who, code := range map[string]string{"officer": "forbidden", "custody head": "forbidden", "warden": "reason_required"} {
		if _, err := h.Exchange.Ask(h.As(t.Context(), who), strict, ledger.Idem{}); fault.CodeOf(err) != code {
			t.Errorf("%s asks for L3: %v, want %s", who, err, code)
		}
	}
	strict.Reason = "\u200b\u2060"
	if _, err := h.Exchange.Ask(h.As(t.Context(), "warden"), strict, ledger.Idem{}); fault.CodeOf(err) != "reason_required" {
		t.Errorf("a reason that shows nothing: %v", err)
	}
	strict.Reason = "年度卫生检查"
	e, _ := fetched(t, h, "warden", askExport(t, h, "warden", strict))
	if e.State != exchange.Done {
		t.Errorf("%+v", e)
	}
	// Taken twice more, it is three times in the custody record.
	for range 2 {
		_, body, err := h.Exchange.Fetch(h.As(t.Context(), "warden"), h.Prison, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		_ = body.Close()
	}
	var n int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'export_fetched' and subject = $1 and reason = $2", e.ID.String(), strict.Reason).Scan(&n); err != nil || n != 3 {
		t.Errorf("%d fetches in the custody record: %v", n, err)
	}
}

// TestExportFilter narrows as the list does.
func TestExportFilter(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Submitted(t)
	today, later := time.Now().Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	for _, test := range []struct {
		filter exchange.Filter
		rows   int
	}{
		{exchange.Filter{}, 1}, {exchange.Filter{Area: &h.Area}, 1}, {exchange.Filter{Area: &h.Other}, 0}, {exchange.Filter{From: later}, 0},
		{exchange.Filter{To: later}, 1}, {exchange.Filter{States: []ledger.State{ledger.Approved}}, 0}, {exchange.Filter{Text: "不存在的词"}, 0},
	} {
		e, _ := fetched(t, h, "warden", askExport(t, h, "warden", exchange.Export{Ledger: "cell-body-search", Format: "csv-utf8-bom", Query: test.filter}))
		if e.Rows != test.rows {
			t.Errorf("%+v on %s: %d rows, want %d", test.filter, today, e.Rows, test.rows)
		}
	}
}

// TestExportCorrected: an approved entry stays in what is exported, as it is in
// force, from the moment it is taken up for correction until the correction is in
// force; what was voided is there as voided, what was never filed is not.
func TestExportCorrected(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	h.Begin(t, "officer", "cell-body-search", nil)
	k := inForce(t, h, "cell-body-search", map[string]any{"places": []string{"甲"}})
	row := func(format string) string {
		t.Helper()
		e, raw := fetched(t, h, "warden", askExport(t, h, "warden", exchange.Export{Ledger: "cell-body-search", Format: format}))
		rows := rowsOf(t, h, raw)
		if len(rows) != 1 || e.Rows != 1 {
			t.Fatalf("%d rows, %+v", len(rows), e)
		}
		return fmt.Sprint(rows[0].Value["places"], " ", strings.Contains(string(raw), "已通过（更正中）"))
	}
	is := func(what, want string) {
		t.Helper()
		if got := row("csv-utf8-bom"); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	is("in force", "[甲] false")
	v, err := h.Ledger.Get(officer, k)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Ledger.Amend(officer, k, v.Entry.ETag, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	is("taken up for correction", "[甲] true")
	if out, err = h.Ledger.SaveDraft(officer, k, out.Entry.ETag, out.Entry.Version, mustJSON(t, map[string]any{"places": []string{"乙"}}), ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	is("being corrected", "[甲] true")
	exec(t, h, "update entries set state = 'voided' where entry_id = $1", k.Entry)
	is("voided", "[甲] false")
	if !strings.HasPrefix(row("xlsx"), "[甲]") {
		t.Error("a workbook holds something else")
	}
}

// TestExportGivesUp: an export that cannot be finished does not stay at work for
// ever; it is taken up again for a day, and then has failed and says so.
func TestExportGivesUp(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Submitted(t)
	officer := h.As(t.Context(), "officer")
	e, err := h.Exchange.Ask(officer, exchange.Export{Prison: h.Prison, Ledger: "cell-body-search", Format: "xlsx"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	whole := h.Exchange.Files
	h.Exchange.Files = noRoom{whole}
	for _, step := range []struct {
		older string
		state exchange.State
	}{{"0", exchange.Writing}, {"23 hours", exchange.Writing}, {"1 hour 1 minute", exchange.Failed}, {"0", exchange.Failed}} {
		exec(t, h, "update exports set created_at = created_at - $1::interval, touched_at = touched_at - interval '2 minutes'", step.older)
		working, _, err := h.Exchange.Store.Left(t.Context(), time.Now().Add(-time.Minute), time.Now().Add(-exchange.Keep))
		if taken := len(working) == 1; err != nil || taken != (e.State == exchange.Writing) {
			t.Errorf("%s: taken up %v, %v", step.older, working, err)
		}
		_, err = h.Exchange.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true})
		if (err == nil) != (step.state == exchange.Failed) {
			t.Errorf("%s: %v", step.older, err)
		}
		if e, err = h.Exchange.Export(officer, h.Prison, e.ID); err != nil || e.State != step.state {
			t.Errorf("%s: %+v %v", step.older, e, err)
		}
	}
	if e.Failure == nil || e.Failure.Code != "export_gave_up" || e.Finished == nil {
		t.Errorf("%+v", e)
	}
}

// noRoom is a store of files that takes none.
type noRoom struct{ exchange.Files }

func (noRoom) PutStaging(context.Context, string, io.Reader, int64) error {
	return errors.New("no room")
}

// TestTend takes up what nobody goes on with, and sweeps what is over its time.
func TestTend(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	i := send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", searches(h, 2, func(int) bool { return false })))
	e := askExport(t, h, "officer", exchange.Export{Ledger: "cell-body-search", Format: "xlsx"})
	jobs := func() (n int) {
		if err := h.Owner.QueryRow(t.Context(), "select count(*) from river_job where kind = 'exchange'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := jobs()
	if err := h.Exchange.Tend(t.Context()); err != nil || jobs() != before {
		t.Errorf("fresh work was taken up: %d more, %v", jobs()-before, err)
	}
	if _, err := h.Owner.Exec(t.Context(), "update imports set touched_at = now() - interval '2 minutes'"); err != nil {
		t.Fatal(err)
	}
	if err := h.Exchange.Tend(t.Context()); err != nil || jobs() != before+1 {
		t.Errorf("left work: %d jobs more, want 1, %v", jobs()-before, err)
	}
	i = through(t, h, "officer", i)
	if _, err := h.Owner.Exec(t.Context(), "update imports set created_at = now() - interval '8 days'; update exports set created_at = now() - interval '8 days'"); err != nil {
		t.Fatal(err)
	}
	if err := h.Exchange.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := h.As(t.Context(), "officer")
	if _, err := h.Exchange.Import(ctx, h.Prison, i.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an old import stays: %v", err)
	}
	if _, _, err := h.Exchange.Fetch(ctx, h.Prison, e.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an old export stays: %v", err)
	}
	for part, err := range h.Files.ListStaging(t.Context(), "") {
		if err != nil || strings.Contains(part.Key, h.Prison.String()) {
			t.Errorf("left behind: %s %v", part.Key, err)
		}
	}
}

// TestEmptyRights: whoever fills the ledger somewhere takes an empty file of it.
func TestEmptyRights(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for who, code := range map[string]string{"officer": "", "warden": "forbidden"} {
		var w bytes.Buffer
		err := h.Exchange.Empty(h.As(t.Context(), who), h.Prison, "cell-body-search", "xlsx", &w)
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v", who, err)
		}
		if code == "" {
			if _, err := workbook.Open(bytes.NewReader(w.Bytes()), int64(w.Len()), func(int) *workbook.Plan { return workbook.NewPlan(h.Catalog.Current("cell-body-search")) }); err != nil {
				t.Error(err)
			}
		}
	}
}

// alike is the map of a merge by which the fields of one id live on and the others
// are dropped.
func alike(h *housetest.House, id, into string) []catalog.Place {
	goals := map[string]string{}
	for _, f := range h.Catalog.Current(into).Fields() {
		goals[f.ID] = f.Takes()
	}
	places := []catalog.Place{}
	for _, f := range h.Catalog.Current(id).Fields() {
		p := catalog.Place{From: f.ID}
		if takes, both := goals[f.ID]; both && takes == f.Takes() && !f.Group() {
			p.To = f.ID
		}
		places = append(places, p)
	}
	return places
}

func mergedInto(t *testing.T, h *housetest.House, id, into string, people ...string) {
	t.Helper()
	p, err := propose(h, t.Context(), "bureau office", proposal.Content{Kind: proposal.Merge, Ledger: id, Reason: "并入另一本台账", On: catalog.DayOf(time.Now()),
		Target: into, Map: alike(h, id, into), Notice: fault.Text{ZH: "已并入", EN: "Merged"}})
	if err != nil {
		t.Fatal(err)
	}
	if p = decideAll(t, h, p, people...); p.State != proposal.Executed {
		t.Fatalf("the merge is %s", p.State)
	}
}

// TestExportMerged: an export of the ledger that received another holds the old
// entries when it is asked for them, in its own columns, with where each row came
// from; the old ones stay as they are, and another reader sees no more than before.
func TestExportMerged(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	old, own := inForce(t, h, "letter-parcel", nil), inForce(t, h, "visit-call", nil)
	mergedInto(t, h, "letter-parcel", "visit-call", "custody head", "second bureau office")
	before := ask(t, h, "select string_agg(e::text, ' ' order by entry_id) from entries e")
	for _, format := range exchange.Formats {
		for who, rows := range map[string]int{"custody head": 2, "officer": 2, "officer elsewhere": 0} {
			e, raw := fetched(t, h, who, askExport(t, h, who, exchange.Export{Ledger: "visit-call", Format: format, Query: exchange.Filter{Merged: true}}))
			if e.Rows != rows || !slices.Equal(e.Query.With, []string{"letter-parcel"}) {
				t.Errorf("%s for %s: %d rows with %v", format, who, e.Rows, e.Query.With)
			}
			if rows == 0 {
				continue
			}
			s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), func(int) *workbook.Plan { return workbook.NewPlan(h.Catalog.Current("visit-call")) })
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]any{}
			for r, err := range s.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				found[r.Entry] = r.Value["inmate_ref"]
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			want := map[string]any{old.Entry.String(): sample(t, "letter-parcel")["inmate_ref"], own.Entry.String(): sample(t, "visit-call")["inmate_ref"]}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("%s for %s: %s", format, who, diff)
			}
			if title := h.Catalog.Type("letter-parcel", 1).Title.ZH; format == "csv-utf8-bom" && !strings.Contains(string(raw), ","+title+",v1,") {
				t.Errorf("not said to be of %s: %s", title, raw)
			}
		}
	}
	if e, _ := fetched(t, h, "officer", askExport(t, h, "officer", exchange.Export{Ledger: "visit-call", Format: "xlsx"})); e.Rows != 1 || len(e.Query.With) > 0 {
		t.Errorf("not asked for: %d rows with %v", e.Rows, e.Query.With)
	}
	status, body := c.do(t, "POST", "/prisons/"+h.Prison.String()+"/exports", `{"ledger":"visit-call","format":"xlsx","filter":{"merged":true}}`, map[string]string{"Idempotency-Key": uuid.NewString()})
	if filter, _ := body["filter"].(map[string]any); status != 201 || fmt.Sprint(filter["with"]) != "[letter-parcel]" {
		t.Errorf("by its route: %d %v", status, body)
	}
	if after := ask(t, h, "select string_agg(e::text, ' ' order by entry_id) from entries e"); after != before {
		t.Errorf("the entries were %s and are %s", before, after)
	}
}

// TestExportMergedRights: what was merged is taken out by whoever may take out the
// old ledger: of strictly restricted material named posts with a reason, the
// others get the file without it.
func TestExportMergedRights(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	// Others read the visits, so that no proposal gets through yet.
	exec(t, h, "insert into ledger_ends (ledger, kind, target, notice_zh, notice_en, proposal_id) values ('medical-visit', 'merge', 'kitchen-hygiene', '已并入', '', $1)", uuid.New())
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := exchange.Export{Prison: h.Prison, Ledger: "kitchen-hygiene", Format: "xlsx", Query: exchange.Filter{Merged: true, With: []string{"medical-visit"}}}
	if e, _ := fetched(t, h, "officer", askExport(t, h, "officer", asked)); len(e.Query.With) > 0 {
		t.Errorf("an officer takes out %v", e.Query.With)
	}
	if _, err := h.Exchange.Ask(h.As(t.Context(), "warden"), asked, ledger.Idem{}); fault.CodeOf(err) != "reason_required" {
		t.Errorf("the warden without a reason: %v", err)
	}
	asked.Reason = "年度卫生检查"
	e, _ := fetched(t, h, "warden", askExport(t, h, "warden", asked))
	if !slices.Equal(e.Query.With, []string{"medical-visit"}) {
		t.Errorf("the warden takes out %v", e.Query.With)
	}
	// The right on the old one is asked for again when the file is fetched.
	exec(t, h, "update exports set person_id = $1, reason = '' where export_id = $2", h.Person("officer").PersonID, e.ID)
	if _, _, err := h.Exchange.Fetch(h.As(t.Context(), "officer"), h.Prison, e.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("fetched by who may not: %v", err)
	}
}
