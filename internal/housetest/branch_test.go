package housetest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// chained is what a browser makes of its local saves: the last one is body.
func chainOf(t *testing.T, anchor string, body json.RawMessage, files []ledger.Digest, at ...time.Time) *ledger.Written {
	t.Helper()
	doc, err := catalog.ParseDocument(body)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = f.String()
	}
	slices.Sort(lines)
	w := &ledger.Written{Anchor: anchor, Files: files}
	link := ledger.Digest(sha256.Sum256([]byte(anchor)))
	for _, when := range at {
		s := ledger.Save{At: when.UTC().Format("2006-01-02T15:04:05.000Z"), Document: sha256.Sum256(doc.Canonical), Files: sha256.Sum256([]byte(strings.Join(lines, "\n")))}
		link = sha256.Sum256([]byte(link.String() + "\n" + s.At + "\n" + s.Document.String() + "\n" + s.Files.String()))
		s.Link = link
		w.Saves = append(w.Saves, s)
	}
	return w
}

func claimOf(t *testing.T, h *housetest.House, k ledger.Key, kind string) ledger.Claim {
	t.Helper()
	v, err := h.Ledger.Get(h.As(t.Context(), "officer"), k)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Events {
		if e.Kind == kind {
			var d struct{ Written ledger.Claim }
			if err := json.Unmarshal(e.Detail, &d); err != nil {
				t.Fatal(err)
			}
			return d.Written
		}
	}
	t.Fatalf("no event %s", kind)
	return ledger.Claim{}
}

// TestWrittenOffline: what a chain proves, and that one which proves nothing
// is said to, and costs the entry nothing.
func TestWrittenOffline(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	mine, err := h.Ledger.Anchor(officer)
	if err != nil {
		t.Fatal(err)
	}
	others, err := h.Ledger.Anchor(h.As(ctx, "second officer"))
	if err != nil {
		t.Fatal(err)
	}
	ahead := ledger.Digest{1}
	body := h.Search()
	now := time.Now()
	flip := func(s string) string {
		return strings.Map(func(r rune) rune { return map[rune]rune{'A': 'B', 'B': 'A'}[r] }, s[:1]) + s[1:]
	}
	cases := map[string]struct {
		w     *ledger.Written
		wrong string
	}{
		"a chain that holds":     {chainOf(t, mine.Token, body, nil, now, now.Add(time.Second)), ""},
		"no anchor":              {chainOf(t, "", body, nil, now), "anchor_missing"},
		"an anchor made up":      {chainOf(t, "e30.e30", body, nil, now), "anchor_forged"},
		"an anchor changed":      {chainOf(t, base64.RawURLEncoding.EncodeToString([]byte("{"))+mine.Token, body, nil, now), "anchor_forged"},
		"an anchor of another":   {chainOf(t, others.Token, body, nil, now), "anchor_of_another"},
		"before the anchor":      {chainOf(t, mine.Token, body, nil, now.Add(-time.Hour)), "clock_off"},
		"after it arrived":       {chainOf(t, mine.Token, body, nil, now.Add(time.Hour)), "clock_off"},
		"the clock put back":     {chainOf(t, mine.Token, body, nil, now.Add(time.Minute), now), "clock_off"},
		"another document":       {chainOf(t, mine.Token, json.RawMessage(`{}`), nil, now), "document_differs"},
		"a file that never came": {chainOf(t, mine.Token, body, []ledger.Digest{ahead}, now), "files_differ"},
		"no save":                {chainOf(t, mine.Token, body, nil), "chain_empty"},
		"a link changed": {func() *ledger.Written {
			w := chainOf(t, mine.Token, body, nil, now, now)
			w.Saves[0].At = flip(w.Saves[0].At)
			return w
		}(), "chain_broken"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := h.Begin(t, "officer", "cell-body-search", body)
			out, err := h.Ledger.SubmitWith(officer, e.Key, e.ETag, ledger.Submission{Written: c.w}, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			doc, err := catalog.ParseDocument(body)
			if err != nil {
				t.Fatal(err)
			}
			if out.Received == nil || out.Received.Document != ledger.Digest(sha256.Sum256(doc.Canonical)) {
				t.Errorf("received: %+v", out.Received)
			}
			got := claimOf(t, h, e.Key, "written_offline")
			if got.Wrong != c.wrong || got.Verified != (c.wrong == "") {
				t.Errorf("wrong %q verified %t, want %q", got.Wrong, got.Verified, c.wrong)
			}
			if proven := got.NotBefore != nil; proven != (c.wrong == "") {
				t.Errorf("not before: %v", got.NotBefore)
			}
			if got.NotBefore != nil && !got.NotBefore.Equal(mine.At) || got.NotAfter.Before(now.Add(-time.Minute)) {
				t.Errorf("bounds: %v %v", got.NotBefore, got.NotAfter)
			}
		})
	}
}

