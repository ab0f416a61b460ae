package inspection

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// What is drawn: whom to ask in a quiz, and at what to look back (R48, R49, R65).
const (
	Prisoners = "prisoners"
	Officers  = "officers"
	Slots     = "slots" // an hour of a day before a camera
)

// results that an item of each sort may have.
var results = map[string][]string{Prisoners: {"right", "wrong"}, Officers: {"right", "wrong"}, Slots: Videos, Lines: {}}

const (
	mostDrawn  = 200
	mostRoster = 20_000
	mostDays   = 31 // of slots
)

// Drawing is a draw by lot, kept whole: with the roster, the chance and the word anybody draws the same
// again. Every one is kept, and a further one says why.
type Drawing struct {
	ID        uuid.UUID `json:"id"`
	No        int       `json:"no"` // of the check
	Kind      string    `json:"kind"`
	Area      uuid.UUID `json:"area,omitzero"` // zero: the prison as a whole
	Word      string    `json:"word"`
	Reason    string    `json:"reason,omitempty"`
	Algorithm string    `json:"algorithm"`
	Chance    string    `json:"chance"`
	Seed      string    `json:"seed"`
	N         int       `json:"n"`  // items drawn
	Of        int       `json:"of"` // items of the roster
	Digest    string    `json:"digest"`
	Drawn     []Drawn   `json:"drawn"` // in the order in which they were; of an open check for its team alone
	Roster    string    `json:"-"`
	By        uuid.UUID `json:"-"`
	ByName    string    `json:"by"`
	// MayMark says that the reader may say what became of them.
	MayMark    bool      `json:"may_mark"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Drawn is one item, and the last that was said of it.
type Drawn struct {
	Item string `json:"item"`
	Name string `json:"name,omitempty"` // of a person, for the team
	Mark *Mark  `json:"mark,omitempty"`
	// Double is of a line.
	Double *Double `json:"double,omitempty"`
}

// Mark is what became of an item.
type Mark struct {
	N          int       `json:"n"`
	Result     string    `json:"result"`
	Note       string    `json:"note,omitempty"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// items as they were drawn.
func (d Drawing) items() []string {
	list := make([]string, len(d.Drawn))
	for i, x := range d.Drawn {
		list[i] = x.Item
	}
	return list
}

// Follows says that its lots are those that roster, chance and word give.
func (d Drawing) Follows() bool {
	return slices.Equal(d.items(), Lots(d.Seed, d.Roster, len(d.Drawn)))
}

// Record commits to the draw.
func (d Drawing) Record(check uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("draw", d.ID.String(), d.Salt, map[string]any{
		"draw": d.ID, "check": check, "no": d.No, "kind": d.Kind, "area": d.Area, "word": d.Word, "reason": d.Reason, "algorithm": d.Algorithm,
		"chance": d.Chance, "roster": d.Digest, "drawn": d.items(), "by": d.By,
	})
}

// Record commits to the mark.
func (m Mark) Record(draw uuid.UUID, item string) (ledger.Record, error) {
	return ledger.NewRecord("draw_mark", fmt.Sprintf("%s/%s/%d", draw, item, m.N), m.Salt, map[string]any{
		"draw": draw, "item": item, "n": m.N, "result": m.Result, "note": m.Note, "by": m.By,
	})
}

// NewDraw is what is asked for. Cameras and days are of slots alone.
type NewDraw struct {
	Kind    string
	Area    uuid.UUID
	N       int
	Word    string
	Reason  string
	Cameras []string
	FromDay string
	ToDay   string
}

// Draw of the check's team, while it is open and has begun; lines are drawn by its leader. What was drawn
// from lately is drawn again for a reason, whichever check it was in: who draws until it suits leaves a
// trail. Faults: forbidden, rights_ended, check_state, bad_draw with fields.
func (s *Service) Draw(ctx context.Context, prison, check uuid.UUID, n NewDraw, idem ledger.Idem) (Drawing, error) {
	action := "edit"
	if n.Kind == Lines {
		action = "approve"
	}
	c, err := s.may(ctx, prison, check, "check", action)
	if err != nil {
		return Drawing{}, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return Drawing{}, err
	}
	areas, err := s.Store.Areas(ctx, prison)
	if err != nil {
		return Drawing{}, err
	}
	if bad := s.wrongDraw(&n, c, areas); len(bad) > 0 {
		return Drawing{}, fault.InvalidFields("bad_draw", bad)
	}
	d := Drawing{ID: uuid.Must(uuid.NewV7()), Kind: n.Kind, Area: n.Area, Word: n.Word, Reason: n.Reason, Algorithm: Algorithm, By: actor.From(ctx).PersonID, Salt: integrity.NewSalt()}
	chance := make([]byte, 32)
	_, _ = rand.Read(chance) // it never fails
	d.Chance = hex.EncodeToString(chance)
	d, err = s.Store.Draw(ctx, s.asked(ctx, prison), idem, check, d, func(c Check, before []Drawing, lately string, roster []string) (Drawing, error) {
		if c.State != Open {
			return d, fault.New(fault.Conflict, "check_state").With("state", c.State)
		}
		// Who is drawn before the team comes can be taught, and nobody of the unit says a word on site.
		if catalog.DayOf(s.Now()) < c.FromDay {
			return d, drawn("/kind", "考核自 "+c.FromDay+" 起，到场后才能抽取", "The check begins on "+c.FromDay+": lots are drawn on site")
		}
		again := slices.ContainsFunc(before, func(x Drawing) bool {
			return x.Kind == n.Kind && (x.Area == n.Area || x.Area == uuid.Nil || n.Area == uuid.Nil)
		})
		switch {
		case again && ledger.Blank(n.Reason):
			return d, drawn("/reason", "该范围已抽取过，再次抽取须写明原因，两次都会保留", "This was drawn from already: say why it is drawn again; both are kept")
		case lately != "" && ledger.Blank(n.Reason) && n.Kind != Lines: // which are scored anew by another team
			return d, drawn("/reason", "该范围 "+lately+" 在另一次考核中抽取过，再次抽取须写明原因", "This was drawn from on "+lately+" in another check: say why it is drawn again")
		}
		items := roster
		switch {
		case n.Kind == Slots:
			items = slots(n)
		case n.Kind == Lines && len(c.Members) < 2:
			return d, drawn("/kind", "双评至少要有两名组员", "It takes two of the team to score a line twice")
		case n.Kind == Lines:
			if items = twice(std, roster); len(items) == 0 {
				return d, drawn("/kind", "没有尚未查看、可以双评的条款", "No line is left that nobody has looked at")
			}
		}
		if len(items) == 0 {
			return d, drawn("/area", "名册上没有人", "There is nobody on the roster")
		}
		if len(items) > mostRoster {
			return d, drawn("/cameras", "镜头与时段过多，请缩小范围", "Too many cameras and days: ask for fewer")
		}
		d.No = len(before) + 1
		d.Roster = RosterOf(items)
		d.Digest, d.Of = RosterDigest(d.Roster), len(Items(d.Roster))
		d.Seed = Seed(chance, d.Word, d.Digest)
		for _, item := range Lots(d.Seed, d.Roster, n.N) {
			d.Drawn = append(d.Drawn, Drawn{Item: item})
		}
		return d, nil
	})
	if err != nil {
		return d, err
	}
	return s.dressed(ctx, prison, c, d, true)
}

func drawn(pointer, zh, en string) error {
	return fault.InvalidFields("bad_draw", []fault.Field{{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}}})
}

