package postgres

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/catalog"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// Proposals keeps changes of the catalogue (proposal.Store).
type Proposals struct{ *Store }

// proposing is a transaction over proposals.
type proposing struct{ *txn }

// Write commits through the one commit path.
func (s Proposals) Write(ctx context.Context, ses ledger.Session, idem ledger.Idem, out any, fn func(proposal.Tx) error) error {
	return s.write(ctx, ses, idem, out, func(t *txn) error { return fn(proposing{t}) })
}

// Read runs fn in a read-only transaction.
func (s Proposals) Read(ctx context.Context, ses ledger.Session, fn func(proposal.Tx) error) error {
	return s.Store.Read(ctx, ses, func(r ledger.Reader) error { return fn(proposing{r.(*txn)}) })
}

// everything is the session of the program's own look at all prisons.
var everything = ledger.Session{Scope: ledger.Everything()}

// Waiting lists approved proposals whose day has come.
func (s Proposals) Waiting(ctx context.Context, day string) ([]proposal.Proposal, error) {
	var list []proposal.Proposal
	err := s.Read(ctx, everything, func(tx proposal.Tx) error {
		var err error
		list, err = tx.(proposing).find(ctx, "p.state = 'approved' and app.document(p.body)->>'on' <= $1 "+oldestProposal, day)
		return err
	})
	return list, err
}

// DraftsBehind lists open drafts below a version.
func (s Proposals) DraftsBehind(ctx context.Context, p proposal.Published, limit int) ([]ledger.Key, error) {
	var list []ledger.Key
	err := s.Read(ctx, everything, func(tx proposal.Tx) error {
		rows, err := tx.(proposing).tx.Query(ctx, `select prison_id, entry_id from entries where ledger = $1 and version < $2 and state = 'draft' and in_force = 0
			and (prison_id, entry_id) > ($3, $4) order by prison_id, entry_id limit $5`, p.Ledger, p.Version, p.After.Prison, p.After.Entry, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (ledger.Key, error) {
			var k ledger.Key
			err := row.Scan(&k.Prison, &k.Entry)
			return k, err
		})
		return err
	})
	return list, err
}

// GoOn queues the rest of a job.
func (s Proposals) GoOn(ctx context.Context, p proposal.Published) error {
	return mapped(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return (&txn{tx: tx, jobs: s.jobs}).Enqueue(ctx, p) }))
}

// catalogueLock keeps two changes of the catalogue apart: each dry run is true
// until its own change commits.
const catalogueLock = 0x7461697a68616e68

func (t proposing) LockCatalogue(ctx context.Context) (proposal.Catalogue, error) {
	var now proposal.Catalogue
	if _, err := t.exec(ctx, "select pg_advisory_xact_lock($1)", catalogueLock); err != nil {
		return now, err
	}
	var err error
	if now.Versions, err = publishedIn(ctx, t.tx); err != nil {
		return now, err
	}
	now.Owners, now.Ends, err = governedIn(ctx, t.tx)
	return now, err
}

