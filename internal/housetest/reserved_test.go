package housetest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/retrieval"
	"taizhang/migrations"
)

// reservedCase is an approved entry with words that only professionals read.
type reservedCase struct {
	ledger, indicator string
	author, approver  string
	doc               map[string]any
	secrets           []string // one a reserved field, and the file's name
	fields            map[string]any
	open              string   // what everybody reads who may read the entry
	readers           []string // of the secrets
	others            []string // who read the entry without them
	key               ledger.Key
	file              uuid.UUID
}

func reservedCases(t *testing.T, h *housetest.House) []*reservedCase {
	at := func(d time.Duration) string {
		return time.Now().Add(-d).In(catalog.Zone).Truncate(time.Second).Format(time.RFC3339)
	}
	others := []string{"area head", "duty leader", "warden", "inspector"}
	soon := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	cases := []*reservedCase{
		{ledger: "medical-visit", indicator: "HF-17", author: "medic", approver: "hospital head",
			doc: map[string]any{"inmate_ref": inmate, "record_kind": "outpatient", "requested_at": at(3 * time.Hour), "seen_at": at(2 * time.Hour), "doctor_ref": "医生甲", "triage": "routine",
				"diagnosis_code": "J06.9", "treatment": "对症用药处置", "work_fitness": "rest", "rest_days": 47, "infectious": false},
			secrets: []string{"J06.9", "对症用药处置", "照片.jpg"}, fields: map[string]any{"diagnosis_code": "J06.9", "treatment": "对症用药处置"},
			open: "47", readers: []string{"medic", "hospital medic"}, others: append(others, "hospital head")},
		{ledger: "psych-health", indicator: "JY-04", author: "counsellor", approver: "education head",
			doc: map[string]any{"inmate_ref": inmate, "record_kind": "screening", "occurred_at": at(2 * time.Hour), "practitioner_ref": "0000006", "instrument": "scl90",
				"score_summary": "因子分偏高", "risk_grade": "moderate", "precautions": "安排包夹陪伴", "next_review_on": soon},
			secrets: []string{"因子分偏高", "照片.jpg"}, fields: map[string]any{"score_summary": "因子分偏高"},
			open: "安排包夹陪伴", readers: []string{"counsellor"}, others: append(others, "education head")},
		{ledger: "psych-health", indicator: "JY-04", author: "counsellor", approver: "education head",
			doc: map[string]any{"inmate_ref": inmate, "record_kind": "crisis", "occurred_at": at(time.Hour), "practitioner_ref": "0000006",
				"session_note": "谈及家事", "crisis_plan": "每日随访", "risk_grade": "high", "precautions": "夜间增派值守", "next_review_on": soon},
			secrets: []string{"谈及家事", "照片.jpg"}, fields: map[string]any{"session_note": "谈及家事"},
			open: "夜间增派值守", readers: []string{"counsellor"}, others: append(others, "education head")},
	}
	for _, c := range cases {
		raw, err := json.Marshal(c.doc)
		if err != nil {
			t.Fatal(err)
		}
		e := h.Begin(t, c.author, c.ledger, raw)
		c.key = e.Key
		c.file = h.Attach(t, c.author, e.Key, "report", housetest.Photo(1)).ID
		out, err := h.Ledger.Submit(h.As(t.Context(), c.author), e.Key, e.ETag, "", ledger.Idem{})
		if err != nil {
			t.Fatal(c.ledger, err)
		}
		// The decision is on the whole, also where the decider reads only a part.
		if out, err = approve(h, t, c.approver, out.Entry); err != nil || out.Entry.State != ledger.Approved {
			t.Fatal(c.ledger, out.Entry.State, err)
		}
	}
	return cases
}

// asReader is a person of the house, the inspector with a grant.
func asReader(t *testing.T, h *housetest.House, who string) context.Context {
	a := h.Person(who)
	if who == "inspector" {
		a.Grants = []actor.Grant{{PrisonID: h.Prison, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}}
	}
	return actor.With(t.Context(), a)
}

