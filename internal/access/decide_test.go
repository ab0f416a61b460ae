package access_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/access"
	"taizhang/internal/access/accesstest"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/policies"
)

// TestRefusalSaysWhy: which line, and who could do it.
func TestRefusalSaysWhy(t *testing.T) {
	e := load(t)
	row := subjectOf("entry")
	row.StepRoles, row.StepUnit, row.FillRoles = []actor.Role{actor.AreaHead}, "area", []actor.Role{actor.Officer}
	mine := row
	mine.Author = me
	head := somebodyWho(actor.Posting{Role: actor.AreaHead, PrisonID: prisonA, AreaID: area1})
	officer := somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area1})
	score := subjectOf("score")
	for _, c := range []struct {
		name   string
		who    actor.Actor
		action string
		row    ledger.Subject
		want   access.Decision
	}{
		{"not of the step", officer, "approve", row, access.Decision{Reason: fault.Text{
			ZH: "您的岗位不能审批；可办理的人员：当前审批环节的监区长",
			EN: "Your post may not approve this; who can: area head of the step at hand"}}},
		{"own entry", head, "approve", mine, access.Decision{Rule: "p, r:*, author, entry, approve, deny", Reason: fault.Text{
			ZH: "本人填报的条目不能由本人审批；可由其他人员办理：当前审批环节的监区长",
			EN: "Nobody may approve an entry of their own; somebody else can: area head of the step at hand"}}},
		{"not the author", head, "amend", row, access.Decision{Reason: fault.Text{
			ZH: "您的岗位不能更正；可办理的人员：填报人本人",
			EN: "Your post may not amend this; who can: whoever filled the entry"}}},
		{"not the filler", head, "create", row, access.Decision{Reason: fault.Text{
			ZH: "您的岗位不能新建；可办理的人员：本台账的民警",
			EN: "Your post may not create this; who can: officer of this ledger"}}},
		{"not to be asked for", officer, "ask_void", row, access.Decision{Reason: fault.Text{
			ZH: "您的岗位不能申请作废；可办理的人员：填报人本人、本监区监区长、归属部门科室民警、归属部门科室负责人",
			EN: "Your post may not ask to void this; who can: whoever filled the entry, area head of the area, department officer of the owning department, department head of the owning department"}}},
		{"outside the team", officer, "edit", subjectOf("check"), access.Decision{Reason: fault.Text{
			ZH: "您的岗位不能编辑；可办理的人员：考核组或审议机构内的人员",
			EN: "Your post may not edit this; who can: anybody of the check's team or the body"}}},
		{"what nobody may", head, "manage", score, access.Decision{Reason: fault.Text{ZH: "没有任何岗位可以这样做", EN: "Nobody may do this"}}},
		{"not to be known of", somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area2}), "approve", row, access.Decision{Hidden: true}},
		{"score of another prison", somebodyWho(actor.Posting{Role: actor.Warden, PrisonID: prisonB}), "read", score, access.Decision{Hidden: true}},
		{"allowed", head, "approve", row, access.Decision{Allowed: true, Rule: "p, r:*, step, entry, approve, allow"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, e.Decide(c.who, c.action, c.row, noon)); d != "" {
				t.Error(d)
			}
		})
	}
	err := e.Check(officer, "approve", row, noon)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Forbidden || f.Code != "forbidden" || f.Detail["action"] != "approve" {
		t.Errorf("%v", err)
	}
	if err := e.Check(actor.Actor{}, "read", row, noon); fault.CodeOf(err) != "sign_in" {
		t.Errorf("nobody: %v, want sign_in", err)
	}
}

