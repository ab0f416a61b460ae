package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Standards keeps versions of standards (standards.Store).
type Standards struct{ *Store }

const versionColumns = `s.standard, s.version, s.title, s.unit_kind, s.functions, s.label, s.unofficial, s.points, s.line, s.state, s.revision, s.digest,
	coalesce(s.effective_on::text, ''), array(select w.person from standard_savers w where (w.standard, w.version) = (s.standard, s.version)), coalesce(p.name, ''), s.issued_at,
	coalesce(r.revision, 0), coalesce(r.verdict, ''), coalesce(w.name, ''), coalesce(r.comment, ''), r.at`

const versionTables = ` from standard_sets s left join persons p on p.person_id = s.author
	left join lateral (select * from standard_reviews r where (r.standard, r.version) = (s.standard, s.version) order by r.revision desc limit 1) r on true
	left join persons w on w.person_id = r.reviewer`

func scanVersion(row pgx.Row, v *standards.Version, more ...any) error {
	var digest []byte
	var points, line string
	var review standards.Review
	var at *time.Time
	if err := row.Scan(append([]any{&v.Standard, &v.Version, &v.Title, &v.Unit.Kind, &v.Unit.Functions, &v.Label, &v.Unofficial, &points, &line,
		&v.State, &v.Revision, &digest, &v.EffectiveOn, &v.Savers, &v.AuthorName, &v.IssuedAt,
		&review.Revision, &review.Verdict, &review.Reviewer, &review.Comment, &at}, more...)...); err != nil {
		return err
	}
	copy(v.Digest[:], digest)
	if at != nil {
		review.At, v.Review = *at, &review
	}
	var err error
	if v.Points, err = scoring.ParseDecimal(points); err != nil {
		return err
	}
	v.Line, err = scoring.ParseDecimal(line)
	return err
}

// List is every version, by standard, the latest first.
func (s Standards) List(ctx context.Context, ses ledger.Session) (list []standards.Version, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		rows, err := r.(*txn).tx.Query(ctx, "select "+versionColumns+versionTables+" order by s.standard, s.version desc")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (v standards.Version, err error) {
			err = scanVersion(row, &v)
			return v, err
		})
		return err
	})
	return list, err
}

// Load gives one version with its artefacts.
func (s Standards) Load(ctx context.Context, ses ledger.Session, standard string, version int) (w standards.Whole, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		w, err = r.(*txn).standard(ctx, standard, version)
		return err
	})
	return w, err
}

func (t *txn) standard(ctx context.Context, standard string, version int) (w standards.Whole, err error) {
	row := t.tx.QueryRow(ctx, "select "+versionColumns+", s.body, s.rules, s.guide, coalesce(s.mapping, m.body)"+versionTables+
		" left join standard_mappings m on m.standard = s.standard and m.to_version = s.version and m.from_version = s.version - 1 where s.standard = $1 and s.version = $2", standard, version)
	var mapping []byte
	err = scanVersion(row, &w.Version, &w.Set.Standard, &w.Set.Rules, &w.Set.Guide, &mapping)
	if fault.Is(mapped(err), fault.NotFound) {
		err = fault.New(fault.NotFound, "standard_unknown")
	}
	if err == nil {
		w.Mapping, err = standards.MappingOf(mapping)
	}
	return w, err
}

// lockDraft holds a version that is not yet issued as the caller saw it.
func (t *txn) lockDraft(ctx context.Context, v standards.Version) error {
	var revision int64
	var state string
	err := t.tx.QueryRow(ctx, "select revision, state from standard_sets where standard = $1 and version = $2 for update", v.Standard, v.Version).Scan(&revision, &state)
	switch {
	case fault.Is(mapped(err), fault.NotFound):
		return fault.New(fault.NotFound, "standard_unknown")
	case err != nil:
		return err
	case state == standards.Issued:
		return fault.New(fault.Conflict, "standard_issued")
	case revision != v.Revision:
		return fault.New(fault.Stale, "changed_meanwhile")
	}
	return nil
}

// change runs one write on a version and answers with what then stands.
func (s Standards) change(ctx context.Context, ses ledger.Session, idem ledger.Idem, v standards.Version, fn func(*txn) error) (out standards.Version, err error) {
	err = s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		if err := fn(t); err != nil {
			return err
		}
		w, err := t.standard(ctx, v.Standard, v.Version)
		out = w.Version
		return err
	})
	return out, err
}

