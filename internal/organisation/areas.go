// Package organisation is the use cases of the register of prisons and areas:
// which areas count among a prison's, from when and until when.
package organisation

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Change is one version of what counts of an area. The bureau's office alone
// makes them: they move the denominators of every rate.
type Change struct {
	Prison     uuid.UUID `json:"-"`
	Area       uuid.UUID `json:"area"`
	Version    int       `json:"version"`
	OpenedOn   string    `json:"opened_on,omitempty"` // the first day on which it counts
	ClosedOn   string    `json:"closed_on,omitempty"` // the first day on which it counts no more
	SubArea    bool      `json:"sub_area"`
	Reason     string    `json:"reason"`
	By         uuid.UUID `json:"-"`
	Name       string    `json:"name"` // of who changed it
	Salt       []byte    `json:"-"`
	RecordedAt time.Time `json:"recorded_at"`
}

// Record commits to one change.
func (c Change) Record() (ledger.Record, error) {
	return ledger.NewRecord("area", c.Area.String()+"/"+strconv.Itoa(c.Version), c.Salt, map[string]any{
		"area": c.Area, "version": c.Version, "opened_on": c.OpenedOn, "closed_on": c.ClosedOn, "sub_area": c.SubArea, "reason": c.Reason, "changed_by": c.By,
	})
}

// Store keeps the register.
type Store interface {
	// ChangeArea appends the change and returns the area as it then stands;
	// changed_meanwhile when its version is not the next.
	ChangeArea(ctx context.Context, s ledger.Session, idem ledger.Idem, c Change) (ledger.Area, error)
	// AreaChanges lists them, the latest first.
	AreaChanges(ctx context.Context, s ledger.Session, area uuid.UUID) ([]Change, error)
}

// Service is the use cases. All fields are required.
type Service struct {
	Store  Store
	Access ledger.Authorizer
	Now    func() time.Time
}

func (s *Service) asked(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

func (s *Service) may(ctx context.Context, action string, prison, area uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), action, ledger.Subject{Class: "area", Prison: prison, Area: area}, s.Now())
}

const reasonLength = 500

// ChangeArea makes c what counts of the area; c.Version is the one that was
// seen. Faults: bad_area with fields, changed_meanwhile.
func (s *Service) ChangeArea(ctx context.Context, prison, area uuid.UUID, c Change, idem ledger.Idem) (ledger.Area, error) {
	if err := s.may(ctx, "edit", prison, area); err != nil {
		return ledger.Area{}, err
	}
	if bad := wrong(&c); len(bad) > 0 {
		return ledger.Area{}, fault.InvalidFields("bad_area", bad)
	}
	if err := ledger.NeverSeen(c.Version); err != nil {
		return ledger.Area{}, err
	}
	c.Prison, c.Area, c.By, c.Salt = prison, area, actor.From(ctx).PersonID, integrity.NewSalt()
	c.Version++
	return s.Store.ChangeArea(ctx, s.asked(ctx, prison), idem, c)
}

// AreaChanges is the history of the area, the latest first.
func (s *Service) AreaChanges(ctx context.Context, prison, area uuid.UUID) ([]Change, error) {
	if err := s.may(ctx, "read", prison, area); err != nil {
		return nil, err
	}
	return s.Store.AreaChanges(ctx, s.asked(ctx, prison), area)
}

// wrong names what cannot be, and makes the reason the text it is.
func wrong(c *Change) (bad []fault.Field) {
	for pointer, day := range map[string]string{"/opened_on": c.OpenedOn, "/closed_on": c.ClosedOn} {
		if _, err := catalog.Day(day); day != "" && err != nil {
			bad = append(bad, fault.Field{Pointer: pointer, Code: "format", Text: fault.Text{ZH: "日期应写作 年-月-日", EN: "A day is written YYYY-MM-DD"}})
		}
	}
	if len(bad) == 0 && c.OpenedOn != "" && c.ClosedOn != "" && c.ClosedOn <= c.OpenedOn {
		bad = append(bad, fault.Field{Pointer: "/closed_on", Code: "order", Text: fault.Text{ZH: "撤销日期应晚于启用日期", EN: "An area closes after it opened"}})
	}
	reason, ok := catalog.Name(c.Reason, reasonLength)
	if !ok {
		bad = append(bad, fault.Field{Pointer: "/reason", Code: "required", Text: fault.Text{ZH: "请写明理由（500 字以内）", EN: "A reason is wanted, of at most 500 characters"}})
	}
	c.Reason = reason
	return bad
}
