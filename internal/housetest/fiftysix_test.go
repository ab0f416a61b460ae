package housetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/postgres"
	"taizhang/internal/proposal"
)

// The article gives the difference and no base (S1, R18); 113 is that of 2019 (S2).
// That 57 of these are left is the fixture's alone.
const articleBase, fewer = 113, 56

// paper is a house whose ordinary areas keep 113 ledgers: those that are shipped,
// and as many books as are lacking, each as it was kept on paper. It returns the books.
func paper(t *testing.T, h *housetest.House) []string {
	t.Helper()
	s := files(t)
	var register map[string]any
	const path = "consolidation/register.json"
	if err := json.Unmarshal(s.MapFS[path].Data, &register); err != nil {
		t.Fatal(err)
	}
	var books []string
	for n := len(keptBy(h)); n < articleBase; n++ {
		id := fmt.Sprintf("paper-%03d", n)
		title := fmt.Sprintf("旧簿 %d", n)
		s.rename(id, title, title+" 日期", title+" 所记")
		books = append(books, id)
		register["legacy"] = append(register["legacy"].([]any), map[string]any{"no": fmt.Sprintf("X-%03d", n), "title": map[string]any{"zh": id, "en": id}, "area": "ordinary", "ownership": "one",
			"owners": []any{"狱政管理科"}, "cadence": "event", "disposition": "keep", "target": id, "lands": []any{map[string]any{"ledger": id, "field": stem(id) + "_on"}}, "reason": map[string]any{"zh": "演练", "en": "Drill"}})
	}
	s.MapFS[path] = &fstest.MapFile{Data: mustJSON(t, register)}
	c, err := catalog.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := catalog.LoadRegister(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Install(t.Context(), c, r, func(string) string { return "dept_custody" }, []postgres.Department{{Code: "dept_custody"}}, installer); err != nil {
		t.Fatal(err)
	}
	// The house began with them: they did not come with a later release.
	exec(t, h, "alter table ledger_versions disable trigger user")
	exec(t, h, "update ledger_versions set published_at = (select min(published_at) from ledger_versions)")
	exec(t, h, "alter table ledger_versions enable trigger user")
	if err := h.Proposals.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return books
}

// rename makes a ledger of its own of the weather book, with titles of its own.
func (s shipment) rename(id, title, day, fact string) {
	s.book(1, "云量")
	for _, name := range []string{"schema.json", "ledger.json", "form.json"} {
		from := "ledgers/weather-book/v1/" + name
		text := strings.NewReplacer("weather-book", id, "weather_", stem(id)+"_", "天气簿", title, "云量", fact, `"日期"`, `"`+day+`"`).Replace(string(s.MapFS[from].Data))
		s.MapFS["ledgers/"+id+"/v1/"+name] = &fstest.MapFile{Data: []byte(text)}
		delete(s.MapFS, from)
	}
}

// stem is what the ids of a book's facts begin with.
func stem(id string) string { return strings.ReplaceAll(id, "-", "_") }

// keptBy lists what an ordinary area of the house keeps.
func keptBy(h *housetest.House) []*catalog.Type {
	return slices.DeleteFunc(slices.Clone(h.Catalog.Types()), func(typ *catalog.Type) bool { return !typ.AppliesTo("ordinary", "residential", true) })
}

// TestFiftySixCarriedOut takes an ordinary area with 113 ledgers through the five
// operations and one addition, each decided by others: what the screen 填报负担
// reads goes from 113 to 57, 56 fewer in all, and the register says the same.
func TestFiftySixCarriedOut(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	books := paper(t, h)
	officer := c.as(t, "officer")
	type history struct {
		Base    catalog.Weight
		Changes []catalog.BurdenChange
	}
	meter := func(query, kind string) history {
		t.Helper()
		status, body := officer.do(t, "GET", "/prisons/"+h.Prison.String()+"/burden/history"+query, "", nil)
		if status != 200 {
			t.Fatalf("%d %v", status, body)
		}
		var of struct{ Kinds map[string]history }
		if err := json.Unmarshal(mustJSON(t, body), &of); err != nil {
			t.Fatal(err)
		}
		return of.Kinds[kind]
	}
	if before := meter("", "ordinary"); before.Base.Ledgers != articleBase || len(before.Changes) != 0 {
		t.Fatalf("before: %d ledgers, %d changes", before.Base.Ledgers, len(before.Changes))
	}

	today := catalog.DayOf(time.Now())
	notice := fault.Text{ZH: "不再单独填写", EN: "No longer by itself"}
	goal := books[len(books)-1] // merged into
	into := func(id string) map[string]string {
		told := map[string]string{}
		for _, f := range h.Catalog.Current(id).Fields() {
			told[f.ID] = stem(goal) + strings.TrimPrefix(f.ID, stem(id))
		}
		return told
	}
	carry := func(who string, content proposal.Content, people ...string) {
		t.Helper()
		p, err := propose(h, t.Context(), who, content)
		if err != nil {
			t.Fatalf("%s %s: %v", content.Kind, content.Ledger, err)
		}
		if p = decideAll(t, h, p, people...); p.State != proposal.Executed {
			t.Fatalf("%s %s is %s", content.Kind, content.Ledger, p.State)
		}
	}
	// 删, 转, 并, 共 end a ledger; one more than the 56, for one is added.
	ways := []struct {
		kind   proposal.Kind
		target string
		people []string
	}{{proposal.Delete, "", []string{"second bureau office", "bureau leader"}}, {proposal.Transfer, "ext:video", []string{"bureau leader", "second bureau office"}},
		{proposal.Merge, goal, []string{"custody head", "second bureau office"}}, {proposal.Share, "education-session", []string{"education head", "second bureau office"}}}
	dispositions := map[string]string{}
	for i, id := range books[:fewer+1] {
		w := ways[i%len(ways)]
		content := proposal.Content{Kind: w.kind, Ledger: id, Reason: "演练用的清理", On: today, Target: w.target, Notice: notice}
		switch w.kind {
		case proposal.Merge:
			content.Map = onto(h, id, into(id))
		case proposal.Share: // what another ledger reads there
			content.Map = onto(h, id, map[string]string{stem(id) + "_fa": "topic"})
		}
		carry("bureau office", content, w.people...)
		dispositions[id] = string(w.kind)
	}
	// 减 takes fields from a ledger that stays; 增 is one more.
	reduced := books[fewer+1]
	carry("custody head", next(t, h, reduced, func(schema, _, form map[string]any) {
		delete(properties(schema), "fa")
		section(form)["fields"] = []any{"on"}
	}), "bureau office")
	dispositions[reduced] = "reduce"
	s := shipment{fstest.MapFS{}}
	s.rename("new-book", "气压簿", "读数于", "气压读数")
	added := proposal.Content{Kind: proposal.Add, Ledger: "new-book", Reason: "演练用的增设", On: today, Gate: theGate}
	added.Schema, added.Definition, added.Form = string(s.MapFS["ledgers/new-book/v1/schema.json"].Data), string(s.MapFS["ledgers/new-book/v1/ledger.json"].Data), string(s.MapFS["ledgers/new-book/v1/form.json"].Data)
	carry("bureau office", added, "custody head", "second bureau office", "bureau leader")

	for query, kind := range map[string]string{"": "ordinary", "?area=" + h.Area.String(): "area"} {
		m := meter(query, kind)
		if len(m.Changes) != fewer+3 || m.Base.Ledgers != articleBase {
			t.Fatalf("%s: %d changes from %d ledgers", kind, len(m.Changes), m.Base.Ledgers)
		}
		sum, was := 0, m.Base
		byKind := map[string]int{}
		for _, ch := range m.Changes {
			if diff := cmp.Diff(was, ch.Before); diff != "" || ch.After.Ledgers-ch.Before.Ledgers != ch.Net.Ledgers {
				t.Errorf("%s %s: %d to %d, net %d %s", ch.Kind, ch.Ledger, ch.Before.Ledgers, ch.After.Ledgers, ch.Net.Ledgers, diff)
			}
			sum, was = sum+ch.Net.Ledgers, ch.After
			byKind[ch.Kind] += ch.Net.Ledgers
		}
		last := m.Changes[len(m.Changes)-1]
		if sum != -fewer || last.Total.Ledgers != -fewer || last.After.Ledgers != articleBase-fewer {
			t.Errorf("%s: net %d, in all %d, %d are left", kind, sum, last.Total.Ledgers, last.After.Ledgers)
		}
		if diff := cmp.Diff(map[string]int{"delete": -15, "transfer": -14, "merge": -14, "share": -14, "version": 0, "add": 1}, byKind); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	if n := len(keptBy(h)); n != articleBase-fewer {
		t.Errorf("the catalogue holds %d", n)
	}

	// The register of the same consolidation, as the screen 旧台账去向 shows it.
	h.Register.Legacy, h.Register.Added = nil, []catalog.Addition{{Form: "type", Lands: []catalog.Landing{}}}
	for _, typ := range keptBy(h) {
		if _, told := dispositions[typ.ID]; !told && typ.ID != "new-book" {
			dispositions[typ.ID] = "keep"
		}
	}
	for id, d := range dispositions {
		h.Register.Legacy = append(h.Register.Legacy, catalog.Legacy{No: id, Area: "ordinary", Ownership: "one", Owners: []string{}, Disposition: d, Target: id, Lands: []catalog.Landing{}})
	}
	status, body := officer.do(t, "GET", "/consolidation", "", nil)
	if status != 200 || len(body["legacy"].([]any)) != articleBase || body["fewer"] != float64(fewer) {
		t.Errorf("the register: %d, %d legacy, %v fewer", status, len(h.Register.Legacy), body["fewer"])
	}
	if now := body["burden"].(map[string]any)["ordinary"].(map[string]any)["ledgers"]; now != float64(articleBase-fewer) {
		t.Errorf("an ordinary area keeps %v", now)
	}
}
