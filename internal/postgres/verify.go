package postgres

import (
	"context"
	"encoding/hex"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Opener reads evidence by version and checks its hash.
type Opener func(ctx context.Context, key, version string, sum [32]byte, size int64) error

// Snapshot is the database as the verifier reads it: one moment, every row
// (integrity.Source). The role must see past row-level security.
type Snapshot struct {
	tx   pgx.Tx
	open Opener
	// Texts are what kept scores are worked out anew by; nil leaves them as they are.
	Texts assessment.Texts
}

// Verify opens a snapshot for as long as fn runs. open nil leaves the objects
// unread.
func (s *Store) Verify(ctx context.Context, open Opener, fn func(*Snapshot) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return mapped(err)
	}
	defer rollback(ctx, tx)
	if _, err := s.begin(ctx, tx, ledger.Session{Scope: ledger.Scope{"prisons": "*", "areas": "*", "ledgers": "*", "restricted": "*", "sealed": "*", "cases": "*", "meetings": "*"}}); err != nil {
		return mapped(err)
	}
	return fn(&Snapshot{tx: tx, open: open})
}

// scanAll reads a query to its end before anything else is asked.
func scanAll[T any](ctx context.Context, tx pgx.Tx, scan func(pgx.CollectableRow) (T, error), sql string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			yield(*new(T), err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if !yield(v, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(*new(T), err)
		}
	}
}

// Leaves in the order of their index.
func (s *Snapshot) Leaves(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Leaf, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Leaf, error) {
		var l integrity.Leaf
		err := row.Scan(&l.Index, &l.Kind, &l.Ref, &l.Meta, &l.ContentDigest, &l.Hash, &l.RecordedAt)
		return l, err
	}, "select idx, kind, ref, meta, content_digest, leaf_hash, recorded_at from log_leaves where prison_id = $1 order by idx", prison)
}

// Hashes of the tree in the order of their index.
func (s *Snapshot) Hashes(ctx context.Context, prison uuid.UUID) iter.Seq2[tlog.Hash, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (tlog.Hash, error) {
		var b []byte
		var h tlog.Hash
		err := row.Scan(&b)
		copy(h[:], b)
		return h, err
	}, "select hash from log_hashes where prison_id = $1 order by idx", prison)
}

// Size is what the head says.
func (s *Snapshot) Size(ctx context.Context, prison uuid.UUID) (int64, error) {
	var n int64
	err := s.tx.QueryRow(ctx, "select size from log_heads where prison_id = $1", prison).Scan(&n)
	return n, mapped(err)
}

// Checkpoints kept in the database.
func (s *Snapshot) Checkpoints(ctx context.Context, prison uuid.UUID) ([][]byte, error) {
	rows, err := s.tx.Query(ctx, "select note from checkpoints where prison_id = $1 order by size", prison)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]byte])
}

