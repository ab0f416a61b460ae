package housetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/printing/printingtest"
)

func opened(ctx context.Context, t *testing.T, s *printing.Service, a printing.Ask) (printing.Print, []byte) {
	t.Helper()
	p, body, err := s.Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return p, raw
}

func onPaper(t *testing.T, pdf []byte) (pages []string) {
	t.Helper()
	f, err := printingtest.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Pages() {
		pages = append(pages, strings.ReplaceAll(f.Text(p), "\n", ""))
	}
	return pages
}

// TestPrintFrozen: once filed, a form is the same bytes whatever becomes of the
// type, the layout's surroundings and the people's names; a correction and a
// void make forms of their own.
func TestPrintFrozen(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	officer := h.As(t.Context(), "officer")
	e := approved(t, h)
	var queued ledger.FormFiled
	if err := h.Owner.QueryRow(t.Context(), "select args from river_job where kind = 'form_filed'").Scan(&queued); err != nil ||
		queued != (ledger.FormFiled{Prison: h.Prison, Entry: e.Entry, Revision: e.Revision}) {
		t.Errorf("the last approval asked for %+v: %v", queued, err)
	}
	if err := s.Job(t.Context(), ledger.FormFiled{Prison: h.Prison, Entry: e.Entry, Revision: e.Revision}); err != nil {
		t.Fatal(err)
	}
	first, filed := opened(officer, t, s, printing.Ask{Key: e.Key})
	if first.Sha256 != sha256.Sum256(filed) || first.Pages != len(onPaper(t, filed)) {
		t.Errorf("%+v", first)
	}
	text := strings.Join(onPaper(t, filed), "")
	for _, want := range []string{"清监搜身", "甲监狱", "officer（" + h.Person("officer").Number + "）", "duty leader", "area head", printing.Spelled(first.Code)} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on paper", want)
		}
	}

	p, err := propose(h, t.Context(), "custody head", next(t, h, "cell-body-search", func(_, definition, form map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
		sections := form["sections"].([]any)
		slices.Reverse(sections)
	}))
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "bureau office")
	if v := h.Catalog.Current("cell-body-search").Version; v != 2 {
		t.Fatalf("version %d is in force", v)
	}
	if _, err := h.Owner.Exec(t.Context(), "update persons set name = '王五' where number = $1", h.Person("officer").Number); err != nil {
		t.Fatal(err)
	}
	moved := *s
	moved.Address = "https://elsewhere.example"
	if again, raw := opened(officer, t, &moved, printing.Ask{Key: e.Key}); !bytes.Equal(raw, filed) || again.Code != first.Code {
		t.Error("the re-print differs from what was filed")
	}

	// A copy has a name on it and is not the form.
	_, copied := opened(officer, t, s, printing.Ask{Key: e.Key, Copy: true})
	if text := strings.Join(onPaper(t, copied), ""); !strings.Contains(text, "复印件") || !strings.Contains(text, "清监搜身") || bytes.Equal(copied, filed) {
		t.Errorf("the copy reads %q", text)
	}

	// Asked for and refused first: the form says nothing of that.
	if _, err := askVoid(t, h, "officer", e.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, false); err != nil {
		t.Fatal(err)
	}
	out := voided(t, h, e)
	void, raw := opened(officer, t, s, printing.Ask{Key: e.Key})
	if text := strings.Join(onPaper(t, raw), ""); out.Entry.State != ledger.Voided || strings.Contains(text, "应予保留") || void.Kind != printing.Voided || !strings.Contains(text, "作废") || !strings.Contains(text, "重复填报") {
		t.Errorf("%+v reads %q", void, text)
	}
	if _, raw := opened(officer, t, s, printing.Ask{Key: e.Key, Revision: e.Revision}); !bytes.Equal(raw, filed) {
		t.Error("what was filed is gone with the void")
	}
	var acts int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'print' and subject = $1", e.Entry.String()).Scan(&acts); err != nil || acts != 5 {
		t.Errorf("%d printings recorded: %v", acts, err)
	}
	// The sweeper takes no form for forgotten.
	if n, err := h.Ledger.SweepVersions(t.Context(), h.Prison, time.Now().Add(time.Minute)); err != nil || n != 0 {
		t.Errorf("swept %d %v", n, err)
	}
}

