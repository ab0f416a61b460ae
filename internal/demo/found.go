package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/account"
	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/httpapi"
)

// post is one capacity; unit and area by index, -1 for none.
type post struct {
	role       actor.Role
	prison     uuid.UUID
	area       uuid.UUID
	department string
}

type place struct {
	id             uuid.UUID
	code           string
	name           fault.Text
	kind, function string
	labour         bool
	inmates        []string
}

// unit is one prison with its people.
type unit struct {
	id     uuid.UUID
	code   string
	name   fault.Text
	open   bool
	areas  []place
	people []person
}

var prisonNames = []fault.Text{{ZH: "甲监狱", EN: "Prison Jia"}, {ZH: "乙监狱", EN: "Prison Yi"}, {ZH: "丙监狱", EN: "Prison Bing"}}

var ordinals = []string{"一", "二", "三", "四", "五"}

// areasOf lists the eight areas of a prison: five ordinary, three functional.
func areasOf() []place {
	var list []place
	for i, o := range ordinals {
		list = append(list, place{code: fmt.Sprintf("A%d", i+1), name: fault.Text{ZH: o + "监区", EN: fmt.Sprintf("Area %d", i+1)},
			kind: "ordinary", function: "residential", labour: i < 4})
	}
	return append(list,
		place{code: "F1", name: fault.Text{ZH: "罪犯伙房", EN: "Kitchen"}, kind: "functional", function: "kitchen"},
		place{code: "F2", name: fault.Text{ZH: "监狱医院", EN: "Hospital"}, kind: "functional", function: "hospital"},
		place{code: "F3", name: fault.Text{ZH: "出监监区", EN: "Release area"}, kind: "functional", function: "release"})
}

var departments = []string{"dept_custody", "dept_investigation", "dept_education", "dept_labour", "dept_hospital", "dept_life", "dept_equipment",
	"dept_command", "dept_political", "dept_office", "dept_penalty", "dept_discipline"}

// lending are the departments whose people also inspect other prisons.
var lending = []string{"dept_custody", "dept_education", "dept_labour"}

// Invented names: the surnames of textbooks and one plain character each.
var surnames = []string{"张", "李", "王", "赵", "钱", "孙", "周", "吴", "郑", "冯", "陈", "褚"}
var given = []string{"三", "四", "五", "六", "七", "八", "九", "十", "甲", "乙", "丙", "丁"}

func invented(n int) string { return surnames[n%len(surnames)] + given[(n/len(surnames)+n)%len(given)] }

// shown is the area whose people the demonstration lends: it has as many inmates
// as a real one, the others enough to count.
const shown = "A3"

// namespace makes the ids of the organisation the same for the same seed.
var namespace = uuid.MustParse("0192f000-0000-7000-8000-7461697a6861")

func (p *Province) fixed(what string) uuid.UUID {
	return uuid.NewSHA1(namespace, fmt.Appendf(nil, "%d/%s", p.Seed, what))
}

// plan the organisation: a pure function of the seed.
func (p *Province) organisation() []*unit {
	var units []*unit
	for i := range p.Prisons {
		u := &unit{code: fmt.Sprintf("P%d", i+1), name: prisonNames[i], areas: areasOf()}
		u.id = p.fixed(u.code)
		n := 0
		hire := func(posts ...post) {
			n++
			u.people = append(u.people, person{id: p.fixed(fmt.Sprintf("%s/person/%d", u.code, n)), number: fmt.Sprintf("%07d", (i+1)*1000+n),
				name: invented(i*37 + n), posts: posts})
		}
		for j := range u.areas {
			a := &u.areas[j]
			a.id = p.fixed(u.code + "/" + a.code)
			at := func(role actor.Role) post { return post{role: role, prison: u.id, area: a.id} }
			for range 5 {
				hire(at(actor.Officer))
			}
			for range 2 {
				hire(at(actor.DutyLeader))
			}
			hire(at(actor.DeputyHead))
			hire(at(actor.AreaHead))
			hire(at(actor.Instructor))
			hire(at(actor.Medic))
			hire(at(actor.Counsellor))
			held := 10
			if i == 0 && a.code == shown {
				held = 60
			}
			for k := range held {
				a.inmates = append(a.inmates, fmt.Sprintf("%010d", (i+1)*100000+(j+1)*1000+k+1))
			}
		}
		for _, d := range departments {
			for k := range 2 {
				at := post{role: actor.DeptStaff, prison: u.id, department: d}
				// The first two prisons lend the bureau inspectors, for teams that inspect the others.
				if (i == 0 && k == 1 || i == 1 && k == 0) && slices.Contains(lending, d) {
					hire(at, post{role: actor.Inspector})
					continue
				}
				hire(at)
			}
			hire(post{role: actor.DeptHead, prison: u.id, department: d})
			switch d {
			case "dept_hospital":
				hire(post{role: actor.Medic, prison: u.id, department: d})
			case "dept_education":
				hire(post{role: actor.Counsellor, prison: u.id, department: d})
			}
		}
		hire(post{role: actor.PrisonLeader, prison: u.id})
		hire(post{role: actor.Warden, prison: u.id})
		hire(post{role: actor.PrisonOffice, prison: u.id})
		hire(post{role: actor.SystemAdmin, prison: u.id})
		hire(post{role: actor.SecurityAdmin, prison: u.id})
		hire(post{role: actor.AuditAdmin, prison: u.id})
		units = append(units, u)
	}
	return units
}