// Insert makes a draft; versions of a standard follow one another.
func (s Standards) Insert(ctx context.Context, ses ledger.Session, idem ledger.Idem, w standards.Whole) (standards.Version, error) {
	return s.change(ctx, ses, idem, w.Version, func(t *txn) error {
		var last, draft int
		if err := t.tx.QueryRow(ctx, "select coalesce(max(version), 0), coalesce(max(version) filter (where state <> 'issued'), 0) from standard_sets where standard = $1", w.Standard).Scan(&last, &draft); err != nil {
			return err
		}
		if draft > 0 {
			return fault.New(fault.Conflict, "draft_there").With("version", draft)
		}
		if w.Version.Version != last+1 {
			return fault.New(fault.Conflict, "standard_version").With("next", last+1)
		}
		return t.insertStandard(ctx, w)
	})
}

func (t *txn) insertStandard(ctx context.Context, w standards.Whole) error {
	state := w.State
	if state == "" {
		state = standards.Draft
	}
	functions := append([]string{}, w.Unit.Functions...)
	_, err := t.exec(ctx, `insert into standard_sets (standard, version, title, unit_kind, functions, label, unofficial, points, line, body, rules, guide, digest, state, author, effective_on, issued_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, '00000000-0000-0000-0000-000000000000'::uuid), nullif($16, '')::date,
			case when $14 = 'issued' then app.transaction_time() end)`,
		w.Standard, w.Version.Version, w.Title, w.Unit.Kind, functions, w.Label, w.Unofficial, w.Points.String(), w.Line.String(), w.Set.Standard, w.Set.Rules, w.Set.Guide, w.Digest[:],
		state, w.Author, w.EffectiveOn)
	return err
}

// Save keeps the draft as it now is, and a review of what it was behind it.
func (s Standards) Save(ctx context.Context, ses ledger.Session, idem ledger.Idem, w standards.Whole) (standards.Version, error) {
	return s.change(ctx, ses, idem, w.Version, func(t *txn) error {
		if err := t.lockDraft(ctx, w.Version); err != nil {
			return err
		}
		_, err := t.exec(ctx, `update standard_sets set title = $3, unit_kind = $4, functions = $5, label = $6, unofficial = $7, points = $8, line = $9, body = $10, rules = $11,
			guide = $12, digest = $13, author = $14, revision = revision + 1, state = 'draft' where standard = $1 and version = $2`,
			w.Standard, w.Version.Version, w.Title, w.Unit.Kind, append([]string{}, w.Unit.Functions...), w.Label, w.Unofficial, w.Points.String(), w.Line.String(),
			w.Set.Standard, w.Set.Rules, w.Set.Guide, w.Digest[:], w.Author)
		return err
	})
}

// Map keeps the draft's mapping; as any save it is a revision of the draft.
func (s Standards) Map(ctx context.Context, ses ledger.Session, idem ledger.Idem, w standards.Whole) (standards.Version, error) {
	return s.change(ctx, ses, idem, w.Version, func(t *txn) error {
		if err := t.lockDraft(ctx, w.Version); err != nil {
			return err
		}
		body, err := json.Marshal(w.Mapping)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "update standard_sets set mapping = $3, author = $4, revision = revision + 1, state = 'draft' where standard = $1 and version = $2",
			w.Standard, w.Version.Version, body, w.Author)
		return err
	})
}

// Review appends the verdict; the database binds it to another person and to the
// digest.
func (s Standards) Review(ctx context.Context, ses ledger.Session, idem ledger.Idem, v standards.Version, say standards.Verdict) (standards.Version, error) {
	return s.change(ctx, ses, idem, v, func(t *txn) error {
		if err := t.lockDraft(ctx, v); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "insert into standard_reviews (standard, version, revision, of_digest, verdict, reviewer, comment) values ($1, $2, $3, $4, $5, $6, $7)",
			v.Standard, v.Version, v.Revision, say.Digest[:], say.Verdict, say.By, say.Comment); err != nil {
			return err
		}
		if say.Verdict != "pass" {
			return nil
		}
		_, err := t.exec(ctx, "update standard_sets set state = 'reviewed' where standard = $1 and version = $2", v.Standard, v.Version)
		return err
	})
}

