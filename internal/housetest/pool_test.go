package housetest_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// skilled says what somebody is skilled in, after n words.
func skilled(h *housetest.House, who string, seen int, domains ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := h.Inspection.SetSkills(ctx, h.Person(who).PersonID, domains, seen, ledger.Idem{})
		return err
	}
}

// goesAway says that somebody is away between two days from today.
func goesAway(h *housetest.House, who string, seen, from, to int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := h.Inspection.SetAway(ctx, h.Person(who).PersonID, inspection.Away{From: dayFrom(from), To: dayFrom(to), Reason: "脱产培训"}, seen, ledger.Idem{})
		return err
	}
}

func (x *inspected) candidates(c inspection.Call) []string {
	x.t.Helper()
	out, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, c)
	if err != nil {
		x.t.Fatal(err)
	}
	list := []string{}
	for _, p := range out.People {
		list = append(list, p.Name)
	}
	return list
}

// TestPoolIsKept: skills and days away are said by the office of the prison where somebody serves and
// by the bureau's, each on what it saw; nothing of it changes, and nobody else reads it.
func TestPoolIsKept(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	all := h.Province(t)
	set, off := skilled(h, "yi inspector", 0, "JG", "XF"), goesAway(h, "yi inspector", 0, 3, 5)
	for _, fn := range []func(context.Context) error{set, off} {
		refusedTo(t, h, "forbidden", fn, "yi area head", "yi inspector", "bureau leader", "head of the custody line")
		refusedTo(t, h, "not_found", fn, "prison office", "bing prison office", "officer")
	}
	refusedTo(t, h, "not_found", skilled(h, "inspector", 0, "JG"), "yi prison office") // the bureau's own
	refusedTo(t, h, "not_found", skilled(h, "yi area head", 0, "JG"), "bureau office") // of no pool
	refusedTo(t, h, "bad_inspector", skilled(h, "yi inspector", 0, "QQ"), "bureau office")
	refusedTo(t, h, "bad_inspector", skilled(h, "yi inspector", 0, "JG", "JG"), "bureau office")
	refusedTo(t, h, "bad_inspector", goesAway(h, "yi inspector", 0, 5, 3), "bureau office")
	refusedTo(t, h, "bad_inspector", goesAway(h, "yi inspector", 0, -3, -1), "bureau office")
	refusedTo(t, h, "bad_inspector", goesAway(h, "yi inspector", 0, -2, 3), "bureau office") // said from today on
	refusedTo(t, h, "bad_inspector", goesAway(h, "yi inspector", 0, 1, 400), "bureau office")
	refusedTo(t, h, "changed_meanwhile", skilled(h, "yi inspector", 1<<31-1, "JG"), "bureau office")
	office, bureau := h.As(t.Context(), "yi prison office"), h.As(t.Context(), "bureau office")
	oneOf(t, bothAtOnce(func() error { return set(office) }, func() error { return set(bureau) }), "changed_meanwhile")
	oneOf(t, bothAtOnce(func() error { return off(office) }, func() error { return off(bureau) }), "changed_meanwhile")
	if err := skilled(h, "yi inspector", 1, "ZZ")(office); err != nil {
		t.Fatal(err)
	}
	callOff := func(span, seen int) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := h.Inspection.CallOffAway(ctx, h.Person("yi inspector").PersonID, span, seen, "培训取消", ledger.Idem{})
			return err
		}
	}
	refusedTo(t, h, "not_found", callOff(7, 1), "bureau office")
	refusedTo(t, h, "not_found", callOff(1, 1), "bing prison office")
	oneOf(t, bothAtOnce(func() error { return callOff(1, 1)(office) }, func() error { return callOff(1, 1)(bureau) }), "changed_meanwhile", "away_over")
	refusedTo(t, h, "away_over", callOff(1, 2), "bureau office")
	refusedTo(t, h, "not_found", callOff(2, 2), "bureau office") // what calls off is no span
	// Each office sees its own people, and how often the prisons were called on the whole.
	pool := func(who string) inspection.Pool {
		t.Helper()
		p, err := h.Inspection.Pool(h.As(t.Context(), who))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := pool("bureau office"); len(p.People) != 5 || len(p.Turns) != 4 || p.Prisons != 3 || len(p.Domains) != 9 || p.Turns[3].Prison != uuid.Nil || p.Turns[3].People != 1 {
		t.Errorf("%+v", p)
	}
	p := pool("yi prison office")
	if len(p.People) != 2 || len(p.Turns) != 1 || p.Turns[0] != (inspection.Turn{Prison: all[1].Prison, People: 2}) || p.Prisons != 3 {
		t.Errorf("%+v", p)
	}
	if p := pool("prison office"); len(p.People) != 0 || len(p.Turns) != 1 {
		t.Errorf("%+v", p)
	}
	refusedTo(t, h, "forbidden", func(ctx context.Context) error { _, err := h.Inspection.Pool(ctx); return err }, "officer", "warden", "bureau leader", "yi inspector")
	one, err := h.Inspection.Inspector(office, h.Person("yi inspector").PersonID)
	if err != nil || len(one.Words) != 2 || !slices.Equal(one.Skills, []string{"ZZ"}) || one.SkillsSeen != 2 || len(one.Away) != 0 || one.AwaySeen != 2 || len(one.Aways) != 1 || one.Aways[0].CalledOff != "培训取消" || len(one.Domains) != 9 {
		t.Errorf("%+v %v", one, err)
	}
	refusedTo(t, h, "not_found", func(ctx context.Context) error {
		_, err := h.Inspection.Inspector(ctx, h.Person("yi inspector").PersonID)
		return err
	}, "bing prison office", "officer")
	altered(t, h, "update inspector_skills set domains = '{XX}'", "delete from inspector_aways", "truncate inspector_aways", "truncate inspector_skills cascade")
	for name, sql := range map[string]string{
		"a row out of turn":      "insert into inspector_skills (person_id, n, domains, author) values ($1, 9, '{}', $1)",
		"a span that is over":    "insert into inspector_aways (person_id, n, from_day, to_day, reason, author) values ($1, 3, current_date - 9, current_date - 5, '-', $1)",
		"a span that began":      "insert into inspector_aways (person_id, n, from_day, to_day, reason, author) values ($1, 3, current_date - 9, current_date + 5, '-', $1)",
		"a span without end":     "insert into inspector_aways (person_id, n, from_day, reason, author) values ($1, 3, current_date, '-', $1)",
		"called off twice":       "insert into inspector_aways (person_id, n, calls_off, reason, author) values ($1, 3, 1, '-', $1)",
		"calling off what calls": "insert into inspector_aways (person_id, n, calls_off, reason, author) values ($1, 3, 2, '-', $1)",
	} {
		if _, err := h.Owner.Exec(t.Context(), sql, h.Person("yi inspector").PersonID); err == nil {
			t.Error(name)
		}
	}
	if _, err := h.Owner.Exec(t.Context(), "insert into inspector_skills (person_id, n, domains, author) values ($1, 1, '{}', $1)", h.Person("officer").PersonID); err == nil {
		t.Error("skills of nobody of the pool")
	}
}

