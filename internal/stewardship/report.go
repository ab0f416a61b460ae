package stewardship

import (
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Report of a matrix: what is missing, and what is double. A figure is the length of its list.
type Report struct {
	NoOwner   []string `json:"no_owner"`
	TwoOwners []string `json:"two_owners"`
	// Vacant are steps that nobody can decide in their post.
	Vacant []Vacancy `json:"vacant"`
	// OwnerOnly are ledgers that nobody but the owning department approves.
	OwnerOnly []string `json:"owner_only"`
	// Idle departments own nothing.
	Idle     []string `json:"idle"`
	Overlaps []Pair   `json:"overlaps"`
}

// Vacancy is a step of a ledger that nobody holds, in the areas named if it is an area's.
type Vacancy struct {
	Ledger string       `json:"ledger"`
	Step   fault.Text   `json:"step"`
	Unit   string       `json:"unit"`
	Roles  []actor.Role `json:"roles"`
	When   bool         `json:"when"`
	Areas  []uuid.UUID  `json:"areas"`
}

// Pair of ledgers that ask for the same fact.
type Pair struct {
	Ledger string `json:"ledger"`
	Field  string `json:"field"` // its title
	Other  string `json:"other"`
	Text   string `json:"text"` // the title there
	Score  int    `json:"score"`
	// Crossing: two departments own them.
	Crossing bool `json:"crossing"`
}

func reportOf(rows []Row, departments []string, twice []catalog.Asked) Report {
	r := Report{NoOwner: []string{}, TwoOwners: []string{}, Vacant: []Vacancy{}, OwnerOnly: []string{}, Idle: []string{}, Overlaps: []Pair{}}
	owned := map[string][]string{}
	busy := map[string]bool{}
	for _, row := range rows {
		owned[row.Ledger] = row.Owners
		for _, d := range row.Owners {
			busy[d] = true
		}
		switch len(row.Owners) {
		case 0:
			r.NoOwner = append(r.NoOwner, row.Ledger)
		case 1:
		default:
			r.TwoOwners = append(r.TwoOwners, row.Ledger)
		}
		if len(row.Steps) > 0 && !slices.ContainsFunc(row.Steps, func(s Step) bool { return s.Unit != "owner" }) {
			r.OwnerOnly = append(r.OwnerOnly, row.Ledger)
		}
		for _, s := range row.Steps {
			if s.Vacant {
				r.Vacant = append(r.Vacant, Vacancy{Ledger: row.Ledger, Step: s.Title, Unit: s.Unit, Roles: s.Roles, When: s.When, Areas: s.Areas})
			}
		}
	}
	for _, d := range departments {
		if !busy[d] {
			r.Idle = append(r.Idle, d)
		}
	}
	for _, a := range twice {
		for _, o := range a.Overlaps {
			// Each stands in the lists of both.
			if a.Ledger < o.Ledger {
				r.Overlaps = append(r.Overlaps, Pair{a.Ledger, o.Own, o.Ledger, o.Text, o.Score, !slices.Equal(owned[a.Ledger], owned[o.Ledger])})
			}
		}
	}
	return r
}

// problems are the lists that name the ledger.
func (r Report) problems(id string) []string {
	list := []string{}
	add := func(name string, there bool) {
		if there {
			list = append(list, name)
		}
	}
	add("no_owner", slices.Contains(r.NoOwner, id))
	add("two_owners", slices.Contains(r.TwoOwners, id))
	add("vacant", slices.ContainsFunc(r.Vacant, func(v Vacancy) bool { return v.Ledger == id }))
	add("owner_only", slices.Contains(r.OwnerOnly, id))
	add("overlaps", slices.ContainsFunc(r.Overlaps, func(p Pair) bool { return p.Ledger == id || p.Other == id }))
	return list
}
