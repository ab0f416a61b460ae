package access_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"taizhang/internal/access"
	"taizhang/internal/actor"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
	"taizhang/internal/testkit"
	"taizhang/migrations"
)

// The world of the property tests: an area belongs to one prison, as the
// database's foreign key has it.
var (
	prisons = []uuid.UUID{prisonA, prisonB}
	areasOf = map[uuid.UUID][]uuid.UUID{prisonA: {area1, area2}, prisonB: {id(13), id(14)}}
	people  = []uuid.UUID{me, somebody}
	kinds   = []string{"duty-log", "psych-health", "medical-visit", "complaint-rights"}
	offices = []string{"dept_custody", "dept_education", "dept_hospital", "dept_penalty", "dept_discipline"}
)

func drawActor(t *rapid.T) actor.Actor {
	a := actor.Actor{UserID: id(31), PersonID: me, Postings: drawPostings(t)}
	for _, p := range drawPostings(t) {
		a.Delegations = append(a.Delegations, actor.Delegation{ID: id(41), Holder: id(23), Posting: p, From: noon.Add(-1),
			To: rapid.SampledFrom([]time.Time{noon, noon.Add(1)}).Draw(t, "until")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "grants") {
		g := actor.Grant{PrisonID: rapid.SampledFrom(append(prisons, uuid.Nil)).Draw(t, "granted prison"), From: noon.Add(-1), To: noon.Add(1)}
		if rapid.Bool().Draw(t, "over") {
			g.To = noon
		}
		if g.PrisonID != uuid.Nil && rapid.Bool().Draw(t, "some areas") {
			g.Areas = rapid.SliceOfN(rapid.SampledFrom(areasOf[g.PrisonID]), 1, 2).Draw(t, "areas")
		}
		a.Grants = append(a.Grants, g)
	}
	return a
}

func drawPostings(t *rapid.T) (list []actor.Posting) {
	for range rapid.IntRange(0, 3).Draw(t, "postings") {
		p := actor.Posting{Role: rapid.SampledFrom(append(allRoles, actor.System, "", "nobody")).Draw(t, "role")}
		if rapid.IntRange(0, 9).Draw(t, "at the bureau") > 0 {
			p.PrisonID = rapid.SampledFrom(prisons).Draw(t, "prison")
			switch rapid.SampledFrom([]string{"prison", "area", "department", "both"}).Draw(t, "unit") {
			case "area":
				p.AreaID = rapid.SampledFrom(areasOf[p.PrisonID]).Draw(t, "area")
			case "department":
				p.Department = rapid.SampledFrom(offices).Draw(t, "department")
			case "both":
				p.AreaID = rapid.SampledFrom(areasOf[p.PrisonID]).Draw(t, "area")
				p.Department = rapid.SampledFrom(offices).Draw(t, "department")
			}
		} else if rapid.Bool().Draw(t, "of a department of the bureau") {
			p.Department = rapid.SampledFrom(offices).Draw(t, "department")
		}
		list = append(list, p)
	}
	return list
}

// everyRow is each row there can be in the world.
func everyRow() (rows []ledger.Subject) {
	for _, p := range prisons {
		for _, area := range areasOf[p] {
			for _, kind := range kinds {
				for _, level := range []string{"L1", "L2", "L3"} {
					for _, sealed := range []bool{false, true} {
						for _, author := range people {
							rows = append(rows, ledger.Subject{Class: "entry", Prison: p, Area: area, Ledger: kind, Level: level, Sealed: sealed, Author: author})
						}
					}
				}
			}
		}
	}
	return rows
}

// sees mirrors app.sees, so that many actors can be tried without a database.
func sees(scope ledger.Scope, s ledger.Subject) bool {
	has := func(list string, items ...string) bool {
		return slices.ContainsFunc(strings.Split(scope[list], ","), func(i string) bool {
			return i != "" && (i == "*" || slices.Contains(items, i))
		})
	}
	prison, area := s.Prison.String(), s.Area.String()
	switch {
	case !has("prisons", prison):
		return false
	case s.Author.String() == scope["person"]:
		return true
	case s.Sealed:
		return has("sealed", prison)
	case !has("areas", area, prison) && !has("ledgers", prison+"/"+s.Ledger, "*/"+s.Ledger):
		return false
	}
	return s.Level != "L3" || has("restricted", area+"/"+s.Ledger, prison+"/"+s.Ledger, "*/"+s.Ledger, prison)
}

// whole mirrors app.whole on what is seen.
func whole(scope ledger.Scope, s ledger.Subject) bool {
	if s.Level == "L3" && !s.Sealed && s.Author.String() != scope["person"] {
		scope = maps.Clone(scope)
		scope["restricted"] = scope["whole"]
	}
	return sees(scope, s)
}

// TestListIsTheSumOfDecisions: a list shows exactly the rows that can be read
// one by one.
func TestListIsTheSumOfDecisions(t *testing.T) {
	e, rows := load(t), everyRow()
	rapid.Check(t, func(t *rapid.T) {
		a := drawActor(t)
		scope := e.Scope(a, noon)
		for _, s := range rows {
			if one, list := e.Check(a, "read", s, noon) == nil, sees(scope, s); one != list {
				t.Fatalf("%+v: read %v, listed %v\n%v", s, one, list, scope)
			}
			if one, list := e.Check(a, ledger.ReadWhole, s, noon) == nil, whole(scope, s); one != list {
				t.Fatalf("%+v: read whole %v, listed %v\n%v", s, one, list, scope)
			}
		}
	})
}

// TestDatabaseSeesTheSame asks the migrated database itself.
func TestDatabaseSeesTheSame(t *testing.T) {
	conn := database(t)
	e, rows := load(t), everyRow()
	const sql = `select array(select app.sees($1, $2, $3, $4, $5, $6, p, a, l, v, s, w)
			from unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::bool[], $12::uuid[]) with ordinality as r (p, a, l, v, s, w, n) order by n),
		array(select app.whole(p, a, l, v, s, w)
			from unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::bool[], $12::uuid[]) with ordinality as r (p, a, l, v, s, w, n) order by n)`
	var p, a, w []uuid.UUID
	var l, v []string
	var sealed []bool
	for _, s := range rows {
		p, a, w = append(p, s.Prison), append(a, s.Area), append(w, s.Author)
		l, v, sealed = append(l, s.Ledger), append(v, s.Level), append(sealed, s.Sealed)
	}
	rapid.Check(t, func(rt *rapid.T) {
		who := drawActor(rt)
		scope := e.Scope(who, noon)
		// A setting nobody made reads as NULL, and one that is empty too.
		setting := func(name string) *string {
			if s := scope[name]; s != "" {
				return &s
			}
			return nil
		}
		var seen, whole []bool
		if _, err := conn.Exec(t.Context(), "select set_config('app.whole', $1, false), set_config('app.person', $2, false)", scope["whole"], scope["person"]); err != nil {
			rt.Fatal(err)
		}
		err := conn.QueryRow(t.Context(), sql, setting("prisons"), setting("areas"), setting("ledgers"), setting("restricted"), setting("sealed"), setting("person"),
			p, a, l, v, sealed, w).Scan(&seen, &whole)
		if err != nil {
			rt.Fatal(err)
		}
		for i, s := range rows {
			if may := e.Check(who, "read", s, noon) == nil; may != seen[i] {
				rt.Fatalf("%+v: read %v, the database says %v\n%v", s, may, seen[i], scope)
			}
			if may := e.Check(who, ledger.ReadWhole, s, noon) == nil; may != (seen[i] && whole[i]) {
				rt.Fatalf("%+v: read whole %v, the database says %v\n%v", s, may, whole[i], scope)
			}
		}
	})
}

func database(t *testing.T) *pgx.Conn {
	t.Helper()
	h := sha256.New()
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations", err)
	}
	for _, name := range files {
		b, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(h, "%s %d\n%s", name, len(b), b)
	}
	conn, err := pgx.Connect(t.Context(), testkit.Database(t, fmt.Sprintf("%x", h.Sum(nil)), postgres.Migrate))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// TestNobodySeesNothing: without an actor every list is empty.
func TestNobodySeesNothing(t *testing.T) {
	e := load(t)
	warden := []actor.Posting{{Role: actor.Warden, PrisonID: prisonA}}
	for name, a := range map[string]actor.Actor{
		"zero":           {},
		"no account":     {PersonID: me, Postings: warden},
		"no person":      {UserID: id(31), Postings: warden},
		"the program":    somebodyWho(actor.Posting{Role: actor.System}),
		"no posting":     somebodyWho(),
		"grant, no post": {UserID: id(31), PersonID: me, Grants: []actor.Grant{{PrisonID: prisonA, From: noon.Add(-1), To: noon.Add(1)}}},
	} {
		scope := e.Scope(a, noon)
		for _, s := range everyRow() {
			if s.Author != a.PersonID && (sees(scope, s) || e.Check(a, "read", s, noon) == nil) {
				t.Errorf("%s sees %+v", name, s)
			}
		}
	}
	if got := (&access.Enforcer{}).Scope(somebodyWho(warden...), noon)["areas"]; got != "" {
		t.Errorf("an enforcer without a policy shows %s", got)
	}
}