// asText is what a way out of the house tells, as JSON.
func asText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// leavings are the ways on which an entry's contents leave the house. "" says that
// the way is closed to that person whatever the entry holds.
var leavings = map[string]func(*testing.T, *housetest.House, *reservedCase, string) string{
	"view": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		v, err := h.Ledger.Get(asReader(t, h, who), c.key)
		if err != nil {
			t.Fatal(who, err)
		}
		return asText(t, v)
	},
	"list": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		list, err := h.Ledger.List(asReader(t, h, who), ledger.Query{Prison: h.Prison, Ledgers: []string{c.ledger}, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return asText(t, list)
	},
	"filed": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		list, err := h.Ledger.Filed(asReader(t, h, who), ledger.Query{Prison: h.Prison, Ledgers: []string{c.ledger}, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return asText(t, list)
	},
	"trace": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		tr, err := h.Retrieval.Trace(asReader(t, h, who), h.Prison, retrieval.Subject{Kind: "inmate", Ref: inmate})
		if err != nil {
			t.Fatal(err)
		}
		return asText(t, tr)
	},
	"print": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		var all string
		for _, copied := range []bool{false, true} {
			_, raw := opened(asReader(t, h, who), t, h.Printing(t), printing.Ask{Key: c.key, Copy: copied})
			all += strings.Join(onPaper(t, raw), "")
		}
		return all
	},
	"volume": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		s := h.Printing(t)
		v, err := s.NewVolume(asReader(t, h, who), printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: c.ledger, Area: h.Area,
			From: time.Now().AddDate(0, 0, -2).Format(time.DateOnly), To: time.Now().AddDate(0, 0, 1).Format(time.DateOnly)}, ledger.Idem{})
		if fault.Is(err, fault.Forbidden) {
			return ""
		}
		if err == nil {
			err = s.Bind(t.Context(), v.VolumeKey)
		}
		if err != nil {
			t.Fatal(who, err)
		}
		_, body, err := s.OpenVolume(asReader(t, h, who), v.VolumeKey)
		if err != nil {
			t.Fatal(who, err)
		}
		defer func() { _ = body.Close() }()
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(onPaper(t, raw), "")
	},
	"export": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		if who == "inspector" {
			return "" // the house's jobs know no grants
		}
		e, err := h.Exchange.Ask(asReader(t, h, who), exchange.Export{Prison: h.Prison, Ledger: c.ledger, Format: "csv-utf8-bom", Reason: "核对", Query: exchange.Filter{Area: &h.Area}},
			ledger.Idem{Key: uuid.NewString(), Route: "test"})
		if fault.Is(err, fault.Forbidden) {
			return ""
		}
		if err == nil {
			_, err = h.Exchange.Run(t.Context(), exchange.Work{Prison: h.Prison, ID: e.ID, Export: true})
		}
		if err != nil {
			t.Fatal(who, err)
		}
		_, raw := fetched(t, h, who, e)
		return string(raw)
	},
	"pack": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		var b bytes.Buffer
		err := inspecting(h).Pack(asReader(t, h, who), inspection.Request{Prison: h.Prison, Area: h.Area, Indicator: c.indicator, Reason: "年度检查"}, func(string) io.Writer { return &b })
		if err != nil {
			return ""
		}
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, f := range z.File {
			if strings.Contains(f.Name, "/evidence/") {
				t.Errorf("%s: the report is in the pack", who)
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(&all, r); err != nil {
				t.Fatal(err)
			}
		}
		return all.String()
	},
	"file": func(t *testing.T, h *housetest.House, c *reservedCase, who string) string {
		ev, body, err := h.Ledger.OpenEvidence(asReader(t, h, who), c.key, 1, c.file)
		if fault.Is(err, fault.Forbidden) {
			return ""
		}
		if err != nil {
			t.Fatal(who, err)
		}
		return strings.Join(c.secrets, " ") + ev.Name + fmt.Sprint(body.Close())
	},
}

// TestReserved: on every way out of the house what is for professionals is read by
// them and its author, and by nobody else who may read the entry; the rest is read
// by all of them.
func TestReserved(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, c := range reservedCases(t, h) {
		for way, leave := range leavings {
			told := 0
			for _, who := range slices.Concat(c.readers, c.others) {
				text := leave(t, h, c, who)
				if text == "" {
					continue
				}
				told++
				reads := slices.Contains(c.readers, who)
				for _, secret := range c.secrets {
					if strings.Contains(text, secret) && !reads {
						t.Errorf("%s, %s: %s reads %s", c.ledger, way, who, secret)
					}
				}
				switch way {
				case "view", "filed", "print":
					if secret := c.secrets[0]; reads && !strings.Contains(text, secret) {
						t.Errorf("%s, %s: %s does not read %s", c.ledger, way, who, secret)
					}
				}
				switch way {
				case "view", "filed", "print", "volume", "export", "pack":
					if !strings.Contains(text, c.open) {
						t.Errorf("%s, %s: %s does not read %s", c.ledger, way, who, c.open)
					}
				}
				switch way {
				case "print", "export":
					if words := catalog.ForProfessionals.ZH; strings.Contains(text, words) == reads {
						t.Errorf("%s, %s: %s is told %q: %v", c.ledger, way, who, words, !reads)
					}
				}
			}
			if told == 0 {
				t.Errorf("%s, %s: nobody went that way", c.ledger, way)
			}
		}
		for _, who := range c.others {
			v, err := h.Ledger.Get(asReader(t, h, who), c.key)
			if err != nil {
				t.Fatal(err)
			}
			if rev := v.Revisions[0]; len(rev.Hidden) != len(c.fields) || !v.Evidence[0].Hidden {
				t.Errorf("%s: %s is not told what is hidden: %v %+v", c.ledger, who, rev.Hidden, v.Evidence[0])
			}
		}
	}
}

