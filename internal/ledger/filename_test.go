package ledger

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestPlainName: the page's own test reads the same names, for a file is kept there before the server sees it.
func TestPlainName(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/file-names.json")
	if err != nil {
		t.Fatal(err)
	}
	var names struct {
		Taken   map[string]string
		Refused []string
	}
	if err := json.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	names.Taken[strings.Repeat("😀", 200)] = strings.Repeat("😀", 200)
	names.Refused = append(names.Refused, strings.Repeat("长", 201))
	for given, want := range names.Taken {
		if got, ok := PlainName(given); got != want || !ok {
			t.Errorf("%q: %q %t, want %q", given, got, ok, want)
		}
	}
	for _, given := range names.Refused {
		if got, ok := PlainName(given); ok {
			t.Errorf("%q is taken as %q", given, got)
		}
	}
}