func (t proposing) Insert(ctx context.Context, p proposal.Proposal) error {
	body, err := json.Marshal(p.Content)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `insert into proposals (prison_id, proposal_id, kind, ledger, department, body, report, digest, author, salt, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.Prison, p.ID, p.Content.Kind, p.Content.Ledger, p.Department, body, p.Report, p.Digest[:], p.Author, p.Salt, p.State); err != nil {
		return err
	}
	return t.note(p.Record())
}

func (t proposing) Lock(ctx context.Context, prison, id uuid.UUID) (proposal.Proposal, error) {
	if _, err := t.exec(ctx, "select from proposals where prison_id = $1 and proposal_id = $2 for update", prison, id); err != nil {
		return proposal.Proposal{}, err
	}
	return t.Get(ctx, prison, id)
}

func (t proposing) Get(ctx context.Context, prison, id uuid.UUID) (proposal.Proposal, error) {
	list, err := t.find(ctx, "p.prison_id = $1 and p.proposal_id = $2", prison, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return proposal.Proposal{}, mapped(err)
	}
	return list[0], nil
}

// The orders of a list. What is open is never cut off.
const (
	oldestProposal = "order by p.recorded_at, p.proposal_id"
	newestProposal = "order by p.recorded_at desc, p.proposal_id desc"
	openProposal   = "p.state in ('proposed', 'approved')"
)

func (t proposing) List(ctx context.Context, prison uuid.UUID, limit int) (list []proposal.Proposal, more int, err error) {
	open, err := t.find(ctx, "p.prison_id = $1 and "+openProposal+" "+oldestProposal, prison)
	if err != nil {
		return nil, 0, err
	}
	over, err := t.find(ctx, "p.prison_id = $1 and not "+openProposal+" "+newestProposal+" limit $2", prison, limit)
	if err != nil {
		return nil, 0, err
	}
	err = t.tx.QueryRow(ctx, "select count(*) - $2 from proposals p where p.prison_id = $1 and not "+openProposal, prison, len(over)).Scan(&more)
	return append(open, over...), more, err
}

func (t proposing) Approved(ctx context.Context, ledgerID string) ([]proposal.Proposal, error) {
	return t.find(ctx, "p.state = 'approved' and p.ledger = $1 "+oldestProposal, ledgerID)
}

func (t proposing) Claimed(ctx context.Context, but uuid.UUID) (map[string]int, error) {
	rows, err := t.tx.Query(ctx, `select s.saved ->> 'ledger', sum((s.saved ->> 'minutes')::bigint)::bigint
		from proposals p cross join jsonb_path_query(app.document(p.body), '$.gate.savings[*]') as s(saved)
		where p.state in ('proposed', 'approved', 'executed') and (p.kind = 'add' or p.report -> 'changes' @> '[{"adds": true}]')
			and p.proposal_id <> $1 group by 1`, but)
	if err != nil {
		return nil, mapped(err)
	}
	claimed := map[string]int{}
	var id string
	var minutes int
	_, err = pgx.ForEachRow(rows, []any{&id, &minutes}, func() error {
		claimed[id] = minutes
		return nil
	})
	return claimed, err
}

func (t proposing) Origins(ctx context.Context) ([]proposal.Origin, error) {
	rows, err := t.tx.Query(ctx, `select c.ledger, c.version, p.prison_id, p.proposal_id from proposals p
		join (select ledger, version, proposal_id from ledger_versions union all select ledger, 0, proposal_id from ledger_ends) c using (proposal_id)
		where string_to_array($1, ',') && array[p.prison_id::text, '*']`, t.ses.Scope["prisons"])
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[proposal.Origin])
}

func (t proposing) find(ctx context.Context, where string, args ...any) ([]proposal.Proposal, error) {
	rows, err := t.tx.Query(ctx, `select p.prison_id, p.proposal_id, p.department, p.body, p.report, p.digest, p.author, a.name, p.salt, p.recorded_at,
			p.state, p.step, p.executed, p.executed_at, p.failure
		from proposals p join persons a on a.person_id = p.author where `+where, args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (proposal.Proposal, error) {
		var p proposal.Proposal
		var body, digest []byte
		if err := row.Scan(&p.Prison, &p.ID, &p.Department, &body, &p.Report, &digest, &p.Author, &p.AuthorName, &p.Salt, &p.RecordedAt,
			&p.State, &p.Step, &p.Executed, &p.ExecutedAt, &p.Failure); err != nil {
			return p, err
		}
		copy(p.Digest[:], digest)
		return p, json.Unmarshal(body, &p.Content)
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Decisions, err = t.decisions(ctx, list[i].Prison, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

const proposalDecisionColumns = "d.proposal_id, d.decision_id, d.step, d.verdict, d.decided_by, d.of_digest, d.comment, d.salt, d.recorded_at"

func scanProposalDecision(row pgx.CollectableRow, more ...any) (uuid.UUID, proposal.Decision, error) {
	var id uuid.UUID
	var d proposal.Decision
	var of []byte
	err := row.Scan(append([]any{&id, &d.ID, &d.Step, &d.Verdict, &d.By, &of, &d.Comment, &d.Salt, &d.RecordedAt}, more...)...)
	copy(d.Of[:], of)
	return id, d, err
}

func (t proposing) decisions(ctx context.Context, prison, id uuid.UUID) ([]proposal.Decision, error) {
	rows, err := t.tx.Query(ctx, "select "+proposalDecisionColumns+`, a.name from proposal_decisions d join persons a on a.person_id = d.decided_by
		where d.prison_id = $1 and d.proposal_id = $2 order by d.recorded_at, d.decision_id`, prison, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (proposal.Decision, error) {
		var name string
		_, d, err := scanProposalDecision(row, &name)
		d.ByName = name
		return d, err
	})
}

func (t proposing) Decide(ctx context.Context, p proposal.Proposal, d proposal.Decision) error {
	if _, err := t.exec(ctx, `insert into proposal_decisions (prison_id, proposal_id, decision_id, step, verdict, author, decided_by, of_digest, comment, salt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, p.Prison, p.ID, d.ID, d.Step, d.Verdict, p.Author, d.By, d.Of[:], d.Comment, d.Salt); err != nil {
		return err
	}
	return t.note(d.Record(p.ID))
}

func (t proposing) SetState(ctx context.Context, p proposal.Proposal) error {
	_, err := t.exec(ctx, "update proposals set state = $3, step = $4, executed = $5, executed_at = $6, failure = $7 where prison_id = $1 and proposal_id = $2",
		p.Prison, p.ID, p.State, p.Step, p.Executed, p.ExecutedAt, p.Failure)
	return err
}