// inspector of the bureau: works under grants only.
func (p *Province) inspector() person { return p.atBureau()[0] }

func (p *Province) bureau() person { return p.atBureau()[1] }

func (p *Province) leader() person { return p.atBureau()[2] }

// atBureau lists who works for the bureau and for no prison, in the order of
// their numbers; new ones come last, so that the ones before stay who they are.
func (p *Province) atBureau() []person {
	var list []person
	for i, b := range []struct {
		id, name string
		post     post
	}{
		{"inspector", "检查员甲", post{role: actor.Inspector}},
		{"bureau", "省局乙", post{role: actor.BureauOffice}},
		{"bureau leader", "省局丙", post{role: actor.BureauLeader}},
		{"custody line", "狱政处丁", post{role: actor.DeptHead, department: "dept_custody"}},
		{"education line", "教育改造处戊", post{role: actor.DeptHead, department: "dept_education"}},
		{"labour line", "劳动改造处己", post{role: actor.DeptHead, department: "dept_labour"}},
		{"party secretary", "党委秘书庚", post{role: actor.PartySecretary}},
		{"committee secretary", "评审秘书辛", post{role: actor.CommitteeSecretary}},
		{"first member", "审议成员壬", post{role: actor.CommitteeMember}},
		{"second member", "审议成员癸", post{role: actor.CommitteeMember}},
		{"third member", "审议成员子", post{role: actor.CommitteeMember}},
		{"second inspector", "检查员丑", post{role: actor.Inspector}},
		{"third inspector", "检查员寅", post{role: actor.Inspector}},
		{"second office", "省局卯", post{role: actor.BureauOffice}},
		{"investigation line", "狱侦处辰", post{role: actor.DeptHead, department: "dept_investigation"}},
		{"hospital line", "医疗处巳", post{role: actor.DeptHead, department: "dept_hospital"}},
		{"life line", "生活卫生处午", post{role: actor.DeptHead, department: "dept_life"}},
		{"equipment line", "装备处未", post{role: actor.DeptHead, department: "dept_equipment"}},
		{"command line", "指挥中心申", post{role: actor.DeptHead, department: "dept_command"}},
		{"political line", "政治部酉", post{role: actor.DeptHead, department: "dept_political"}},
		{"office line", "办公室戌", post{role: actor.DeptHead, department: "dept_office"}},
		{"penalty line", "刑罚执行处亥", post{role: actor.DeptHead, department: "dept_penalty"}},
		{"discipline line", "纪委甲", post{role: actor.DeptHead, department: "dept_discipline"}},
		{"fourth inspector", "检查员辰", post{role: actor.Inspector}},
	} {
		list = append(list, person{id: p.fixed(b.id), number: fmt.Sprintf("900%04d", i+1), name: b.name, posts: []post{b.post}})
	}
	return list
}

// past enrols the people whom the ledgers' valid documents name, so that these
// can be tried out here: officers who retired, and inmates who were released from
// the area that the demonstration lends.
func (p *Province) past(b *pgx.Batch, u *unit) {
	for n := range 6 {
		b.Queue("insert into persons (person_id, number, name) values ($1, $2, $3) on conflict do nothing",
			p.fixed(fmt.Sprintf("sample/%d", n+1)), fmt.Sprintf("%07d", n+1), fmt.Sprintf("样例民警%d", n+1))
	}
	for _, a := range u.areas {
		for n := range 10 {
			if a.code == shown {
				b.Queue(`insert into inmates (prison_id, inmate_no, name, area_id, admitted_on, released_on)
					values ($1, $2, $3, $4, date '2020-01-01', date '2024-01-01') on conflict do nothing`, u.id, fmt.Sprintf("%010d", n+1), fmt.Sprintf("样例人员%d", n+1), a.id)
			}
		}
	}
}