// TestPrintOnce asks for a form many times at the same moment, by the job and
// by people: one is made. What others brought of it meanwhile is swept.
func TestPrintOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	e := approved(t, h)
	var all sync.WaitGroup
	sums := make([]ledger.Digest, 6)
	for i := range sums {
		all.Go(func() {
			p, err := s.File(t.Context(), e.Key, e.Revision, printing.Filed)
			if err != nil {
				t.Error(err)
			}
			sums[i] = p.Sha256
		})
	}
	all.Wait()
	var rows, leaves int
	if err := h.Owner.QueryRow(t.Context(), "select (select count(*) from prints), (select count(*) from log_leaves where kind = 'print')").Scan(&rows, &leaves); err != nil || rows != 1 || leaves != 1 {
		t.Errorf("%d prints, %d leaves: %v", rows, leaves, err)
	}
	if len(slices.Compact(sums)) != 1 {
		t.Errorf("%v", sums)
	}
	if _, err := h.Ledger.SweepVersions(t.Context(), h.Prison, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n := len(versions(t, h)); n != 1 {
		t.Errorf("%d versions in the store", n)
	}
	if _, raw := opened(h.As(t.Context(), "officer"), t, s, printing.Ask{Key: e.Key}); sha256.Sum256(raw) != sums[0] {
		t.Error("the one that is left is another")
	}
}

// lookedAt looks around while bytes are being put.
type lookedAt struct {
	ledger.Files
	during func() error
}

func (w lookedAt) Put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, media string) (string, error) {
	if err := w.during(); err != nil {
		return "", err
	}
	return w.Files.Put(ctx, key, r, size, sum, media)
}

