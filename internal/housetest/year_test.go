package housetest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/duty"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

type keptOf struct {
	ledger                      string
	ordinary, hospital, kitchen bool
	every                       string
	times, hours                int
}

// The oracle of one year, by hand: which of three areas keeps a ledger, how
// often, how many, and by when, as the catalogue's text says. It loops over
// days and knows nothing of package duty.
var yearly = []keptOf{
	{"duty-log", true, true, true, "shift", 1, 2},
	{"headcount", true, true, true, "shift", 3, 1},
	{"fire-safety", true, true, true, "day", 1, 12},
	{"labour-daily", true, false, true, "workday", 1, 4},
	{"cell-body-search", true, true, true, "week", 1, 24},
	{"culture-activity", true, true, true, "month", 2, 72},
	{"emergency-drill", true, true, true, "quarter", 1, 72},
	{"kitchen-hygiene", false, false, true, "day", 3, 4},
	{"individual-talk", true, true, true, "inmate", 1, 48},
}

type counts struct{ Due, Actual, OnTime, Late, Backfilled, Missing int }

// stretch is one period of the oracle.
type stretch struct{ from, to time.Time }

// ends lists the periods that end on a day of 2025.
func endsOn(every string, day time.Time, works bool) []stretch {
	next := day.AddDate(0, 0, 1)
	switch {
	case every == "shift":
		return []stretch{{day, day.Add(8 * time.Hour)}, {day.Add(8 * time.Hour), day.Add(16 * time.Hour)}, {day.Add(16 * time.Hour), next}}
	case every == "day", every == "workday" && works:
		return []stretch{{day, next}}
	case every == "week" && day.Weekday() == time.Sunday:
		return []stretch{{day.AddDate(0, 0, -6), next}}
	case (every == "month" || every == "inmate") && next.Day() == 1:
		return []stretch{{next.AddDate(0, -1, 0), next}}
	case every == "quarter" && next.Day() == 1 && slices.Contains([]time.Month{time.January, time.April, time.July, time.October}, next.Month()):
		return []stretch{{next.AddDate(0, -3, 0), next}}
	}
	return nil
}

// workedIn2025 reads the golden calendar, made by hand.
func workedIn2025(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../catalog/testdata/workdays.txt")
	if err != nil {
		t.Fatal(err)
	}
	works := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		month, marks, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(month, "2025-") {
			for i, mark := range marks {
				works[fmt.Sprintf("%s-%02d", month, i+1)] = mark == 'w' || mark == 'X'
			}
		}
	}
	return works
}

