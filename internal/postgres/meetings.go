package postgres

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/accreditation"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Members of both bodies, with those who left.
func (s Cases) Members(ctx context.Context, ses ledger.Session) (list []accreditation.Member, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select m.member_id, m.body, m.person_id, p.number, p.name, m.prison_id, m.voting, m.from_day::text, coalesce(m.last_day::text, ''), m.ends
			from body_seats m join persons p using (person_id) order by m.body desc, m.last_day desc nulls first, p.number`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m accreditation.Member, err error) {
			var origin *uuid.UUID
			err = row.Scan(&m.ID, &m.Body, &m.Person, &m.Number, &m.Name, &origin, &m.Voting, &m.FromDay, &m.LastDay, &m.Ends)
			m.Origin = known(origin)
			return m, err
		})
		return err
	})
	return append([]accreditation.Member{}, list...), err
}

// Candidates are those who are posted as members.
func (s Cases) Candidates(ctx context.Context, ses ledger.Session) (list []accreditation.Seated, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select p.person_id, p.number, p.name from persons p where exists (select from postings o where o.person_id = p.person_id
			and o.role = 'committee_member' and o.from_at <= app.transaction_time() and (o.until_at is null or o.until_at > app.transaction_time())) order by p.number`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[accreditation.Seated])
		return err
	})
	return append([]accreditation.Seated{}, list...), err
}

// AddMember seats one.
func (s Cases) AddMember(ctx context.Context, ses ledger.Session, idem ledger.Idem, m accreditation.Member) (out accreditation.Member, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		out = m
		_, err := t.exec(ctx, `insert into body_members (member_id, body, person_id, prison_id, voting, from_day, added_by) values ($1, $2, $3, $4, $5, $6::text::date, $7)`,
			m.ID, string(m.Body), m.Person, orNull(m.Origin), m.Voting, m.FromDay, ses.Person)
		return err
	})
	return out, err
}

// EndMember says the last day of one, the next after those that were seen.
func (s Cases) EndMember(ctx context.Context, ses ledger.Session, idem ledger.Idem, m accreditation.Member) (out accreditation.Member, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		out = m
		_, err := t.exec(ctx, "insert into body_member_ends (member_id, n, last_day, ended_by) values ($1, $2, $3::text::date, $4)", m.ID, m.Ends, m.LastDay, ses.Person)
		return err
	})
	return out, err
}

// Agenda is the cases that the session's person deliberates on.
func (s Cases) Agenda(ctx context.Context, ses ledger.Session) (list []uuid.UUID, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select distinct case_id from app.agenda()")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return list, err
}

