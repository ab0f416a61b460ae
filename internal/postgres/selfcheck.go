package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// defects is how each check of the self-check finds what it looks for: ledger, day, time,
// entry, period, person and note, the latter in Chinese and in English. The window's
// bounds are days, and @to is today.
var defects = map[string]string{
	"duty_missing": `select f.ledger, d.day, d.due_at, null::uuid, d.period, '', '', '' ` + costing("missing") + `
		cross join lateral (select day, due_at, period from duties where prison_id = f.prison_id and duty_id = (ref ->> 'id')::uuid offset 0) d
		where ref ->> 'kind' = 'duty'`,
	"backfilled": `select e.ledger, e.occurred_day, e.submitted_at, e.entry_id, '', p.name, '', '' ` + costing("backfilled") + ofEntry,
	// Its entry is named once, under the graver of the two.
	"filed_late": `select e.ledger, e.occurred_day, e.submitted_at, e.entry_id, '', p.name, '', '' ` + costing("late") + ofEntry + `
		and not exists (select from facts b where b.prison_id = f.prison_id and b.area_id = f.area_id and b.ledger = f.ledger and b.day = f.day
			and b.measure = 'backfilled' and b.refs @> jsonb_build_array(ref))`,
	"returned": `select e.ledger, e.occurred_day, said.recorded_at, e.entry_id, '', p.name, said.comment, said.comment ` + open + `
			cross join lateral (select d.recorded_at, d.comment from decisions d where d.prison_id = e.prison_id and d.entry_id = e.entry_id
				and d.revision = e.revision and d.verdict = 'return' order by d.recorded_at desc limit 1) said
		where e.state = 'returned' or e.state = 'draft' and e.in_force = 0 and e.revision > 0`,
	"decision_overdue": waiting + `where e.state = 'submitted' and e.step_due <= @now`,
	"decision_soon":    waiting + `where e.state = 'submitted' and e.step_due > @now and e.step_due <= @now::timestamptz + interval '24 hours'`,
	"evidence_missing": doubted("lacking"),
	"source_corrected": doubted("resting"),
	"copied": `select e.ledger, e.occurred_day, e.resubmitted_at, e.entry_id, '', p.name, hint -> 'text' ->> 'zh', hint -> 'text' ->> 'en'
		from entries e join persons p on p.person_id = e.author join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.revision
			cross join lateral (select h as hint from jsonb_array_elements(r.hints) h where h ->> 'code' = 'copied' limit 1) struck
		where e.prison_id = @prison and e.area_id = @area and e.hints > 0 and e.occurred_day between @from::text::date and @to::text::date
			and e.state not in ('voided', 'discarded')`,
	"branch_open": `select e.ledger, e.occurred_day, b.recorded_at, e.entry_id, '', p.name, '', ''
		from draft_branches b join entries e on e.prison_id = b.prison_id and e.entry_id = b.entry_id join persons p on p.person_id = b.written_by
		where b.prison_id = @prison and b.resolved_at is null and e.area_id = @area`,
	"claim_unverified": `select e.ledger, e.occurred_day, v.recorded_at, e.entry_id, '', p.name, '', ''
		from events v join entries e on e.prison_id = v.prison_id and e.entry_id = v.entry_id join persons p on p.person_id = v.person_id
		where v.prison_id = @prison and v.kind = 'written_offline' and v.recorded_at >= @from::text::timestamp at time zone 'Asia/Shanghai' and e.area_id = @area and v.revision = e.revision
			and not (v.detail -> 'written' ->> 'verified')::bool and e.state not in ('voided', 'discarded')`,
	// A correction stays on its version and is finished there.
	"draft_held": `select e.ledger, e.occurred_day, e.changed_at, e.entry_id, '', p.name, note, note ` + open + `
			join unnest(@ledgers::text[], @versions::int[]) c(ledger, version) on c.ledger = e.ledger
			cross join lateral (select 'v' || e.version || ' → v' || c.version as note) moved
		where e.state = 'draft' and e.in_force = 0 and e.version < c.version`,
	"void_undecided": `select e.ledger, e.occurred_day, v.recorded_at, e.entry_id, '', w.name, v.reason, v.reason ` + open + `
			join voids v on v.prison_id = e.prison_id and v.void_id = e.void_id join persons w on w.person_id = v.asked_by
		where e.void_id is not null`,
	"amendment_idle": `select e.ledger, e.occurred_day, begun, e.entry_id, '', p.name, '', '' ` + open + `
			cross join lateral (select max(v.recorded_at) as begun from events v where v.prison_id = e.prison_id and v.entry_id = e.entry_id
				and v.kind in ('amended', 'revised', 'withdrawn')) reopened
		where e.state = 'draft' and e.in_force > 0 and begun <= @now::timestamptz - interval '3 days'`,
	"draft_idle": `select e.ledger, e.occurred_day, e.changed_at, e.entry_id, '', p.name, '', '' ` + open + `
		where e.state = 'draft' and e.in_force = 0 and e.changed_at <= @now::timestamptz - interval '3 days'
			and not exists (select from decisions d where d.prison_id = e.prison_id and d.entry_id = e.entry_id and d.revision = e.revision and d.verdict = 'return')`,
	"two_steps": `select e.ledger, e.occurred_day, max(d.recorded_at), e.entry_id, '', w.name, '', '' ` + window + `
			join decisions d on d.prison_id = e.prison_id and d.entry_id = e.entry_id and d.void_id is null
				and d.revision = case when e.in_force > 0 then e.in_force else e.revision end
			join persons w on w.person_id = d.decided_by
		where (e.step > 1 or e.state in ('draft', 'submitted', 'returned')) and e.state not in ('voided', 'discarded') group by e.ledger, e.occurred_day, e.entry_id, d.decided_by, w.name having count(distinct d.step) > 1`,
	"nil_only": `select e.ledger, max(e.occurred_day), null::timestamptz, null::uuid, '', '', count(*)::text || ' 条', count(*)::text || ' entries' ` + window + `
		where e.ledger = any(@nils) and e.occurred_day > @to::text::date - 90 and e.revision > 0 and e.state not in ('voided', 'discarded')
		group by e.ledger having count(*) >= 12 and bool_and(e.nil_return)`,
	"rectification_overdue": `select '', r.due_on, null::timestamptz, null::uuid, '', coalesce(p.name, ''), r.line, r.line
		from rectifications r left join persons p on p.person_id = r.owner
		where r.prison_id = @prison and r.area_id = @area and r.state in ('open', 'done') and r.due_on < @to::text::date
			and not exists (select from checks c where c.prison_id = r.prison_id and c.check_id = r.check_id and c.kind = 'other')`,
	// One that another goes on from is no matter.
	"ruling_ends": `select '', r.to_day, null::timestamptz, null::uuid, '', '', r.target, r.target from rulings r
		where r.prison_id = @prison and r.area_id = @area and r.state = 'granted' and r.kind = 'exclude' and r.to_day between @to::text::date and @to::text::date + 30
			and not exists (select from rulings o where o.prison_id = r.prison_id and o.area_id = r.area_id and o.state = 'granted' and o.kind = r.kind
				and o.target = r.target and o.to_day > r.to_day)`,
	"relief_undecided": `select r.ledger, r.from_day, r.recorded_at, null::uuid, r.period, p.name, r.reason, r.reason
		from reliefs r join persons p on p.person_id = r.author
		where r.prison_id = @prison and r.kind in ('excuse', 'unlock') and r.state = 'requested' and r.areas[1] = @area`,
}