// TestEmptyWordsAreDenied: none of Casbin's ways to allow what nobody spoke of (T10).
func TestEmptyWordsAreDenied(t *testing.T) {
	e := load(t)
	warden := somebodyWho(actor.Posting{Role: actor.Warden, PrisonID: prisonA})
	for name, c := range map[string]struct {
		who    actor.Actor
		action string
		row    ledger.Subject
	}{
		"nothing at all":   {warden, "", ledger.Subject{}},
		"no action":        {warden, "", subjectOf("entry")},
		"no class":         {warden, "read", ledger.Subject{Prison: prisonA}},
		"unknown class":    {warden, "read", ledger.Subject{Class: "secret", Prison: prisonA}},
		"a class's inside": {warden, "read", ledger.Subject{Class: "entry_sealed$$read", Prison: prisonA}},
		"any action":       {warden, "*", subjectOf("entry")},
		"upper case":       {warden, "READ", subjectOf("entry")},
		"a pattern":        {warden, "read.*", subjectOf("entry")},
		"no prison":        {warden, "read", ledger.Subject{Class: "entry", Ledger: theLedger}},
		"no role":          {somebodyWho(actor.Posting{PrisonID: prisonA}), "read", subjectOf("entry")},
		"wildcard role":    {somebodyWho(actor.Posting{Role: "*", PrisonID: prisonA}), "read", subjectOf("entry")},
		"prefixed role":    {somebodyWho(actor.Posting{Role: "r:warden", PrisonID: prisonA}), "read", subjectOf("entry")},
		// A number or a name like a role's gives nothing.
		"named like a role": {actor.Actor{UserID: id(31), PersonID: me, Number: "warden", Name: "r:warden"}, "read", subjectOf("entry")},
		// No place is not the same place.
		"no area, own area":    {somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area1}), "read", ledger.Subject{Class: "entry", Prison: prisonA, Ledger: theLedger}},
		"no area, a grant's":   {inspecting(actor.Grant{PrisonID: prisonA, Areas: []uuid.UUID{uuid.Nil}, From: noon, To: noon.Add(1)}), "read", ledger.Subject{Class: "entry", Prison: prisonA, Ledger: theLedger}},
		"grant to no prison":   {inspecting(actor.Grant{From: noon, To: noon.Add(1)}), "read", subjectOf("entry")},
		"unknown ledger":       {somebodyWho(actor.Posting{Role: actor.DeptHead, PrisonID: prisonA, Department: "dept_custody"}), "read", ledger.Subject{Class: "entry", Prison: prisonA, Area: area1, Ledger: "no-such", Department: "dept_custody"}},
		"step without a unit":  {somebodyWho(actor.Posting{Role: actor.Warden, PrisonID: prisonA}), "approve", ledger.Subject{Class: "entry", Prison: prisonA, Area: area1, Ledger: theLedger, StepRoles: []actor.Role{actor.Warden}}},
		"step of another unit": {somebodyWho(actor.Posting{Role: actor.Warden, PrisonID: prisonA}), "approve", ledger.Subject{Class: "entry", Prison: prisonA, Area: area1, Ledger: theLedger, StepRoles: []actor.Role{actor.Warden}, StepUnit: "owner"}},
	} {
		if err := e.Check(c.who, c.action, c.row, noon); err == nil {
			t.Errorf("%s: allowed", name)
		}
	}
	var zero access.Enforcer
	if zero.Check(warden, "read", subjectOf("entry"), noon) == nil || zero.Owner(theLedger) != "" {
		t.Error("an enforcer without a policy allows")
	}
}

func inspecting(g actor.Grant) actor.Actor {
	a := somebodyWho(actor.Posting{Role: actor.Inspector})
	a.Grants = []actor.Grant{g}
	return a
}

// TestRightsEndWithThePolicy: a decision made before a swap leaves nothing
// behind (T11), and a policy that does not load changes nothing.
func TestRightsEndWithThePolicy(t *testing.T) {
	e := load(t)
	officer := somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area1})
	reads := func() bool { return e.Check(officer, "read", subjectOf("entry"), noon) == nil }
	if !reads() {
		t.Fatal("the officer must read at first")
	}
	without := without(t, officerReads...)
	if err := e.Swap(without, ledgers(t)); err != nil {
		t.Fatal(err)
	}
	if reads() || e.Scope(officer, noon)["areas"] != "" {
		t.Error("the right outlived the policy")
	}
	if err := e.Swap(fstest.MapFS{}, ledgers(t)); err == nil {
		t.Error("nothing was taken for a policy")
	}
	if reads() || e.Owner(theLedger) != "dept_custody" {
		t.Error("a policy that did not load changed the one in force")
	}
	if err := e.Swap(policies.FS, ledgers(t)); err != nil || !reads() {
		t.Error("the right did not come back", err)
	}
}

// officerReads is all that lets an officer read entries of the area.
var officerReads = []string{"p, r:officer, own_area, entry, read, allow\n", "p, r:officer, own_area, entry_part/medical-visit, read, allow\n",
	"p, r:officer, own_area, entry_part/psych-health, read, allow\n"}

func without(t *testing.T, lines ...string) fstest.MapFS {
	m := shipped(t)
	text := string(m["policy.csv"].Data)
	for _, line := range lines {
		if !strings.Contains(text, line) {
			t.Fatal(line, "is not in the policy")
		}
		text = strings.Replace(text, line, "", 1)
	}
	m["policy.csv"].Data = []byte(text)
	return m
}