// Meetings in sight, the latest first. What was taken off is no item any more.
func (s Cases) Meetings(ctx context.Context, ses ledger.Session) (list []accreditation.Meeting, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select m.meeting_id, m.body, m.title, m.day::text, p.name, count(i.item_id) filter (where not a.off), count(i.item_id) filter (where a.frozen)
			from meetings m join persons p on p.person_id = m.called_by left join meeting_items i using (meeting_id)
				left join lateral (select coalesce(bool_or(x.kind = 'taken_off'), false) off, coalesce(bool_or(x.kind = 'freeze'), false) frozen
					from meeting_acts x where x.prison_id = i.prison_id and x.item_id = i.item_id) a on true
			group by m.meeting_id, p.name order by m.day desc, m.meeting_id desc limit 500`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[accreditation.Meeting])
		return err
	})
	return append([]accreditation.Meeting{}, list...), err
}

// Call inserts a meeting.
func (s Cases) Call(ctx context.Context, ses ledger.Session, idem ledger.Idem, m accreditation.Meeting) (out accreditation.Meeting, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		out = m
		_, err := t.exec(ctx, "insert into meetings (meeting_id, body, title, day, called_by) values ($1, $2, $3, $4::text::date, $5)", m.ID, string(m.Body), m.Title, m.Day, ses.Person)
		return err
	})
	return out, err
}

const itemColumns = `i.prison_id, i.item_id, i.meeting_id, m.body, m.day::text, i.number, i.case_id, i.seq, i.state, i.added_by, i.salt, i.recorded_at`

func scanItem(row pgx.CollectableRow) (i accreditation.Item, err error) {
	err = row.Scan(&i.Prison, &i.ID, &i.Meeting, &i.Body, &i.Day, &i.Number, &i.Case, &i.Seq, &i.State, &i.AddedBy, &i.Salt, &i.RecordedAt)
	return i, err
}

func itemsBy(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]accreditation.Item, error) {
	rows, err := tx.Query(ctx, "select "+itemColumns+" from meeting_items i join meetings m using (meeting_id) where "+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanItem)
}

// Items of a meeting in sight, by number.
func (s Cases) Items(ctx context.Context, ses ledger.Session, meeting uuid.UUID) (list []accreditation.Item, err error) {
	err = s.read(ctx, ses, func(tx pgx.Tx) error {
		list, err = itemsBy(ctx, tx, "i.meeting_id = $1 order by i.number", meeting)
		return err
	})
	return list, err
}

func (t caseTx) Item(ctx context.Context, id uuid.UUID) (accreditation.Item, error) {
	list, err := itemsBy(ctx, t.tx, "i.prison_id = $1 and i.item_id = $2", t.ses.Prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return accreditation.Item{}, mapped(err)
	}
	return list[0], t.acts(ctx, list)
}

func (t caseTx) ItemsOf(ctx context.Context, c uuid.UUID) ([]accreditation.Item, error) {
	list, err := itemsBy(ctx, t.tx, "i.prison_id = $1 and i.case_id = $2 order by i.recorded_at, i.item_id", t.ses.Prison, c)
	if err != nil {
		return nil, err
	}
	return list, t.acts(ctx, list)
}

const itemActColumns = `a.item_id, a.act, a.kind, a.person_id, a.value, a.reason, a.body, a.sha256, a.version_id, a.size, a.acted_by, a.salt, a.recorded_at`

func scanItemAct(row pgx.CollectableRow, more ...any) (item uuid.UUID, a accreditation.ItemAct, err error) {
	var person *uuid.UUID
	var sum []byte
	err = row.Scan(append([]any{&item, &a.Act, &a.Kind, &person, &a.Value, &a.Reason, &a.Body, &sum, &a.VersionID, &a.Size, &a.By, &a.Salt, &a.RecordedAt}, more...)...)
	if a.Person = known(person); sum != nil {
		d := ledger.Digest(sum)
		a.Sha256 = &d
	}
	return item, a, err
}

// acts are put to their items.
func (t caseTx) acts(ctx context.Context, list []accreditation.Item) error {
	at := map[uuid.UUID]*accreditation.Item{}
	var ids []uuid.UUID
	for i := range list {
		at[list[i].ID] = &list[i]
		ids = append(ids, list[i].ID)
	}
	rows, err := t.tx.Query(ctx, "select "+itemActColumns+`, p.name from meeting_acts a join persons p on p.person_id = a.acted_by
		where a.prison_id = $1 and a.item_id = any($2) order by a.item_id, a.act`, t.ses.Prison, ids)
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var name string
		id, a, err := scanItemAct(row, &name)
		if i := at[id]; err == nil {
			a.ByName = name
			i.Acts = append(i.Acts, a)
		}
		return struct{}{}, err
	})
	return err
}

func (t caseTx) Seats(ctx context.Context, i accreditation.Item) ([]accreditation.Seat, error) {
	rows, err := t.tx.Query(ctx, `select m.person_id, p.name, m.voting, app.barred($1, m.person_id), coalesce((select a.reason from meeting_acts a join meeting_items x using (prison_id, item_id)
			where x.prison_id = $1 and x.case_id = $3 and a.kind = 'recuse' and a.person_id = m.person_id order by a.recorded_at desc limit 1), '')
		from app.item_seats($1, $2) m join persons p using (person_id) order by m.voting desc, p.number`, i.Prison, i.ID, i.Case)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x accreditation.Seat, err error) {
		err = row.Scan(&x.Person, &x.Name, &x.Voting, &x.Barred, &x.Recused)
		return x, err
	})
	return append([]accreditation.Seat{}, list...), err
}

func (t caseTx) InsertItem(ctx context.Context, i accreditation.Item) (int, error) {
	err := t.tx.QueryRow(ctx, `insert into meeting_items (prison_id, item_id, meeting_id, case_id, seq, state, number, added_by, salt)
		select $1, $2, $3, $4, $5, $6, 1 + count(*), $7, $8 from meeting_items where meeting_id = $3 returning number`,
		t.ses.Prison, i.ID, i.Meeting, i.Case, i.Seq, i.State, i.AddedBy, i.Salt).Scan(&i.Number)
	if err != nil {
		return 0, err
	}
	return i.Number, t.note(i.Record())
}

func (t caseTx) InsertItemAct(ctx context.Context, i accreditation.Item, a accreditation.ItemAct) error {
	var sum []byte
	if a.Sha256 != nil {
		sum = a.Sha256[:]
	}
	if _, err := t.exec(ctx, `insert into meeting_acts (prison_id, item_id, act, kind, person_id, value, reason, body, sha256, version_id, size, acted_by, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		t.ses.Prison, i.ID, a.Act, a.Kind, orNull(a.Person), a.Value, a.Reason, a.Body, sum, a.VersionID, a.Size, a.By, a.Salt); err != nil {
		return err
	}
	return t.note(a.Record(i.ID))
}

