package housetest_test

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/account"
	"taizhang/internal/accreditation"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/overview"
	"taizhang/internal/postgres"
	"taizhang/internal/scoring"
)

// widened makes the house a province of so many prisons, ordinary and functional areas in all:
// the house's own prison and its two ordinary areas are among them. Areas go to the prisons in turn.
func widened(t *testing.T, h *housetest.House, prisons, ordinary, functional int) (all []uuid.UUID, areas [2][]accreditation.Title) {
	t.Helper()
	b := &pgx.Batch{}
	all = []uuid.UUID{h.Prison}
	for n := 1; n < prisons; n++ {
		id := uuid.New()
		all = append(all, id)
		b.Queue("insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, '某监狱', 'Prison', now())", id, fmt.Sprintf("P%02d", n))
		b.Queue("insert into log_heads (prison_id) values ($1)", id)
	}
	areas[0] = []accreditation.Title{{Prison: h.Prison, Area: h.Area}, {Prison: h.Prison, Area: h.Other}}
	for i, want := range []int{ordinary, functional} {
		kind, function := "ordinary", "residential"
		if i == 1 {
			kind, function = "functional", "kitchen"
		}
		for n := len(areas[i]); n < want; n++ {
			x := accreditation.Title{Prison: all[n%prisons], Area: uuid.New()}
			areas[i] = append(areas[i], x)
			b.Queue("insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour, opened_on) values ($1, $2, $3, '监区', 'Area', $4, $5, true, '2018-01-01')",
				x.Prison, x.Area, fmt.Sprintf("W%d%03d", i, n), kind, function)
		}
	}
	b.Queue("update areas set opened_on = '2018-01-01' where area_id = any($1)", []uuid.UUID{h.Area, h.Other})
	if err := h.Owner.SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
	return all, areas
}

// given enters the title of a unit.
func given(t *testing.T, h *housetest.House, prison, area uuid.UUID, level, day, document string, revoked ...string) {
	t.Helper()
	in := accreditation.Imported{Area: area, Level: level, Wording: "规范化单位", DocumentNo: document, NamedOn: day, Body: "省局"}
	if len(revoked) > 0 {
		in.RevokedOn, in.OrderNo, in.Reason = revoked[0], "令1号", "复查不合格"
	}
	title, err := h.Cases.Import(h.As(t.Context(), "bureau office"), prison, in, ledger.Idem{})
	if err == nil {
		_, err = h.Cases.Decide(h.As(t.Context(), "second bureau office"), prison, title.ID, "confirmed", "", ledger.Idem{})
	}
	if err != nil {
		t.Fatal(err, refusals(err))
	}
}

func rateOf(list []overview.Rate, of string) overview.Rate {
	i := slices.IndexFunc(list, func(r overview.Rate) bool { return r.Of == of })
	return list[i]
}

// oracle counts by SQL what the day's rates of areas must be.
func oracle(t *testing.T, h *housetest.House, kind, day string) (named, all int) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), `select count(*) filter (where exists (select from titles t where (t.prison_id, t.area_id) = (a.prison_id, a.area_id) and t.named_on <= $2::text::date
			and exists (select from title_decisions d where (d.prison_id, d.title_id) = (t.prison_id, t.title_id) and d.verdict = 'confirmed')
			and not exists (select from title_acts x where (x.prison_id, x.title_id) = (t.prison_id, t.title_id) and x.act = 'revoked' and x.on_day <= $2::text::date))), count(*)
		from areas a where kind = $1 and not sub_area and coalesce(opened_on <= $2::text::date, true) and coalesce(closed_on > $2::text::date, true)`, kind, day).Scan(&named, &all); err != nil {
		t.Fatal(err)
	}
	return named, all
}

