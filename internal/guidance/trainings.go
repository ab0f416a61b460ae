package guidance

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// Audience names the three kinds of key staff (R57) and the roles of each.
var Audience = []struct {
	Kind  string
	Roles []actor.Role
}{
	{"prison_office", []actor.Role{actor.PrisonOffice}},
	{"departments", []actor.Role{actor.DeptHead, actor.DeptStaff}},
	{"areas", []actor.Role{actor.AreaHead, actor.Instructor, actor.DeputyHead}},
}

func rolesOf(kinds []string) (roles []string) {
	for _, a := range Audience {
		for _, r := range a.Roles {
			if slices.Contains(kinds, a.Kind) {
				roles = append(roles, string(r))
			}
		}
	}
	return roles
}

// Training (业务培训) on one version of a standard, which it pins.
type Training struct {
	ID         uuid.UUID     `json:"id"`
	Title      string        `json:"title"`
	Standard   string        `json:"standard"`
	Version    int           `json:"version"`
	Digest     ledger.Digest `json:"digest"`
	Day        string        `json:"day"`
	Audience   []string      `json:"audience"`
	AuthorName string        `json:"author_name"`
	Attended   int           `json:"attended"` // of those the reader sees
	Passed     int           `json:"passed"`
}

// Trainee is one of the key staff, and the record of a training, if there is one.
type Trainee struct {
	Person      uuid.UUID        `json:"-"`
	Number      string           `json:"number"`
	Name        string           `json:"name"`
	Role        actor.Role       `json:"role"`
	Area        uuid.UUID        `json:"area,omitzero"`
	Department  string           `json:"department,omitempty"`
	Version     int              `json:"version"` // 0: nothing recorded
	Attended    bool             `json:"attended"`
	Mark        *scoring.Decimal `json:"mark,omitempty"`
	Passed      bool             `json:"passed"`
	Certificate string           `json:"certificate,omitempty"`
	Reason      string           `json:"reason,omitempty"` // of a correction
}

// Attendance is one version of what is recorded of somebody. The latest counts.
type Attendance struct {
	Training    uuid.UUID
	Digest      ledger.Digest // of the version that was taught
	Person      uuid.UUID
	Number      string
	Version     int
	Attended    bool
	Mark        *scoring.Decimal
	Passed      bool
	Certificate string
	Reason      string
	Author      uuid.UUID
	Salt        []byte
	RecordedAt  time.Time
}

// Record commits to it, and to the version of the standard that was taught.
func (a Attendance) Record() (ledger.Record, error) {
	return ledger.NewRecord("attendance", a.Training.String()+"/"+a.Person.String()+"/"+strconv.Itoa(a.Version), a.Salt, map[string]any{
		"training": a.Training, "digest": a.Digest, "person": a.Person, "version": a.Version, "attended": a.Attended, "mark": a.Mark, "passed": a.Passed,
		"certificate": a.Certificate, "reason": a.Reason, "author": a.Author,
	})
}

// Trainings are known to all, the latest first, with the numbers of those one sees.
func (s *Service) Trainings(ctx context.Context) (list []Training, may bool, err error) {
	list, err = s.Store.Trainings(ctx, s.asked(ctx, uuid.Nil))
	return list, s.may(ctx, "manage", uuid.Nil, uuid.Nil, uuid.Nil) == nil, err
}

// inForce is the version of a standard that is in force today. Fault: standard_unknown.
func (s *Service) inForce(ctx context.Context, standard string) (standards.Version, error) {
	list, err := s.Standards.List(ctx)
	if err != nil {
		return standards.Version{}, err
	}
	for _, v := range list {
		if v.Standard == standard && v.State == standards.Issued && v.EffectiveOn <= s.today() {
			return v, nil
		}
	}
	return standards.Version{}, fault.New(fault.NotFound, "standard_unknown")
}

// AddTraining records one that was held, on an issued version. Faults: forbidden,
// standard_unknown, bad_guidance with fields.
func (s *Service) AddTraining(ctx context.Context, t Training, idem ledger.Idem) (Training, error) {
	if err := s.may(ctx, "manage", uuid.Nil, uuid.Nil, uuid.Nil); err != nil {
		return Training{}, err
	}
	var bad wrong
	bad.title("/title", &t.Title)
	bad.day("/day", t.Day, s.Now(), false)
	slices.Sort(t.Audience)
	t.Audience = slices.Compact(t.Audience)
	for _, k := range t.Audience {
		if len(rolesOf([]string{k})) == 0 {
			bad.add("/audience", "unknown", "没有这类培训对象", "There is no such audience")
		}
	}
	if len(t.Audience) == 0 {
		bad.add("/audience", "required", "请选择培训对象", "Choose who is trained")
	}
	if err := bad.refused(); err != nil {
		return Training{}, err
	}
	list, err := s.Standards.List(ctx)
	if err != nil {
		return Training{}, err
	}
	i := slices.IndexFunc(list, func(v standards.Version) bool {
		return v.Standard == t.Standard && v.Version == t.Version && (v.State == standards.Issued || v.State == standards.Superseded)
	})
	if i < 0 {
		return Training{}, fault.New(fault.NotFound, "standard_unknown")
	}
	t.ID, t.Digest = uuid.Must(uuid.NewV7()), list[i].Digest
	return s.Store.AddTraining(ctx, s.asked(ctx, uuid.Nil), idem, t)
}

