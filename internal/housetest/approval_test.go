package housetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// chained publishes a version of the cell search whose chain is these steps.
func chained(t *testing.T, h *housetest.House, steps ...map[string]any) {
	t.Helper()
	c := next(t, h, "cell-body-search", func(_, definition, _ map[string]any) {
		var chain []any
		for i, s := range steps {
			step := map[string]any{"id": fmt.Sprintf("s%d", i), "title": map[string]any{"zh": "环节", "en": "step"}, "mode": "any", "unit": "area"}
			for name, v := range s {
				step[name] = v
			}
			chain = append(chain, step)
		}
		definition["chain"] = chain
	})
	v := h.Catalog.Current("cell-body-search").Version + 1
	if _, err := h.Owner.Exec(t.Context(), "insert into ledger_versions (ledger, version, schema, definition, form, digest) values ('cell-body-search', $1, $2, $3, $4, $5)",
		v, []byte(c.Schema), []byte(c.Definition), []byte(c.Form), make([]byte, 32)); err != nil {
		t.Fatal(err)
	}
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.Catalog.Current("cell-body-search").Version; got != v {
		t.Fatalf("version %d is current", got)
	}
}

type step = map[string]any

// three hold the post of these steps.
var three = []string{"area head", "second area head", "deputy head"}

func group(mode string) step {
	s := step{"roles": []string{"area_head", "deputy_head"}, "mode": mode}
	if mode == "vote" {
		s["quorum"], s["majority"] = []int{2, 3}, []int{1, 2}
	}
	return s
}

func vote(t *testing.T, h *housetest.House, who string, e ledger.Entry, yes bool) (ledger.Outcome, error) {
	t.Helper()
	do := h.Ledger.Return
	if yes {
		do = h.Ledger.Approve
	}
	return do(h.As(t.Context(), who), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: who + "的意见"}, ledger.Idem{})
}

func get(t *testing.T, h *housetest.House, e ledger.Entry) ledger.View {
	t.Helper()
	v, err := h.Ledger.Get(h.As(t.Context(), "officer"), e.Key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestModes: three approvers, each verdict, in every order, for each mode.
func TestModes(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	orders := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	// ends says after which of the verdicts the step is over, and how.
	ends := map[string]func(verdicts []bool) (int, ledger.State){
		"any": func(v []bool) (int, ledger.State) {
			return 1, map[bool]ledger.State{true: ledger.Approved, false: ledger.Returned}[v[0]]
		},
		"all": func(v []bool) (int, ledger.State) {
			if i := slices.Index(v, false); i >= 0 {
				return i + 1, ledger.Returned
			}
			return 3, ledger.Approved
		},
		"vote": func(v []bool) (int, ledger.State) {
			yes := 0
			for i, x := range v {
				if x {
					yes++
				}
				switch {
				case yes == 2:
					return i + 1, ledger.Approved
				case i+1-yes == 2:
					return i + 1, ledger.Returned
				}
			}
			panic("three votes decide")
		},
	}
	for mode, end := range ends {
		t.Run(mode, func(t *testing.T) {
			chained(t, h, group(mode))
			for bits := range 8 {
				for _, order := range orders {
					e := h.Submitted(t)
					verdicts := make([]bool, 3)
					for i, who := range order {
						verdicts[i] = bits>>who&1 > 0
					}
					after, want := end(verdicts)
					for i, who := range order {
						out, err := vote(t, h, three[who], e, verdicts[i])
						switch {
						case i < after && err != nil:
							t.Fatalf("%v %v: vote %d: %v", verdicts, order, i, err)
						case i < after-1 && out.Entry.State != ledger.Submitted:
							t.Fatalf("%v %v: %s after %d", verdicts, order, out.Entry.State, i+1)
						case i == after-1 && out.Entry.State != want:
							t.Fatalf("%v %v: %s after %d, want %s", verdicts, order, out.Entry.State, i+1, want)
						case i >= after && err == nil:
							t.Fatalf("%v %v: decided after its end", verdicts, order)
						}
					}
					v := get(t, h, e)
					if len(v.Decisions) != after || v.Entry.State != want {
						t.Fatalf("%v: %d decisions, %s", verdicts, len(v.Decisions), v.Entry.State)
					}
				}
			}
		})
	}
}

// TestNobodyTwice: neither the same person twice on a step, nor the author, not
// even past the program.
func TestNobodyTwice(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	chained(t, h, group("all"))
	e := h.Submitted(t)
	if _, err := vote(t, h, "area head", e, true); err != nil {
		t.Fatal(err)
	}
	if _, err := vote(t, h, "area head", e, true); err == nil {
		t.Error("the same person twice")
	}
	v := get(t, h, e)
	if v.Situation.Decided != true || slices.Contains(v.Allowed, ledger.Withdraw) {
		t.Error("withdrawn after the first signature")
	}
	if len(v.Entry.Waiting) != 2 || len(v.Entry.Heard) != 1 {
		t.Errorf("waiting for %v, heard %v", v.Entry.Waiting, v.Entry.Heard)
	}
	for name, person := range map[string]string{"decisions_once": "area head", "decisions_check": "officer"} {
		_, err := h.Owner.Exec(t.Context(), `insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
			select prison_id, entry_id, revision, step, gen_random_uuid(), verdict, author, $1, role, of_digest, '', '[]', salt from decisions limit 1`, h.Person(person).PersonID)
		if err == nil {
			t.Errorf("%s does not hold", name)
		}
	}
	// An author who holds the post has no seat.
	mine := h.Begin(t, "officer", "cell-body-search", h.Search())
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id, area_id) values (gen_random_uuid(), $1, 'area_head', $2, $3)", h.Person("officer").PersonID, h.Prison, h.Area); err != nil {
		t.Fatal(err)
	}
	out, err := h.Ledger.Submit(h.As(t.Context(), "officer"), mine.Key, mine.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(out.Entry.StepSeats, h.Person("officer").PersonID) || len(out.Entry.StepSeats) != 3 {
		t.Errorf("seats %v", out.Entry.StepSeats)
	}
}

// TestLastOfSeveral lets the last ones of a step decide at the same moment, 100
// times a mode: the entry is never left pending, and no verdict is lost.
func TestLastOfSeveral(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, c := range []struct {
		mode  string
		first []string // decided before
		last  []string // at once
		want  int      // decisions that stand
	}{
		{"all", three[:1], three[1:], 3},
		{"all", nil, three, 3},
		{"vote", three[:1], three[1:], 2},
	} {
		t.Run(c.mode+fmt.Sprint(len(c.first)), func(t *testing.T) {
			chained(t, h, group(c.mode))
			for range 100 {
				e := h.Submitted(t)
				for _, who := range c.first {
					if _, err := vote(t, h, who, e, true); err != nil {
						t.Fatal(err)
					}
				}
				atOnce(t, len(c.last), func(i int) error {
					_, err := vote(t, h, c.last[i], e, true)
					return err
				}, c.want-len(c.first))
				if v := get(t, h, e); v.Entry.State != ledger.Approved || v.Entry.InForce != 1 || len(v.Decisions) != c.want {
					t.Fatalf("%s, %d decisions", v.Entry.State, len(v.Decisions))
				}
			}
		})
	}
}

// atOnce runs do n times at the same moment; exactly won succeed and the others
// are told why not.
func atOnce(t *testing.T, n int, do func(i int) error, won int) {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	good := 0
	for _, err := range errs {
		switch {
		case err == nil:
			good++
		case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Invalid):
			t.Fatalf("the other: %v", err)
		}
	}
	if good != won {
		t.Fatalf("%d of %d done, want %d: %v", good, n, won, errs)
	}
}

