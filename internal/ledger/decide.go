package ledger

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Judgement is what a decider says, bound to what was shown.
type Judgement struct {
	Digest  Digest // of the revision as shown; another one is the fault changed_meanwhile
	Comment string
	Remarks []Remark
	// Unseen is set by bulk approval: entries that want a look are refused.
	Unseen bool
}

// Approve decides the step at hand in the nearest capacity the actor has; what
// ends the last step puts the revision in force and opens what the type's
// triggers open elsewhere.
func (s *Service) Approve(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	return s.verdict(ctx, k, Approve, j, idem)
}

// Return says no, with remarks on fields: it sends the entry back to its
// author, or in a vote counts against it. Without a word: reason_required.
func (s *Service) Return(ctx context.Context, k Key, j Judgement, idem Idem) (Outcome, error) {
	if err := worded(j); err != nil {
		return Outcome{}, err
	}
	return s.verdict(ctx, k, Return, j, idem)
}

// verdict is both: which state it leads to is the table's business.
func (s *Service) verdict(ctx context.Context, k Key, a Action, j Judgement, idem Idem) (Outcome, error) {
	return s.change(ctx, k, a, 0, idem, func(tx Tx, e *Entry, sit Situation, to State) (*Outcome, error) {
		rev, err := shown(ctx, tx, e, j)
		if err != nil {
			return nil, err
		}
		t, err := s.typeOf(*e)
		if err != nil {
			return nil, err
		}
		if err := placed(t, j); err != nil {
			return nil, err
		}
		ending := sit.Approving
		if a == Return {
			ending = sit.Returning
		}
		if ending == Passed && sit.Last {
			if err := s.lastLook(ctx, tx, t, e, rev); err != nil {
				return nil, err
			}
		}
		d := decision(ctx, e, rev, string(a), j)
		if err := s.capacitate(ctx, tx, *e, &d); err != nil {
			return nil, err
		}
		now := tx.Now()
		e.DecidedAt = &now
		e.State = to
		kind := "approved"
		switch {
		case ending == Pending:
			kind = map[Action]string{Approve: "signed", Return: "opposed"}[a]
			at, err := stepOf(ctx, tx, *e, rev)
			if err != nil {
				return nil, err
			}
			e.stepStands(at.Count(at.signers, append(at.decisions, d)))
		case ending == Refused:
			kind = "returned"
			e.leaveStep()
		case sit.Last:
			if err := s.comesInForce(ctx, tx, e, rev); err != nil {
				return nil, err
			}
		default:
			e.Step++
			if err := s.reach(ctx, tx, t, e, rev); err != nil {
				return nil, err
			}
		}
		return s.settle(ctx, tx, t, e, rev, d, kind)
	})
}

// comesInForce lets the head show the revision that the last step approved.
func (s *Service) comesInForce(ctx context.Context, tx Tx, e *Entry, rev Revision) error {
	// The day of a corrected revision loses what the new day gains.
	if e.InForce > 0 {
		if err := touch(ctx, tx, *e); err != nil {
			return err
		}
	}
	e.Step++
	e.leaveStep()
	if err := s.stand(e, rev); err != nil {
		return err
	}
	e.InForce = rev.Number
	return nil
}

// capacitate writes into the decision in which capacity it is made. What the
// session knows of a delegation may be old: the row is asked.
func (s *Service) capacitate(ctx context.Context, tx Tx, e Entry, d *Decision) error {
	list := s.capacities(actor.From(ctx), e, s.Now())
	if len(list) == 0 {
		return fault.New(fault.Conflict, "already_decided")
	}
	c := list[0]
	d.Role = c.Role
	switch c.Kind {
	case AsHigher:
		d.Capacity = AsHigher
	case AsDeputy:
		ok, err := tx.DelegationInForce(ctx, e.Prison, c.Delegation)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Forbidden, "delegation_over")
		}
		d.Capacity, d.For, d.Delegation = AsDeputy, &c.Seat, &c.Delegation
	}
	return nil
}

// Blank says that a text shows nothing: spaces and invisible characters only.
func Blank(s string) bool {
	return !strings.ContainsFunc(s, catalog.Visible)
}

func worded(j Judgement) error {
	for _, r := range j.Remarks {
		if Blank(r.Text) || r.Pointer != "" && r.Pointer[0] != '/' {
			return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/remarks", Code: "required",
				Text: fault.Text{ZH: "批注须写在字段上，并写明内容", EN: "A remark stands on a field and says something"}}})
		}
	}
	if !Blank(j.Comment) || len(j.Remarks) > 0 {
		return nil
	}
	return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/comment", Code: "required",
		Text: fault.Text{ZH: "请写明理由，或在字段上批注", EN: "Say why, or remark on a field"}}})
}