// Rows of every append-only table, each made into its record anew.
func (s *Snapshot) Rows(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return func(yield func(integrity.Row, error) bool) {
		for _, table := range []func(context.Context, uuid.UUID) iter.Seq2[integrity.Row, error]{
			s.revisions,
			s.decisions,
			s.signers,
			s.voids,
			s.delegations,
			s.delegationEnds,
			s.evidence,
			s.events,
			s.custody,
			s.findings,
			s.proposals,
			s.proposalDecisions,
			s.prints,
			s.connectorRuns,
			s.rosters,
			s.reliefs,
			s.reliefDecisions,
			s.rulings,
			s.rulingDecisions,
			s.scoreRuns,
			s.sheetPrints,
			s.taskActs,
			s.taskEntries,
			s.areaChanges,
			s.visits,
			s.visitActs,
			s.focusActs,
			s.plannedVisits,
			s.plannedVisitEnds,
			s.attendances,
			s.brands,
			s.brandSteps,
			s.practices,
			s.adoptions,
			s.adoptionVerdicts,
			s.pairs,
			s.pairHelps,
			s.overtakes,
			s.plans,
			s.planDecisions,
			s.responsibilities,
			s.paperDeclarations,
			s.paperVerdicts,
			s.cases,
			s.caseEvents,
			s.caseRecords,
			s.caseConfirmations,
			s.meetingItems,
			s.meetingActs,
			s.packages,
			s.titles,
			s.titleActs,
			s.titleDecisions,
			s.checks,
			s.checkMembers,
			s.checkActs,
			s.findingEnds,
			s.drawings,
			s.drawMarks,
			s.drawValues,
			s.looks,
			s.photos,
			s.findingReplies,
			s.appeals,
			s.appealDecisions,
			s.rectifications,
			s.rectificationActs,
		} {
			for row, err := range table(ctx, prison) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// rowOf turns a record worked out anew into what the verifier compares.
func rowOf(table string, r ledger.Record, err error, at time.Time, wrong string) (integrity.Row, error) {
	return integrity.Row{Table: table, Kind: r.Kind, Ref: r.Ref, Digest: integrity.ContentDigest(r.Salt, r.Canonical), RecordedAt: at, Wrong: wrong}, err
}

func (s *Snapshot) revisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		k := ledger.Key{Prison: prison}
		var r ledger.Revision
		var canonical, digest []byte
		var derived bool
		if err := row.Scan(&k.Entry, &r.Number, &r.Author, &r.Ledger, &r.Version, &canonical, &r.Salt, &digest, &r.Nil, &r.Reason,
			&r.Chain, &r.Warnings, &r.Hints, &r.Pins, &r.OccurredAt, &r.RecordedAt, &derived); err != nil {
			return integrity.Row{}, err
		}
		r.Document = canonical
		copy(r.Digest[:], digest)
		wrong := ""
		if !derived {
			wrong = "document"
		}
		rec, err := ledger.RevisionRecord(k, r)
		return rowOf("revisions", rec, err, r.RecordedAt, wrong)
	}, `select entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, hints, pins, occurred_at, recorded_at,
			document is not distinct from app.document(canonical)
		from revisions where prison_id = $1 order by entry_id, revision`, prison)
}

func (s *Snapshot) decisions(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		k := ledger.Key{Prison: prison}
		var d ledger.Decision
		var of []byte
		var role string
		var bound bool
		if err := row.Scan(&k.Entry, &d.ID, &d.Revision, &d.Step, &d.Verdict, &d.Author, &d.By, &role, &of, &d.Comment, &d.Remarks, &d.Salt, &d.RecordedAt,
			&d.Capacity, &d.For, &d.Delegation, &d.Void, &d.AskedBy, &bound); err != nil {
			return integrity.Row{}, err
		}
		d.Role = actor.Role(role)
		copy(d.Of[:], of)
		wrong := ""
		if !bound {
			wrong = "of_digest"
		}
		rec, err := ledger.DecisionRecord(k, d)
		return rowOf("decisions", rec, err, d.RecordedAt, wrong)
	}, `select d.entry_id, d.decision_id, d.revision, d.step, d.verdict, d.author, d.decided_by, d.role, d.of_digest, d.comment, d.remarks, d.salt, d.recorded_at,
			d.capacity, d.for_person, d.delegation_id, d.void_id, d.asked_by, coalesce(r.digest = d.of_digest, false)
		from decisions d left join revisions r on r.prison_id = d.prison_id and r.entry_id = d.entry_id and r.revision = d.revision
		where d.prison_id = $1 order by d.decision_id`, prison)
}

func (s *Snapshot) signers(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		k := ledger.Key{Prison: prison}
		var g ledger.Signer
		if err := row.Scan(&k.Entry, &g.Revision, &g.Step, &g.ID, &g.Kind, &g.Person, &g.Role, &g.For, &g.Author, &g.By, &g.Reason, &g.Salt, &g.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.SignerRecord(k, g)
		return rowOf("signers", rec, err, g.RecordedAt, "")
	}, `select entry_id, revision, step, signer_id, kind, person_id, role, for_person, author, made_by, reason, salt, recorded_at
		from signers where prison_id = $1 order by signer_id`, prison)
}

func (s *Snapshot) delegations(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		d, err := scanDelegation(row)
		if err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.DelegationRecord(d)
		return rowOf("delegations", rec, err, d.RecordedAt, "")
	}, "select "+delegationColumns+fromDelegations+"where d.prison_id = $1 order by d.delegation_id", prison)
}