const packageColumns = "package_id, case_id, sha256, version_id, size, salt, recorded_at"

func scanPackage(row pgx.CollectableRow) (p accreditation.Package, err error) {
	var sum []byte
	err = row.Scan(&p.ID, &p.Case, &sum, &p.VersionID, &p.Size, &p.Salt, &p.RecordedAt)
	copy(p.Sha256[:], sum)
	return p, err
}

func (t caseTx) Packages(ctx context.Context, c uuid.UUID) ([]accreditation.Package, error) {
	rows, err := t.tx.Query(ctx, "select "+packageColumns+" from packages where prison_id = $1 and case_id = $2 order by recorded_at, package_id", t.ses.Prison, c)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (accreditation.Package, error) {
		p, err := scanPackage(row)
		p.Prison = t.ses.Prison
		return p, err
	})
}

func (t caseTx) InsertPackage(ctx context.Context, p accreditation.Package) error {
	if _, err := t.exec(ctx, "insert into packages (prison_id, package_id, case_id, sha256, version_id, size, salt) values ($1, $2, $3, $4, $5, $6, $7)",
		t.ses.Prison, p.ID, p.Case, p.Sha256[:], p.VersionID, p.Size, p.Salt); err != nil {
		return err
	}
	return t.note(p.Record())
}

func (t caseTx) Sheets(ctx context.Context, runs []uuid.UUID) ([]accreditation.SheetKept, error) {
	rows, err := t.tx.Query(ctx, `select r.run_id, r.kind, r.score, p.name, r.recorded_at, r.sheet from score_runs r join persons p on p.person_id = r.made_by
		where r.prison_id = $1 and r.run_id = any($2) order by r.recorded_at, r.run_id`, t.ses.Prison, runs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[accreditation.SheetKept])
}

func (t caseTx) Proofs(ctx context.Context, entries []uuid.UUID) ([]accreditation.Proof, error) {
	rows, err := t.tx.Query(ctx, `select e.entry_id, e.ledger, r.revision, case when e.level <> 'L3' and not e.sealed then r.digest end, v.evidence_id, coalesce(v.media_type, ''), coalesce(v.size, 0), coalesce(encode(v.sha256, 'hex'), '')
		from entries e join revisions r on r.prison_id = e.prison_id and r.entry_id = e.entry_id and r.revision = e.in_force
		left join evidence v on v.prison_id = r.prison_id and v.entry_id = r.entry_id and v.revision = r.revision and e.level <> 'L3' and not e.sealed
		where e.prison_id = $1 and e.entry_id = any($2) order by e.entry_id, v.evidence_id`, t.ses.Prison, entries)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p accreditation.Proof, err error) {
		var file *uuid.UUID
		var digest []byte
		err = row.Scan(&p.Entry, &p.Ledger, &p.Revision, &digest, &file, &p.MediaType, &p.Size, &p.Sha256)
		copy(p.Digest[:], digest)
		p.Evidence = known(file)
		return p, err
	})
	return append([]accreditation.Proof{}, list...), err
}

// meetingItems as the verifier reads them, with the meeting that their leaf names.
func (s *Snapshot) meetingItems(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		i, err := scanItem(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := i.Record()
		return rowOf("meeting_items", rec, err, i.RecordedAt, "")
	}, "select "+itemColumns+" from meeting_items i join meetings m using (meeting_id) where i.prison_id = $1 order by i.item_id", prison)
}

func (s *Snapshot) meetingActs(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		id, a, err := scanItemAct(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := a.Record(id)
		return rowOf("meeting_acts", rec, err, a.RecordedAt, "")
	}, "select "+itemActColumns+" from meeting_acts a where a.prison_id = $1 order by a.item_id, a.act", prison)
}

func (s *Snapshot) packages(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		p, err := scanPackage(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("packages", rec, err, p.RecordedAt, "")
	}, "select "+packageColumns+" from packages where prison_id = $1 order by package_id", prison)
}