// TestSwapWhileDeciding is for the race detector (T12). Each decision is of one
// policy or of the other, and both agree that a stranger reads nothing.
func TestSwapWhileDeciding(t *testing.T) {
	e, ids := load(t), ledgers(t)
	other := without(t, officerReads...)
	officer := somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area1})
	stranger := somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonB, AreaID: area2})
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				_ = e.Check(officer, "read", subjectOf("entry"), noon)
				_ = e.Scope(officer, noon)
				if e.Check(stranger, "read", subjectOf("entry"), noon) == nil {
					t.Error("a stranger reads")
					return
				}
			}
		})
	}
	for n := range 6 {
		fsys := []fstest.MapFS{other, shipped(t)}[n%2]
		if err := e.Swap(fsys, ids); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
}

// FuzzDecide: whatever is asked, nothing panics, no author decides, and nothing
// is allowed that may not be known of.
func FuzzDecide(f *testing.F) {
	e := load(f)
	f.Add("officer", "area_head", "entry", "approve", "area", "dept_custody", theLedger, "L2", byte(0))
	f.Add("r:*", "*", "", "", "", "", "", "", byte(255))
	f.Add("dept_head", "dept_head", "entry", "return", "owner", "dept_discipline", "complaint-rights", "L3", byte(7))
	f.Add("warden", "warden", "entry", "void", "prison", "", "no-such", "L9", byte(16))
	f.Fuzz(func(t *testing.T, role, second, class, action, unit, department, name, level string, bits byte) {
		place := func(bit byte, some uuid.UUID) uuid.UUID {
			if bits&bit > 0 {
				return uuid.Nil
			}
			return some
		}
		roles := []actor.Role{actor.Role(role), actor.Role(second)}
		a := somebodyWho(
			actor.Posting{Role: roles[0], PrisonID: place(1, prisonA), AreaID: place(2, area1)},
			actor.Posting{Role: roles[1], PrisonID: prisonA, AreaID: place(4, area1), Department: department})
		a.Grants = []actor.Grant{{PrisonID: place(8, prisonA), From: noon, To: noon.Add(1)}}
		s := ledger.Subject{Class: class, Prison: prisonA, Area: place(16, area1), Ledger: name, Author: me, StepRoles: roles, StepUnit: unit,
			FillRoles: roles, Level: level, Sealed: bits&32 > 0, Department: department}
		if slices.Contains([]string{"approve", "return", "void"}, action) && class == "entry" && e.Decide(a, action, s, noon).Allowed {
			t.Errorf("%v decides an entry of their own: %+v", a.Postings, s)
		}
		s.Author = somebody
		d := e.Decide(a, action, s, noon)
		if d.Allowed && (d.Hidden || d.Rule == "" || action != "create" && class == "entry" && e.Check(a, "read", s, noon) != nil) {
			t.Errorf("%+v to %v: %s %+v", d, a.Postings, action, s)
		}
		if (e.Check(a, action, s, noon) == nil) != d.Allowed {
			t.Errorf("Check and Decide differ: %+v", d)
		}
	})
}

// TestOneWallTakenAway: what accesstest takes away is gone, and no more.
func TestOneWallTakenAway(t *testing.T) {
	e := load(t)
	stranger := somebodyWho(actor.Posting{Role: actor.Officer, PrisonID: prisonB, AreaID: id(13)})
	row := subjectOf("entry")
	unjudged, unwalled := accesstest.Unjudged{Authorizer: e}, accesstest.Unwalled{Authorizer: e}
	if unjudged.Check(stranger, "read", row, noon) != nil || sees(unjudged.Scope(stranger, noon), row) {
		t.Error("without decisions the lists must still hold")
	}
	if unwalled.Check(stranger, "read", row, noon) == nil || !sees(unwalled.Scope(stranger, noon), row) {
		t.Error("without lists the decisions must still hold")
	}
}

func BenchmarkDecide(b *testing.B) {
	e := load(b)
	head := somebodyWho(actor.Posting{Role: actor.AreaHead, PrisonID: prisonA, AreaID: area1}, actor.Posting{Role: actor.Officer, PrisonID: prisonA, AreaID: area2})
	s := subjectOf("entry")
	s.StepRoles, s.StepUnit = []actor.Role{actor.AreaHead}, "area"
	for b.Loop() {
		if e.Check(head, "approve", s, noon) != nil {
			b.Fatal("refused")
		}
	}
}