// TestYear: expected, actual, on time, late, back-filled and missing of a whole
// year in three kinds of area are what a hand-made oracle counts, in sum and on
// every single day, and a night of catching up before an inspection is flagged.
func TestYear(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	hospital, kitchen := uuid.New(), uuid.New()
	for _, sql := range []string{
		`insert into areas values ('%s', '` + hospital.String() + `', 'F1', '医院监区', 'Hospital', 'functional', 'hospital', false)`,
		`insert into areas values ('%s', '` + kitchen.String() + `', 'F2', '伙房监区', 'Kitchen', 'functional', 'kitchen', false)`,
	} {
		if _, err := h.Owner.Exec(ctx, fmt.Sprintf(sql, h.Prison)); err != nil {
			t.Fatal(err)
		}
	}
	zone := time.FixedZone("CST", 8*60*60)
	first, end := time.Date(2025, 1, 1, 0, 0, 0, 0, zone), time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
	works := workedIn2025(t)
	// Talks are owed of everybody on an area's roll: some came and some left.
	everybody := []struct {
		number, in, out string
		area            uuid.UUID
	}{{"0000000001", "2020-01-01", "", h.Area}, {"0000000002", "2020-01-01", "2025-05-12", h.Area}, {"0000000003", "2025-03-31", "", h.Area},
		{"0000000004", "2020-01-01", "", hospital}, {"0000000005", "2025-08-01", "2025-09-01", kitchen}}
	for _, i := range everybody {
		if _, err := h.Owner.Exec(ctx, "insert into inmates values ($1, $2, '罪犯', $3, $4::text::date, nullif($5, '')::date)", h.Prison, i.number, i.area, i.in, i.out); err != nil {
			t.Fatal(err)
		}
	}
	// The roll is read when a month is planned.
	for month := first; month.Before(end); month = month.AddDate(0, 1, 0) {
		if err := h.Duty.Plan(ctx, h.Prison, month, month.AddDate(0, 1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(7, 11))
	want := map[string]counts{}     // by area and ledger
	wantDays := map[string]counts{} // and day
	entries := [][]any{}
	inspection := time.Date(2025, 11, 20, 9, 0, 0, 0, zone)
	caught := 0
	talks := [][]any{}
	file := func(area uuid.UUID, id string, occurred, submitted time.Time, about string) {
		entry := uuid.New()
		if about != "" {
			talks = append(talks, []any{h.Prison, entry, 1, 1, h.Person("officer").PersonID, fmt.Appendf(nil, `{"inmate_ref":%q}`, about), occurred})
		}
		entries = append(entries, []any{h.Prison, entry, area, id, 1, "L1", h.Person("officer").PersonID, "approved", 1, 1, true,
			occurred, occurred.In(zone).Format(time.DateOnly), submitted, submitted, submitted})
	}
	for _, l := range yearly {
		for _, a := range []struct {
			id    uuid.UUID
			keeps bool
		}{{h.Area, l.ordinary}, {hospital, l.hospital}, {kitchen, l.kitchen}} {
			if !a.keeps {
				continue
			}
			for day := first; day.Before(end); day = day.AddDate(0, 0, 1) {
				date := day.Format(time.DateOnly)
				for _, p := range endsOn(l.every, day, works[date]) {
					due := p.to.Add(time.Duration(l.hours) * time.Hour)
					// What is owed: so many, or of each inmate so many.
					owed := []string{""}
					if l.every == "inmate" {
						owed = owed[:0]
						for _, i := range everybody {
							if i.area == a.id && i.in < p.to.Format(time.DateOnly) && (i.out == "" || i.out > p.from.Format(time.DateOnly)) {
								owed = append(owed, i.number)
							}
						}
					}
					var c counts
					for _, about := range owed {
						var filed []time.Time
						for range l.times {
							switch luck := rng.IntN(20); {
							case luck == 0: // never filled
							case luck == 1:
								filed = append(filed, due.Add(time.Duration(1+rng.IntN(24*60))*time.Minute))
							case luck == 2:
								filed = append(filed, due.Add(24*time.Hour+time.Duration(1+rng.IntN(60*24*60))*time.Minute))
							case luck == 3:
								filed = append(filed, due) // in the very last moment
							default:
								filed = append(filed, p.to.Add(-time.Duration(rng.IntN(60))*time.Second))
							}
						}
						// The night before the inspection: the log book of two weeks.
						if l.ledger == "duty-log" && a.id == kitchen && day.After(inspection.AddDate(0, 0, -20)) && day.Before(inspection.AddDate(0, 0, -6)) {
							filed = []time.Time{inspection.Add(-12*time.Hour + time.Duration(caught)*time.Minute)}
							caught++
						}
						slices.SortFunc(filed, time.Time.Compare)
						c.Due += l.times
						for n := range l.times {
							switch {
							case n >= len(filed):
								c.Missing++
							case !filed[n].After(due):
								c.OnTime++
							case !filed[n].After(due.Add(24 * time.Hour)):
								c.Late++
							default:
								c.Backfilled++
							}
						}
						c.Actual += len(filed)
						for _, at := range filed {
							file(a.id, l.ledger, p.to, at, about)
							if about != "" { // talked to twice, and of somebody who is not there
								file(a.id, l.ledger, p.to, at.Add(time.Minute), about)
								file(a.id, l.ledger, p.to, at, "0000000009")
							}
						}
					}
					if c.Due == 0 {
						continue
					}
					for _, m := range []struct {
						in  map[string]counts
						key string
					}{{want, a.id.String() + l.ledger}, {wantDays, a.id.String() + l.ledger + date}} {
						s := m.in[m.key]
						m.in[m.key] = counts{s.Due + c.Due, s.Actual + c.Actual, s.OnTime + c.OnTime, s.Late + c.Late, s.Backfilled + c.Backfilled, s.Missing + c.Missing}
					}
				}
			}
		}
	}
	if _, err := h.Owner.CopyFrom(ctx, pgx.Identifier{"entries"}, []string{"prison_id", "entry_id", "area_id", "ledger", "version", "level", "author", "state",
		"revision", "in_force", "counts", "occurred_at", "occurred_day", "submitted_at", "resubmitted_at", "decided_at"}, pgx.CopyFromRows(entries)); err != nil {
		t.Fatal(err)
	}
	for _, r := range talks {
		exec(t, h, `insert into revisions (prison_id, entry_id, revision, version, author, canonical, occurred_at, ledger, salt, digest, nil_return, reason, chain, warnings)
			values ($1, $2, $3, $4, $5, $6, $7, 'individual-talk', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), false, '', '[]', '[]')`, r...)
	}
	reckonYear(t, h)

	got := map[string]counts{}
	shares, err := h.Duty.Completeness(h.As(ctx, "warden"), h.Prison, "2025-01-01", "2025-12-31")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shares {
		n := func(measure string) (v int) {
			_, _ = fmt.Sscan(s.Sums[measure].String(), &v)
			return v
		}
		if s.Area != h.Other && slices.ContainsFunc(yearly, func(k keptOf) bool { return k.ledger == s.Ledger }) {
			// The standard counts everything that is not on time as late; missing and back-filled are part of it.
			got[s.Area.String()+s.Ledger] = counts{n("due"), n("filled"), n("ontime"), n("late") - n("missing") - n("backfilled"), n("backfilled"), n("missing")}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the year (-oracle +service):\n%s", d)
	}
	gotDays := map[string]counts{}
	for month := 1; month <= 12; month++ {
		from, to, err := duty.MonthOf(fmt.Sprintf("2025-%02d", month))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := h.Duty.Heat(h.As(ctx, "warden"), h.Prison, uuid.Nil, "", from, to)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if _, ours := want[c.Area.String()+c.Ledger]; ours {
				gotDays[c.Area.String()+c.Ledger+c.Day] = counts{c.Due, c.Filled, c.OnTime, c.Late, c.Backfilled, c.Missing}
				// Inmates whom nothing was filed about are owed by one duty.
				missing := c.Missing
				if c.Ledger == "individual-talk" {
					missing = min(missing, 1)
				}
				if len(c.Refs) != c.Late+c.Backfilled+missing {
					t.Errorf("%s %s: %d refs for %+v", c.Ledger, c.Day, len(c.Refs), c)
				}
			}
		}
	}
	if d := cmp.Diff(wantDays, gotDays); d != "" {
		t.Errorf("day by day (-oracle +service):\n%.2000s", d)
	}

	bursts, err := h.Duty.Bursts(h.As(ctx, "warden"), h.Prison, "2025-11-10", "2025-11-20")
	if err != nil {
		t.Fatal(err)
	}
	flagged := false
	for _, b := range bursts {
		flagged = flagged || b.Area == kitchen && b.Ledger == "duty-log" && len(b.Entries) >= caught && b.Days[0] <= "2025-11-01" && !b.To.After(inspection)
	}
	if !flagged || caught < 30 {
		t.Errorf("the night before the inspection (%d entries) is not flagged: %+v", caught, bursts)
	}
	for _, who := range []string{"officer elsewhere", "area head elsewhere"} {
		if list, err := h.Duty.Bursts(h.As(ctx, who), h.Prison, "2025-11-10", "2025-11-20"); err != nil || len(list) > 0 {
			t.Errorf("%s sees bursts of other areas: %v %v", who, list, err)
		}
	}
}

// reckonYear works out the facts of the oracle's ledgers, several days at once.
func reckonYear(t *testing.T, h *housetest.House) {
	t.Helper()
	ses := ledger.Session{Prison: h.Prison, Scope: ledger.Everything()}
	days, err := h.Duty.Store.DueDays(t.Context(), ses, time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	work := make(chan ledger.DayTouched)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for d := range work {
				if err := h.Duty.Refresh(t.Context(), d.Prison, d.Area, d.Ledger, d.Day); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, d := range days {
		for _, l := range yearly {
			if l.ledger == d.Ledger && d.Area != h.Other {
				work <- d
			}
		}
	}
	close(work)
	all.Wait()
}
