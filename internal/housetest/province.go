package housetest

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/actor"
)

// Place is a prison of the province with an ordinary area and a kitchen.
type Place struct{ Prison, Ordinary, Kitchen uuid.UUID }

// Province adds two prisons to the house's own, and a kitchen to each of the
// three; the first is the house's. The others are "yi" and "bing", each with a
// person "yi prison office", "yi area head", and "yi inspector" and "yi second
// inspector", who are of the education department there and called by the bureau.
func (h *House) Province(t testing.TB) [3]Place {
	t.Helper()
	b := &pgx.Batch{}
	all := [3]Place{{Prison: h.Prison, Ordinary: h.Area}}
	for i, name := range []string{"jia", "yi", "bing"} {
		p := &all[i]
		if i > 0 {
			p.Prison, p.Ordinary = uuid.New(), uuid.New()
			b.Queue("insert into prisons (prison_id, code, name_zh, name_en, opened_at) values ($1, $2, $3, $3, now())", p.Prison, p.Prison.String(), name)
			b.Queue("insert into log_heads (prison_id) values ($1)", p.Prison)
			b.Queue("insert into areas values ($1, $2, 'A1', '监区', 'Area', 'ordinary', 'residential', true)", p.Prison, p.Ordinary)
			h.hire(b, name+" prison office", actor.Posting{Role: actor.PrisonOffice, PrisonID: p.Prison})
			h.hire(b, name+" area head", actor.Posting{Role: actor.AreaHead, PrisonID: p.Prison, AreaID: p.Ordinary})
			for _, n := range []string{" inspector", " second inspector"} {
				h.hire(b, name+n, actor.Posting{Role: actor.DeptStaff, PrisonID: p.Prison, Department: "dept_education"}, actor.Posting{Role: actor.Inspector})
			}
		}
		p.Kitchen = uuid.New()
		b.Queue("insert into areas values ($1, $2, 'F1', '罪犯伙房', 'Kitchen', 'functional', 'kitchen', false)", p.Prison, p.Kitchen)
	}
	if err := h.Owner.SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Lines gives every department of the bureau that has none a head: "head of the labour
// line" for dept_labour. It returns the departments' codes.
func (h *House) Lines(t testing.TB) []string {
	t.Helper()
	rows, err := h.Owner.Query(t.Context(), "select code from departments order by code")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	b := &pgx.Batch{}
	for _, c := range codes {
		if name := "head of the " + strings.TrimPrefix(c, "dept_") + " line"; h.people[name].PersonID == uuid.Nil {
			h.hire(b, name, actor.Posting{Role: actor.DeptHead, Department: c})
		}
	}
	if err := h.Owner.SendBatch(t.Context(), b).Close(); err != nil {
		t.Fatal(err)
	}
	return codes
}

// Reassign posts somebody to another area of the prison.
func (h *House) Reassign(t testing.TB, who string, area uuid.UUID) {
	t.Helper()
	a := h.people[who]
	a.Postings[0].AreaID = area
	if _, err := h.Owner.Exec(t.Context(), "update postings set area_id = $2 where person_id = $1", a.PersonID, area); err != nil {
		t.Fatal(err)
	}
}
