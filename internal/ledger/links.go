package ledger

// Links lead from a revision to the others that a correction (更正) ties it to; 0 is
// none. A correction that was refused or given up leads to what it was to correct,
// and nothing leads to it.
type Links struct {
	Corrects    int `json:"corrects"`
	CorrectedBy int `json:"corrected_by"` // which came in force in its place
}

// Links of the revisions, by their numbers, as the history tells them.
func (v View) Links() map[int]Links {
	links := map[int]Links{}
	corrected := 0
	for _, e := range v.Events {
		switch e.Kind {
		case "amended":
			corrected = e.Revision
		case "submitted":
			links[e.Revision] = Links{Corrects: corrected}
		}
	}
	// What is corrected was in force, so those ever in force are a chain.
	for n := v.Entry.InForce; links[n].Corrects > 0; n = links[n].Corrects {
		before := links[links[n].Corrects]
		before.CorrectedBy = n
		links[links[n].Corrects] = before
	}
	return links
}