// TestRates: 108 of 200 ordinary areas are 54 %, 18 of 60 functional ones 30 %, on the day asked
// for, as SQL counts them; what closed or was revoked is gone from its day; each figure opens
// a list of its length.
func TestRates(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	_, areas := widened(t, h, 27, 200, 60)
	const day = "2021-02-28"
	for i, n := range []int{108, 18} {
		for k, x := range areas[i][:n] {
			given(t, h, x.Prison, x.Area, "area", []string{"2019-11-20", "2020-12-25"}[k%2], []string{"省局〔2019〕8号", "省局〔2020〕9号"}[k%2])
		}
	}
	// One more that was revoked the day after, and one named then.
	given(t, h, areas[1][59].Prison, areas[1][59].Area, "area", "2020-01-10", "省局〔2020〕1号", "2021-02-28")
	given(t, h, areas[0][199].Prison, areas[0][199].Area, "area", "2021-03-01", "省局〔2021〕1号")
	see := func(day string) overview.Province {
		t.Helper()
		p, err := h.Overview.Province(h.As(t.Context(), "bureau leader"), day)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	walk := func(day string) []overview.Rate {
		t.Helper()
		p := see(day)
		for _, r := range p.Rates {
			if r.Of != "prison" {
				if named, all := oracle(t, h, r.Of, day); r.Named != named || r.All != all {
					t.Errorf("%s, %s: %d/%d, SQL says %d/%d", day, r.Of, r.Named, r.All, named, all)
				}
			}
			yes, no := true, false
			for _, x := range []struct {
				named *bool
				want  int
			}{{nil, r.All}, {&yes, r.Named}, {&no, r.All - r.Named}} {
				on, list, err := h.Overview.Units(h.As(t.Context(), "bureau leader"), day, uuid.Nil, r.Of, x.named)
				if err != nil || on != day || len(list) != x.want {
					t.Errorf("%s, %s: %d opens %d units: %v", day, r.Of, x.want, len(list), err)
				}
			}
		}
		if last := p.Series[len(p.Series)-1]; last.Day != day || !cmp.Equal(last.Rates, p.Rates) {
			t.Errorf("the line ends on %s with %+v", last.Day, last.Rates)
		}
		return p.Rates
	}
	// A figure of one prison opens its units alone, to whoever sees all of them too.
	_, everywhere, err := h.Overview.Units(h.As(t.Context(), "bureau leader"), day, uuid.Nil, "ordinary", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, prison := range []uuid.UUID{h.Prison, areas[0][0].Prison} {
		_, list, err := h.Overview.Units(h.As(t.Context(), "bureau leader"), day, prison, "ordinary", nil)
		own := slices.DeleteFunc(slices.Clone(everywhere), func(u overview.Unit) bool { return u.Prison != prison })
		if err != nil || len(own) == len(everywhere) || !slices.EqualFunc(list, own, func(a, b overview.Unit) bool { return a.Area == b.Area }) {
			t.Errorf("of %s %d units of %d are opened: %v", prison, len(list), len(own), err)
		}
	}
	list := walk(day)
	if diff := cmp.Diff([]overview.Rate{{Of: "prison", All: 27, Percent: "0.00"}, {Of: "ordinary", Named: 108, All: 200, Percent: "54.00"},
		{Of: "functional", Named: 18, All: 60, Percent: "30.00"}}, list); diff != "" {
		t.Error(diff)
	}
	if r := rateOf(walk("2021-02-27"), "functional"); r.Named != 19 {
		t.Errorf("the day before the revocation: %+v", r)
	}
	if r := rateOf(walk("2021-03-01"), "ordinary"); r.Named != 109 {
		t.Errorf("the day of the next naming: %+v", r)
	}
	if p := see("2017-12-31"); rateOf(p.Rates, "ordinary").All != 0 || rateOf(p.Rates, "prison").All != 0 || rateOf(p.Rates, "ordinary").Percent != "" {
		t.Errorf("before any area opened: %+v", p.Rates)
	}
	// A closed area, with a title, leaves both numbers from its day.
	if _, err := h.Owner.Exec(t.Context(), "update areas set closed_on = '2021-01-15' where area_id = $1", areas[0][0].Area); err != nil {
		t.Fatal(err)
	}
	if before, after := rateOf(walk("2021-01-14"), "ordinary"), rateOf(walk("2021-01-15"), "ordinary"); before.Named != 108 || before.All != 200 || after.Named != 107 || after.All != 199 {
		t.Errorf("closed: %+v, then %+v", before, after)
	}
	p := see(day)
	sum := 0
	for _, b := range p.Batches {
		sum += len(b.Named)
	}
	if len(p.Batches) != 3 || sum != 127 || p.Batches[0].On != "2020-12-25" || !p.Whole {
		t.Errorf("%d batches of %d units, the newest of %s", len(p.Batches), sum, p.Batches[0].On)
	}
	// Who sees one prison sees its figures, and no target of the province.
	own, err := h.Overview.Province(h.As(t.Context(), "prison office"), day)
	if err != nil || own.Whole || len(own.Targets) != 0 || rateOf(own.Rates, "prison").All != 1 {
		t.Errorf("a prison's office: %+v %v", own.Rates, err)
	}
	// A stranger to every prison sees nothing, and days to come are none.
	if _, err = h.Overview.Province(context.Background(), day); fault.CodeOf(err) != "sign_in" {
		t.Errorf("nobody: %v", err)
	}
	if _, err := h.Overview.Province(h.As(t.Context(), "bureau leader"), "2100-01-01"); fault.CodeOf(err) != "bad_day" {
		t.Errorf("a day to come: %v", err)
	}
	if _, _, err := h.Overview.Units(h.As(t.Context(), "bureau leader"), "yesterday", uuid.Nil, "prison", nil); fault.CodeOf(err) != "bad_day" {
		t.Errorf("no day: %v", err)
	}
}

// TestForecast is W12: of 27 prisons 80 % are 22, with 13 named 9 are missing; 100 % are 27, 14
// missing. O16 as data: of those that applied, other numbers.
func TestForecast(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	prisons, _ := widened(t, h, 27, 27, 27)
	for i, p := range prisons[:13] {
		level := []string{"standard", "demonstration"}[i%2]
		given(t, h, p, uuid.Nil, level, []string{"2020-12-25", "2021-06-01"}[i%2], "省局发")
	}
	see := func(day string) []overview.Reached {
		t.Helper()
		p, err := h.Overview.Province(h.As(t.Context(), "bureau office"), day)
		if err != nil {
			t.Fatal(err)
		}
		return p.Targets
	}
	list := see("2021-07-15")
	type short struct {
		id                          string
		milestone                   bool
		named, all, needed, missing int
		reached                     string
	}
	var got []short
	for _, x := range list {
		got = append(got, short{x.ID, x.Milestone, x.Named, x.All, x.Needed, x.Gap, x.ReachedOn})
	}
	want := []short{{"first", false, 13, 27, 1, 0, "2020-12-25"}, {"most", true, 13, 27, 22, 9, ""}, {"all", true, 13, 27, 27, 14, ""}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(short{})); diff != "" {
		t.Error(diff)
	}
	// 13 in three half-years: nine more take three.
	if diff := cmp.Diff(&overview.Forecast{Named: 13, Halves: 3, Pace: "4.33", Needs: 3, Until: "2023-06-30", Left: 4, Asked: 3}, list[1].Forecast); diff != "" {
		t.Error(diff)
	}
	if list[0].Forecast != nil || list[0].AtDate == nil || list[0].AtDate.Named != 7 || list[1].AtDate != nil {
		t.Errorf("targets on their days: %+v, %+v", list[0], list[1])
	}
	if x := see("2024-01-01")[1]; x.AtDate == nil || *x.AtDate != (overview.Stood{Named: 13, All: 27, Needed: 22}) || x.Forecast.Left != 0 || x.Forecast.Asked != 0 {
		t.Errorf("after its day: %+v %+v", x, x.Forecast)
	}
	// A revoked title adds to the gap from its day.
	given(t, h, prisons[13], uuid.Nil, "standard", "2021-01-01", "省局发", "2021-07-10")
	if before, after := see("2021-07-09")[1].Gap, see("2021-07-10")[1].Gap; before != 8 || after != 9 {
		t.Errorf("gap %d, after the revocation %d", before, after)
	}
	narrow := *h.Overview.Targets
	narrow.Denominator.Value = "applying"
	h.Overview.Targets = &narrow
	if x := see("2021-07-15")[1]; x.All != 13 || x.Needed != 11 || x.Gap != 0 || x.ReachedOn == "" {
		t.Errorf("of those that applied: %+v", x)
	}
}

// TestPrisonBoard: what a prison's board says is what the sheets say, areas under another standard
// stand in a frame of their own, and people of an area see theirs alone.
func TestPrisonBoard(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	j.imported(h.Other, "area")
	id := j.begin("area head", h.Area, "area")
	b, err := h.Overview.Board(j.as("prison office"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Frames) != 2 || len(b.Frames[0].Areas) != 2 || len(b.Frames[1].Areas) != 1 {
		t.Fatalf("frames %+v", b.Frames)
	}
	if r := rateOf(b.Rates, "ordinary"); r.Named != 1 || r.All != 2 || r.Percent != "50.00" {
		t.Errorf("rate %+v", r)
	}
	// What is due in each area is what its own page says, and no less than nothing.
	at := j.clock.Now()
	if err := h.Duty.Plan(t.Context(), h.Prison, at, at.AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
	err = postgres.Duties{Store: h.Store}.Reckon(t.Context(), ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}, h.Area, "duty-log", j.day(), func(duty.Day) ([]scoring.DayFact, error) {
		return []scoring.DayFact{{Measure: "due", Value: *exact(t, "10")}, {Measure: "filled", Value: *exact(t, "9")}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Assessment.Now, h.Overview.Now = func() time.Time { return at }, func() time.Time { return at }
	if b, err = h.Overview.Board(j.as("prison office"), h.Prison); err != nil || len(b.Dues) == 0 {
		t.Fatalf("%d dues: %v", len(b.Dues), err)
	}
	due := map[uuid.UUID][]assessment.Due{}
	for _, d := range b.Dues {
		due[d.Area] = append(due[d.Area], d.Due)
	}
	for _, f := range b.Frames {
		for _, a := range f.Areas {
			r, err := h.Assessment.Readiness(j.as("prison office"), h.Prison, a.Area)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.Dues, slices.Concat([]assessment.Due{}, due[a.Area])); diff != "" {
				t.Errorf("%s, its own page (-) and the board (+):\n%s", a.Area, diff)
			}
		}
	}
	h.Assessment.Now, h.Overview.Now = j.clock.Now, j.clock.Now
	for _, f := range b.Frames {
		for _, a := range f.Areas {
			sheet, _, err := h.Assessment.Score(j.as("prison office"), h.Prison, a.Area)
			if err != nil || sheet.Standard != f.Standard || sheet.Display != a.Display || sheet.Passes != a.Passes {
				t.Errorf("%s by %s: %s, the sheet says %s by %s: %v", a.Area, f.Standard, a.Display, sheet.Display, sheet.Standard, err)
			}
			var cells []overview.Cell
			for _, d := range sheet.Domains {
				for _, i := range d.Indicators {
					c := overview.Cell{Code: i.Code, Applies: i.Applies, Lost: i.Deducted}
					for _, x := range a.Cells {
						if x.Code == i.Code {
							c.Percent = x.Percent
						}
					}
					cells = append(cells, c)
				}
			}
			if diff := cmp.Diff(cells, a.Cells, cmp.Comparer(func(a, b scoring.Decimal) bool { return a.Equal(b) })); diff != "" {
				t.Error(diff)
			}
			if named := a.Area == h.Other; a.Named != named || (a.Case != nil) != (a.Area == h.Area) || a.Case != nil && a.Case.ID != id {
				t.Errorf("%s is named: %v, case %+v", a.Area, a.Named, a.Case)
			}
		}
		for _, d := range f.Domains {
			if d.Units != len(f.Areas) || d.Mean == "" {
				t.Errorf("%s of %d units: %+v", d.ID, len(f.Areas), d.Spread)
			}
		}
	}
	if own, err := h.Overview.Board(j.as("area head"), h.Prison); err != nil || len(own.Frames) != 1 || len(own.Frames[0].Areas) != 1 || own.Frames[0].Areas[0].Area != h.Area {
		t.Errorf("an area's head sees %+v: %v", own.Frames, err)
	}
	if _, err := h.Overview.Board(j.as("yi prison office"), h.Prison); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		t.Errorf("another prison's office: %v", err)
	}
	// A case that has ended is on no board.
	j.ask("area head", id, "withdraw")
	j.act("prison office", id, accreditation.Act{Event: "withdraw", Reason: "暂不申报"})
	if b, err := h.Overview.Board(j.as("prison office"), h.Prison); err != nil || slices.ContainsFunc(b.Frames[0].Areas, func(a overview.Area) bool { return a.Case != nil }) {
		t.Errorf("once it is withdrawn: %+v: %v", b.Frames, err)
	}
	// The figures of a prison's board open the units of that prison, and those of the balance its areas.
	for _, r := range b.Rates {
		_, list, err := h.Overview.Units(j.as("warden"), "", h.Prison, r.Of, nil)
		if err != nil || len(list) != r.All {
			t.Errorf("%s counts %d and opens %d: %v", r.Of, r.All, len(list), err)
		}
	}
	// Over all prisons each domain is spread over all areas of its standard; the five reforms are marked.
	all, err := h.Overview.Balance(j.as("bureau leader"))
	if err != nil || len(all) != 2 {
		t.Fatalf("%d standards: %v", len(all), err)
	}
	for i, n := range []int{4, 3} {
		for _, d := range all[i].Domains {
			opened, said := 0, map[uuid.UUID]string{}
			for _, a := range all[i].Areas {
				if r, ok := a.Rates[d.ID]; ok {
					opened++
					said[a.Area] = r
				}
			}
			if opened != d.Units || said[d.LowAt.Area] != d.Low || said[d.HighAt.Area] != d.High {
				t.Errorf("%s of %d units, %s to %s, opens %v", d.ID, d.Units, d.Low, d.High, said)
			}
			if d.Units != n {
				t.Errorf("%s %s is spread over %d areas, not %d", all[i].Standard, d.ID, d.Units, n)
			}
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(all[0].Domains), func(d overview.Even) bool { return !d.Reform })); n != 5 {
		t.Errorf("%d reforms", n)
	}
}

// TestWholePrison: a prison stands by its own standard today, and its departments by what they answer
// for: each keeps the share that the sheets leave it of the points of its items. Whoever sees but a part
// of the prison does not see it whole.
func TestWholePrison(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	// 40 of the 60 points of JG-01, in one area.
	if _, err := h.Assessment.AddFinding(j.as("inspector"), h.Prison, assessment.NewFinding{Area: h.Area, Line: "JG-01.riot", Day: j.day(), Count: 1, Note: "现场发现"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	// And two criteria that the acceptance of the prison found not met.
	c := j.prisonCase()
	site := j.open(c, uuid.Nil, inspection.OnSite)
	j.confirm(site, loss{"P-XX-01.unmet", 2})
	j.closed(site)
	for _, who := range []string{"area head", "officer", "yi prison office"} {
		if _, err := h.Overview.Whole(j.as(who), h.Prison); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s sees the prison whole: %v", who, err)
		}
		if b, err := h.Overview.Board(j.as(who), h.Prison); err == nil && b.Whole {
			t.Errorf("%s is offered the prison whole", who)
		}
	}
	w, err := h.Overview.Whole(j.as("custody head"), h.Prison)
	if err != nil || w.Sheet == nil || w.Sheet.Standard != "prison" {
		t.Fatalf("%+v %v", w, err)
	}
	if b, err := h.Overview.Board(j.as("custody head"), h.Prison); err != nil || !b.Whole {
		t.Errorf("not offered: %v", err)
	}
	for _, d := range w.Sheet.Domains {
		for _, i := range d.Indicators {
			if i.Code == "P-XX-01" && i.Deducted.String() != "4" {
				t.Errorf("P-XX-01 loses %s", i.Deducted)
			}
		}
	}
	// Each item's loss is what the sheets say, and a department's score follows from its items.
	lost := map[string]*big.Rat{}
	count := func(sheet *scoring.Sheet) {
		for _, d := range sheet.Domains {
			for _, i := range d.Indicators {
				if at := sheet.Standard + " " + i.Code; i.Applies {
					if lost[at] == nil {
						lost[at] = new(big.Rat)
					}
					lost[at].Add(lost[at], i.Deducted.Rat())
				}
			}
		}
	}
	count(w.Sheet)
	list, err := h.Assessment.Scores(j.as("custody head"), h.Prison)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		count(x.Sheet)
	}
	seen := map[string]bool{}
	for n, a := range w.Departments {
		points, sum := new(big.Rat), new(big.Rat)
		for _, x := range a.Items {
			at, of := x.Standard+" "+x.Code, new(big.Rat)
			seen[at] = true
			for _, l := range x.Losing {
				of.Add(of, l.Lost.Rat())
			}
			if x.Lost.Rat().Cmp(lost[at]) != 0 || of.Cmp(lost[at]) != 0 {
				t.Errorf("%s: %s loses %s by its units, the sheets %s", a.Department, at, of.RatString(), lost[at].RatString())
			}
			points.Add(points, x.Points.Rat())
			sum.Add(sum, x.Lost.Rat())
		}
		want := new(big.Rat).Mul(big.NewRat(1000, 1), new(big.Rat).Quo(new(big.Rat).Sub(points, sum), points))
		if a.Score.Rat().Cmp(want) != 0 {
			t.Errorf("%s has %s, its items %s", a.Department, a.Score, want.RatString())
		}
		if n > 0 && w.Departments[n-1].Score.Rat().Cmp(a.Score.Rat()) > 0 {
			t.Errorf("%s stands behind one that has more", a.Department)
		}
		if a.Department == "dept_custody" {
			i := slices.IndexFunc(a.Items, func(x overview.Answered) bool { return x.Code == "JG-01" })
			if i < 0 || a.Items[i].Lost.String() != "40" || len(a.Items[i].Losing) != 1 || a.Items[i].Losing[0].Area != h.Area {
				t.Errorf("JG-01 of custody: %+v", a.Items)
			}
		}
	}
	for at := range lost {
		if !seen[at] {
			t.Errorf("nobody answers for %s", at)
		}
	}
}

// TestMapOfSteps: the map of steps has the order of the road's document, and says whether all cases are in it.
func TestMapOfSteps(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	j.begin("area head", j.h.Area, "area")
	j.begin("area head elsewhere", j.h.Other, "area")
	for who, n := range map[string]int{"bureau leader": 2, "warden": 2, "area head": 1} {
		p, err := j.h.Overview.Province(j.as(who), "")
		if err != nil {
			t.Fatal(err)
		}
		if p.Steps[0].Area != n || p.StepsWhole != (n == 2) {
			t.Errorf("%s is shown %d cases, all of them: %v", who, p.Steps[0].Area, p.StepsWhole)
		}
		var states []lifecycle.State
		for _, s := range p.Steps {
			states = append(states, s.State)
		}
		want := []lifecycle.State{"DRAFT", "APPLIED", "SCREENED", "BASELINE", "POSTPONED", "DEPT_ASSESS", "ON_SITE", "DEMO_EVAL", "PARTY_REVIEW", "PROV_REVIEW",
			"NAMED", "LOOKBACK", "RECHECK", "NOT_PASSED", "REVOKED", "WITHDRAWN"}
		if diff := cmp.Diff(want, states); diff != "" {
			t.Error(diff)
		}
	}
}

// TestLines: a department sees who applies this year, and the indicators it answers for by what the
// units lost of them; each opens the units that did.
func TestLines(t *testing.T) {
	t.Parallel()
	j := onRoad(t)
	h := j.h
	// Half of JG-01's 60 points, in one of the four areas.
	if _, err := h.Assessment.AddFinding(j.as("inspector"), h.Prison, assessment.NewFinding{Area: h.Area, Line: "JG-01.riot", Day: j.day(), Count: 1, Note: "现场发现"}, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	prepared, applied := j.begin("area head elsewhere", h.Other, "area"), j.begin("area head", h.Area, "area")
	j.selfCheck(h.Area)
	j.ask("area head", applied, "submit")
	j.act("prison office", applied, accreditation.Act{Event: "submit"})
	list, err := h.Overview.Lines(j.as("head of the custody line"))
	if err != nil || len(list) != 1 || list[0].Department != "dept_custody" {
		t.Fatalf("%+v %v", list, err)
	}
	if a := list[0].Applicants; len(a) != 1 || a[0].Case != applied || a[0].Case == prepared {
		t.Errorf("applicants %+v", a)
	}
	i := slices.IndexFunc(list[0].Weakest, func(w overview.Weak) bool { return w.Code == "JG-01" })
	if i < 0 {
		t.Fatalf("weakest %+v", list[0].Weakest)
	}
	if w := list[0].Weakest[i]; w.Units != 4 || len(w.Losing) != 1 || w.Losing[0].Area != h.Area || w.Percent == "" {
		t.Errorf("JG-01: %+v", w)
	}
	if other, err := h.Overview.Lines(j.as("head of the education line")); err != nil || slices.ContainsFunc(other[0].Weakest, func(w overview.Weak) bool { return w.Code == "JG-01" }) {
		t.Errorf("another line answers for it: %+v %v", other, err)
	}
	if none, err := h.Overview.Lines(j.as("officer")); err != nil || len(none) != 0 {
		t.Errorf("an officer has no line: %+v %v", none, err)
	}
}

// TestOutcomes: hazards month by month, and their closing before and after the unit was named.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	now := time.Now().In(catalog.Zone)
	month := func(n int) string {
		return time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, catalog.Zone).Format(time.DateOnly)
	}
	given(t, h, h.Prison, h.Area, "area", month(-6), "省局发")
	for _, f := range []struct {
		day, measure string
		value        int
	}{{month(-8), "found", 4}, {month(-8), "closing_due", 4}, {month(-8), "closed", 3}, {month(-8), "closed_on_time", 1},
		{month(-6), "closing_due", 9}, {month(-2), "closing_due", 6}, {month(-2), "closed", 6}, {month(-2), "closed_on_time", 5}} {
		if _, err := h.Owner.Exec(t.Context(), "insert into facts (prison_id, area_id, ledger, day, measure, value, refs) values ($1, $2, 'hazard-rectification', $3::text::date, $4, $5, '[]')",
			h.Prison, h.Area, f.day, f.measure, f.value); err != nil {
			t.Fatal(err)
		}
	}
	o, err := h.Overview.Outcomes(h.As(t.Context(), "area head"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	want := []*overview.Closed{{Months: 18, Due: 4, Closed: 3, OnTime: 1, Rate: "75.00", Punctual: "33.33"}, {Months: 6, Due: 6, Closed: 6, OnTime: 5, Rate: "100.00", Punctual: "83.33"}}
	if diff := cmp.Diff(want, []*overview.Closed{o.Before, o.After}); diff != "" || len(o.Months) != 25 || o.NamedOn != month(-6) {
		t.Errorf("%s of %d months, named on %s", diff, len(o.Months), o.NamedOn)
	}
	if o, err := h.Overview.Outcomes(h.As(t.Context(), "area head elsewhere"), h.Prison, h.Other); err != nil || o.Before != nil || o.NamedOn != "" {
		t.Errorf("no title: %+v %v", o, err)
	}
	if _, err := h.Overview.Outcomes(h.As(t.Context(), "area head elsewhere"), h.Prison, h.Area); err == nil {
		t.Error("another area's head sees them")
	}
}

// TestOverviewOverHTTP holds the answers to the contract.
func TestOverviewOverHTTP(t *testing.T) {
	t.Parallel()
	guest := serve(t)
	h := guest.h
	given(t, h, h.Prison, h.Area, "area", "2021-01-01", "省局发")
	given(t, h, h.Prison, uuid.Nil, "standard", "2021-01-01", "省局发")
	leader := guest.as(t, "bureau office")
	in := "/prisons/" + h.Prison.String()
	for _, path := range []string{"/overview", "/overview?day=2021-02-28", "/overview/units?of=ordinary&named=true", "/overview/units?of=prison", "/overview/balance", "/overview/lines",
		in + "/overview", "/overview/units?of=ordinary&prison=" + h.Prison.String(), in + "/areas/" + h.Area.String() + "/beside/closed?from=2021-01-01&to=2021-02-28", in + "/areas/" + h.Area.String() + "/outcomes"} {
		if status, v := leader.do(t, "GET", path, "", nil); status != http.StatusOK {
			t.Errorf("%s: %d %v", path, status, v)
		}
	}
	run, err := h.Assessment.Keep(h.As(t.Context(), "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if status, v := leader.do(t, "GET", in+"/runs/"+run.ID.String()+"/sheet", "", nil); status != http.StatusOK {
		t.Errorf("the paper of a run: %d %v", status, v)
	}
	if status, v := leader.do(t, "GET", in+"/runs/"+uuid.NewString()+"/sheet", "", nil); status != http.StatusNotFound {
		t.Errorf("the paper of no run: %d %v", status, v)
	}
	// Only the house's prison is open here: of another there are none.
	for prison, some := range map[string]bool{h.Prison.String(): true, uuid.NewString(): false} {
		if status, v := leader.do(t, "GET", "/overview/units?of=ordinary&prison="+prison, "", nil); status != http.StatusOK || (len(v["units"].([]any)) > 0) != some {
			t.Errorf("of the prison %s: %d %v", prison, status, v)
		}
	}
	if status, v := leader.do(t, "GET", "/overview/units?of=ordinary&named=true", "", nil); status != http.StatusOK || len(v["units"].([]any)) != 1 {
		t.Errorf("%d %v", status, v)
	}
	if _, err := h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), h.Person("custody head").PersonID, account.Hash("a password")); err != nil {
		t.Fatal(err)
	}
	if status, _ := guest.as(t, "custody head").do(t, "GET", "/overview/lines", "", nil); status != http.StatusOK {
		t.Errorf("a line's head: %d", status)
	}
	if status, _ := leader.do(t, "GET", "/overview?day=2100-01-01", "", nil); status != http.StatusUnprocessableEntity {
		t.Errorf("a day to come: %d", status)
	}
}