// TestAnchorExpires: a chain may not go on for ever from one anchor.
func TestAnchorExpires(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	var secret []byte
	if err := h.Owner.QueryRow(t.Context(), "select secret from anchor_keys").Scan(&secret); err != nil {
		t.Fatal(err)
	}
	// As the server itself would have sealed it then.
	sealed := func(at time.Time) string {
		raw, _ := json.Marshal(map[string]any{"person": h.Person("officer").PersonID, "at": at, "nonce": "n"})
		mac := hmac.New(sha256.New, secret)
		mac.Write(append([]byte("anchor\n"), raw...))
		return base64.RawURLEncoding.EncodeToString(raw) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	for days, wrong := range map[int]string{6: "", 8: "anchor_expired"} {
		at := time.Now().AddDate(0, 0, -days).UTC().Truncate(time.Microsecond)
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		if _, err := h.Ledger.SubmitWith(officer, e.Key, e.ETag, ledger.Submission{Written: chainOf(t, sealed(at), h.Search(), nil, time.Now())}, ledger.Idem{}); err != nil {
			t.Fatal(err)
		}
		got := claimOf(t, h, e.Key, "written_offline")
		if got.Wrong != wrong || wrong == "" && !got.NotBefore.Equal(at) {
			t.Errorf("%d days: %+v", days, got)
		}
	}
}

// TestWrittenFiles: files named in the chain must have arrived, more may lie there.
func TestWrittenFiles(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	a, err := h.Ledger.Anchor(officer)
	if err != nil {
		t.Fatal(err)
	}
	e := h.Begin(t, "officer", "cell-body-search", h.Finding())
	id := uuid.Must(uuid.NewV7())
	u, err := h.Ledger.NewUploadAs(officer, e.Key, id, "finding_photo", "照片.jpg", int64(len(housetest.Photo(1))), ledger.Idem{})
	if err != nil || u.ID != id {
		t.Fatalf("%v %v", u.ID, err)
	}
	if _, err := h.Ledger.NewUploadAs(officer, e.Key, id, "finding_photo", "照片.jpg", 1, ledger.Idem{}); fault.CodeOf(err) != "id_taken" {
		t.Errorf("the same id again: %v", err)
	}
	one := h.Attach(t, "officer", e.Key, "finding_photo", housetest.Photo(1))
	h.Attach(t, "officer", e.Key, "finding_photo", housetest.Photo(2))
	out, err := h.Ledger.SubmitWith(officer, e.Key, e.ETag, ledger.Submission{Written: chainOf(t, a.Token, h.Finding(), []ledger.Digest{one.Sha256}, time.Now())}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(out.Received.Files, func(f ledger.ReceivedFile) bool { return f.ID == one.ID && f.Sha256 == one.Sha256 }) {
		t.Errorf("not confirmed: %+v", out.Received)
	}
	if got := claimOf(t, h, e.Key, "written_offline"); !got.Verified {
		t.Errorf("%+v", got)
	}
}

// TestBegunUnderOwnID: an entry begun without the network keeps the id it was given.
func TestBegunUnderOwnID(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	n := ledger.New{ID: uuid.Must(uuid.NewV7()), Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search"}
	out, err := h.Ledger.Create(officer, n, ledger.Idem{})
	if err != nil || out.Entry.Entry != n.ID {
		t.Fatalf("%v %v", out.Entry.Entry, err)
	}
	if _, err := h.Ledger.Create(officer, n, ledger.Idem{}); fault.CodeOf(err) != "id_taken" {
		t.Errorf("twice: %v", err)
	}
}

// TestBranchFiles: of a branch's files what lies beside the entry is verified, and how
// many were not there is said.
func TestBranchFiles(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	anchor, err := h.Ledger.Anchor(officer)
	if err != nil {
		t.Fatal(err)
	}
	there, away := housetest.Photo(1), housetest.Photo(2)
	files := []ledger.Digest{sha256.Sum256(there), sha256.Sum256(away)}
	for name, file := range map[string]func(ledger.Entry){
		"beside a draft":        func(ledger.Entry) {},
		"beside what was filed": func(e ledger.Entry) { _, err = h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{}) },
	} {
		for unseen := range 3 {
			e := h.Begin(t, "officer", "cell-body-search", h.Search())
			for n, f := range [][]byte{there, away} {
				if n >= unseen {
					h.Attach(t, "officer", e.Key, "finding_photo", f)
				}
			}
			if file(e); err != nil {
				t.Fatal(err)
			}
			b := ledger.NewBranch{Version: 1, BaseETag: 1, Body: h.Finding(), Written: chainOf(t, anchor.Token, h.Finding(), files, time.Now())}
			if _, err := h.Ledger.Branch(officer, e.Key, b, ledger.Idem{}); err != nil {
				t.Fatal(err)
			}
			v, err := h.Ledger.Get(officer, e.Key)
			if err != nil {
				t.Fatal(err)
			}
			if c := v.Branches[0].Claim; !c.Verified || c.Unseen != unseen || c.NotBefore == nil {
				t.Errorf("%s, %d not there: %+v", name, unseen, c)
			}
		}
	}
}

// TestBranches: the offline version is kept beside the entry in every state, and ended once.
func TestBranches(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	none := ledger.Idem{}
	branched := func(t *testing.T, k ledger.Key, body json.RawMessage) ledger.Branch {
		t.Helper()
		if _, err := h.Ledger.Branch(officer, k, ledger.NewBranch{Version: 1, BaseETag: 1, Body: body}, none); err != nil {
			t.Fatal(err)
		}
		v, err := h.Ledger.Get(officer, k)
		if err != nil || len(v.Branches) == 0 {
			t.Fatalf("%d branches, %v", len(v.Branches), err)
		}
		return v.Branches[len(v.Branches)-1]
	}
	kinds := func(t *testing.T, k ledger.Key) (all []string) {
		t.Helper()
		v, err := h.Ledger.Get(officer, k)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range v.Events {
			all = append(all, e.Kind)
		}
		return all
	}

	t.Run("merged into the draft", func(t *testing.T) {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		b := branched(t, e.Key, h.Finding())
		v, err := h.Ledger.Get(officer, e.Key)
		if err != nil || string(v.Draft.Body) != string(h.Search()) || v.Entry.ETag != e.ETag {
			t.Fatalf("the draft was touched: %v", err)
		}
		if _, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag+7, ledger.Resolution{Body: h.Finding()}, none); !fault.Is(err, fault.Stale) {
			t.Errorf("over another draft than was seen: %v", err)
		}
		out, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag, ledger.Resolution{Body: h.Finding()}, none)
		if err != nil || out.Entry.ETag != e.ETag+1 || out.Received == nil {
			t.Fatalf("%+v %v", out, err)
		}
		if _, err := h.Ledger.Resolve(officer, e.Key, b.ID, out.Entry.ETag, ledger.Resolution{Body: h.Search()}, none); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		if diff := cmp.Diff([]string{"created", "branched", "branch_resolved"}, kinds(t, e.Key)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("beside a submitted entry", func(t *testing.T) {
		e := h.Submitted(t)
		b := branched(t, e.Key, h.Finding())
		if _, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag, ledger.Resolution{Body: h.Finding()}, none); fault.CodeOf(err) != "state_forbids" {
			t.Errorf("merged into what is submitted: %v", err)
		}
		if _, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag, ledger.Resolution{}, none); fault.CodeOf(err) != "reason_required" {
			t.Errorf("dismissed without a reason: %v", err)
		}
		if _, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag, ledger.Resolution{Reason: "已另行提交"}, none); err != nil {
			t.Errorf("dismissed: %v", err)
		}
		v, err := h.Ledger.Get(officer, e.Key)
		if err != nil || len(v.Branches) != 0 || v.Entry.State != ledger.Submitted {
			t.Errorf("%d branches, %s, %v", len(v.Branches), v.Entry.State, err)
		}
	})
	t.Run("beside a discarded one", func(t *testing.T) {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		if _, err := h.Ledger.Discard(officer, e.Key, e.ETag, "", none); err != nil {
			t.Fatal(err)
		}
		branched(t, e.Key, h.Finding())
	})
	t.Run("by another", func(t *testing.T) {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		for who, kind := range map[string]fault.Kind{"second officer": fault.Forbidden, "officer elsewhere": fault.NotFound} {
			if _, err := h.Ledger.Branch(h.As(ctx, who), e.Key, ledger.NewBranch{Version: 1, Body: h.Search()}, none); !fault.Is(err, kind) {
				t.Errorf("%s: %v", who, err)
			}
		}
		branched(t, e.Key, h.Finding())
		// Another of the area reads the entry, not what its author has not decided on.
		v, err := h.Ledger.Get(h.As(ctx, "second officer"), e.Key)
		if err != nil || len(v.Branches) != 0 {
			t.Errorf("%d branches, %v", len(v.Branches), err)
		}
	})
	// The second wall alone: whoever reads the entry, its approvers too, gets no row of what its author wrote.
	t.Run("by another, every decision of access allowed", func(t *testing.T) {
		e := h.Submitted(t)
		b := branched(t, e.Key, h.Finding())
		open := *h.Ledger
		open.Access = allowAll{h.Access}
		for who, want := range map[string]int{"officer": 1, "second officer": 0, "duty leader": 0, "area head": 0, "custody head": 0} {
			v, err := open.Get(h.As(ctx, who), e.Key)
			if err != nil || len(v.Branches) != want {
				t.Errorf("%s: %d branches, %v", who, len(v.Branches), err)
			}
		}
		if _, err := open.Resolve(h.As(ctx, "second officer"), e.Key, b.ID, e.ETag, ledger.Resolution{Reason: "不用"}, none); !fault.Is(err, fault.NotFound) {
			t.Errorf("resolved by another: %v", err)
		}
		ses := ledger.Session{Prison: h.Prison, Person: h.Person("second officer").PersonID, Scope: h.Access.Scope(h.Person("second officer"), time.Now())}
		if err := h.Store.Write(ctx, ses, none, nil, func(tx ledger.Tx) error {
			return tx.InsertBranch(ctx, e.Key, ledger.Branch{ID: uuid.New(), By: ses.Person, Version: 1, Body: h.Search()})
		}); err != nil {
			t.Errorf("one's own: %v", err)
		}
		if v, err := open.Get(officer, e.Key); err != nil || len(v.Branches) != 2 {
			t.Errorf("the author of the entry, who resolves them: %d branches, %v", len(v.Branches), err)
		}
		if err := h.Store.Write(ctx, ledger.Session{Prison: h.Prison, Person: h.Person("area head").PersonID, Scope: h.Access.Scope(h.Person("area head"), time.Now())}, none, nil, func(tx ledger.Tx) error {
			return tx.InsertBranch(ctx, e.Key, ledger.Branch{ID: uuid.New(), By: ses.Person, Version: 1, Body: h.Search()})
		}); err == nil {
			t.Error("written in another's name")
		}
	})
	t.Run("of a version that never was", func(t *testing.T) {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		if _, err := h.Ledger.Branch(officer, e.Key, ledger.NewBranch{Version: 99, Body: h.Search()}, none); fault.CodeOf(err) != "ledger_unknown" {
			t.Errorf("%v", err)
		}
	})
	t.Run("resolved twice at once", func(t *testing.T) {
		for range 5 {
			e := h.Begin(t, "officer", "cell-body-search", h.Search())
			b := branched(t, e.Key, h.Finding())
			errs := branchedAtOnce(func(int) error {
				_, err := h.Ledger.Resolve(officer, e.Key, b.ID, e.ETag, ledger.Resolution{Body: h.Finding()}, none)
				return err
			})
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("not once: %v, %v", errs[0], errs[1])
			}
		}
	})
	t.Run("sent twice at once under one key", func(t *testing.T) {
		for range 5 {
			e := h.Begin(t, "officer", "cell-body-search", h.Search())
			key := ledger.Idem{Key: uuid.NewString(), Route: "branches"}
			errs := branchedAtOnce(func(int) error {
				_, err := h.Ledger.Branch(officer, e.Key, ledger.NewBranch{Version: 1, BaseETag: 1, Body: h.Finding()}, key)
				return err
			})
			v, err := h.Ledger.Get(officer, e.Key)
			if err != nil || len(v.Branches) != 1 || errs[0] != nil || errs[1] != nil {
				t.Fatalf("%d branches: %v, %v, %v", len(v.Branches), errs[0], errs[1], err)
			}
		}
	})
	t.Run("the service cannot rewrite one", func(t *testing.T) {
		e := h.Begin(t, "officer", "cell-body-search", h.Search())
		branched(t, e.Key, h.Finding())
		for _, sql := range []string{"update draft_branches set body = '{}'", "delete from draft_branches"} {
			if _, err := h.Store.Pool().Exec(context.WithoutCancel(ctx), sql); err == nil {
				t.Errorf("%s went through", sql)
			}
		}
	})
}