// TestAwayIsRefused: nobody is called for days on which they are away, which the refusal names; the
// database refuses it too, and of a call and a word at the same moment one stands.
func TestAwayIsRefused(t *testing.T) {
	t.Parallel()
	x := checked(t)
	office := x.as("bureau office")
	if err := goesAway(x.House, "bing inspector", 0, 2, 6)(office); err != nil {
		t.Fatal(err)
	}
	n := x.newCheck(x.Area, inspection.Joint) // today to the day after tomorrow
	open := func() error {
		_, err := x.Inspection.OpenCheck(office, x.Prison, n, ledger.Idem{})
		return err
	}
	err := open()
	wants(t, "who is away on the last day", err, "inspector_away")
	if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Detail["away_to"] != dayFrom(6) || len(f.Fields) != 1 ||
		!strings.Contains(f.Fields[0].Text.ZH, dayFrom(6)) || !strings.Contains(f.Fields[0].Text.EN, dayFrom(6)) {
		t.Errorf("it does not say until when: %+v", f)
	}
	n.ToDay = dayFrom(1)
	if err := open(); err != nil {
		t.Errorf("who is away afterwards: %v", err)
	}
	for _, last := range []string{dayFrom(4), ""} { // without a last day, of the first one
		out, err := x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: inspection.Joint, From: dayFrom(4), To: last})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range out.People {
			if want := map[bool]string{true: dayFrom(6)}[c.Name == "bing inspector"]; c.AwayTo != want || c.Engaged {
				t.Errorf("until %q: %+v", last, c)
			}
		}
	}
	n.Team = x.team("yi inspector")
	n.ToDay = dayFrom(2)
	c, err := x.Inspection.OpenCheck(office, x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.Inspection.AddMember(office, x.Prison, c.ID, x.Person("bing inspector").PersonID, ledger.Idem{})
	wants(t, "called later", err, "inspector_away")
	if err := x.callPast(t.Context(), x.Owner, c, "bing inspector"); err == nil || !strings.Contains(err.Error(), "away on these days") {
		t.Errorf("past the use case: %v", err)
	}
	if _, err := x.Inspection.CallOffAway(office, x.Person("bing inspector").PersonID, 1, 1, "改期", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	for i, who := range []string{"bing inspector", "bing second inspector"} { // called before they are away
		if _, err := x.Inspection.AddMember(office, x.Prison, c.ID, x.Person(who).PersonID, ledger.Idem{}); err != nil {
			t.Error(err)
		}
		if err := goesAway(x.House, who, 2-2*i, 1, 9)(office); err != nil {
			t.Error(err)
		}
	}
	// Whoever is called and away afterwards is told in the pool.
	p, err := x.Inspection.Pool(office)
	if err != nil || len(p.People) != 5 {
		t.Fatalf("%+v %v", p, err)
	}
	for _, i := range p.People {
		if i.Name == "yi inspector" && len(i.Tasks) != 2 || i.Name == "bing inspector" && len(i.Away) != 1 {
			t.Errorf("%+v", i)
		}
	}
	// Who is called after the last day is wanted today.
	x.past("update checks set from_day = from_day - 30, to_day = to_day - 30")
	if err := goesAway(x.House, "yi second inspector", 0, 1, 9)(office); err != nil {
		t.Fatal(err)
	}
	x.past("update inspector_aways set from_day = from_day - 4")
	_, err = x.Inspection.AddMember(office, x.Prison, c.ID, x.Person("yi second inspector").PersonID, ledger.Idem{})
	wants(t, "after the last day", err, "inspector_away")
	if err := x.callPast(t.Context(), x.Owner, c, "yi second inspector"); err == nil || !strings.Contains(err.Error(), "away on these days") {
		t.Errorf("after the last day, past the use case: %v", err)
	}
	// What is over is called off no more.
	x.past("update inspector_aways set from_day = from_day - 30, to_day = to_day - 30")
	_, err = x.Inspection.CallOffAway(office, x.Person("yi second inspector").PersonID, 1, 1, "改期", ledger.Idem{})
	wants(t, "called off when it was over", err, "away_over")
}

// callPast calls somebody past the use case.
func (x *inspected) callPast(ctx context.Context, conn *pgx.Conn, c inspection.Check, who string) error {
	_, err := conn.Exec(ctx, `insert into check_members (prison_id, check_id, person_id, leader, grant_id, added_by, salt) select prison_id, check_id, $3, false, grant_id, added_by, salt
		from check_members where prison_id = $1 and check_id = $2 and leader`, x.Prison, c.ID, x.Person(who).PersonID)
	return err
}

// TestCalledMeanwhile: a call and a word about the same person wait for one another, whichever comes first: the
// first is held before it is through, the second has to wait, and goes by what the first said. Two teams of the
// same people wait in one order.
func TestCalledMeanwhile(t *testing.T) {
	t.Parallel()
	x := checked(t)
	c := x.openWith("inspector")
	connect := func() *pgx.Conn {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), x.OwnerURL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}
	hold := func(sql string, args ...any) *pgx.Conn {
		t.Helper()
		conn := connect()
		_, err := conn.Exec(t.Context(), "begin")
		if err == nil {
			_, err = conn.Exec(t.Context(), sql, args...)
		}
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	as := func(who string, fn func(context.Context) error) func() error {
		ctx := x.as(who)
		return func() error { return fn(ctx) }
	}
	calls := func(who string) func() error {
		return as("bureau office", func(ctx context.Context) error {
			_, err := x.Inspection.AddMember(ctx, x.Prison, c.ID, x.Person(who).PersonID, ledger.Idem{})
			return err
		})
	}
	// The first names its author after it has taken the lock, and waits there for the author's row.
	meanwhile := func(author string, first, second func() error) error {
		t.Helper()
		row := hold("select from persons where person_id = $1 for update", x.Person(author).PersonID)
		one := waits(t, x.House, 1, first)
		other := waits(t, x.House, 2, second)
		if _, err := row.Exec(t.Context(), "rollback"); err != nil {
			t.Fatal(err)
		}
		if err := <-one; err != nil {
			t.Error(err)
		}
		return <-other
	}
	err := meanwhile("yi prison office", as("yi prison office", goesAway(x.House, "yi inspector", 0, 1, 9)), calls("yi inspector"))
	wants(t, "away, then called", err, "inspector_away")
	if err := meanwhile("bureau office", calls("yi second inspector"), as("yi prison office", goesAway(x.House, "yi second inspector", 0, 1, 9))); err != nil {
		t.Errorf("called, then away: %v", err)
	}
	owner := connect()
	err = meanwhile("bing prison office", as("bing prison office", goesAway(x.House, "bing second inspector", 0, 1, 9)),
		func() error {
			return x.callPast(t.Context(), owner, c, "bing second inspector")
		})
	if err == nil || !strings.Contains(err.Error(), "away on these days") {
		t.Errorf("away, then called past the use case: %v", err)
	}
	if err := meanwhile("bing prison office", as("bing prison office", skilled(x.House, "bing inspector", 0, "JG")), calls("bing inspector")); err != nil {
		t.Errorf("skilled, then called: %v", err)
	}
	for _, m := range x.whole(c).Members {
		if m.Name == "bing inspector" && !slices.Equal(m.Skills, []string{"JG"}) {
			t.Errorf("called on the word before: %v", m.Skills)
		}
	}
	names := []string{"inspector", "bing inspector"}
	if a, b := x.Person(names[0]).PersonID, x.Person(names[1]).PersonID; a.String() < b.String() {
		slices.Reverse(names)
	}
	lock := "hashtextextended('inspector/' || $1::uuid, 0)"
	low := hold("select pg_advisory_xact_lock("+lock+")", x.Person(names[1]).PersonID)
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = x.team(names...)
	opened := waits(t, x.House, 1, as("bureau office", func(ctx context.Context) error {
		_, err := x.Inspection.OpenCheck(ctx, x.Prison, n, ledger.Idem{})
		return err
	}))
	var free bool
	if err := x.Owner.QueryRow(t.Context(), "select pg_try_advisory_xact_lock("+lock+")", x.Person(names[0]).PersonID).Scan(&free); err != nil || !free {
		t.Errorf("the lock of the one who comes later is taken already: %v", err)
	}
	if _, err := low.Exec(t.Context(), "rollback"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

// TestDrawnInTurn: the prison whose people were called least comes first, then who was called least, then
// the lot of the day, which anybody draws again; a check that was called off and a unit's own count for nobody.
func TestDrawnInTurn(t *testing.T) {
	t.Parallel()
	x := checked(t)
	call := inspection.Call{Kind: inspection.Joint}
	lot := func(names ...string) []string {
		out, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, call)
		if err != nil {
			t.Fatal(err)
		}
		number := map[string]string{}
		for _, c := range out.People {
			number[c.Name] = c.Number
		}
		return byLot(inspection.Lot(x.Prison, dayFrom(0)), names, number)
	}
	if diff := cmp.Diff(lot("inspector", "yi inspector", "yi second inspector", "bing inspector", "bing second inspector"), x.candidates(call)); diff != "" {
		t.Error(diff)
	}
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = x.team("yi inspector")
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	// The whole prison waits, and the one who was called waits longest.
	want := slices.Concat(lot("inspector", "bing inspector", "bing second inspector"), []string{"yi second inspector", "yi inspector"})
	if diff := cmp.Diff(want, x.candidates(call)); diff != "" {
		t.Error(diff)
	}
	out, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, call)
	if last := out.People[len(out.People)-1]; err != nil || last.Turns != 1 || last.Served != 1 || last.Last != n.FromDay || !last.Engaged {
		t.Errorf("%+v %v", last, err)
	}
	if _, err := x.Inspection.Cancel(x.as("bureau office"), x.Prison, c.ID, "改期", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if out, err := x.Inspection.Candidates(x.as("bureau office"), x.Prison, call); err != nil || slices.ContainsFunc(out.People, func(p inspection.Candidate) bool { return p.Served+p.Turns > 0 || p.Engaged }) {
		t.Errorf("%+v %v", out, err)
	}
	// Somebody who moved to another prison was called from where they were then.
	x.open(x.Area, inspection.Joint)
	if _, err := x.Owner.Exec(t.Context(), "update postings set prison_id = $2 where person_id = $1 and prison_id is not null", x.Person("yi inspector").PersonID, x.Prison); err != nil {
		t.Fatal(err)
	}
	p, err := x.Inspection.Pool(x.as("bureau office"))
	if err != nil || p.Total != 3 {
		t.Fatalf("%+v %v", p, err)
	}
	served := map[uuid.UUID]int{}
	for _, turn := range p.Turns {
		served[turn.Prison] = turn.Served
	}
	if served[x.Prison] != 0 || served[x.Person("yi area head").Postings[0].PrisonID] != 2 {
		t.Errorf("%v", served)
	}
	if got := x.candidates(call); got[len(got)-1] != "yi inspector" { // own by now
		t.Errorf("%v", got)
	}
}

// openWith opens a check with a team.
func (x *inspected) openWith(names ...string) inspection.Check {
	x.t.Helper()
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = x.team(names...)
	c, err := x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// posted gives somebody one more posting, from a time on.
func (x *inspected) posted(who, role string, from time.Time, in uuid.UUID, department string) {
	x.t.Helper()
	if _, err := x.Owner.Exec(x.t.Context(), "insert into postings (posting_id, person_id, role, from_at, prison_id, department) values ($1, $2, $3, $4, nullif($5::uuid, $6), nullif($7, ''))",
		uuid.New(), x.Person(who).PersonID, role, from, in, uuid.Nil, department); err != nil {
		x.t.Fatal(err)
	}
}

// TestCallsStay: what somebody was called for while they served at the bureau stays the bureau's when a prison has
// them, and so does what was called before it was kept from where.
func TestCallsStay(t *testing.T) {
	t.Parallel()
	x := checked(t)
	x.openWith("inspector", "yi inspector")
	x.past("update check_members set drawn_from = null")
	yi, bing := x.Person("yi area head").Postings[0].PrisonID, x.Person("bing area head").Postings[0].PrisonID
	for _, who := range []string{"inspector", "yi inspector"} {
		if _, err := x.Owner.Exec(t.Context(), "update postings set until_at = clock_timestamp() where person_id = $1 and prison_id is not null", x.Person(who).PersonID); err != nil {
			t.Fatal(err)
		}
		x.posted(who, "dept_staff", time.Now(), bing, "dept_education")
	}
	p, err := x.Inspection.Pool(x.as("bureau office"))
	if err != nil {
		t.Fatal(err)
	}
	served, people := map[uuid.UUID]int{}, map[uuid.UUID]int{}
	for _, turn := range p.Turns {
		served[turn.Prison], people[turn.Prison] = turn.Served, turn.People
	}
	if served[uuid.Nil] != 1 || served[yi] != 1 || served[bing] != 0 || people[bing] != 4 || people[uuid.Nil] != 0 {
		t.Errorf("bureau %d, yi %d, bing %d; people %v", served[uuid.Nil], served[yi], served[bing], people)
	}
}

// TestNotYetOfThePool: whose posting only begins is no inspector yet, and none of the prison for its own checks.
func TestNotYetOfThePool(t *testing.T) {
	t.Parallel()
	x := checked(t)
	ahead := time.Now().AddDate(0, 1, 0)
	x.posted("bing area head", "inspector", ahead, uuid.Nil, "")
	x.posted("yi area head", "dept_staff", ahead, x.Prison, "dept_education")
	p, err := x.Inspection.Pool(x.as("bureau office"))
	if err != nil || slices.ContainsFunc(p.People, func(i inspection.Inspector) bool { return i.Name == "bing area head" }) {
		t.Errorf("a month early: %+v %v", p.People, err)
	}
	_, err = x.Inspection.Inspector(x.as("bureau office"), x.Person("bing area head").PersonID)
	wants(t, "the history", err, "not_found")
	n := x.newCheck(x.Area, inspection.Joint)
	n.Team = x.team("bing area head")
	_, err = x.Inspection.OpenCheck(x.as("bureau office"), x.Prison, n, ledger.Idem{})
	wants(t, "called", err, "no_inspector")
	n.Kind, n.Team = inspection.SelfCheck, x.team("yi area head")
	_, err = x.Inspection.OpenCheck(x.as("prison office"), x.Prison, n, ledger.Idem{})
	wants(t, "called to the self-check", err, "no_inspector")
}

// byLot orders names as the shell would: printf '%s/%s' lot number | sha256sum.
func byLot(lot string, names []string, number map[string]string) []string {
	list := slices.Clone(names)
	slices.SortFunc(list, func(a, b string) int {
		return strings.Compare(sum(lot+"/"+number[a]), sum(lot+"/"+number[b]))
	})
	return list
}

// TestSkillsOfATeam: who is skilled is found by domain, also after the domain's code was renamed; a team
// is told what nobody in it is skilled in; the leaf of a member covers the word that they were called on.
func TestSkillsOfATeam(t *testing.T) {
	t.Parallel()
	x := checked(t)
	office := x.as("bureau office")
	for _, fn := range []func(context.Context) error{skilled(x.House, "yi inspector", 0, "JG", "XF"), skilled(x.House, "bing inspector", 0, "YJ")} {
		if err := fn(office); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"yi inspector"}, x.candidates(inspection.Call{Kind: inspection.Joint, Domain: "JG"})); diff != "" {
		t.Error(diff)
	}
	out, err := x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: inspection.Joint, Area: x.Area})
	if err != nil || len(out.Domains) != 9 {
		t.Fatalf("%+v %v", out.Domains, err)
	}
	_, err = x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: inspection.Joint, Area: uuid.New()})
	wants(t, "an area that is none", err, "not_found")
	_, err = x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: "nonsense"})
	wants(t, "a kind that is none", err, "bad_request")
	_, err = x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: inspection.Joint, From: "morgen"})
	wants(t, "a day that is none", err, "bad_request")
	c := x.open(x.Area, inspection.Joint)
	codes := func() (list []string) {
		for _, d := range x.whole(c).Uncovered {
			list = append(list, d.Code)
		}
		return list
	}
	if diff := cmp.Diff([]string{"ZZ", "JY", "WH", "LD", "DW", "XX"}, codes()); diff != "" {
		t.Error(diff)
	}
	w, err := x.Inspection.Whole(x.as("yi inspector"), x.Prison, c.ID)
	if err != nil || w.Uncovered != nil {
		t.Errorf("told to whom nobody asked: %+v %v", w.Uncovered, err)
	}
	// The team keeps the word that it was called on; the history too.
	if err := skilled(x.House, "yi inspector", 1, "ZZ")(office); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ZZ", "JY", "WH", "LD", "DW", "XX"}, codes()); diff != "" {
		t.Error(diff)
	}
	one, err := x.Inspection.Inspector(x.as("yi prison office"), x.Person("yi inspector").PersonID)
	if err != nil || len(one.Assignments) != 1 || len(one.Tasks) != 1 || one.Served != 1 || one.Last != c.FromDay {
		t.Fatalf("%+v %v", one, err)
	}
	if a := one.Assignments[0]; a.Check != c.ID || a.Prison != x.Prison || a.Area != x.Area || !a.Leader || !slices.Equal(a.Skills, []string{"XF", "JG"}) || !slices.Equal(one.Skills, []string{"ZZ"}) {
		t.Errorf("%+v", a)
	}
	// What was JG was called OLD once, and somebody is skilled in that since.
	x.past(`update standard_mappings set body = convert_to(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{domains,1}', '{"from":["OLD"],"to":["JG"],"how":"renamed","coverage":"full"}')::text, 'UTF8') where standard = 'ordinary-area'`)
	if _, err := x.Owner.Exec(t.Context(), "insert into inspector_skills (person_id, n, domains, author) values ($1, 1, '{OLD}', $1)", x.Person("bing second inspector").PersonID); err != nil {
		t.Fatal(err)
	}
	if got, err := x.Inspection.Candidates(office, x.Prison, inspection.Call{Kind: inspection.Joint, Domain: "JG"}); err != nil || len(got.People) != 1 || got.People[0].Name != "bing second inspector" || !slices.Equal(got.People[0].Skills, []string{"JG"}) {
		t.Errorf("%+v %v", got.People, err)
	}
	// The history forgets no word whose domain there is no more.
	if _, err := x.Owner.Exec(t.Context(), "insert into inspector_skills (person_id, n, domains, author) values ($1, 1, '{GONE,OLD}', $1)", x.Person("yi second inspector").PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Inspection.AddMember(office, x.Prison, x.openWith("yi inspector").ID, x.Person("yi second inspector").PersonID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if one, err = x.Inspection.Inspector(office, x.Person("yi second inspector").PersonID); err != nil || !slices.Equal(one.Skills, []string{"JG"}) ||
		!slices.Equal(one.Words[0].Domains, []string{"JG", "GONE"}) || !slices.Equal(one.Assignments[0].Skills, []string{"JG", "GONE"}) {
		t.Errorf("%+v %v", one, err)
	}
	leavesHold(t, x.House, x.Prison, "check_members")
	// A word that is altered past everything is found by the leaf that rests on it.
	member := func() []byte {
		t.Helper()
		return x.digest("check_members", c.ID.String()+"/"+x.Person("yi inspector").PersonID.String())
	}
	was := member()
	for _, sql := range []string{"update inspector_skills set domains = '{XX}' where n = 1", "update check_members set drawn_from = null"} {
		x.past(sql)
		is := member()
		if string(is) == string(was) {
			t.Errorf("not found: %s", sql)
		}
		was = is
	}
}

// TestPoolHTTP asks the routes as the page does; each answer is held to the contract.
func TestPoolHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	c.h.Province(t)
	office, officer := c.as(t, "bureau office"), c.as(t, "officer")
	at := "/inspectors/" + c.h.Person("yi inspector").PersonID.String()
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": "pool-key-" + k} }
	for range 2 { // the same again is answered the same
		if status, v := office.do(t, "POST", at+"/skills", `{"domains":["JG"],"seen":0}`, key("skills")); status != http.StatusCreated || v["skills_seen"] != float64(1) {
			t.Fatalf("%d %v", status, v)
		}
	}
	span := fmt.Sprintf(`{"from_day":%q,"to_day":%q,"reason":"学习","seen":0}`, dayFrom(1), dayFrom(2))
	for _, s := range []struct {
		who        *client
		path, body string
		key        string
		want       int
	}{
		{officer, "/skills", `{"domains":[],"seen":1}`, "officer", http.StatusNotFound},
		{office, "/skills", `{"domains":["JG"],"seen":0}`, "late", http.StatusPreconditionFailed},
		{office, "/skills", `{"domains":["?"],"seen":1}`, "odd", http.StatusUnprocessableEntity},
		{office, "/aways", span, "away", http.StatusCreated},
		{office, "/aways/1/end", `{"reason":"","seen":1}`, "mute", http.StatusUnprocessableEntity},
		{office, "/aways/x/end", `{"reason":"改期","seen":1}`, "none", http.StatusNotFound},
	} {
		if status, v := s.who.do(t, "POST", at+s.path, s.body, key(s.key)); status != s.want {
			t.Errorf("%s %s: %d %v", s.path, s.body, status, v)
		}
	}
	in := "/prisons/" + c.h.Prison.String()
	check := fmt.Sprintf(`{"kind":"mock","from_day":%q,"to_day":%q,"purpose":"模拟","team":[{"person":%q,"leader":true}]}`, dayFrom(0), dayFrom(1), c.h.Person("yi inspector").PersonID)
	status, v := office.do(t, "POST", in+"/checks", check, key("check"))
	if status != http.StatusConflict || v["code"] != "inspector_away" || v["away_to"] != dayFrom(2) || !strings.Contains(fmt.Sprint(v["errors"]), dayFrom(2)) {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "POST", at+"/aways/1/end", `{"reason":"改期","seen":1}`, key("back")); status != http.StatusCreated || len(v["away"].([]any)) != 0 {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "POST", in+"/checks", check, key("again")); status != http.StatusCreated {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "GET", at, "", nil); status != http.StatusOK || len(v["assignments"].([]any)) != 1 || len(v["aways"].([]any)) != 1 {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "GET", "/inspectors", "", nil); status != http.StatusOK || len(v["people"].([]any)) != 5 || v["total"] != float64(1) {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "GET", "/inspectors/"+uuid.Nil.String(), "", nil); status != http.StatusNotFound {
		t.Errorf("nobody of the pool: %d %v", status, v)
	}
	if status, v := officer.do(t, "GET", "/inspectors", "", nil); status != http.StatusForbidden {
		t.Errorf("%d %v", status, v)
	}
	if status, v := office.do(t, "GET", in+"/inspectors?kind=mock&domain=JG&from="+dayFrom(1)+"&to="+dayFrom(3)+"&area="+c.h.Area.String(), "", nil); status != http.StatusOK || len(v["people"].([]any)) != 1 || len(v["domains"].([]any)) != 9 {
		t.Errorf("%d %v", status, v)
	}
	if status, _ := office.do(t, "GET", in+"/inspectors?area=x", "", nil); status != http.StatusBadRequest {
		t.Errorf("%d", status)
	}
}

