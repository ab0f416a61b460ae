package catalog

import (
	"testing"

	"taizhang/internal/actor"
)

// TestStepCheck: what a step may say, and what is a slip of the pen.
func TestStepCheck(t *testing.T) {
	good := func() ChainStep {
		return ChainStep{ID: "s", Roles: []actor.Role{actor.AreaHead}, Unit: "area", Mode: ModeAny}
	}
	vote := func(quorum, majority Fraction) func(*ChainStep) {
		return func(s *ChainStep) { s.Mode, s.Quorum, s.Majority = ModeVote, &quorum, &majority }
	}
	for name, c := range map[string]struct {
		edit func(*ChainStep)
		at   string // "" is good
	}{
		"any":                       {func(*ChainStep) {}, ""},
		"all":                       {func(s *ChainStep) { s.Mode = ModeAll }, ""},
		"vote":                      {vote(Fraction{2, 3}, Fraction{1, 2}), ""},
		"a quorum of all":           {vote(Fraction{1, 1}, Fraction{1, 2}), ""},
		"no mode":                   {func(s *ChainStep) { s.Mode = "" }, "/mode"},
		"unknown mode":              {func(s *ChainStep) { s.Mode = "most" }, "/mode"},
		"vote without its numbers":  {func(s *ChainStep) { s.Mode = ModeVote }, "/quorum"},
		"numbers without a vote":    {func(s *ChainStep) { s.Quorum = &Fraction{1, 2} }, "/quorum"},
		"more than all":             {vote(Fraction{4, 3}, Fraction{1, 2}), "/quorum"},
		"over nought":               {vote(Fraction{1, 0}, Fraction{1, 2}), "/quorum"},
		"a majority over everybody": {vote(Fraction{1, 1}, Fraction{1, 1}), "/majority"},
		"none at all":               {vote(Fraction{1, 2}, Fraction{0, 2}), "/majority"},
		"deputy of no post":         {func(s *ChainStep) { s.Deputy = []actor.Role{actor.Inspector} }, "/deputy"},
		"deadline":                  {func(s *ChainStep) { s.WithinWorkdays = 3 }, ""},
		"deadline before now":       {func(s *ChainStep) { s.WithinWorkdays = -1 }, "/within_workdays"},
		"escalation": {func(s *ChainStep) {
			s.WithinWorkdays, s.Escalate = 3, &Post{Roles: []actor.Role{actor.Warden}, Unit: "prison"}
		}, ""},
		"escalation without end": {func(s *ChainStep) { s.Escalate = &Post{Roles: []actor.Role{actor.Warden}, Unit: "prison"} }, "/escalate"},
		"escalation to nobody":   {func(s *ChainStep) { s.WithinWorkdays, s.Escalate = 3, &Post{Unit: "prison"} }, "/escalate"},
	} {
		t.Run(name, func(t *testing.T) {
			s := good()
			c.edit(&s)
			at := ""
			s.check("", func(ok bool, where, _ string, _ ...any) {
				if !ok && at == "" {
					at = where
				}
			})
			if at != c.at {
				t.Errorf("refused at %q, want %q", at, c.at)
			}
		})
	}
}
