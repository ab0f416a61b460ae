package catalog

import (
	"slices"

	"taizhang/internal/actor"
)

// The modes of a step: one of those in the post decides, all of them must, or
// they vote.
const (
	ModeAny  = "any"
	ModeAll  = "all"
	ModeVote = "vote"
)

// maxWithin bounds a deadline in working days.
const maxWithin = 60

// check says what is wrong with a step.
func (s ChainStep) check(at string, want func(ok bool, at, format string, args ...any)) {
	want(s.ID != "" && slices.Contains(units, s.Unit), at, "环节须有 id、unit area、owner 或 prison")
	want(slices.Contains([]string{ModeAny, ModeAll, ModeVote}, s.Mode), at+"/mode", "mode 须为 any（或签）、all（会签）或 vote（票决）")
	roles := func(at string, list []actor.Role) {
		for _, r := range list {
			want(slices.Contains(steps, r), at, "不是审批角色：%s", r)
		}
	}
	roles(at+"/roles", s.Roles)
	roles(at+"/deputy", s.Deputy)
	vote := s.Mode == ModeVote
	want(vote == (s.Quorum != nil) && (s.Quorum == nil || s.Quorum.proper(true)), at+"/quorum", "票决须有法定人数，如 [2,3]；其他环节没有")
	want(vote == (s.Majority != nil) && (s.Majority == nil || s.Majority.proper(false)), at+"/majority", "票决须有通过比例，如 [1,2]（超过半数）；其他环节没有")
	want(s.WithinWorkdays >= 0 && s.WithinWorkdays <= maxWithin, at+"/within_workdays", "审批时限须为 1 至 %d 个工作日", maxWithin)
	if s.Escalate != nil {
		want(s.WithinWorkdays > 0, at+"/escalate", "没有时限的环节不能升级")
		want(len(s.Escalate.Roles) > 0 && slices.Contains(units, s.Escalate.Unit), at+"/escalate", "升级须有 roles 和 unit")
		roles(at+"/escalate/roles", s.Escalate.Roles)
	}
}

// proper: between nought and one; a quorum may be everybody, a majority, which
// must be exceeded, may not.
func (f Fraction) proper(whole bool) bool {
	return f[0] > 0 && f[1] > 0 && f[1] <= 1000 && (f[0] < f[1] || whole && f[0] == f[1])
}

// Reached: a of n is at least the fraction.
func (f Fraction) Reached(a, n int) bool { return a*f[1] >= n*f[0] }

// Exceeded: a of n is more than the fraction.
func (f Fraction) Exceeded(a, n int) bool { return a*f[1] > n*f[0] }

// Decides reports whether a step may be given to the role.
func Decides(r actor.Role) bool { return slices.Contains(steps, r) }
