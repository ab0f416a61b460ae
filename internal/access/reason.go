package access

import (
	"slices"
	"strings"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// reason says what stands in the way and who could do it, read off the policy
// and the row.
func (r *rules) reason(h []hold, action string, s ledger.Subject) fault.Text {
	who := r.who(action, s)
	what := actions[action]
	if who.ZH == "" || what.ZH == "" {
		return fault.Text{ZH: "没有任何岗位可以这样做", EN: "Nobody may do this"}
	}
	for _, one := range h {
		if a, said := r.ask(one.role, one.relation, s.Class, action); said && !a.allowed && one.relation == "author" {
			return fault.Text{
				ZH: "本人填报的条目不能由本人" + what.ZH + "；可由其他人员办理：" + who.ZH,
				EN: "Nobody may " + what.EN + " an entry of their own; somebody else can: " + who.EN,
			}
		}
	}
	return fault.Text{
		ZH: "您的岗位不能" + what.ZH + "；可办理的人员：" + who.ZH,
		EN: "Your post may not " + what.EN + " this; who can: " + who.EN,
	}
}

// who lists those the policy lets do it; empty where it lets nobody.
func (r *rules) who(action string, s ledger.Subject) fault.Text {
	var zh, en []string
	add := func(x relation, held []actor.Role) {
		can := slices.DeleteFunc(slices.Clone(roles), func(role named) bool {
			return !slices.Contains(held, role.name) || !r.can(role.name, x.name, s.Class, action)
		})
		if len(can) == len(roles) { // whatever their role
			zh, en = append(zh, x.title.ZH+"人员"), append(en, "anybody "+x.title.EN)
			return
		}
		for _, role := range can {
			zh, en = append(zh, x.title.ZH+role.title.ZH), append(en, role.title.EN+" "+x.title.EN)
		}
	}
	for _, x := range relations {
		switch x.name {
		case "author":
			if r.can(actor.Officer, x.name, s.Class, action) {
				zh, en = append(zh, x.title.ZH), append(en, x.title.EN)
			}
		case "filler":
			add(x, s.FillRoles)
		case "step":
			add(x, s.StepRoles)
		case "deputy", "higher":
			// Who they are hangs on a paper or on the clock: no advice to give.
		default:
			add(x, all)
		}
	}
	return fault.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
