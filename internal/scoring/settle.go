package scoring

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
)

// share is what an event costs at one line: all, a part, or nothing of what the
// finding would cost there alone.
type share struct {
	amount *big.Rat
	in     string // the line that takes the rest; "" at that line itself
}

// claim is a finding of an event at a line.
type claim struct {
	finding string
	line    *Line
	at      *Indicator
	amount  *big.Rat
}

// settle lets each event count once (O13): at the line where it costs most, as
// far as that one has points left, and the rest at the next, at none more than it
// would cost there alone. It is a flow from events to indicators, and the
// greatest one: merely to take the largest claim would let a second finding of
// one event raise the score, where its line has nothing left to lose.
func (e *evaluation) settle(s *Standard) {
	e.shares = map[string]share{}
	if s.SameEvent == "each" {
		return
	}
	events := map[string][]claim{}
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[j]
			if !e.applies(ind) {
				continue
			}
			for k := range ind.Lines {
				l := &ind.Lines[k]
				if _, ok := e.overrides[l.ID]; ok || l.Systemic || l.ratio() || l.CapEach != nil {
					continue
				}
				for _, f := range e.findings[l.ID] {
					if f.Event != "" {
						events[f.Event] = append(events[f.Event], claim{f.ID, l, ind, amountOf(l, f)})
					}
				}
			}
		}
	}
	// An event at one line only is a loss like any other.
	maps.DeleteFunc(events, func(_ string, claims []claim) bool { return len(claims) < 2 })
	if len(events) == 0 {
		return
	}
	contested := map[string]bool{}
	for _, claims := range events {
		slices.SortFunc(claims, func(a, b claim) int {
			return cmp.Or(b.amount.Cmp(a.amount), cmp.Compare(a.line.ID, b.line.ID), cmp.Compare(a.finding, b.finding))
		})
		for _, c := range claims {
			contested[c.finding] = true
		}
	}
	g := e.room(s, contested)
	names := slices.Sorted(maps.Keys(events))
	for _, name := range names {
		claims := events[name]
		g.edge("", "event "+name, claims[0].amount)
		for _, c := range claims {
			g.edge("event "+name, "claim "+c.finding, c.amount)
			g.edge("claim "+c.finding, partOf(c.at, c.line), c.amount)
		}
	}
	g.fill()
	for _, name := range names {
		claims := events[name]
		rest := new(big.Rat).Set(claims[0].amount)
		for _, c := range claims {
			got := g.flow("event "+name, "claim "+c.finding)
			rest.Sub(rest, got)
			e.shares[c.finding] = share{got, claims[0].line.ID}
		}
		// What no line has points left for stands over the cap of the first.
		first := e.shares[claims[0].finding]
		e.shares[claims[0].finding] = share{add(first.amount, rest), ""}
	}
}

func amountOf(l *Line, f Finding) *big.Rat { return mul(l.Deduct.Rat(), big.NewRat(int64(f.Count), 1)) }

// partOf is the node of what caps a line within its indicator; a line outside all parts has one of its own.
func partOf(ind *Indicator, l *Line) string {
	if _, ok := ind.Parts[l.Part]; ok {
		return "part " + ind.Code + " " + l.Part
	}
	return "line " + l.ID
}

// room is what each part and indicator has left to lose once everything uncontested is taken.
func (e *evaluation) room(s *Standard, contested map[string]bool) *network {
	g := &network{}
	for i := range s.Domains {
		for j := range s.Domains[i].Indicators {
			ind := &s.Domains[i].Indicators[j]
			if !e.applies(ind) {
				continue
			}
			lost, parts, subjects := new(big.Rat), map[string]*big.Rat{}, map[string]*big.Rat{}
			for k := range ind.Lines {
				l := &ind.Lines[k]
				ls := LineScore{}
				e.line(l, &ls, func(f Finding) bool { return !contested[f.ID] })
				raw := new(big.Rat)
				for _, loss := range ls.Losses {
					raw.Add(raw, capEach(subjects, l, loss))
				}
				if limit, ok := ind.Parts[l.Part]; ok {
					had := parts[l.Part]
					if had == nil {
						had = new(big.Rat)
					}
					now := smaller(add(had, raw), limit.Rat())
					raw, parts[l.Part] = new(big.Rat).Sub(now, had), now
				}
				lost.Add(lost, raw)
			}
			left := new(big.Rat).Sub(ind.Points.Rat(), smaller(lost, ind.Points.Rat()))
			seen := map[string]bool{}
			for k := range ind.Lines {
				l := &ind.Lines[k]
				node := partOf(ind, l)
				if seen[node] {
					continue
				}
				seen[node] = true
				within := left
				if limit, ok := ind.Parts[l.Part]; ok {
					if had := parts[l.Part]; had != nil {
						within = new(big.Rat).Sub(limit.Rat(), had)
					} else {
						within = limit.Rat()
					}
				}
				g.edge(node, "indicator "+ind.Code, within)
			}
			g.edge("indicator "+ind.Code, sink, left)
		}
	}
	return g
}

func smaller(a, b *big.Rat) *big.Rat {
	if less(b, a) {
		return b
	}
	return a
}

// network is a flow network with exact capacities; "" is its source.
type network struct {
	out  map[string][]string // in the order in which edges came: it decides between equal flows
	left map[[2]string]*big.Rat
	had  map[[2]string]*big.Rat
}

const sink = "sink"

func (g *network) edge(from, to string, capacity *big.Rat) {
	if g.out == nil {
		g.out, g.left, g.had = map[string][]string{}, map[[2]string]*big.Rat{}, map[[2]string]*big.Rat{}
	}
	at, back := [2]string{from, to}, [2]string{to, from}
	g.left[at], g.had[at] = new(big.Rat).Set(capacity), capacity
	if g.left[back] == nil {
		g.left[back] = new(big.Rat)
	}
	g.out[from], g.out[to] = append(g.out[from], to), append(g.out[to], from)
}

// flow over an edge, once filled.
func (g *network) flow(from, to string) *big.Rat {
	at := [2]string{from, to}
	return new(big.Rat).Sub(g.had[at], g.left[at])
}

// fill finds the greatest flow, by shortest ways first (Edmonds and Karp).
func (g *network) fill() {
	for {
		came := map[string]string{"": ""}
		queue := []string{""}
		for len(queue) > 0 {
			if _, ok := came[sink]; ok {
				break
			}
			at := queue[0]
			queue = queue[1:]
			for _, to := range g.out[at] {
				if _, seen := came[to]; !seen && g.left[[2]string{at, to}].Sign() > 0 {
					came[to] = at
					queue = append(queue, to)
				}
			}
		}
		if _, ok := came[sink]; !ok {
			return
		}
		var most *big.Rat
		for to := sink; to != ""; to = came[to] {
			if l := g.left[[2]string{came[to], to}]; most == nil || less(l, most) {
				most = l
			}
		}
		most = new(big.Rat).Set(most)
		for to := sink; to != ""; to = came[to] {
			g.left[[2]string{came[to], to}].Sub(g.left[[2]string{came[to], to}], most)
			g.left[[2]string{to, came[to]}].Add(g.left[[2]string{to, came[to]}], most)
		}
	}
}