func (s *Service) training(ctx context.Context, id uuid.UUID) (Training, error) {
	list, err := s.Store.Trainings(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return Training{}, err
	}
	if i := slices.IndexFunc(list, func(t Training) bool { return t.ID == id }); i >= 0 {
		return list[i], nil
	}
	return Training{}, fault.New(fault.NotFound, "not_found")
}

// Training is one of them with the key staff of a prison who were to come. Fault: not_found.
func (s *Service) Training(ctx context.Context, prison, id uuid.UUID) (t Training, list []Trainee, may bool, err error) {
	if t, err = s.training(ctx, id); err != nil {
		return t, nil, false, err
	}
	if err = s.maySee(ctx, prison, uuid.Nil); err != nil {
		return t, nil, false, err
	}
	list, err = s.staff(ctx, prison, t.Audience, t.Standard, t.Version, id)
	return t, list, s.held(t) && s.may(ctx, "manage", prison, uuid.Nil, uuid.Nil) == nil, err
}

// held says that the day of the training has come.
func (s *Service) held(t Training) bool { return t.Day <= s.today() }

// Attend records of key staff of a prison who came, their marks and whether they passed; a
// correction says why, and nobody records their own. Faults: forbidden, not_found,
// person_unknown, changed_meanwhile, bad_guidance with fields.
func (s *Service) Attend(ctx context.Context, prison, id uuid.UUID, rows []Attendance, idem ledger.Idem) error {
	if err := s.may(ctx, "manage", prison, uuid.Nil, uuid.Nil); err != nil {
		return err
	}
	t, list, _, err := s.Training(ctx, prison, id)
	if err != nil {
		return err
	}
	var bad wrong
	for i := range rows {
		a, at := &rows[i], "/rows/"+strconv.Itoa(i)
		k := slices.IndexFunc(list, func(p Trainee) bool { return p.Number == a.Number })
		if k < 0 {
			bad.add(at+"/number", "unknown", "不在本次培训的对象中", "Not of those who were to be trained")
			continue
		}
		a.Training, a.Digest, a.Person, a.Author, a.Salt = id, t.Digest, list[k].Person, actor.From(ctx).PersonID, integrity.NewSalt()
		a.Version++
		if a.Mark != nil && !marked(*a.Mark) {
			bad.add(at+"/mark", "range", "成绩为 0 至 100，最多一位小数", "A mark is 0 to 100 with at most one decimal")
		}
		if !a.Attended && (a.Passed || a.Mark != nil) || !a.Passed && a.Certificate != "" {
			bad.add(at+"/passed", "invalid", "未参加的没有成绩，未合格的没有证书", "Who was not there has no mark, who did not pass no certificate")
		}
		if len([]rune(a.Certificate)) > titleLength || len([]rune(a.Reason)) > titleLength || a.Version > 1 && ledger.Blank(a.Reason) {
			bad.add(at+"/reason", "required", "更正须写明理由，100 字以内", "A correction says why in at most 100 characters")
		}
	}
	if len(rows) == 0 || len(rows) > 500 {
		return fault.New(fault.Malformed, "bad_request")
	}
	if !s.held(t) {
		bad.add("/rows", "early", "培训日期为 "+t.Day+"，到期后才能登记", "The training is on "+t.Day+": who came is recorded from then on")
	}
	if err := bad.refused(); err != nil {
		return err
	}
	return s.Store.AddAttendances(ctx, s.asked(ctx, prison), idem, rows)
}

// marked: from 0 to 100, in tenths.
func marked(d scoring.Decimal) bool {
	r := d.Rat()
	return r.Sign() >= 0 && r.Cmp(big.NewRat(100, 1)) <= 0 && new(big.Rat).Mul(r, big.NewRat(10, 1)).IsInt()
}

// Untrained lists the key staff of a prison who have not passed a training on the version of
// the standard that is in force today. Of the areas it asks those that the standard is of.
// Faults: standard_unknown, forbidden.
func (s *Service) Untrained(ctx context.Context, prison uuid.UUID, standard string) (v standards.Version, of int, list []Trainee, err error) {
	if err = s.maySee(ctx, prison, uuid.Nil); err != nil {
		return v, 0, nil, err
	}
	if v, err = s.inForce(ctx, standard); err != nil {
		return v, 0, nil, err
	}
	all, err := s.staff(ctx, prison, []string{"prison_office", "departments", "areas"}, standard, v.Version, uuid.Nil)
	if err != nil {
		return v, 0, nil, err
	}
	for _, p := range all {
		if !p.Passed {
			list = append(list, p)
		}
	}
	return v, len(all), list, nil
}

// staff leaves out those of areas that the standard is not of today.
func (s *Service) staff(ctx context.Context, prison uuid.UUID, kinds []string, standard string, version int, training uuid.UUID) ([]Trainee, error) {
	list, err := s.Store.Staff(ctx, s.asked(ctx, prison), rolesOf(kinds), standard, version, training)
	if err != nil {
		return nil, err
	}
	areas, err := s.Areas(ctx, prison)
	if err != nil {
		return nil, err
	}
	fits := map[uuid.UUID]bool{uuid.Nil: true}
	for _, a := range areas {
		std, err := s.Standards.For(ctx, a.Kind, a.Function, s.today())
		if err != nil && fault.CodeOf(err) != "standard_unknown" {
			return nil, err
		}
		fits[a.ID] = err == nil && std.ID == standard && a.Counts(s.today())
	}
	return slices.DeleteFunc(list, func(p Trainee) bool { return !fits[p.Area] }), nil
}