func (s *Service) wrongDraw(n *NewDraw, c Check, areas []ledger.Area) (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	if results[n.Kind] == nil {
		wrong("/kind", "请选择抽取罪犯、民警、视频时段或双评条款", "Choose prisoners, officers, slots or lines")
	}
	known := n.Area == uuid.Nil || slices.ContainsFunc(areas, func(a ledger.Area) bool { return a.ID == n.Area })
	if !known || (c.Area != uuid.Nil || n.Kind == Lines) && n.Area != c.Area {
		wrong("/area", "只能从被考核的单位抽取", "It is drawn of the unit that is checked")
	}
	if n.N < 1 || n.N > mostDrawn {
		wrong("/n", "抽取数量为 1 至 200", "Between 1 and 200 are drawn")
	}
	word, ok := catalog.Name(n.Word, 40)
	if !ok {
		wrong("/word", "请由被考核单位在场人员报一个字词或数字，40 字以内", "Somebody of the unit says a word or a number, of at most 40 characters")
	}
	n.Word = word
	if len([]rune(n.Reason)) > maxText {
		wrong("/reason", "原因 500 字以内", "At most 500 characters")
	}
	if n.Kind != Slots {
		return bad
	}
	for i := range n.Cameras {
		name, ok := catalog.Name(n.Cameras[i], 40)
		if !ok {
			wrong("/cameras", "每行一个镜头编号，40 字以内", "A camera a line, of at most 40 characters")
			break
		}
		n.Cameras[i] = name
	}
	if len(n.Cameras) == 0 || len(n.Cameras) > mostDrawn {
		wrong("/cameras", "请填写 1 至 200 个镜头编号，每行一个", "Between 1 and 200 cameras, one a line")
	}
	from, err1 := catalog.Day(n.FromDay)
	to, err2 := catalog.Day(n.ToDay)
	if err1 != nil || err2 != nil || to.At.Before(from.At) || to.At.Sub(from.At) >= mostDays*24*time.Hour || n.ToDay >= catalog.DayOf(s.Now()) || n.FromDay < catalog.DayOf(s.Now().AddDate(-1, 0, 0)) {
		wrong("/to_day", "请选择今天以前、一年以内的日期，最多 31 天", "Days before today and within a year, at most 31 of them")
	}
	return bad
}