// Issue puts the reviewed version in force from its day.
func (s Standards) Issue(ctx context.Context, ses ledger.Session, idem ledger.Idem, v standards.Version) (standards.Version, error) {
	return s.change(ctx, ses, idem, v, func(t *txn) error {
		if err := t.lockDraft(ctx, v); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `update standard_sets set state = 'issued', issued_by = $3, issued_at = app.transaction_time(), effective_on = $4::date
			where standard = $1 and version = $2`, v.Standard, v.Version, ses.Person, v.EffectiveOn); err != nil {
			return err
		}
		_, err := t.exec(ctx, `insert into standard_mappings (standard, from_version, to_version, body)
			select standard, version - 1, version, mapping from standard_sets where standard = $1 and version = $2 and mapping is not null`, v.Standard, v.Version)
		return err
	})
}

// Mappings of a standard, from the first version on.
func (s Standards) Mappings(ctx context.Context, ses ledger.Session, standard string) (list []standards.Mapping, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		rows, err := r.(*txn).tx.Query(ctx, "select body from standard_mappings where standard = $1 order by from_version, to_version", standard)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m standards.Mapping, err error) {
			var body []byte
			if err = row.Scan(&body); err == nil {
				err = json.Unmarshal(body, &m)
			}
			return m, err
		})
		return err
	})
	return list, err
}

// Basis is the register of documents, by title.
func (s Standards) Basis(ctx context.Context, ses ledger.Session) (list []standards.Document, err error) {
	err = s.Read(ctx, ses, func(r ledger.Reader) error {
		rows, err := r.(*txn).tx.Query(ctx, `select d.title, d.issuer, d.level, d.number, coalesce(d.issued_on::text, ''), coalesce(r.by_title, ''), coalesce(r.on_day::text, '')
			from basis_documents d left join basis_replacements r on r.title = d.title order by d.title`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d standards.Document, err error) {
			d.Uses, d.Files = []standards.Use{}, []standards.BasisFile{}
			err = row.Scan(&d.Title, &d.Issuer, &d.Level, &d.Number, &d.IssuedOn, &d.ReplacedBy, &d.ReplacedOn)
			return d, err
		})
		if err != nil {
			return err
		}
		return basisFiles(ctx, r.(*txn), list)
	})
	return list, err
}

// AddBasis enters a document.
func (s Standards) AddBasis(ctx context.Context, ses ledger.Session, idem ledger.Idem, d standards.Document) error {
	out := struct{}{}
	return s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		_, err := t.exec(ctx, "insert into basis_documents (title, issuer, level, number, issued_on, added_by) values ($1, $2, $3, $4, nullif($5, '')::date, $6)",
			d.Title, d.Issuer, d.Level, d.Number, d.IssuedOn, d.AddedBy)
		return err
	})
}

// ReplaceBasis puts another document in a document's place, once.
func (s Standards) ReplaceBasis(ctx context.Context, ses ledger.Session, idem ledger.Idem, r standards.Replacement) error {
	out := struct{}{}
	return s.writeProvince(ctx, ses, idem, &out, func(t *txn) error {
		_, err := t.exec(ctx, "insert into basis_replacements (title, by_title, on_day, replaced_by) values ($1, $2, $3, $4)", r.Title, r.By, r.Day, r.Who)
		return err
	})
}

// Install issues what comes with the program, where it is not there yet.
func (s Standards) Install(ctx context.Context, shipped standards.Shipped) error {
	out := struct{}{}
	return s.writeProvince(ctx, ledger.Session{Scope: ledger.Everything()}, ledger.Idem{}, &out, func(t *txn) error {
		// Two servers may start at once.
		if _, err := t.exec(ctx, "select pg_advisory_xact_lock($1)", catalogueLock); err != nil {
			return err
		}
		for _, w := range shipped.Sets {
			var there bool
			if err := t.tx.QueryRow(ctx, "select exists (select from standard_sets where standard = $1 and version = $2)", w.Standard, w.Version.Version).Scan(&there); err != nil {
				return err
			}
			if there {
				continue // as it was issued, whatever the program says now
			}
			if err := t.insertStandard(ctx, w); err != nil {
				return err
			}
		}
		for _, m := range shipped.Mappings {
			body, err := json.Marshal(m)
			if err != nil {
				return err
			}
			if _, err := t.exec(ctx, "insert into standard_mappings (standard, from_version, to_version, body) values ($1, $2, $3, $4) on conflict do nothing", m.Standard, m.From, m.To, body); err != nil {
				return err
			}
		}
		for _, d := range shipped.Basis {
			if _, err := t.exec(ctx, "insert into basis_documents (title, issuer, level, number, issued_on) values ($1, $2, $3, $4, nullif($5, '')::date) on conflict do nothing",
				d.Title, d.Issuer, d.Level, d.Number, d.IssuedOn); err != nil {
				return err
			}
		}
		return nil
	})
}
