package housetest_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/stewardship"
)

// TestPaperEnds: the area's head declares, the owning department confirms and nobody else; what waits
// or was refused changes nothing, a day that is set is put off, and paper is taken up again only with
// a reason.
func TestPaperEnds(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	const search, training = "cell-body-search", "education-session"
	declare := func(area uuid.UUID, seen int, to stewardship.PaperState, day, reason string, ledgers ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			list := []stewardship.Seen{}
			for _, l := range ledgers {
				list = append(list, stewardship.Seen{Ledger: l, Seen: seen})
			}
			_, err := h.Stewardship.Declare(ctx, h.Prison, area, list, to, day, reason, ledger.Idem{})
			return err
		}
	}
	decide := func(verdict, comment string, n int, ledgers ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			list := []stewardship.Which{}
			for _, l := range ledgers {
				list = append(list, stewardship.Which{Area: h.Area, Ledger: l, N: n})
			}
			_, err := h.Stewardship.DecidePaper(ctx, h.Prison, list, verdict, comment, ledger.Idem{})
			return err
		}
	}
	do := func(who string, fn func(context.Context) error) {
		t.Helper()
		if err := fn(h.As(t.Context(), who)); err != nil {
			t.Fatal(err, refusals(err))
		}
	}
	paper := func(who string) stewardship.Paper {
		t.Helper()
		p, err := h.Stewardship.Paper(h.As(t.Context(), who), h.Prison)
		if err != nil {
			t.Fatal(who, err)
		}
		return p
	}
	cell := func(who, id string) stewardship.Cell {
		t.Helper()
		p := paper(who)
		i := slices.IndexFunc(p.Cells, func(c stewardship.Cell) bool { return c.Area == h.Area && c.Ledger == id })
		if i < 0 {
			t.Fatalf("%s does not see %s", who, id)
		}
		return p.Cells[i]
	}
	// Who declares, for what, from when.
	refusedTo(t, h, "forbidden", declare(h.Area, 0, stewardship.Dual, dayFrom(0), "", search), "officer", "warden", "prison office", "custody head", "bureau office", "area head elsewhere", "system admin", "inspector")
	refusedTo(t, h, "not_found", declare(h.Area, 0, stewardship.Dual, dayFrom(0), "", search), "yi area head")
	for name, bad := range map[string]func(context.Context) error{
		"no such state":       declare(h.Area, 0, "gone", dayFrom(0), "", search),
		"further than a year": declare(h.Area, 0, stewardship.PaperEnded, dayFrom(400), "", search),
		"no day":              declare(h.Area, 0, stewardship.PaperEnded, "", "", search),
		"no ledger":           declare(h.Area, 0, stewardship.PaperEnded, dayFrom(0), ""),
		"unknown":             declare(h.Area, 0, stewardship.PaperEnded, dayFrom(0), "", "no-such"),
		"not kept there":      declare(h.Area, 0, stewardship.PaperEnded, dayFrom(0), "", "kitchen-hygiene"),
		"twice":               declare(h.Area, 0, stewardship.PaperEnded, dayFrom(0), "", search, search),
		"so already":          declare(h.Area, 0, stewardship.OnPaper, dayFrom(0), "", search),
	} {
		if err := bad(h.As(t.Context(), "area head")); refusals(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c := cell("officer", search); c.State != stewardship.OnPaper || c.Since != "" || c.N != 0 || len(c.Actions) != 0 {
		t.Errorf("%+v", c)
	}
	// Two at once: one stands, and waits.
	oneOf(t, bothAtOnce(func() error {
		return declare(h.Area, 0, stewardship.Dual, dayFrom(-30), "", search, training)(h.As(t.Context(), "area head"))
	},
		func() error {
			return declare(h.Area, 0, stewardship.PaperEnded, dayFrom(-30), "", search, training)(h.As(t.Context(), "second area head"))
		}), "changed_meanwhile", "paper_waits")
	first := cell("area head", search)
	if first.State != stewardship.OnPaper || first.Waits == nil {
		t.Fatalf("%+v", first)
	}
	refusedTo(t, h, "changed_meanwhile", declare(h.Area, 0, stewardship.Dual, dayFrom(0), "", search), "deputy head")
	refusedTo(t, h, "paper_waits", declare(h.Area, 1, stewardship.Dual, dayFrom(0), "", search), "deputy head")
	// The owner confirms its own; of two departments' ledgers neither confirms both.
	refusedTo(t, h, "forbidden", decide("confirm", "", 1, search), "area head", "second area head", "education head", "warden", "prison office", "bureau office")
	refusedTo(t, h, "forbidden", decide("confirm", "", 1, search, training), "custody head", "education head")
	refusedTo(t, h, "not_found", decide("confirm", "", 2, search), "custody head")
	refusedTo(t, h, "bad_paper", decide("refuse", " ", 1, search), "custody head")
	if c := cell("custody head", search); !slices.Equal(c.Actions, []string{"confirm", "refuse"}) {
		t.Errorf("%v", c.Actions)
	}
	oneOf(t, bothAtOnce(func() error { return decide("confirm", "", 1, search)(h.As(t.Context(), "custody head")) },
		func() error {
			return decide("refuse", "纸质仍在使用", 1, search)(h.As(t.Context(), "custody head"))
		}), "already_decided")
	// What is taken back is nothing; only who declared it takes it back.
	author := first.Waits.AuthorName
	other := map[string]string{"area head": "second area head", "second area head": "area head"}[author]
	refusedTo(t, h, "forbidden", decide("withdraw", "", 1, training), other)
	do(author, decide("withdraw", "", 1, training))
	refusedTo(t, h, "already_decided", decide("confirm", "", 1, training), "education head")
	if c := cell("education head", training); c.State != stewardship.OnPaper || c.Waits != nil || c.N != 1 {
		t.Errorf("%+v", c)
	}
	// On both tracks, an end ahead, put off with a reason, come; never before what stands.
	n := 1
	to := func(state stewardship.PaperState, day, reason string) {
		t.Helper()
		do("area head", declare(h.Area, n, state, day, reason, training))
		n++
		do("education head", decide("confirm", "同意", n, training))
	}
	to(stewardship.Dual, dayFrom(-20), "")
	to(stewardship.PaperEnded, dayFrom(30), "")
	if c := cell("warden", training); c.State != stewardship.Dual || c.Since != dayFrom(-20) || c.Ahead == nil || c.Ahead.FromDay != dayFrom(30) {
		t.Errorf("%+v", c)
	}
	if got := refusals(declare(h.Area, n, stewardship.PaperEnded, dayFrom(60), " ", training)(h.As(t.Context(), "area head"))); !slices.Equal(got, []string{"required"}) {
		t.Errorf("put off without a reason: %v", got)
	}
	if got := refusals(declare(h.Area, n, stewardship.PaperEnded, dayFrom(-21), "更正", training)(h.As(t.Context(), "area head"))); !slices.Equal(got, []string{"range"}) {
		t.Errorf("before what stands: %v", got)
	}
	to(stewardship.PaperEnded, dayFrom(60), "设备未到位")
	if c := cell("warden", training); c.Ahead == nil || c.Ahead.FromDay != dayFrom(60) || c.Acts[0].Reason != "设备未到位" || c.Acts[0].Verdict.ByName != "education head" {
		t.Errorf("%+v", c)
	}
	to(stewardship.PaperEnded, dayFrom(-1), "提前完成")
	if c := cell("warden", training); c.State != stewardship.PaperEnded || c.Since != dayFrom(-1) || c.Ahead != nil {
		t.Errorf("%+v", c)
	}
	if got := refusals(declare(h.Area, n, stewardship.OnPaper, dayFrom(0), "", training)(h.As(t.Context(), "area head"))); !slices.Equal(got, []string{"required"}) {
		t.Errorf("paper again without a reason: %v", got)
	}
	// Every figure is its list: cells by state, by area, by ledger.
	p := paper("custody head")
	sum, byArea, byLedger := stewardship.Tally{}, 0, 0
	for _, c := range p.Cells {
		sum.All++
		switch c.State {
		case stewardship.OnPaper:
			sum.Paper++
		case stewardship.Dual:
			sum.Dual++
			sum.Electronic++
		case stewardship.PaperEnded:
			sum.Ended++
			sum.Electronic++
		}
		if c.Waits != nil {
			sum.Waits++
		}
	}
	for _, a := range p.Areas {
		byArea += a.Tally.All
	}
	for _, l := range p.Ledgers {
		byLedger += l.Tally.All
		if l.Ledger == training && l.EndsOn != "" {
			t.Errorf("the other areas have no end: %+v", l)
		}
		if len(l.Old) == 0 && l.Ledger != "video-lookback" {
			t.Errorf("%s took over no paper ledger", l.Ledger)
		}
	}
	if p.Tally != sum || byArea != sum.All || byLedger != sum.All || sum.Ended < 1 || len(p.Areas) != 3 || len(p.Declares) != 0 {
		t.Errorf("%+v, counted %+v, %d, %d", p.Tally, sum, byArea, byLedger)
	}
	// An area sees and declares for itself; the bureau counts each prison.
	if own := paper("area head"); len(own.Areas) != 1 || own.Areas[0].Area != h.Area || !slices.Equal(own.Declares, []uuid.UUID{h.Area}) {
		t.Errorf("%+v", own.Areas)
	}
	refusedTo(t, h, "not_found", func(ctx context.Context) error { _, err := h.Stewardship.Paper(ctx, h.Prison); return err }, "yi prison office", "yi area head")
	list, err := h.Stewardship.Province(h.As(t.Context(), "bureau leader"))
	if err != nil || len(list) != 3 || !slices.ContainsFunc(list, func(x stewardship.PrisonTally) bool { return x.Prison == h.Prison && x.Tally == sum && x.Areas == 3 }) {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := h.Stewardship.Province(h.As(t.Context(), "area head")); err != nil || len(list) != 0 {
		t.Errorf("an area head counts prisons: %+v %v", list, err)
	}
	// Who inspects an area sees what stands beside XX-01 there, while the grant lasts.
	inspector := h.Person("inspector")
	inspector.Grants = []actor.Grant{{ID: uuid.New(), PrisonID: h.Prison, Areas: []uuid.UUID{h.Area}, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}}
	seen, err := h.Stewardship.Paper(actor.With(t.Context(), inspector), h.Prison)
	if err != nil || len(seen.Areas) != 1 || seen.Areas[0].Area != h.Area || seen.Tally.Ended != sum.Ended || seen.Feeds.Share != "XX-01.share" {
		t.Errorf("%+v %v", seen.Tally, err)
	}
	for _, line := range []string{seen.Feeds.Share, seen.Feeds.Beside} {
		if !slices.ContainsFunc(h.Standard.Domains, func(d scoring.Domain) bool {
			return slices.ContainsFunc(d.Indicators, func(i scoring.Indicator) bool {
				return slices.ContainsFunc(i.Lines, func(l scoring.Line) bool { return l.ID == line })
			})
		}) {
			t.Errorf("the standard has no line %s", line)
		}
	}
	// An end that began while a word against it waited is not undone behind its back.
	to(stewardship.Dual, dayFrom(0), "系统停机，暂用纸质")
	to(stewardship.PaperEnded, dayFrom(5), "")
	do("area head", declare(h.Area, n, stewardship.Dual, dayFrom(4), "暂不停用", training))
	h.Stewardship.Now = func() time.Time { return time.Now().AddDate(0, 0, 6) }
	refusedTo(t, h, "changed_meanwhile", decide("confirm", "", n+1, training), "education head")
	h.Stewardship.Now = time.Now
	leavesHold(t, h, h.Prison, "paper_declarations", "paper_verdicts")
	altered(t, h, "update paper_declarations set from_day = current_date", "delete from paper_declarations", "update paper_verdicts set verdict = 'confirm'", "delete from paper_verdicts")
	// Past the service too: nobody confirms their own, nothing lies beyond a year, one waits at a time.
	for _, sql := range []string{
		"insert into paper_verdicts (prison_id, area_id, ledger, n, verdict, comment, decided_by, salt) select prison_id, area_id, ledger, n, 'confirm', '', author, salt from paper_declarations where n = (select max(n) from paper_declarations)",
		"insert into paper_declarations (prison_id, area_id, ledger, n, state, from_day, reason, author, salt) select prison_id, area_id, 'headcount', 1, state, current_date + 400, '', author, salt from paper_declarations limit 1",
		"insert into paper_declarations (prison_id, area_id, ledger, n, state, from_day, reason, author, salt) select prison_id, area_id, ledger, n + 1, state, from_day, reason, author, salt from paper_declarations where n = (select max(n) from paper_declarations)",
	} {
		if _, err := h.Owner.Exec(t.Context(), sql); err == nil {
			t.Errorf("done: %s", sql)
		}
	}
}

// TestPaperHTTP asks the routes as the page does; each answer is held to the contract.
func TestPaperHTTP(t *testing.T) {
	t.Parallel()
	c := serving(t, housetest.New(t), "area head", "custody head", "bureau leader")
	head, owner, bureau := c.as(t, "area head"), c.as(t, "custody head"), c.as(t, "bureau leader")
	at := "/prisons/" + c.h.Prison.String() + "/paper"
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "paper-" + k} }
	body := `{"area":"` + c.h.Area.String() + `","ledgers":[{"ledger":"headcount","seen":0},{"ledger":"duty-log","seen":0}],"state":"ended","from_day":"` + dayFrom(10) + `"}`
	for range 2 {
		if status, v := head.do(t, "POST", at, body, key("declared")); status != http.StatusCreated || v["n"] != float64(2) {
			t.Fatalf("%d %v", status, v)
		}
	}
	one := `{"declarations":[{"area":"` + c.h.Area.String() + `","ledger":"headcount","n":1}],"verdict":`
	for name, x := range map[string]struct {
		who        *client
		path, body string
		status     int
		code       string
	}{
		"waits":      {head, at, strings.ReplaceAll(body, `"seen":0`, `"seen":1`), 409, "paper_waits"},
		"stale":      {head, at, body, 412, "changed_meanwhile"},
		"not theirs": {owner, at, body, 403, "forbidden"},
		"bad":        {head, at, strings.ReplaceAll(body, `"ended"`, `"gone"`), 422, "bad_paper"},
		"own":        {head, at + "/decision", one + `"confirm"}`, 403, "forbidden"},
		"no verdict": {owner, at + "/decision", one + `"maybe"}`, 400, "bad_request"},
		"no word":    {owner, at + "/decision", one + `"refuse"}`, 422, "bad_paper"},
	} {
		if status, v := x.who.do(t, "POST", x.path, x.body, key(strings.ReplaceAll(name, " ", "-"))); status != x.status || v["code"] != x.code {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
	for range 2 {
		if status, v := owner.do(t, "POST", at+"/decision", one+`"confirm"}`, key("confirmed")); status != http.StatusOK || v["n"] != float64(1) {
			t.Fatalf("%d %v", status, v)
		}
	}
	if status, v := owner.do(t, "GET", at, "", nil); status != http.StatusOK || len(v["areas"].([]any)) != 2 || v["tally"].(map[string]any)["waits"] != float64(1) {
		t.Errorf("%d %v", status, v)
	}
	if status, v := bureau.do(t, "GET", "/paper", "", nil); status != http.StatusOK || len(v["prisons"].([]any)) != 1 {
		t.Errorf("%d %v", status, v)
	}
}
