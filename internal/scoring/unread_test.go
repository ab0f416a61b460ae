package scoring_test

import (
	"errors"
	"strings"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/scoring"
)

// TestUnread: what cannot be read is told at its place and in both languages, in nobody's words of a program.
func TestUnread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ standard, rules, guide, pointer, says string }{
		{`{"line": true}`, `{}`, `{}`, "/line", "真假值"},
		{`{"line": "many"}`, `{}`, `{}`, "", `"many"`},
		{`{"lime": "1"}`, `{}`, `{}`, "", `"lime"`},
		{`{"domains": "x"}`, `{}`, `{}`, "/domains", "文字"},
		{`{`, `{}`, `{}`, "", ""},
		{`{}`, `"x"`, `{}`, "/rules", "JSON"},
		{`{}`, `null`, `{}`, "/rules", "JSON"},
		{`{}`, `{}`, `[1]`, "/guide", "JSON"},
		{`{}`, `{"indicators": 3}`, `{}`, "/rules/indicators", "数字"},
	} {
		set := scoring.Set{Standard: []byte(c.standard), Rules: []byte(c.rules), Guide: []byte(c.guide)}
		_, err := scoring.ReadHead(set)
		if err == nil {
			err = scoring.Shape(set)
		}
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "bad_standard" || len(f.Fields) != 1 {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		x := f.Fields[0]
		if x.Pointer != c.pointer || !strings.Contains(x.Text.ZH, c.says) || x.Text.EN == "" || strings.Contains(x.Text.EN, "json:") || strings.Contains(x.Text.EN, "Go ") {
			t.Errorf("%+v: %+v", c, x)
		}
	}
	if err := scoring.Shape(scoring.Set{Rules: []byte(` {"indicators": [], "later": 1}`), Guide: []byte(`{}`)}); err != nil {
		t.Errorf("what the release would refuse, and a page can show: %v", err)
	}
}

// TestMistakesInBothLanguages: every mistake of a standard has its English.
func TestMistakesInBothLanguages(t *testing.T) {
	t.Parallel()
	_, err := scoring.CompileOne([]byte(`{"domains": [{"points": "3", "indicators": [{"points": "0"}, {"points": "1", "lines": [{"form": "x", "part": "none", "count": [{"ledger": "areas", "measure": "x"}]}]}]}]}`))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) < 12 {
		t.Fatalf("%v", err)
	}
	for _, x := range f.Fields {
		if x.Text.ZH == "" || x.Text.EN == "" || strings.Contains(x.Text.EN, "%!") || strings.Contains(x.Text.ZH, "%!") {
			t.Errorf("%+v", x)
		}
	}
}