func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// past everything that holds a row, as who has the database itself could.
func (x *inspected) past(sql string) {
	x.t.Helper()
	tag, err := x.Owner.Exec(x.t.Context(), "set session_replication_role = replica")
	if err == nil {
		tag, err = x.Owner.Exec(x.t.Context(), sql)
	}
	if _, back := x.Owner.Exec(x.t.Context(), "set session_replication_role = origin"); err != nil || back != nil || tag.RowsAffected() == 0 {
		x.t.Fatalf("%s: %d rows, %v %v", sql, tag.RowsAffected(), err, back)
	}
}

// digest is what the verifier makes of a row.
func (x *inspected) digest(table, ref string) (found []byte) {
	x.t.Helper()
	v, err := postgres.Open(x.t.Context(), postgres.AsRole(x.OwnerURL, "taizhang_verify"), 2)
	if err != nil {
		x.t.Fatal(err)
	}
	defer v.Close()
	err = v.Verify(x.t.Context(), nil, func(snap *postgres.Snapshot) error {
		for row, err := range snap.Rows(x.t.Context(), x.Prison) {
			if err != nil {
				return err
			}
			if row.Table == table && row.Ref == ref {
				found = row.Digest[:]
			}
		}
		return nil
	})
	if err != nil || found == nil {
		x.t.Fatalf("%s %s: %v", table, ref, err)
	}
	return found
}