// TestReservedPart: the area's officers read of an L3 entry the part that the catalogue
// names, on every way out of the house; each reading is recorded.
func TestReservedPart(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	parts := map[string][]string{
		"medical-visit": {"inmate_ref", "requested_at", "seen_at", "wait_min", "work_fitness", "rest_days", "infectious"},
		"psych-health":  {"inmate_ref", "occurred_at", "risk_grade", "precautions"},
	}
	unnamed := map[string][]string{"medical-visit": {"医生甲", "门诊", "outpatient", "routine"}, "psych-health": {"0000006", "scl90", "每日随访", "screening"}}
	for _, c := range reservedCases(t, h) {
		for way, leave := range leavings {
			if way == "file" || way == "pack" {
				continue
			}
			text := leave(t, h, c, "second officer")
			for _, secret := range slices.Concat(c.secrets, unnamed[c.ledger]) {
				// A form names the choices that there are.
				if strings.Contains(text, secret) && !(way == "print" && secret == "门诊") {
					t.Errorf("%s, %s: the officer reads %s", c.ledger, way, secret)
				}
			}
			switch way {
			case "view", "filed", "print":
				if !strings.Contains(text, c.open) {
					t.Errorf("%s, %s: the officer does not read %s", c.ledger, way, c.open)
				}
			case "volume", "export":
				if text != "" {
					t.Errorf("%s, %s: the officer takes it out", c.ledger, way)
				}
			}
		}
		var before, after int
		count := "select count(*) from custody_events where kind = 'read' and subject = $1"
		row := func(n *int) {
			if err := h.Owner.QueryRow(t.Context(), count, c.key.Entry.String()).Scan(n); err != nil {
				t.Fatal(err)
			}
		}
		row(&before)
		v, err := h.Ledger.Get(h.As(t.Context(), "second officer"), c.key)
		if err != nil {
			t.Fatal(err)
		}
		if row(&after); after != before+1 {
			t.Errorf("%s: %d readings recorded", c.ledger, after-before)
		}
		var doc map[string]any
		if err := json.Unmarshal(v.Revisions[0].Document, &doc); err != nil {
			t.Fatal(err)
		}
		for name := range doc {
			if !slices.Contains(parts[c.ledger], name) {
				t.Errorf("%s: the officer reads %s", c.ledger, name)
			}
		}
		for name := range c.doc {
			if !slices.Contains(parts[c.ledger], name) && !slices.Contains(v.Revisions[0].Hidden, "/"+name) {
				t.Errorf("%s: the officer is not told that %s is hidden", c.ledger, name)
			}
		}
		if _, _, err := h.Ledger.OpenEvidence(h.As(t.Context(), "second officer"), c.key, 1, c.file); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: the officer opens the file: %v", c.ledger, err)
		}
		if _, err := h.Ledger.Get(h.As(t.Context(), "officer elsewhere"), c.key); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: an officer of another area: %v", c.ledger, err)
		}
	}
	staff := h.Person("education head")
	staff.Postings = []actor.Posting{{Role: actor.DeptStaff, PrisonID: h.Prison, Department: "dept_education"}}
	if list, err := h.Ledger.List(actor.With(t.Context(), staff), ledger.Query{Prison: h.Prison, Ledgers: []string{"psych-health"}, Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("of psychology the department reads figures only: %d %v", len(list), err)
	}
}