// TestLastLook: what must be there by the last approval is asked then and not
// before; the entry waits as it was, and goes through when it is mended.
func TestLastLook(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	var search struct {
		At string `json:"ended_at"`
	}
	if err := json.Unmarshal(h.Search(), &search); err != nil {
		t.Fatal(err)
	}
	officer := h.As(t.Context(), "officer")
	doc := map[string]any{
		"count_point": "night_bed", "counted_at": search.At, "site": "living", "expected_count": 86, "actual_count": 85, "off_site_count": 0,
		"count_method": "bed_check", "counted_by": h.Person("officer").Number, "verified_by": h.Person("second officer").Number,
		"difference_reason": "一人在卫生间，查铺时未在铺位，当场找到并复点", "reported_at": search.At,
	}
	body := func() json.RawMessage {
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	e := h.Begin(t, "officer", "headcount", body())
	h.Attach(t, "officer", e.Key, "difference_clip", housetest.Photo(1))
	out, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = approve(h, t, "second officer", out.Entry); err != nil {
		t.Fatal(err)
	}
	before := out.Entry
	for range 2 {
		_, err = approve(h, t, "duty leader", before)
		f, ok := err.(*fault.Error)
		if !ok || f.Code != "not_ready_for_approval" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/resolved_at" {
			t.Fatalf("the last approval of what is not resolved: %v", err)
		}
	}
	v, err := h.Ledger.Get(officer, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	if v.Entry.State != ledger.Submitted || v.Entry.ETag != before.ETag || len(v.Decisions) != 1 {
		t.Errorf("the refused approval left %s, etag %d, %d decisions", v.Entry.State, v.Entry.ETag, len(v.Decisions))
	}
	out, err = h.Ledger.Return(h.As(t.Context(), "duty leader"), e.Key, ledger.Judgement{Digest: *before.Digest, Comment: "请填写核清时间"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = h.Ledger.Revise(officer, e.Key, out.Entry.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	doc["resolved_at"] = search.At
	saved, err := h.Ledger.SaveDraft(officer, e.Key, out.Entry.ETag, out.Entry.Version, body(), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = h.Ledger.Submit(officer, e.Key, saved.Entry.ETag, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"second officer", "duty leader"} {
		if out, err = approve(h, t, who, out.Entry); err != nil {
			t.Fatal(err)
		}
	}
	if out.Entry.State != ledger.Approved {
		t.Errorf("mended: %s", out.Entry.State)
	}
}
