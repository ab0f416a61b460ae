package standards

import (
	"context"
	"slices"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// Domain of work as the standards in force name it.
type Domain struct {
	Code  string     `json:"code"`
	Title fault.Text `json:"title"`
	Was   []string   `json:"-"` // what its code was before it was renamed, by any mapping
}

// DomainCode is what a domain of a standard is called among all: those that judge units share their
// domains, what another field calls by the same letters is something else.
func DomainCode(std *scoring.Standard, domain string) string {
	if std.Unit.Official() {
		return domain
	}
	return std.ID + "/" + domain
}

// Domains of all standards in force, each code once.
func (s *Service) Domains(ctx context.Context) ([]Domain, error) {
	list, was, read := []Domain{}, map[string][]string{}, map[string]bool{}
	inForce := s.InForce()
	for _, std := range inForce {
		if read[std.ID] {
			continue
		}
		read[std.ID] = true
		written, err := s.Store.Mappings(ctx, house, std.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range written {
			for _, l := range m.Domains {
				if l.How == "renamed" {
					to := DomainCode(std, l.To[0])
					was[to] = append(was[to], DomainCode(std, l.From[0]))
				}
			}
		}
	}
	for _, std := range inForce {
		for _, d := range std.Domains {
			code := DomainCode(std, d.ID)
			if !slices.ContainsFunc(list, func(x Domain) bool { return x.Code == code }) {
				list = append(list, Domain{Code: code, Title: d.Title, Was: before(was, code)})
			}
		}
	}
	return list, nil
}

// Renamed are the codes as Current tells them, and after them those that no domain of now was ever
// called: history forgets nothing that was said.
func Renamed(domains []Domain, codes []string) []string {
	list := Current(domains, codes)
	for _, c := range codes {
		if len(Current(domains, []string{c})) == 0 {
			list = append(list, c)
		}
	}
	return list
}

// before are all codes that led to this one.
func before(was map[string][]string, code string) (list []string) {
	seen, next := map[string]bool{code: true}, []string{code}
	for len(next) > 0 {
		for _, c := range was[next[0]] {
			if !seen[c] {
				seen[c], next, list = true, append(next, c), append(list, c)
			}
		}
		next = next[1:]
	}
	return list
}

// Current are the domains of now that the codes speak of, whatever they were called when they were
// written down.
func Current(domains []Domain, codes []string) []string {
	list := []string{}
	for _, d := range domains {
		if slices.Contains(codes, d.Code) || slices.ContainsFunc(d.Was, func(c string) bool { return slices.Contains(codes, c) }) {
			list = append(list, d.Code)
		}
	}
	return list
}