// slots are the hours of the days before each camera.
func slots(n NewDraw) (list []string) {
	from, _ := catalog.Day(n.FromDay) // wrongDraw has read them
	to, _ := catalog.Day(n.ToDay)
	for day := from.At; !day.After(to.At); day = day.AddDate(0, 0, 1) {
		for hour := range 24 {
			for _, camera := range n.Cameras {
				list = append(list, fmt.Sprintf("%s %02d:00 %s", catalog.DayOf(day), hour, camera))
			}
		}
	}
	return list
}

// Drawings of a check, the oldest first.
type Drawings struct {
	Draws   []Drawing `json:"draws"`
	MayDraw bool      `json:"may_draw"`
	// MayDouble says that the reader may have lines scored twice.
	MayDouble bool `json:"may_double"`
	// Calibration is for the team and for whoever mans the check; nil where no line was drawn.
	Calibration *Calibration `json:"calibration,omitempty"`
}

// Draws of a check. Faults: not_found, forbidden.
func (s *Service) Draws(ctx context.Context, prison, check uuid.UUID) (out Drawings, err error) {
	c, err := s.may(ctx, prison, check, "score", "read")
	if err != nil {
		return out, err
	}
	a, sub := actor.From(ctx), subject("check", prison, c)
	out.Draws = []Drawing{}
	out.MayDraw = c.State == Open && s.Access.Check(a, "edit", sub, s.Now()) == nil
	out.MayDouble = c.State == Open && s.Access.Check(a, "approve", sub, s.Now()) == nil
	list, err := s.Store.Draws(ctx, s.asked(ctx, prison), check)
	if err != nil {
		return out, err
	}
	if slices.ContainsFunc(list, func(d Drawing) bool { return d.Kind == Lines }) && s.readsValues(ctx, prison, c) {
		std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
		if err != nil {
			return out, err
		}
		figure, err := calibration(std, list)
		if err != nil {
			return out, err
		}
		out.Calibration = &figure
	}
	for _, d := range list {
		if d, err = s.dressed(ctx, prison, c, d, out.MayDraw); err != nil {
			return out, err
		}
		out.Draws = append(out.Draws, d)
	}
	return out, nil
}

// readsValues: what two said of a line is for the team and for whoever mans the check. The unit argues with
// the finding that counts, not with how strict each inspector is.
func (s *Service) readsValues(ctx context.Context, prison uuid.UUID, c Check) bool {
	a := actor.From(ctx)
	return s.Access.Check(a, "edit", subject("check", prison, c), s.Now()) == nil || s.Access.Check(a, "manage", subject(runs(c.Kind), prison, c), s.Now()) == nil
}

