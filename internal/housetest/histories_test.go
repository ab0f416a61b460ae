package housetest_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

// TestHistoriesOfChecks does acts by chance, lawful or not, on checks of an area, and holds the house to what
// lies in its rows after each: nobody inspects the prison they serve in, a kept sheet is never changed, and
// each gives itself again by its pin. HISTORIES says how many acts (make soak: 3,000), SEED does the acts of a
// run that failed again.
func TestHistoriesOfChecks(t *testing.T) {
	t.Parallel()
	acts := 60
	if s := os.Getenv("HISTORIES"); s != "" {
		var err error
		if acts, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	j := onRoad(t)
	h := j.h
	seed := rand.Uint64()
	if s := os.Getenv("SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	of := func(list ...string) string { return list[chance.IntN(len(list))] }
	sheets := map[string]string{} // by run, as first seen
	var checks []uuid.UUID
	done := map[string]int{}
	open := func(team ...inspection.NewMember) error {
		x, err := h.Inspection.OpenCheck(j.as("bureau office"), h.Prison, inspection.NewCheck{Area: h.Area, Kind: of(inspection.Mock, inspection.Joint), FromDay: j.day(),
			ToDay: catalog.DayOf(j.clock.Now().AddDate(0, 0, 30)), Purpose: "考核", Team: team}, ledger.Idem{})
		if err == nil {
			checks = append(checks, x.ID)
		}
		return err
	}
	// One team is lawful whatever chance does after it: of sixty acts all teams may be refused.
	if err := open(inspection.NewMember{Person: h.Person("inspector").PersonID, Leader: true}); err != nil {
		t.Fatal(err)
	}
	j.selfCheck(h.Area)
	for range acts {
		act := of("open", "call", "find", "find", "confirm", "confirm", "close", "cancel", "self", "move")
		check := checks[max(0, len(checks)-1-chance.IntN(4))]
		var err error
		switch act {
		case "open":
			var team []inspection.NewMember
			for i := range 1 + chance.IntN(3) {
				team = append(team, inspection.NewMember{Person: h.Person(of("inspector", "yi inspector", "bing inspector", "yi second inspector", "officer", "area head", "custody head")).PersonID, Leader: i == 0})
			}
			err = open(team...)
		case "call":
			_, err = h.Inspection.AddMember(j.as("bureau office"), h.Prison, check, h.Person(of("yi inspector", "bing inspector", "officer", "area head")).PersonID, ledger.Idem{})
		case "find":
			_, err = h.Inspection.AddFinding(j.as(of("inspector", "yi inspector")), h.Prison, check, inspection.Finding{Line: of("DW-01.beating", "YJ-02.missing", "YJ-03.dead"), Day: j.day(), Count: 1, Place: "现场",
				Note: "现场发现", Conclusion: "不符合标准", Severity: "moderate", Scope: "limited", Sources: []string{"seen"}}, ledger.Idem{})
		case "confirm":
			who := of("inspector", "yi inspector", "bing inspector")
			var w *inspection.Whole
			if w, err = h.Inspection.Whole(j.as(who), h.Prison, check); err == nil {
				_, err = h.Inspection.Confirm(j.as(who), h.Prison, check, w.Seq, catalog.DayOf(j.clock.Now().AddDate(0, 1, 0)), ledger.Idem{})
			}
		case "close":
			_, err = h.Inspection.Close(j.as("bureau office"), h.Prison, check, ledger.Idem{})
		case "cancel":
			_, err = h.Inspection.Cancel(j.as("bureau office"), h.Prison, check, "另行安排", ledger.Idem{})
		case "self":
			j.selfCheck(h.Area)
		case "move":
			j.days(1 + chance.IntN(7))
		}
		if err == nil {
			done[act]++
		}
		j.held(sheets)
	}
	t.Logf("%d sheets of %v", len(sheets), done)
	if len(sheets) == 0 {
		t.Error("no sheet came of it")
	}
}

// held is what must be true of the rows after every act.
func (j *journey) held(sheets map[string]string) {
	t, h := j.t, j.h
	t.Helper()
	var own int
	if err := h.Owner.QueryRow(t.Context(), `select count(*) from check_members m join checks c on c.prison_id = m.prison_id and c.check_id = m.check_id
		join postings p on p.person_id = m.person_id and p.prison_id = c.prison_id where c.kind <> 'self_check'`).Scan(&own); err != nil || own > 0 {
		t.Fatalf("%d inspect the prison they serve in: %v", own, err)
	}
	rows, err := h.Owner.Query(t.Context(), "select run_id::text, encode(sha256(sheet || input), 'hex') || score || passes from score_runs")
	if err != nil {
		t.Fatal(err)
	}
	now := map[string]string{}
	var run, sum string
	if _, err := pgx.ForEachRow(rows, []any{&run, &sum}, func() error { now[run] = sum; return nil }); err != nil {
		t.Fatal(err)
	}
	for run, sum := range sheets {
		if now[run] != sum {
			t.Fatalf("the sheet of %s was changed", run)
		}
	}
	for run, sum := range now {
		if sheets[run] != "" {
			continue
		}
		sheets[run] = sum
		if _, same, err := h.Assessment.Run(j.as("bureau office"), h.Prison, uuid.MustParse(run)); err != nil || same != assessment.Same {
			t.Fatalf("%s does not give its sheet again: %v", run, err)
		}
	}
}