// TestPartHushed: what others wrote about an entry is of the whole. Who reads a part is
// told so and reads none of it, on no way out of the house; their own words they do.
func TestPartHushed(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	must := func(out ledger.Outcome, err error) ledger.Outcome {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	words := []string{"更正事由甲", "审批意见乙", "附注丙", "作废事由丁", "请会签戊"}
	for _, c := range reservedCases(t, h)[:2] {
		author, approver := h.As(t.Context(), c.author), h.As(t.Context(), c.approver)
		v, err := h.Ledger.Get(author, c.key)
		if err != nil {
			t.Fatal(err)
		}
		out := must(h.Ledger.Amend(author, c.key, v.Entry.ETag, ledger.Idem{}))
		c.doc["inmate_ref"] = inmate
		out = must(h.Ledger.SaveDraft(author, c.key, out.Entry.ETag, out.Entry.Version, mustJSON(t, c.doc), ledger.Idem{}))
		out = must(h.Ledger.Submit(author, c.key, out.Entry.ETag, words[0], ledger.Idem{}))
		out = must(h.Ledger.AddSigner(approver, c.key, ledger.Signing{Digest: *out.Entry.Digest, Person: h.Person("area head").Number, Place: "before", Reason: words[4]}, ledger.Idem{}))
		out = must(h.Ledger.Approve(h.As(t.Context(), "area head"), c.key, ledger.Judgement{Digest: *out.Entry.Digest}, ledger.Idem{}))
		out = must(h.Ledger.Approve(approver, c.key, ledger.Judgement{Digest: *out.Entry.Digest, Comment: words[1],
			Remarks: []ledger.Remark{{Pointer: "/inmate_ref", Text: words[2]}}}, ledger.Idem{}))
		must(h.Ledger.AskVoid(approver, c.key, ledger.Judgement{Digest: *out.Entry.Digest, Comment: words[3]}, ledger.Idem{}))
		for _, way := range []string{"view", "list", "filed", "trace", "print"} {
			text := leavings[way](t, h, c, "second officer")
			for _, word := range words {
				if strings.Contains(text, word) {
					t.Errorf("%s, %s: the officer reads %s", c.ledger, way, word)
				}
			}
			if whole := leavings[way](t, h, c, "area head"); (way == "view" || way == "trace" || way == "print") && (!strings.Contains(whole, words[0]) || !strings.Contains(whole, words[1])) {
				t.Errorf("%s, %s: the area's head does not read %v", c.ledger, way, words[:2])
			}
		}
		for _, word := range words {
			if hits := find(t, h, "second officer", word); len(hits) != 0 {
				t.Errorf("%s: the officer finds %s", c.ledger, word)
			}
		}
		for who, want := range map[string]bool{"second officer": true, "area head": false, c.author: false} {
			v, err := h.Ledger.Get(h.As(t.Context(), who), c.key)
			tr, err2 := h.Retrieval.Trace(h.As(t.Context(), who), h.Prison, retrieval.Subject{Kind: "inmate", Ref: inmate})
			if err != nil || err2 != nil || v.Hushed != want || !slices.ContainsFunc(tr.Items, func(i retrieval.Item) bool { return i.Entry.Entry == c.key.Entry && i.Hushed == want }) {
				t.Errorf("%s: %s is told %v, want %v: %v %v", c.ledger, who, v.Hushed, want, err, err2)
			}
		}
	}
	// Who is to sign is told why, and reads his own words.
	c := reservedCases(t, h)[0]
	e := h.Begin(t, "medic", "medical-visit", mustJSON(t, c.doc))
	out := must(h.Ledger.Submit(h.As(t.Context(), "medic"), e.Key, e.ETag, "", ledger.Idem{}))
	out = must(h.Ledger.AddSigner(h.As(t.Context(), "hospital head"), e.Key, ledger.Signing{Digest: *out.Entry.Digest, Person: h.Person("second officer").Number, Place: "before", Reason: "核对服药"}, ledger.Idem{}))
	must(h.Ledger.Approve(h.As(t.Context(), "second officer"), e.Key, ledger.Judgement{Digest: *out.Entry.Digest, Comment: "已核对"}, ledger.Idem{}))
	v, err := h.Ledger.Get(h.As(t.Context(), "second officer"), e.Key)
	if text := asText(t, v); err != nil || !v.Hushed || !strings.Contains(text, "核对服药") || !strings.Contains(text, "已核对") {
		t.Errorf("of what was written to him and by him: %s %v", text, err)
	}
}

// TestPartNotFoundByTheRest: who reads a part of an entry finds it by that, and by
// nothing else, in the search and in lists; a volume is read by who reads the whole.
func TestPartNotFoundByTheRest(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	cases := reservedCases(t, h)
	c := cases[0]
	for _, anew := range []bool{false, true} {
		if anew {
			if _, err := h.Ledger.Reindex(t.Context(), h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		for _, at := range []struct {
			word string
			part bool
		}{{inmate, true}, {"监区", true}, {"医疗就诊", true}, {"医生甲", false}, {"门诊", false}, {"一般", false}} {
			for who, reads := range map[string]bool{"second officer": at.part, "area head": true, "warden": true, "officer elsewhere": false} {
				if found := slices.Contains(found(find(t, h, who, at.word)), c.key.Entry); found != reads {
					t.Errorf("%s finds the visit by %s: %v", who, at.word, found)
				}
			}
		}
	}
	for filter, part := range map[string]bool{`{"triage": "routine"}`: false, `{"work_fitness": "rest"}`: true, `{"work_fitness": "rest", "doctor_ref": "医生甲"}`: false} {
		for who, reads := range map[string]bool{"second officer": part, "area head": true} {
			n, err := h.Ledger.Count(h.As(t.Context(), who), ledger.Query{Prison: h.Prison, Fields: []json.RawMessage{json.RawMessage(filter)}, Limit: 10})
			if err != nil || n != 1 && reads || n != 0 && !reads {
				t.Errorf("%s filters by %s: %d %v", who, filter, n, err)
			}
		}
	}
	for who, want := range map[string]int{"second officer": 0, "area head": 1} {
		if n, err := h.Ledger.Count(h.As(t.Context(), who), ledger.Query{Prison: h.Prison, Text: "门诊", Limit: 10}); err != nil || n != want {
			t.Errorf("%s finds %d by the summary: %v", who, n, err)
		}
	}
	for _, word := range []string{"pointer", `"`, "_"} {
		if n, err := h.Ledger.Count(h.As(t.Context(), "area head"), ledger.Query{Prison: h.Prison, Text: word, Limit: 10}); err != nil || n != 0 {
			t.Errorf("%d entries are found by %s, which is in none of their words: %v", n, word, err)
		}
	}
	// Bound by the head of the area, who is an officer of it by now.
	s := h.Printing(t)
	v, err := s.NewVolume(h.As(t.Context(), "area head"), printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: c.ledger, Area: h.Area,
		From: time.Now().AddDate(0, 0, -2).Format(time.DateOnly), To: time.Now().AddDate(0, 0, 1).Format(time.DateOnly)}, ledger.Idem{})
	if err == nil {
		err = s.Bind(t.Context(), v.VolumeKey)
	}
	if err != nil {
		t.Fatal(err)
	}
	a := h.Person("area head")
	a.Postings = h.Person("second officer").Postings
	if _, _, err := s.OpenVolume(actor.With(t.Context(), a), v.VolumeKey); !fault.Is(err, fault.NotFound) {
		t.Errorf("the volume is opened by who reads a part: %v", err)
	}
}

// TestPartDecided: an officer who is asked to sign with the others decides on the part.
func TestPartDecided(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	raw, err := json.Marshal(reservedCases(t, h)[0].doc)
	if err != nil {
		t.Fatal(err)
	}
	e := h.Begin(t, "medic", "medical-visit", raw)
	filed, err := h.Ledger.Submit(h.As(t.Context(), "medic"), e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Ledger.AddSigner(h.As(t.Context(), "hospital head"), e.Key, ledger.Signing{Digest: *filed.Entry.Digest,
		Person: h.Person("second officer").Number, Place: "before", Reason: "核对服药"}, ledger.Idem{})
	if err != nil || !strings.Contains(string(out.Entry.Summary), "门诊") {
		t.Fatal(string(out.Entry.Summary), err)
	}
	if out, err = approve(h, t, "second officer", out.Entry); err != nil || strings.Contains(string(out.Entry.Summary), "门诊") || !strings.Contains(string(out.Entry.Summary), "休息") {
		t.Errorf("the officer is told %s: %v", out.Entry.Summary, err)
	}
}

// TestReservedNotFound: by what is for professionals nobody finds an entry, neither
// by searching nor by a filter, made anew or as it is kept.
func TestReservedNotFound(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	cases := reservedCases(t, h)
	for _, anew := range []bool{false, true} {
		if anew {
			if _, err := h.Ledger.Reindex(t.Context(), h.Prison); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range cases {
			for _, who := range []string{c.author, "area head", "warden"} {
				for _, secret := range c.secrets {
					if hits := find(t, h, who, secret); len(hits) != 0 {
						t.Errorf("%s: %s finds %q", c.ledger, who, secret)
					}
				}
				if hits := find(t, h, who, inmate); !slices.Contains(found(hits), c.key.Entry) {
					t.Errorf("%s: %s does not find the inmate's entry", c.ledger, who)
				}
				for name, value := range c.fields {
					raw, err := json.Marshal(map[string]any{name: value})
					if err != nil {
						t.Fatal(err)
					}
					q := ledger.Query{Prison: h.Prison, Fields: []json.RawMessage{raw}, Limit: 10}
					list, err := h.Ledger.List(asReader(t, h, who), q)
					n, err2 := h.Ledger.Count(asReader(t, h, who), q)
					filed, err3 := h.Ledger.Filed(asReader(t, h, who), q)
					if err != nil || err2 != nil || err3 != nil || len(list) != 0 || n != 0 || len(filed) != 0 {
						t.Errorf("%s: %s filters by %s: %d, %d, %d, %v %v %v", c.ledger, who, name, len(list), n, len(filed), err, err2, err3)
					}
				}
			}
		}
	}
}

// unprofessional refuses everybody what is for professionals.
type unprofessional struct{ ledger.Authorizer }

func (u unprofessional) Check(a actor.Actor, action string, s ledger.Subject, now time.Time) error {
	if s.Class == "medical" || s.Class == "psychological" {
		return fault.New(fault.Forbidden, "forbidden")
	}
	return u.Authorizer.Check(a, action, s, now)
}

// TestReservedBeginnings: an entry begins with what the last one says as far as
// whoever begins it may read that.
func TestReservedBeginnings(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, c := range reservedCases(t, h) {
		begun := func() string {
			b, err := h.Ledger.Beginnings(h.As(t.Context(), c.author), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: c.ledger})
			if err != nil || b.Last == nil {
				t.Fatal(c.ledger, b, err)
			}
			rows, err := h.Ledger.Prefill(h.As(t.Context(), c.author), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: c.ledger}, time.Now().In(catalog.Zone).Format("2006-01"))
			if err != nil {
				t.Fatal(c.ledger, err)
			}
			return asText(t, b) + asText(t, rows)
		}
		before := begun()
		access := h.Ledger.Access
		h.Ledger.Access = unprofessional{access}
		after := begun()
		h.Ledger.Access = access
		shown := false
		for _, secret := range c.secrets {
			shown = shown || strings.Contains(before, secret)
			if strings.Contains(after, secret) {
				t.Errorf("%s begins with %s", c.ledger, secret)
			}
		}
		t.Logf("%s: a professional begins with it: %v", c.ledger, shown)
	}
}

// TestReservedForgotten: the migration takes away the texts in which what is for
// professionals stood; made anew, the entries are found by the rest.
func TestReservedForgotten(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := reservedCases(t, h)[0]
	h.Submitted(t)
	if volume := leavings["volume"](t, h, c, "warden"); !strings.Contains(volume, c.open) {
		t.Fatal(volume)
	}
	if _, err := h.Owner.Exec(t.Context(), "update search_texts set body = 'J06.9'"); err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(migrations.FS, "0058_forget_reserved.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Owner.Exec(t.Context(), string(raw)); err != nil {
		t.Fatal(err)
	}
	prints := h.Printing(t)
	list, err := prints.Volumes(h.As(t.Context(), "warden"), h.Prison)
	if err != nil || len(list) != 1 || list[0].State != "waiting" {
		t.Fatalf("volumes: %+v %v", list, err)
	}
	prints.Now = func() time.Time { return time.Now().Add(time.Hour) } // a volume just asked for has a job of its own
	if err := prints.Tend(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	if list, err = prints.Volumes(h.As(t.Context(), "warden"), h.Prison); err != nil || list[0].State != "done" {
		t.Errorf("bound anew: %+v %v", list, err)
	}
	kept := func() (list []string) {
		rows, err := h.Owner.Query(t.Context(), "select distinct ledger from search_texts join entries using (prison_id, entry_id) order by 1")
		if err == nil {
			list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := kept(); !slices.Equal(got, []string{"cell-body-search"}) {
		t.Errorf("kept: %v", got)
	}
	if _, err := h.Ledger.Reindex(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	if got := kept(); !slices.Contains(got, c.ledger) || len(find(t, h, "area head", "J06.9")) != 0 {
		t.Errorf("made anew: %v", got)
	}
}