func (s *Snapshot) delegationEnds(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var e ledger.DelegationEnd
		var at time.Time
		if err := row.Scan(&e.Delegation, &e.By, &e.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.DelegationEndRecord(e)
		return rowOf("delegation_ends", rec, err, at, "")
	}, "select delegation_id, ended_by, salt, recorded_at from delegation_ends where prison_id = $1 order by delegation_id", prison)
}

func (s *Snapshot) evidence(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		k := ledger.Key{Prison: prison}
		var e ledger.Evidence
		var sum []byte
		var at time.Time
		if err := row.Scan(&k.Entry, &e.Revision, &e.ID, &e.Slot, &e.Name, &e.MediaType, &e.Size, &sum, &e.VersionID, &e.Width, &e.Height,
			&e.TakenAt, &e.UploadedBy, &e.UploadedAt, &e.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		copy(e.Sha256[:], sum)
		rec, err := ledger.EvidenceRecord(k, e)
		return rowOf("evidence", rec, err, at, "")
	}, `select entry_id, revision, evidence_id, slot, name, media_type, size, sha256, version_id, width, height, taken_at, uploaded_by, uploaded_at, salt, recorded_at
		from evidence where prison_id = $1 order by entry_id, revision, evidence_id`, prison)
}

func (s *Snapshot) events(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		k := ledger.Key{Prison: prison}
		var e ledger.Event
		var id uuid.UUID
		var salt []byte
		if err := row.Scan(&id, &k.Entry, &e.Kind, &e.Revision, &e.Person, &e.Detail, &salt, &e.RecordedAt); err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.EventRecord(k, id, salt, e)
		return rowOf("events", rec, err, e.RecordedAt, "")
	}, `select event_id, entry_id, kind, revision, person_id, detail, salt, recorded_at from events where prison_id = $1 order by event_id`, prison)
}

func (s *Snapshot) custody(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Row, error] {
	return scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Row, error) {
		var r ledger.CustodyRow
		var at time.Time
		if err := row.Scan(&r.ID, &r.Custody.Kind, &r.Custody.Subject, &r.Person, &r.Address, &r.Custody.Reason, &r.Custody.Detail, &r.Salt, &at); err != nil {
			return integrity.Row{}, err
		}
		rec, err := ledger.CustodyRecord(r)
		return rowOf("custody_events", rec, err, at, "")
	}, `select custody_id, kind, subject, person_id, address, reason, detail, salt, recorded_at from custody_events where prison_id = $1 order by custody_id`, prison)
}

// Objects that evidence rests on, each once.
func (s *Snapshot) Objects(ctx context.Context, prison uuid.UUID) iter.Seq2[integrity.Object, error] {
	if s.open == nil {
		return nil
	}
	// Read to the end before the first object is opened: that may take long.
	var list []integrity.Object
	var failed error
	for o, err := range scanAll(ctx, s.tx, func(row pgx.CollectableRow) (integrity.Object, error) {
		var sum []byte
		var o integrity.Object
		err := row.Scan(&o.Ref, &sum, &o.Version, &o.Size)
		o.Sha256 = hex.EncodeToString(sum)
		o.Key = prison.String() + "/" + o.Sha256
		return o, err
	}, `select min(entry_id::text), sha256, version_id, max(size) from (select prison_id, entry_id, sha256, version_id, size from evidence
			union all select prison_id, entry_id, sha256, version_id, size from prints
			union all select prison_id, run_id, sha256, version_id, size from sheet_prints
			union all select prison_id, item_id, sha256, version_id, size from meeting_acts where sha256 is not null
			union all select prison_id, check_id, sha256, version_id, size from photos
			union all select prison_id, package_id, sha256, version_id, size from packages) rests_on where prison_id = $1 group by sha256, version_id order by sha256`, prison) {
		if failed = err; err != nil {
			break
		}
		list = append(list, o)
	}
	return func(yield func(integrity.Object, error) bool) {
		if failed != nil {
			yield(integrity.Object{}, failed)
			return
		}
		for _, o := range list {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// CheckObject reads the version to its end.
func (s *Snapshot) CheckObject(ctx context.Context, o integrity.Object) error {
	raw, err := hex.DecodeString(o.Sha256)
	if err != nil {
		return err
	}
	return s.open(ctx, o.Key, o.Version, [32]byte(raw), o.Size)
}