// TestPrintBytesFirst: while the store takes a form, nobody's connection and no lock is
// held, and the sweeper leaves the key alone; what a crash leaves between bytes and row
// is taken up, and what nobody rests on is swept.
func TestPrintBytesFirst(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	e := approved(t, h)
	crashed := errors.New("power lost")
	dying := *s
	var orphan string
	dying.Files = lost{h.Files, crashed, &orphan}
	if _, err := dying.File(t.Context(), e.Key, 1, printing.Filed); !errors.Is(err, crashed) {
		t.Fatal(err)
	}
	away := *s
	away.Files = lookedAt{h.Files, func() error { return fault.New(fault.Unavailable, "store_unavailable") }}
	other := approved(t, h)
	if _, err := away.File(t.Context(), other.Key, 1, printing.Filed); fault.CodeOf(err) != "store_unavailable" {
		t.Fatal(err)
	}
	before := time.Now()
	looks := 0
	s.Files = lookedAt{h.Files, func() error {
		looks++
		var busy int
		if err := h.Owner.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
			and backend_type = 'client backend'`).Scan(&busy); err != nil {
			return err
		}
		if busy != 0 {
			t.Errorf("%d transactions are open", busy)
		}
		n, err := h.Ledger.SweepVersions(t.Context(), h.Prison, before)
		if n != 0 {
			t.Errorf("%d swept from under it", n)
		}
		return err
	}}
	p, err := s.File(t.Context(), e.Key, 1, printing.Filed)
	if err != nil || looks != 1 || p.VersionID == orphan {
		t.Fatalf("%+v, looked %d times: %v", p, looks, err)
	}
	s.Files = h.Files
	var wg sync.WaitGroup
	var made [2]printing.Print
	for i := range made {
		wg.Go(func() {
			var err error
			if made[i], err = s.File(t.Context(), e.Key, 1, printing.Filed); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made[0].VersionID != p.VersionID || made[1].VersionID != p.VersionID {
		t.Errorf("%+v", made)
	}
	if did, err := h.Ledger.Sweep(t.Context(), h.Prison, time.Now().Add(time.Hour)); err != nil || did.Versions != 1 {
		t.Errorf("swept %+v: %v", did, err)
	}
	if claimed := ask(t, h, "select count(*)::text from objects where version_id = ''"); claimed != "0" {
		t.Errorf("%s keys stay claimed", claimed)
	}
	if there, err := h.Files.Has(t.Context(), ledger.ObjectKey(h.Prison, p.Sha256), orphan); err != nil || there {
		t.Errorf("what nobody rests on stays: %v", err)
	}
	_, raw := opened(h.As(t.Context(), "officer"), t, s, printing.Ask{Key: e.Key})
	if sha256.Sum256(raw) != p.Sha256 {
		t.Error("other bytes")
	}
}

// lost is a store whose answer is not heard any more.
type lost struct {
	ledger.Files
	err error
	put *string
}

func (l lost) Put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, media string) (string, error) {
	var err error
	if *l.put, err = l.Files.Put(ctx, key, r, size, sum, media); err != nil {
		return "", err
	}
	return "", l.err
}

// TestPrintRights: a form is for those who may read the entry, and so is what
// its code tells; before the last approval there is none.
func TestPrintRights(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	officer, stranger := h.As(t.Context(), "officer"), h.As(t.Context(), "officer elsewhere")
	early := h.Submitted(t)
	if _, _, err := s.Open(officer, printing.Ask{Key: early.Key}); fault.CodeOf(err) != "not_filed" {
		t.Errorf("before the last step: %v", err)
	}
	if _, _, err := s.Open(officer, printing.Ask{Key: early.Key, Revision: 1}); fault.CodeOf(err) != "not_filed" {
		t.Errorf("its revision by number: %v", err)
	}
	e := approved(t, h)
	p, raw := opened(officer, t, s, printing.Ask{Key: e.Key})
	if _, _, err := s.Open(stranger, printing.Ask{Key: e.Key}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger prints: %v", err)
	}
	a, err := s.Verify(officer, strings.ToLower(printing.Spelled(p.Code)))
	if err != nil || a.Form.Entry.Entry != e.Entry || !a.InForce || a.Leaf <= a.Form.Leaf || a.Form.Author != "officer" {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := s.Verify(stranger, p.Code); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger verifies: %v", err)
	}
	if _, err := s.Verify(officer, p.Code[1:]+p.Code[:1]); fault.CodeOf(err) != "bad_code" && !fault.Is(err, fault.NotFound) {
		t.Errorf("a slip: %v", err)
	}
	if _, same, err := s.Compare(officer, p.Code, bytes.NewReader(raw)); err != nil || !same {
		t.Errorf("the form itself: %v %v", same, err)
	}
	if _, same, err := s.Compare(officer, p.Code, bytes.NewReader(append(raw, ' '))); err != nil || same {
		t.Errorf("another file: %v %v", same, err)
	}
	if _, _, err := s.Compare(stranger, p.Code, bytes.NewReader(raw)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger compares: %v", err)
	}
}

// TestPrintRoutes holds the routes' answers to the contract.
func TestPrintRoutes(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	e := approved(t, h)
	p, raw := opened(h.As(t.Context(), "officer"), t, h.Printing(t), printing.Ask{Key: e.Key})
	officer, stranger := c.as(t, "officer"), c.as(t, "officer elsewhere")
	prison, at := "/prisons/"+h.Prison.String(), "/prints/"+printing.Spelled(p.Code)
	body := fmt.Sprintf(`{"ledger":"cell-body-search","area":"%s","from":"2026-01-01","to":"%s"}`, h.Area, time.Now().AddDate(0, 0, 1).Format(time.DateOnly))
	bytesOnly := map[string]string{"Content-Type": "application/octet-stream"}
	status, made := officer.do(t, "POST", prison+"/volumes", body, map[string]string{"Idempotency-Key": "a-volume-of-mine"})
	if status != http.StatusCreated || made["total"] != 1.0 {
		t.Fatalf("%d %v", status, made)
	}
	file := fmt.Sprintf("%s/volumes/%v/file", prison, made["id"])
	if err := h.Printing(t).Bind(t.Context(), printing.VolumeKey{Prison: h.Prison, ID: uuid.MustParse(made["id"].(string))}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		who          *client
		method, path string
		body         string
		headers      map[string]string
		status       int
		key          string
		value        any
	}{
		{officer, "GET", at, "", nil, 200, "in_force", true},
		{officer, "PATCH", at, string(raw), bytesOnly, 200, "same", true},
		{officer, "PATCH", at, "another", bytesOnly, 200, "same", false},
		{officer, "GET", prison + "/volumes", "", nil, 200, "", nil},
		{officer, "GET", "/prints/nonsense", "", nil, 422, "code", "bad_code"},
		{officer, "POST", prison + "/volumes", body, nil, 428, "code", "key_required"},
		{officer, "GET", prison + "/entries/" + e.Entry.String() + "/print?revision=x", "", nil, 400, "code", "bad_request"},
		{officer, "GET", prison + "/entries/" + e.Entry.String() + "/print?revision=7", "", nil, 404, "code", "not_found"},
		{stranger, "GET", at, "", nil, 404, "code", "not_found"},
		{stranger, "PATCH", at, string(raw), bytesOnly, 404, "code", "not_found"},
		{stranger, "GET", prison + "/entries/" + e.Entry.String() + "/print", "", nil, 404, "code", "not_found"},
		{stranger, "GET", file, "", nil, 404, "code", "not_found"},
	} {
		status, got := x.who.do(t, x.method, x.path, x.body, x.headers)
		if status != x.status || x.key != "" && got[x.key] != x.value {
			t.Errorf("%s %s: %d %v", x.method, x.path, status, got)
		}
	}
	status, view := officer.do(t, "GET", prison+"/entries/"+e.Entry.String(), "", nil)
	if actions, _ := view["actions"].([]any); status != 200 || !slices.Contains(actions, any("print")) {
		t.Errorf("%d %v", status, view["actions"])
	}
	early := h.Submitted(t)
	if _, view := officer.do(t, "GET", prison+"/entries/"+early.Entry.String(), "", nil); slices.Contains(view["actions"].([]any), any("print")) {
		t.Error("printing is offered before the last step")
	}
}

// TestPrintTampered: a print's row and its bytes are under the log and the verifier.
func TestPrintTampered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, want string }{
		"code": {"update prints set code = '0000000000000000'", "A01"}, "deleted": {"delete from prints", "I02"},
		"pages": {"update prints set pages = pages + 1", "A01"}, "bytes": {"", "U01"},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t)
			e := approved(t, sc.House)
			p, err := sc.Printing(t).File(t.Context(), e.Key, e.Revision, printing.Filed)
			if err != nil {
				t.Fatal(err)
			}
			if r := sc.verify(t); len(r.Problems) > 0 {
				t.Fatalf("untouched: %+v", r.Problems)
			}
			if c.sql == "" {
				// Under lock it cannot be removed; a disk that loses it can.
				v := p.VersionID
				if err := sc.Files.Remove(t.Context(), ledger.ObjectKey(p.Prison, p.Sha256), v); fault.CodeOf(err) != "evidence_locked" {
					t.Fatalf("a form under lock: %v", err)
				}
				c.sql = "update prints set version_id = 'none'"
			}
			if _, err := sc.Owner.Exec(t.Context(), "set session_replication_role = replica"); err != nil {
				t.Fatal(err)
			}
			if tag, err := sc.Owner.Exec(t.Context(), c.sql); err != nil || tag.RowsAffected() != 1 {
				t.Fatal(tag, err)
			}
			if r := sc.verify(t); !slices.ContainsFunc(r.Problems, func(p integrity.Problem) bool { return p.Code == c.want }) {
				t.Errorf("want %s: %+v", c.want, r.Problems)
			}
		})
	}
}
