package catalog

import (
	"strings"
	"testing"
)

// TestName: what two people cannot tell apart on the screen is no name.
func TestName(t *testing.T) {
	for given, want := range map[string]string{
		"夜查":                    "夜查",
		" \t 夜查　\n":             "夜查",
		"三监区　夜查":                "三监区　夜查", // the wide space of Chinese input
		"O'Brien-2 (副本).jpg":    "O'Brien-2 (副本).jpg",
		"阿卜杜拉·买买提":              "阿卜杜拉·买买提",
		"e\u0301":               "é", // as one letter
		"\u1100\u1161":          "가",
		"x\u0301":               "x\u0301", // there is no such letter
		"❤\ufe0f":               "",
		"夜查\ufe00":              "",
		"夜\U000e0100查":          "",
		"\u182e\u180b":          "",
		strings.Repeat("长", 40): strings.Repeat("长", 40),
		strings.Repeat("长", 41): "",
		"":                      "",
		"　 ":                    "",
		"\ufe0f":                "", // selects how nothing looks
		"夜\u200b查":              "", // zero width
		"夜查\u200d":              "",
		"\u2060夜查":              "",
		"\ufeff夜查":              "",
		"夜\u00ad查":              "", // soft hyphen
		"\u202egpj.exe":         "", // turns the direction
		"\u2066夜查\u2069":        "",
		"夜\n查":                  "",
		"夜\x00查":                "",
		"夜\x1b[2J":              "",
		"夜\u2028查":              "", // line separator
		"夜\u00a0查":              "", // no-break space
		"\u3164":                "", // Hangul fillers and braille of no dots are letters nobody sees
		"夜\u115f查":              "",
		"\u2800":                "",
		"夜\u034f查":              "",
		"夜\ue000查":              "", // private use
		"夜\xff查":                "", // no UTF-8
		"夜\U000e0041查":          "", // tag
		"\u0301":                "", // an accent over nothing
	} {
		if got, ok := Name(given, 40); got != want || ok != (want != "") {
			t.Errorf("%q: %q %t, want %q", given, got, ok, want)
		}
	}
}