// found writes the organisation, as the owner of the database.
func (p *Province) found(ctx context.Context) ([]*unit, error) {
	conn, err := pgx.Connect(ctx, p.OwnerURL)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	units := p.organisation()
	// One hash for all: the password is printed on the screen anyway.
	hash := account.Hash(Password)
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		for _, u := range units {
			b.Queue(`insert into prisons (prison_id, code, name_zh, name_en, demonstration) values ($1, $2, $3, $4, true) on conflict do nothing`, u.id, u.code, u.name.ZH, u.name.EN)
			b.Queue(`insert into log_heads (prison_id) values ($1) on conflict do nothing`, u.id)
			for _, a := range u.areas {
				b.Queue(`insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
					u.id, a.id, a.code, a.name.ZH, a.name.EN, a.kind, a.function, a.labour)
				for k, no := range a.inmates {
					b.Queue(`insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, $3, $4, date '2024-01-01') on conflict do nothing`, u.id, no, "服刑人员"+fmt.Sprint(k+1), a.id)
				}
			}
			for _, who := range u.people {
				p.enrol(b, who, hash)
			}
			p.past(b, u)
		}
		for _, who := range p.atBureau() {
			p.enrol(b, who, hash)
		}
		for _, u := range units {
			b.Queue(`insert into grants (prison_id, grant_id, person_id, from_at, until_at, reason, granted_by) values ($1, $2, $3, now() - interval '1 day', now() + interval '30 days', '演示：年度检查', $4) on conflict (prison_id, grant_id) do update set until_at = excluded.until_at`,
				u.id, p.fixed(u.code+"/grant"), p.inspector().id, p.bureau().id)
		}
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		err := conn.QueryRow(ctx, "select opened_at is not null from prisons where prison_id = $1", u.id).Scan(&u.open)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, fmt.Errorf("a prison with the code %s is there already", u.code)
		}
		if err != nil {
			return nil, err
		}
		if !u.open {
			if err := wipe(ctx, conn, u.id); err != nil {
				return nil, err
			}
		}
	}
	return units, nil
}

// wipe takes away what an interrupted making left: nobody has seen it, for
// the prison was never open. Only the owner of the database can.
func wipe(ctx context.Context, conn *pgx.Conn, prison uuid.UUID) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// A check names its run and a run its check.
		if _, err := tx.Exec(ctx, "set constraints checks_run_fkey, check_acts_run_fkey deferred"); err != nil {
			return err
		}
		// The rights of teams go with them.
		if _, err := tx.Exec(ctx, "with gone as (delete from check_members where prison_id = $1 returning grant_id) delete from grants g using gone where g.grant_id = gone.grant_id", prison); err != nil {
			return err
		}
		for _, table := range []string{"facts", "title_decisions", "title_acts", "titles", "packages", "meeting_acts", "meeting_items", "opinions", "case_confirmations", "case_records", "case_events", "rectification_acts", "rectifications", "appeal_decisions", "appeals", "finding_replies", "finding_ends", "findings", "score_runs", "draw_values", "draw_marks", "draws", "looks", "photos", "check_acts", "checks", "cases", "duties", "evidence", "attachments", "uploads", "objects", "notices", "signers", "delegation_ends", "delegations", "decisions", "voids", "events", "drafts",
			"revisions", "entries", "custody_events", "checkpoints", "log_hashes", "log_leaves", "idempotency"} {
			if _, err := tx.Exec(ctx, "delete from "+table+" where prison_id = $1", prison); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "update log_heads set size = 0, recorded_at = '-infinity' where prison_id = $1", prison)
		return err
	})
}

func (p *Province) enrol(b *pgx.Batch, who person, hash string) {
	b.Queue(`insert into persons (person_id, number, name) values ($1, $2, $3) on conflict do nothing`, who.id, who.number, who.name)
	b.Queue(`insert into users (user_id, person_id, password) values ($1, $2, $3) on conflict do nothing`, p.fixed("user/"+who.number), who.id, hash)
	for i, o := range who.posts {
		b.Queue(`insert into postings (posting_id, person_id, role, prison_id, area_id, department, from_at) values ($1, $2, $3, $4, $5, nullif($6, ''), '2020-01-01') on conflict do nothing`,
			p.fixed(fmt.Sprintf("posting/%s/%d", who.number, i)), who.id, string(o.role), null(o.prison), null(o.area), o.department)
	}
}

func null(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// open lets people write in the prison.
func (p *Province) open(ctx context.Context, u *unit) error {
	conn, err := pgx.Connect(ctx, p.OwnerURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// One post falls vacant, so that there is a gap to be seen: of the kitchen's instructor.
	if _, err = conn.Exec(ctx, "update postings set until_at = now() where prison_id = $1 and area_id = $2 and role = $3 and until_at is null", u.id, u.area("F1"), actor.Instructor); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "update prisons set opened_at = now() where prison_id = $1", u.id)
	return err
}

// Logins shown to who tries the demonstration: the three it is made for first.
func (p *Province) Logins() []httpapi.Login {
	if len(p.units) == 0 {
		return []httpapi.Login{}
	}
	u := p.units[0]
	find := func(role actor.Role, area, department string) person {
		for _, who := range u.people {
			o := who.posts[0]
			if o.role == role && o.department == department && (area == "") == (o.area == uuid.Nil) && (area == "" || u.area(area) == o.area) {
				return who
			}
		}
		return person{}
	}
	var list []httpapi.Login
	for _, l := range []struct {
		who   person
		title fault.Text
	}{
		{find(actor.Officer, shown, ""), fault.Text{ZH: "甲监狱三监区民警", EN: "officer, area 3 of prison Jia"}},
		{find(actor.DutyLeader, shown, ""), fault.Text{ZH: "三监区值班领导", EN: "duty leader, area 3"}},
		{find(actor.AreaHead, shown, ""), fault.Text{ZH: "三监区监区长", EN: "head of area 3"}},
		{find(actor.DeptHead, "", "dept_custody"), fault.Text{ZH: "狱政管理科负责人", EN: "head of custody administration"}},
		{find(actor.Warden, "", ""), fault.Text{ZH: "监狱长", EN: "warden"}},
		{find(actor.PrisonOffice, "", ""), fault.Text{ZH: "监狱创建办", EN: "prison accreditation office"}},
		{find(actor.Officer, "F1", ""), fault.Text{ZH: "伙房民警", EN: "kitchen officer"}},
		{find(actor.Medic, "F2", ""), fault.Text{ZH: "监狱医院医护人员", EN: "medic of the hospital"}},
		{find(actor.Counsellor, "", "dept_education"), fault.Text{ZH: "教育改造科心理咨询师", EN: "counsellor of the education department"}},
		{find(actor.DeptStaff, "", "dept_command"), fault.Text{ZH: "指挥中心民警", EN: "command-centre reviewer"}},
		{find(actor.SystemAdmin, "", ""), fault.Text{ZH: "系统管理员", EN: "system administrator"}},
		{p.inspector(), fault.Text{ZH: "省局检查人员", EN: "inspector of the bureau"}},
		{p.bureau(), fault.Text{ZH: "局创建办", EN: "bureau accreditation office"}},
		{p.atBureau()[13], fault.Text{ZH: "局创建办复核人", EN: "second bureau office"}},
		{p.leader(), fault.Text{ZH: "分管局领导", EN: "bureau leader"}},
		{p.atBureau()[3], fault.Text{ZH: "省局狱政处室负责人", EN: "head of the custody line at the bureau"}},
		{p.atBureau()[6], fault.Text{ZH: "省局党委会秘书", EN: "party committee secretary"}},
		{p.atBureau()[7], fault.Text{ZH: "评审委员会秘书", EN: "review committee secretary"}},
		{p.atBureau()[8], fault.Text{ZH: "审议成员", EN: "member of both committees"}},
	} {
		list = append(list, httpapi.Login{Number: l.who.number, Name: l.who.name, Title: l.title})
	}
	return list
}

// area by its code.
func (u *unit) area(code string) uuid.UUID {
	for _, a := range u.areas {
		if a.code == code {
			return a.id
		}
	}
	return uuid.Nil
}

func (u *unit) actor(who person) actor.Actor {
	a := actor.Actor{UserID: who.id, PersonID: who.id, Number: who.number, Name: who.name, Lang: "zh", Address: "127.0.0.1"}
	for _, o := range who.posts {
		a.Postings = append(a.Postings, actor.Posting{Role: o.role, PrisonID: o.prison, AreaID: o.area, Department: o.department})
	}
	return a
}
