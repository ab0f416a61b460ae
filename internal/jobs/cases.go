package jobs

import (
	"time"

	"github.com/riverqueue/river"

	"taizhang/internal/accreditation"
)

// cases is what is due of applications and titles, told from time to time; nothing in
// it takes a title.
func (d Deps) cases(p *plan) {
	river.AddWorker(p.workers, &errand[accreditation.FileKept]{work: d.Cases.Keep})
	river.AddWorker(p.workers, &round[tendCases]{prisons: d.Prisons, bound: perPrison, work: d.Cases.Tend, ending: p.ending})
	p.every(time.Hour, rounds, tendCases{})
}

type tendCases struct{}

func (tendCases) Kind() string { return "tend_cases" }