func branchedAtOnce(do func(int) error) (errs [2]error) {
	var both sync.WaitGroup
	start := make(chan struct{})
	for i := range errs {
		both.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	both.Wait()
	return errs
}

// TestBranchesOverHTTP walks the routes as a browser that comes back would.
func TestBranchesOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	prison, area := c.h.Prison.String(), c.h.Area.String()
	status, anchor := c.do(t, "POST", "/session/anchor", "", nil)
	if status != 201 || anchor["token"] == "" {
		t.Fatalf("%d %v", status, anchor)
	}
	id := uuid.Must(uuid.NewV7()).String()
	status, made := c.do(t, "POST", "/prisons/"+prison+"/entries", `{"id":"`+id+`","ledger":"cell-body-search","area":"`+area+`"}`, map[string]string{"Idempotency-Key": "begun-offline"})
	if status != 201 || made["entry"].(map[string]any)["id"] != id {
		t.Fatalf("%d %v", status, made)
	}
	entry := "/prisons/" + prison + "/entries/" + id
	if status, out := c.do(t, "POST", entry+"/branches", `{"version":1,"base_etag":0,"body":{"places":["301 监舍"]}}`, map[string]string{"Idempotency-Key": "branch-of-one"}); status != 201 || out["received"] == nil {
		t.Errorf("%d %v", status, out)
	}
	if status, out := c.do(t, "GET", "/prisons/"+prison+"/areas/"+area+"/lookups", "", nil); status != 200 || out["people"] == nil {
		t.Errorf("%d %v", status, out)
	}
	if status, out := c.do(t, "GET", "/prisons/"+prison+"/areas/"+c.h.Other.String()+"/lookups", "", nil); status != 403 && status != 404 {
		t.Errorf("another area's: %d %v", status, out)
	}
	status, v := c.do(t, "GET", entry, "", nil)
	list := v["branches"].([]any)
	if status != 200 || len(list) != 1 {
		t.Fatalf("%d %v", status, v)
	}
	branch := list[0].(map[string]any)["id"].(string)
	if status, out := c.do(t, "POST", entry+"/branches/"+branch+"/resolution", `{"body":{"places":["302 监舍"]}}`, map[string]string{"If-Match": `"1"`}); status != 200 {
		t.Errorf("%d %v", status, out)
	}
}