const (
	// open are the entries of the area that are not settled, as the index has them.
	open = `from (select * from entries where prison_id = @prison and area_id = @area
		and (state in ('draft', 'submitted', 'returned') or void_id is not null)) e join persons p on p.person_id = e.author `
	// window are those of the standard's window, by the index of ledger and day.
	window = `from (select * from entries where prison_id = @prison and area_id = @area and ledger = any(@ledgers)
		and occurred_day between @from::text::date and @to::text::date) e `
	waiting = `select e.ledger, e.occurred_day, e.step_due, e.entry_id, '',
		array_to_string(array(select w.name from persons w where w.person_id = any(e.step_seats) order by w.number), '、'), '', '' ` + open
	// ofEntry looks each up by its key, however many the database expects.
	ofEntry = ` cross join lateral (select * from entries where prison_id = f.prison_id and entry_id = (ref ->> 'id')::uuid offset 0) e
		join persons p on p.person_id = e.author where ref ->> 'kind' = 'entry'`
)

// costing are the references of a measure in the window.
func costing(measure string) string {
	return `from (select prison_id, area_id, ledger, day, jsonb_array_elements(refs) as ref from facts where prison_id = @prison and area_id = @area
		and measure = '` + measure + `' and day between @from::text::date and @to::text::date and refs <> '[]') f`
}

