package ledger

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/integrity"
)

// ladder is who stands in, rung by rung upwards, for a post that nobody holds.
var ladder = []catalog.Post{
	{Roles: []actor.Role{actor.DutyLeader}, Unit: "area"},
	{Roles: []actor.Role{actor.DeputyHead}, Unit: "area"},
	{Roles: []actor.Role{actor.AreaHead, actor.Instructor}, Unit: "area"},
	{Roles: []actor.Role{actor.DeptHead}, Unit: "owner"},
	{Roles: []actor.Role{actor.PrisonLeader}, Unit: "prison"},
	{Roles: []actor.Role{actor.Warden}, Unit: "prison"},
}

// above lists the rungs over a step's post; of a post that is on no rung, those
// of its unit and over it.
func above(st Step) []catalog.Post {
	top := -1
	for i, rung := range ladder {
		if rung.Unit == st.Unit && slices.ContainsFunc(rung.Roles, func(r actor.Role) bool { return slices.Contains(st.Roles, r) }) {
			top = i
		}
	}
	if top >= 0 {
		return ladder[top+1:]
	}
	i := slices.IndexFunc(ladder, func(p catalog.Post) bool { return p.Unit == st.Unit })
	return ladder[max(i, 0):]
}

// reach puts the step at e.Step in front of those who decide it: its post, or
// who stands in while nobody holds it; for all and vote the holders of this
// moment, by name; and the deadline.
func (s *Service) reach(ctx context.Context, tx Tx, t *catalog.Type, e *Entry, rev Revision) error {
	st := rev.Chain[e.Step]
	e.StepAt = StepAt{StepMode: st.Mode}
	holders, err := s.staff(ctx, tx, t, e, st)
	if err != nil {
		return err
	}
	if st.Within > 0 {
		now := tx.Now()
		due := s.Catalog.Calendar().AddWorkdays(now, st.Within)
		e.StepReached, e.StepPlanned = &now, &due
		if err := postpone(ctx, tx, e); err != nil {
			return err
		}
		if st.Escalate != nil {
			e.StepHigher, e.HigherUnit = st.Escalate.Roles, st.Escalate.Unit
		}
	}
	if st.Mode == "" {
		return nil
	}
	for _, h := range holders {
		sig := Signer{ID: uuid.Must(uuid.NewV7()), Revision: rev.Number, Step: e.Step, Kind: Holder, Person: h.ID, Role: h.Role,
			Author: rev.Author, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
		if err := tx.InsertSigner(ctx, e.Key, sig); err != nil {
			return err
		}
	}
	signers, err := tx.Signers(ctx, e.Key)
	if err != nil {
		return err
	}
	e.stepStands(st.Count(ofStep(signers, rev.Number, e.Step), nil))
	return nil
}

// postpone moves the step's deadline as outages do.
func postpone(ctx context.Context, r Reader, e *Entry) error {
	if e.StepPlanned == nil {
		return nil
	}
	due, err := r.Postponed(ctx, e.Prison, e.Area, *e.StepReached, *e.StepPlanned)
	e.StepDue = &due
	return err
}

// staff names the post that decides a step and who of it can still decide: not
// the author, nor who has decided the step or passed it on. While nobody can, the step's deputies take over, then the next rung of
// the ladder where somebody is who may read the entry; failing them all the
// post stays as it is and waits for somebody to be posted.
func (s *Service) staff(ctx context.Context, r Reader, t *catalog.Type, e *Entry, st Step) ([]Posted, error) {
	e.StepRoles, e.StepUnit, e.StepVacant = st.Roles, st.Unit, nil
	posts := append([]catalog.Post{{Roles: st.Roles, Unit: st.Unit}, {Roles: st.Deputy, Unit: st.Unit}}, above(st)...)
	for i, post := range posts {
		if len(post.Roles) == 0 {
			continue
		}
		found, err := r.Holders(ctx, e.Prison, e.Area, s.answering(*e), post)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(p Posted) bool {
			return p.ID == e.Author || slices.Contains(e.StepOut, p.ID) || i > 0 && s.Access.Check(p.actor(), "read", s.subject(*e, t), s.Now()) != nil
		})
		if len(found) > 0 {
			e.StepRoles, e.StepUnit = post.Roles, post.Unit
			return found, nil
		}
		e.StepVacant = st.Roles
	}
	return nil, nil
}

// Posted is somebody in the post that decides.
type Posted struct {
	ID       uuid.UUID
	Number   string
	Name     string
	Role     actor.Role
	Postings []actor.Posting
}

// actor is the person as access would meet them.
func (p Posted) actor() actor.Actor {
	return actor.Actor{UserID: p.ID, PersonID: p.ID, Name: p.Name, Postings: p.Postings}
}

// stepStands writes a count on the head.
func (e *Entry) stepStands(c Count) {
	e.StepSeats, e.StepBound, e.StepOut = c.Open, c.Bound, c.Out
}

// leaveStep: no step is at hand.
func (e *Entry) leaveStep() {
	e.StepRoles, e.StepUnit, e.StepAt = nil, "", StepAt{}
}

func ofStep(list []Signer, revision, step int) []Signer {
	return slices.DeleteFunc(slices.Clone(list), func(s Signer) bool { return s.Revision != revision || s.Step != step })
}

func decidedAt(list []Decision, revision, step int) []Decision {
	return slices.DeleteFunc(slices.Clone(list), func(d Decision) bool { return d.Revision != revision || d.Step != step })
}