func (t proposing) Filed(ctx context.Context, ledgerID string) (n int, err error) {
	err = t.tx.QueryRow(ctx, "select count(*) from entries where ledger = $1 and revision > 0", ledgerID).Scan(&n)
	return n, err
}

func (t proposing) OnTheirWay(ctx context.Context, ledgerID string) (returned, submitted int, err error) {
	err = t.tx.QueryRow(ctx, `select count(*) filter (where state = 'returned'), count(*) filter (where state = 'submitted')
		from entries where ledger = $1 and state in ('returned', 'submitted') and in_force = 0`, ledgerID).Scan(&returned, &submitted)
	return returned, submitted, err
}

// falling says of a duty d whether it is one of those.
var falling = map[proposal.Falling]string{
	proposal.None:      "false",
	proposal.NotBegun:  "d.starts_at > app.transaction_time()",
	proposal.NotFilled: "d.due_at > app.transaction_time() and " + lacking,
}

func (t proposing) Duties(ctx context.Context, ledgerID string, which proposal.Falling) (n int, err error) {
	err = t.tx.QueryRow(ctx, "select count(*) from duties d where d.ledger = $1 and "+falling[which], ledgerID).Scan(&n)
	return n, err
}

func (t proposing) OpenDrafts(ctx context.Context, ledgerID string, after ledger.Key, limit int) ([]proposal.OpenDraft, error) {
	rows, err := t.tx.Query(ctx, `select e.prison_id, e.entry_id, e.version, d.body, e.in_force > 0 from entries e
		join drafts d on d.prison_id = e.prison_id and d.entry_id = e.entry_id where e.ledger = $1 and e.state = 'draft'
			and (e.prison_id, e.entry_id) > ($2, $3) order by e.prison_id, e.entry_id limit $4`, ledgerID, after.Prison, after.Entry, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (proposal.OpenDraft, error) {
		var d proposal.OpenDraft
		var body []byte
		err := row.Scan(&d.Key.Prison, &d.Key.Entry, &d.Version, &body, &d.Correcting)
		d.Body = body
		return d, err
	})
}

func (t proposing) PublishVersion(ctx context.Context, typ *catalog.Type, id uuid.UUID) error {
	_, err := t.exec(ctx, "insert into ledger_versions (ledger, version, schema, definition, form, digest, proposal_id, published_at) values ($1, $2, $3, $4, $5, $6, nullif($7, $8::uuid), $9)",
		typ.ID, typ.Version, []byte(typ.SchemaJSON), []byte(typ.DefinitionJSON), []byte(typ.FormJSON), typ.Digest[:], id, uuid.Nil, t.now)
	return err
}

func (t proposing) PublishOwner(ctx context.Context, ledgerID, department string, id uuid.UUID) error {
	// After the change it waited for, though the transaction may have begun before it.
	_, err := t.exec(ctx, `insert into ledger_owners (ledger, from_at, department, proposal_id)
		select $1, greatest($2, max(from_at) + interval '1 microsecond'), $3, $4 from ledger_owners where ledger = $1`, ledgerID, t.now, department, id)
	return err
}

func (t proposing) PublishEnd(ctx context.Context, e catalog.End, id uuid.UUID) error {
	places := append([]catalog.Place{}, e.Places...) // "[]" for none
	_, err := t.exec(ctx, "insert into ledger_ends (ledger, kind, target, notice_zh, notice_en, places, proposal_id, ended_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
		e.Ledger, e.Kind, e.Target, e.Notice.ZH, e.Notice.EN, places, id, t.now)
	return err
}

func (t proposing) DropDuties(ctx context.Context, ledgerID string, which proposal.Falling) error {
	return t.touchDays(ctx, `with gone as (delete from duties d where d.ledger = $1 and `+falling[which]+` returning d.prison_id, d.area_id, d.ledger, d.day)
		select distinct prison_id, area_id, ledger, day::text from gone join facts using (prison_id, area_id, ledger, day)`, ledgerID)
}

// proposals as the verifier reads them.
func (s *Snapshot) proposals(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var p proposal.Proposal
		var body, digest []byte
		var at time.Time
		if err := row.Scan(&p.ID, &p.Department, &body, &p.Report, &digest, &p.Author, &p.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		copy(p.Digest[:], digest)
		if err := json.Unmarshal(body, &p.Content); err != nil {
			return integrity.Row{}, err
		}
		rec, err := p.Record()
		return rowOf("proposals", rec, err, at, "")
	}, "select proposal_id, department, body, report, digest, author, salt, recorded_at from proposals where prison_id = $1 order by proposal_id", prison)
}

func (s *Snapshot) proposalDecisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		id, d, err := scanProposalDecision(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := d.Record(id)
		return rowOf("proposal_decisions", rec, err, d.RecordedAt, "")
	}, "select "+proposalDecisionColumns+" from proposal_decisions d where d.prison_id = $1 order by d.decision_id", prison)
}