// doubted are entries that were judged elsewhere.
func doubted(kind string) string {
	return `select e.ledger, e.occurred_day, e.resubmitted_at, e.entry_id, '', p.name, d.zh, d.en
		from unnest(@` + kind + `::uuid[], @` + kind + `_zh::text[], @` + kind + `_en::text[]) d(id, zh, en)
			join entries e on e.prison_id = @prison and e.entry_id = d.id join persons p on p.person_id = e.author`
}

// told lists what one of them found, the newest first. What is noted of L3 and sealed
// material is read in the entry, where reading is recorded.
const told = `select f.ledger, coalesce(f.day, (f.at at time zone 'Asia/Shanghai')::date)::text, case when shown then f.at end, case when shown then f.entry end, f.period,
		case when shown then f.person else '' end, case when shown and not withheld then f.zh else '' end, case when shown and not withheld then f.en else '' end,
		count(*) over ()
	from (%s) f(ledger, day, at, entry, period, person, zh, en) left join entries e on e.prison_id = @prison and e.entry_id = f.entry
		cross join lateral (select e.entry_id is null or app.sees(@see_prisons, @see_areas, @see_ledgers, @see_restricted, @see_sealed, @see_person,
			e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author) as shown, coalesce(e.level = 'L3' or e.sealed, false) as withheld) sight
	order by coalesce(f.at, f.day) desc nulls last, f.ledger, f.entry limit @most`

// Defects finds them as the program does, so that they are the same for everybody; who
// may not see an entry is told of its ledger and day.
func (s Assessments) Defects(ctx context.Context, ses ledger.Session, l assessment.Look) (map[string]assessment.Defect, error) {
	own := ses.Scope
	ses.Scope = ledger.Everything()
	ses.Scope["scores"] = own["scores"]
	args := pgx.NamedArgs{"prison": ses.Prison, "area": l.Area, "from": l.From, "to": l.To, "now": l.Now, "ledgers": l.Ledgers, "versions": l.Versions, "nils": l.Nils, "most": assessment.MostItems}
	for _, name := range scopeNames {
		args["see_"+name] = own[name]
	}
	for kind, list := range map[string][]ledger.Doubt{"lacking": l.Lacking, "resting": l.Resting} {
		ids, zh, en := make([]uuid.UUID, len(list)), make([]string, len(list)), make([]string, len(list))
		for i, d := range list {
			ids[i], zh[i], en[i] = d.Entry, d.Why.ZH, d.Why.EN
		}
		args[kind], args[kind+"_zh"], args[kind+"_en"] = ids, zh, en
	}
	found := map[string]assessment.Defect{}
	err := s.Read(ctx, ses, func(r ledger.Reader) error {
		t := r.(*txn)
		// The second wall: what follows looks at entries as the program does.
		var may bool
		if err := t.tx.QueryRow(ctx, "select coalesce(string_to_array(app.setting('scores'), ',') && array[$1::uuid::text, $2::uuid::text, '*'], false)",
			l.Area, ses.Prison).Scan(&may); err != nil || !may {
			return err
		}
		// Each is asked once and quickly: compiling it takes longer than it runs.
		if _, err := t.exec(ctx, "set local jit = off"); err != nil {
			return err
		}
		for id, sql := range defects {
			d, err := t.defect(ctx, fmt.Sprintf(told, sql), args)
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			found[id] = d
		}
		tasks, err := t.Tasks(ctx, ses.Prison, ledger.TaskQuery{Area: l.Area, Open: true})
		found["task_overdue"] = overdue(tasks, l.Now)
		return err
	})
	return found, err
}

func (t *txn) defect(ctx context.Context, sql string, args pgx.NamedArgs) (d assessment.Defect, err error) {
	rows, err := t.tx.Query(ctx, sql, args)
	if err != nil {
		return d, err
	}
	d.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (i assessment.DefectItem, err error) {
		var note fault.Text
		err = row.Scan(&i.Ledger, &i.Day, &i.At, &i.Entry, &i.Period, &i.Person, &note.ZH, &note.EN, &d.Count)
		if note.ZH != "" {
			i.Note = &note
		}
		return i, err
	})
	return d, err
}

// overdue are the tasks whose deadline has passed, the longest first.
func overdue(tasks []ledger.Task, now time.Time) (d assessment.Defect) {
	for _, k := range tasks {
		if k.DueAt == nil || k.DueAt.After(now) {
			continue
		}
		if d.Count++; d.Count <= assessment.MostItems {
			d.Items = append(d.Items, assessment.DefectItem{Ledger: k.Ledger, Day: catalog.DayOf(*k.DueAt), At: k.DueAt, Note: &k.Title})
		}
	}
	return d
}
