// Package actor is the vocabulary of who is asking and in what capacity.
package actor

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Role is a capacity somebody is posted in. The names are those of the
// catalogue's approval roles (domain catalogue, section 2.1) and glossary.
type Role string

// The roles.
const (
	Officer      Role = "officer"       // 填报民警
	DutyLeader   Role = "duty_leader"   // 值班监区领导
	DeputyHead   Role = "deputy_head"   // 分管副监区长
	AreaHead     Role = "area_head"     // 监区长
	Instructor   Role = "instructor"    // 教导员
	Medic        Role = "medic"         // 医护人员
	Counsellor   Role = "counsellor"    // 心理咨询师
	DeptStaff    Role = "dept_staff"    // 科室民警
	DeptHead     Role = "dept_head"     // 科室负责人
	PrisonLeader Role = "prison_leader" // 分管监狱领导
	Warden       Role = "warden"        // 监狱长
	PrisonOffice Role = "prison_office" // 监狱创建办
	BureauOffice Role = "bureau_office" // 局创建办
	BureauLeader Role = "bureau_leader" // 分管局领导
	// Of the two bodies that deliberate, in the bureau and in the provincial department.
	PartySecretary     Role = "party_secretary"     // 省局党委会秘书
	CommitteeSecretary Role = "committee_secretary" // 评审委员会秘书
	CommitteeMember    Role = "committee_member"    // 审议成员, of either
	Inspector          Role = "inspector"           // 检查人员, works only under a grant
	SystemAdmin        Role = "system_admin"        // 系统管理员
	SecurityAdmin      Role = "security_admin"      // 安全管理员
	AuditAdmin         Role = "audit_admin"         // 审计管理员
	System             Role = "system"              // the program itself: installs, timers
)

// Posting is one capacity at one place. PrisonID is uuid.Nil at the bureau, and
// a department there (处室) is the line of its namesakes in the prisons; AreaID
// is uuid.Nil outside areas; Department is "" outside departments.
type Posting struct {
	Role       Role
	PrisonID   uuid.UUID
	AreaID     uuid.UUID
	Department string // a code such as dept_custody
}

// Grant is an inspector's time-boxed, read-only, reasoned right to one prison.
type Grant struct {
	ID       uuid.UUID
	PrisonID uuid.UUID
	Areas    []uuid.UUID // empty: every area of the prison
	From, To time.Time
	Reason   string
}

// Delegation (委托) lets somebody decide in the holder's name for some days. It
// hands on the power to decide and to read what is decided, nothing else: what
// one holds by delegation cannot be delegated again.
type Delegation struct {
	ID       uuid.UUID
	Holder   uuid.UUID
	Name     string // of the holder
	Posting  Posting
	From, To time.Time // from the first moment up to, not including, the last
}

// InForce reports whether the delegation holds at a time.
func (d Delegation) InForce(now time.Time) bool { return !now.Before(d.From) && now.Before(d.To) }

// Actor is who is asking. The zero Actor is nobody and may do nothing.
type Actor struct {
	UserID   uuid.UUID
	PersonID uuid.UUID // one human, whatever the number of accounts
	Number   string    // police number, seven digits
	Name     string
	Postings []Posting
	Grants   []Grant
	// Delegations that the actor has received.
	Delegations []Delegation
	Lang        string // "zh" or "en"
	Address     string // where the request comes from, for the records
}

// Holds reports whether the actor is posted in the role at all.
func (a Actor) Holds(role Role) bool {
	return slices.ContainsFunc(a.Postings, func(p Posting) bool { return p.Role == role })
}

// Units names the unit of each posting, in order: an area, a department of a
// prison or of the bureau, a prison as a whole, the bureau.
func (a Actor) Units() []string {
	list := make([]string, len(a.Postings))
	for i, p := range a.Postings {
		switch {
		case p.AreaID != uuid.Nil:
			list[i] = p.AreaID.String()
		case p.PrisonID == uuid.Nil && p.Department != "":
			list[i] = "bureau/" + p.Department
		case p.PrisonID == uuid.Nil:
			list[i] = "bureau"
		case p.Department != "":
			list[i] = p.PrisonID.String() + "/" + p.Department
		default:
			list[i] = p.PrisonID.String()
		}
	}
	return list
}

// Nobody reports whether nobody is signed in.
func (a Actor) Nobody() bool { return a.UserID == uuid.Nil }

type key struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns the context's actor, or the zero Actor (nobody).
func From(ctx context.Context) Actor { a, _ := ctx.Value(key{}).(Actor); return a }
