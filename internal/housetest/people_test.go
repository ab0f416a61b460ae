package housetest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// people are the codes of what is said of a document's people, errors first.
func people(errors, warnings []fault.Field) []string {
	list := []string{}
	for level, fields := range map[string][]fault.Field{"error": errors, "warning": warnings} {
		for _, f := range fields {
			if strings.HasPrefix(f.Code, "person_") {
				list = append(list, level+" "+f.Code+" "+f.Pointer)
			}
		}
	}
	slices.Sort(list)
	return list
}

// TestNobody: a number that is nobody's is said so in the form, the grid, and an
// import; how far the roll can be relied on says whether as an error. Of an
// inmate of another area nothing is told but that.
func TestNobody(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := h.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	typ := h.Catalog.Current("letter-parcel")
	sample := loose(mustExample(t, typ))
	of := func(inmate, officer string) json.RawMessage {
		t.Helper()
		doc := maps.Clone(sample)
		parsed, err := catalog.ParseDocument(mustExample(t, typ))
		if err != nil {
			t.Fatal(err)
		}
		for _, ref := range typ.References(parsed) {
			if name := ref.Pointer[1:]; !strings.Contains(name, "/") {
				doc[name] = map[string]string{"inmate": inmate, "police": officer}[ref.Kind]
			}
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	me := h.Person("officer").Number
	e := h.Begin(t, "officer", typ.ID, []byte("{}"))
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: typ.ID}
	said := func(body json.RawMessage) []string {
		t.Helper()
		res, err := h.Ledger.Check(ctx, e.Key, body)
		if err != nil {
			t.Fatal(err)
		}
		form := people(res.Errors, res.Warnings)
		rows, err := h.Ledger.CheckBatch(ctx, n, []ledger.Row{{Key: "1", Body: body}, {Key: "2", Body: body}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if diff := cmp.Diff(form, people(r.Errors, r.Warnings)); diff != "" {
				t.Errorf("the grid says another thing than the form: %s", diff)
			}
		}
		one := n
		one.Body = body
		tried, err := h.Ledger.Try(ctx, []ledger.New{one, one}, true)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(people(res.Errors, nil), people(tried[1], nil)); diff != "" {
			t.Errorf("an import says another thing than the form: %s", diff)
		}
		for _, f := range res.Warnings {
			if strings.Contains(f.Text.ZH+f.Text.EN, "罪犯甲") {
				t.Errorf("it lets a name out: %s", f.Text.ZH)
			}
		}
		return form
	}
	at := "/inmate_ref"
	expect := func(what string, body json.RawMessage, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), said(body)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	expect("nobody is on the roll", of("9999999999", me))
	exec("insert into inmates values ($1, '0000000001', '张三', $2, '2020-01-01', null), ($1, '0000000002', '罪犯甲', $3, '2020-01-01', null)", h.Prison, h.Area, h.Other)
	expect("one of the area", of("0000000001", me))
	expect("nobody", of("9999999999", me), "warning person_unknown "+at)
	expect("one of another area", of("0000000002", me), "warning person_elsewhere "+at)
	exec("update areas set kind = 'functional', function = 'hospital' where prison_id = $1 and area_id = $2", h.Prison, h.Area)
	if got := said(of("0000000002", me)); len(got) > 0 {
		t.Errorf("a functional area has to do with everybody: %v", got)
	}
	exec("update areas set kind = 'ordinary', function = 'residential' where prison_id = $1 and area_id = $2", h.Prison, h.Area)
	exec("set session_replication_role = replica")
	exec("insert into connectors (prison_id, connector, kind, system, target, title_zh, title_en) values ($1, 'inmates', 'rest_pull', 'ext:inmate-master', 'inmates', '罪犯信息', 'Inmates')", h.Prison)
	exec("insert into source_records (prison_id, system, target, key, version, run_id, deleted, fields) values ($1, 'ext:inmate-master', 'inmates', '1', 1, gen_random_uuid(), false, '{}')", h.Prison)
	exec("set session_replication_role = origin")
	expect("nobody, by a roll that is delivered", of("9999999999", me), "error person_unknown "+at)
	exec("update connectors set failures = 3 where prison_id = $1", h.Prison)
	expect("nobody, by a roll that is behind", of("9999999999", me), "warning person_unknown "+at)

	// A number that no police officer ever had.
	doc := loose(h.Search())
	doc["searchers"] = []any{me, "9999999"}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	search := h.Begin(t, "officer", "cell-body-search", raw)
	_, err = h.Ledger.Submit(ctx, search.Key, search.ETag, "", ledger.Idem{})
	var f *fault.Error
	if f, _ = err.(*fault.Error); f == nil || !slices.Equal(people(f.Fields, nil), []string{"error person_unknown /searchers/1"}) {
		t.Errorf("submitted with nobody: %v", err)
	}
	// One whose postings are over is somebody.
	exec("update postings set until_at = now() - interval '1 day' where person_id = $1", h.Person("second officer").PersonID)
	if _, err := h.Ledger.Submit(ctx, h.Begin(t, "officer", "cell-body-search", h.Search()).Key, 0, "", ledger.Idem{}); err != nil {
		t.Errorf("with an officer who retired: %v", err)
	}
	outs := searches(h, 2, func(int) bool { return false })
	outs[1].Value["searchers"] = []any{me, "9999999"}
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", outs)))
	if i.Good != 1 || i.Bad != 1 {
		t.Errorf("imported: %+v", i)
	}
}