// placed holds remarks to fields that the type has, and every text to what others
// read in lists.
func placed(t *catalog.Type, j Judgement) error {
	var bad []fault.Field
	bound := func(pointer, text string) {
		if utf8.RuneCountInString(text) > maxReason {
			bad = append(bad, fault.Field{Pointer: pointer, Code: "maxLength", Text: fault.Text{ZH: "不超过 500 字", EN: "At most 500 characters"}})
		}
	}
	bound("/comment", j.Comment)
	for i, r := range j.Remarks {
		at := "/remarks/" + strconv.Itoa(i)
		bound(at+"/text", r.Text)
		if r.Pointer != "" && !t.Holds(r.Pointer) {
			bad = append(bad, fault.Field{Pointer: at + "/pointer", Code: "enum", Text: fault.Text{ZH: "没有这个字段，批注须写在字段上", EN: "There is no such field; a remark stands on one"}})
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields("invalid_document", bad)
	}
	return nil
}

// shown makes sure that what is decided is what was looked at.
func shown(ctx context.Context, tx Tx, e *Entry, j Judgement) (Revision, error) {
	rev, err := tx.Revision(ctx, e.Key, e.Revision)
	if err != nil {
		return Revision{}, err
	}
	if !rev.shownAs(j.Digest) {
		return Revision{}, fault.New(fault.Stale, "changed_meanwhile").With("etag", e.ETag).With("revision", rev.Number)
	}
	if j.Unseen && (e.Warnings > 0 || e.Hints > 0 || e.Revision > 1) {
		return Revision{}, fault.New(fault.Conflict, "look_first").With("warnings", e.Warnings).With("hints", e.Hints).With("revision", e.Revision)
	}
	return rev, nil
}

// lastLook asks the rules that only the last approval asks (stage "approve").
func (s *Service) lastLook(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, rev Revision) error {
	if rev.Nil {
		return nil
	}
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return err
	}
	number, err := tx.PersonNumber(ctx, rev.Author)
	if err != nil {
		return err
	}
	res, err := judge(ctx, tx, *e, t, doc, number, tx.Now(), catalog.StageApprove)
	if err != nil {
		return err
	}
	if len(res.Errors) > 0 {
		return fault.InvalidFields("not_ready_for_approval", res.Errors)
	}
	return nil
}

func decision(ctx context.Context, e *Entry, rev Revision, verdict string, j Judgement) Decision {
	d := Decision{
		ID: uuid.Must(uuid.NewV7()), Revision: rev.Number, Step: e.Step, Verdict: verdict, Author: rev.Author,
		By: actor.From(ctx).PersonID, Of: rev.Digest, Comment: j.Comment, Remarks: j.Remarks, Salt: integrity.NewSalt(),
	}
	if d.Remarks == nil {
		d.Remarks = []Remark{}
	}
	return d
}

// news are the standings that receivers outside are told of.
var news = map[State]string{Approved: EntryWasApproved, Voided: EntryWasVoided}

// settle writes a decision and everything that follows from it. Where the kind is
// the state it leads to, the revision has come in force or out of it.
func (s *Service) settle(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, rev Revision, d Decision, kind string) (*Outcome, error) {
	if err := tx.InsertDecision(ctx, e.Key, d); err != nil {
		return nil, err
	}
	fault.Point("decide.decision_inserted")
	if err := tx.InsertEvent(ctx, e.Key, kind, rev.Number, about(d)); err != nil {
		return nil, err
	}
	turned := kind == string(e.State) && news[e.State] != ""
	if turned && e.State == Approved && !rev.Nil {
		_, fired, err := s.fired(t, rev)
		if err != nil {
			return nil, err
		}
		if len(fired) > 0 {
			if err := tx.Enqueue(ctx, EntryApproved{Prison: e.Prison, Entry: e.Entry, Revision: rev.Number}); err != nil {
				return nil, err
			}
		}
	}
	if turned {
		if err := tx.Enqueue(ctx, FormFiled{Prison: e.Prison, Entry: e.Entry, Revision: rev.Number, Voided: e.State == Voided}); err != nil {
			return nil, err
		}
		if err := announce(ctx, tx, news[e.State], *e, s.Catalog.Reserves(e.Ledger)); err != nil {
			return nil, err
		}
	}
	if err := tx.UpdateEntry(ctx, e); err != nil {
		return nil, err
	}
	if turned {
		if err := s.index(ctx, tx, *e); err != nil {
			return nil, err
		}
	}
	if err := touch(ctx, tx, *e); err != nil {
		return nil, err
	}
	receipt, err := tx.Append(ctx, e.Prison)
	if err != nil {
		return nil, err
	}
	fault.Point("decide.logged")
	return &Outcome{Receipt: &receipt}, nil
}

// about is what the time line keeps of a decision.
func about(d Decision) map[string]any {
	m := map[string]any{"step": d.Step, "comment": d.Comment, "remarks": d.Remarks}
	if d.Capacity != "" {
		m["capacity"] = d.Capacity
	}
	if d.For != nil {
		m["for"] = *d.For
	}
	if d.Void != nil {
		m["void"] = *d.Void
	}
	return m
}

// Item of a bulk approval: one entry as the list showed it.
type Item struct {
	Entry  uuid.UUID `json:"entry"`
	Digest Digest    `json:"digest"`
}

// ApproveAll decides each item in a transaction of its own and says for each
// how it went; one that fails holds back no other. Entries that want a look
// (warnings, resubmitted) are refused with look_first.
func (s *Service) ApproveAll(ctx context.Context, prison uuid.UUID, items []Item, idem Idem, each func(Item, Outcome, error) error) error {
	for _, it := range items {
		own := idem
		if idem.Key != "" {
			own.Key = idem.Key + "/" + it.Entry.String()
		}
		out, err := s.Approve(ctx, Key{Prison: prison, Entry: it.Entry}, Judgement{Digest: it.Digest, Unseen: true}, own)
		if err := each(it, out, err); err != nil {
			return err
		}
	}
	return nil
}