// dressed is the draw as the reader may see it.
func (s *Service) dressed(ctx context.Context, prison uuid.UUID, c Check, d Drawing, team bool) (Drawing, error) {
	d = d.shown(c, team)
	if d.Kind != Lines {
		return d, nil
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return d, err
	}
	d.MayMark = false
	return d, d.doubled(std, actor.From(ctx).PersonID, team, s.readsValues(ctx, prison, c))
}

// shown is the draw as one of the team reads it, or another. While the check is open it is the team's
// alone: who is known to be drawn can be taught on the way to the quiz. Names are theirs always: who
// proves the draw needs numbers.
func (d Drawing) shown(c Check, team bool) Drawing {
	d.N, d.MayMark = len(d.Drawn), team
	switch {
	case team:
	case c.State == Open:
		d.Chance, d.Seed, d.Drawn = "", "", []Drawn{}
	default:
		for k := range d.Drawn {
			d.Drawn[k].Name = ""
		}
	}
	return d
}

// Roster that was drawn from, as the file it is; that of lines is the team's while the check is open, for
// what a second one leaves out is what the first drew. Faults: not_found, forbidden.
func (s *Service) Roster(ctx context.Context, prison, check, draw uuid.UUID) (Drawing, error) {
	list, err := s.Draws(ctx, prison, check)
	if err != nil {
		return Drawing{}, err
	}
	i := slices.IndexFunc(list.Draws, func(d Drawing) bool { return d.ID == draw })
	if i < 0 {
		return Drawing{}, fault.New(fault.NotFound, "not_found")
	}
	if d := list.Draws[i]; d.Kind != Lines || d.Chance != "" {
		return d, nil
	}
	return Drawing{}, fault.New(fault.Forbidden, "forbidden")
}

// MarkDrawn says what became of an item, after the one that was seen. Faults: forbidden, rights_ended,
// check_state, bad_draw with fields, changed_meanwhile.
func (s *Service) MarkDrawn(ctx context.Context, prison, check, draw uuid.UUID, item string, m Mark, seen int, idem ledger.Idem) (Drawing, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return Drawing{}, err
	}
	if len([]rune(m.Note)) > maxText {
		return Drawing{}, drawn("/note", "说明 500 字以内", "At most 500 characters")
	}
	m.By, m.Salt = actor.From(ctx).PersonID, integrity.NewSalt()
	d, err := s.Store.MarkDrawn(ctx, s.asked(ctx, prison), idem, check, draw, item, func(c Check, d Drawing) (Mark, error) {
		if c.State != Open {
			return m, fault.New(fault.Conflict, "check_state").With("state", c.State)
		}
		i := slices.IndexFunc(d.Drawn, func(x Drawn) bool { return x.Item == item })
		if i < 0 {
			return m, fault.New(fault.NotFound, "not_found")
		}
		if !slices.Contains(results[d.Kind], m.Result) {
			return m, drawn("/result", "请选择结果", "Choose the result")
		}
		n := 0
		if old := d.Drawn[i].Mark; old != nil {
			n = old.N
		}
		if seen != n {
			return m, fault.New(fault.Stale, "changed_meanwhile")
		}
		m.N = n + 1
		return m, nil
	})
	return d.shown(c, true), err
}

// drawnFor are the kinds of lots that a method asks of.
var drawnFor = map[string][]string{"quiz": {Prisoners, Officers}, "video": {Slots}}

// of says that a finding names a draw of its check as it was drawn, one that its line's method asks
// of. Its count is no bound: lines count points and marks too (ZZ-04.pass).
func (f Finding) of(list []Drawing, method string) bool {
	return slices.ContainsFunc(list, func(d Drawing) bool {
		return f.Draw.Seed == d.Seed && f.Draw.Roster == d.Digest && slices.Equal(f.Draw.Drawn, d.items()) &&
			slices.Contains(drawnFor[method], d.Kind)
	})
}
