package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

func register(t *testing.T) (*catalog.Register, *catalog.Catalog) {
	t.Helper()
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	r, err := catalog.LoadRegister(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

// TestRegister proves the shipped register: 71 ledgers, five additions.
func TestRegister(t *testing.T) {
	r, c := register(t)
	for _, f := range r.Check(c) {
		t.Error(f.Pointer, f.Text.ZH)
	}
	if len(r.Legacy) != 71 || len(r.Added) != 5 {
		t.Errorf("%d legacy, %d added", len(r.Legacy), len(r.Added))
	}
	for _, l := range r.Answered(c) {
		if l.Answer.ZH == "" || strings.Contains(l.Answer.ZH, "“”") || strings.Contains(l.Answer.ZH, "写在。") {
			t.Errorf("%s: %s", l.No, l.Answer.ZH)
		}
		if l.No == "PL-08" && !strings.Contains(l.Answer.ZH, "由“值班日志”的“外出人数”引用") {
			t.Error(l.Answer.ZH)
		}
		if l.No == "PL-06" && !strings.Contains(l.Answer.ZH, "点名") {
			t.Error(l.Answer.ZH)
		}
	}
}

// TestRegisterMistakes plants one mistake of each kind.
func TestRegisterMistakes(t *testing.T) {
	_, c := register(t)
	mistakes := map[string]func(*catalog.Register){
		"twice":            func(r *catalog.Register) { r.Legacy[1].Title.ZH = r.Legacy[0].Title.ZH },
		"again":            func(r *catalog.Register) { r.Legacy[1] = r.Legacy[0] },
		"disposition":      func(r *catalog.Register) { r.Legacy[0].Disposition = "forget" },
		"target":           func(r *catalog.Register) { r.Legacy[0].Target = "no-such" },
		"lands":            func(r *catalog.Register) { r.Legacy[1].Lands[0].Field = "no_such" },
		"reads":            func(r *catalog.Register) { shared(r).Reads[0].Field = "summary" },
		"reads none":       func(r *catalog.Register) { shared(r).Reads = nil },
		"reads of another": func(r *catalog.Register) { shared(r).Target = "visit-call" },
		"words":            func(r *catalog.Register) { r.Legacy[0].Reason.ZH = "" },
		"gate":             func(r *catalog.Register) { r.Added[0].Gate.Basis.ZH = "" },
		"totals":           func(r *catalog.Register) { r.Legacy = r.Legacy[1:] },
		"ruling":           func(r *catalog.Register) { r.Rulings[0].Owner = "" },
		"ruling elsewhere": func(r *catalog.Register) { r.Rulings[0].Owner = "dept_nosuch" },
		"ruling of none": func(r *catalog.Register) {
			for i := range r.Legacy {
				if r.Legacy[i].Ruling == "fire" {
					r.Legacy[i].Ruling = "points"
				}
			}
		},
		"lands elsewhere": func(r *catalog.Register) {
			r.Legacy[1].Lands[0] = catalog.Landing{Ledger: "fire-safety", Field: "exits_clear"}
		},
		"lands of a delete": func(r *catalog.Register) {
			deleted(r).Lands = []catalog.Landing{{Ledger: "duty-log", Field: "handover"}}
		},
		"words of a cadence": func(r *catalog.Register) { r.Legacy[1].Cadence = "sometimes" },
		"words of an area":   func(r *catalog.Register) { r.Legacy[1].Area = "nowhere" },
		"target added":       func(r *catalog.Register) { r.Added[1].Target = "nosuch" },
		"target owner":       func(r *catalog.Register) { r.Added[1].Owner = "某某科" },
		"orphan": func(r *catalog.Register) {
			for i := range r.Legacy {
				if r.Legacy[i].Target == "psych-health" {
					r.Legacy[i].Target, r.Legacy[i].Lands = "duty-log", nil
				}
			}
		},
	}
	for code, plant := range mistakes {
		t.Run(code, func(t *testing.T) {
			r, _ := register(t)
			plant(r)
			code, _, _ := strings.Cut(code, " ")
			for _, f := range r.Check(c) {
				if f.Code == code {
					return
				}
			}
			t.Errorf("not found: %v", r.Check(c))
		})
	}
}

func deleted(r *catalog.Register) *catalog.Legacy {
	return &r.Legacy[slices.IndexFunc(r.Legacy, func(l catalog.Legacy) bool { return l.Disposition == "delete" })]
}

// shared is PL-08, which headcount keeps and the duty log reads.
func shared(r *catalog.Register) *catalog.Legacy {
	for i := range r.Legacy {
		if r.Legacy[i].No == "PL-08" {
			return &r.Legacy[i]
		}
	}
	panic("no PL-08")
}

// TestFiftySix reproduces the article's figure on a register made for it: of
// 113 ledgers of ordinary areas (S2) 56 fewer are kept (R18).
func TestFiftySix(t *testing.T) {
	var legacy []string
	for i := range 113 {
		disposition := []string{"delete", "transfer", "merge", "share"}[i%4]
		if i >= 57 { // one ledger more is given up than the 56, for one is added
			disposition = []string{"keep", "reduce"}[i%2]
		}
		legacy = append(legacy, fmt.Sprintf(`{"no":"X-%03d","area":"ordinary","disposition":%q}`, i, disposition))
	}
	var r catalog.Register
	if err := json.Unmarshal([]byte(`{"legacy":[`+strings.Join(legacy, ",")+`],"additions":[{"form":"type"},{"form":"field"}]}`), &r); err != nil {
		t.Fatal(err)
	}
	if n := r.Fewer(); n != 56 {
		t.Errorf("%d fewer", n)
	}
}
