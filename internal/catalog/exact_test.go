package catalog_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"taizhang/internal/catalog"
)

// TestExactMeasures: of figures of six decimals what a measure counts is what decimal
// arithmetic counts, to the last place.
func TestExactMeasures(t *testing.T) {
	number := func(n string) string { return `"` + n + `":` + node(n, "number", "") }
	props := `"on":` + node("on", "string", `,"format":"date"`) + "," + number("a") + "," + number("b") + "," + number("c") + "," + number("d") +
		`,"list":{"title":"列","x-en":"list","x-id":"list","type":"array","maxItems":500,"items":{"type":"number"}}`
	measure := func(id, expr string) string {
		return fmt.Sprintf(`{"id":%q,"title":{"zh":%q,"en":%q},"when":"","value":%q}`, id, id, id, expr)
	}
	typ := compiled(t, small(1, "", props, `,"rules":[],"measures":[`+strings.Join([]string{measure("typed", "doc.a"), measure("sum", "doc.a + doc.b + doc.c + doc.d"),
		measure("difference", "doc.a - doc.b"), measure("all", "total(doc.list)"), measure("some", "has(doc.on) ? doc.c : 0.0"), measure("count", "double(size(doc.list))")}, ",")+"]"))
	random := rand.New(rand.NewPCG(1, 2))
	figure := func(below int64) *big.Rat { return big.NewRat(random.Int64N(2*below*1e6)-below*1e6, 1e6) }
	plain := func(r *big.Rat) string {
		s := r.FloatString(6)
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	for range 500 {
		var of [4]*big.Rat
		sum := new(big.Rat)
		for i := range of {
			of[i] = figure(1e8)
			sum.Add(sum, of[i])
		}
		all := new(big.Rat)
		list := make([]string, random.IntN(500))
		for i := range list {
			one := figure(1e5)
			list[i] = plain(one)
			all.Add(all, one)
		}
		body := fmt.Sprintf(`{"on":"2026-11-24","a":%s,"b":%s,"c":%s,"d":%s,"list":[%s]}`, plain(of[0]), plain(of[1]), plain(of[2]), plain(of[3]), strings.Join(list, ","))
		doc, err := catalog.ParseDocument([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		values, err := typ.Measured(doc)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, v := range values {
			got[v.Measure] = v.Value
		}
		want := map[string]*big.Rat{"typed": of[0], "sum": sum, "difference": new(big.Rat).Sub(of[0], of[1]), "all": all, "some": of[2], "count": big.NewRat(int64(len(list)), 1)}
		for id, w := range want {
			if s := plain(w); s != got[id] && (s != "0" || got[id] != "") {
				t.Fatalf("%s: %s, want %s of %s", id, got[id], s, body)
			}
		}
	}
}

// TestMeasureFails: what is not there counts nothing; what cannot be worked out is said,
// and the other measures count all the same.
func TestMeasureFails(t *testing.T) {
	props := `"on":` + node("on", "string", `,"format":"date"`) + `,"a":` + node("a", "number", "")
	for expr, fails := range map[string]bool{
		"doc.a":               false,
		"doc.a / 0.0":         true,
		"double(int(doc.on))": true,
		"'甲'":                 true,
		"1e300 * 1e300":       true,
	} {
		typ := compiled(t, small(1, "", props, fmt.Sprintf(`,"rules":[],"measures":[{"id":"m","title":{"zh":"甲","en":"m"},"when":"","value":%q},
			{"id":"n","title":{"zh":"乙","en":"n"},"when":"","value":"1"}]`, expr)))
		for body, there := range map[string]bool{`{"on":"2026-11-24","a":2}`: true, `{"on":"2026-11-24"}`: false} {
			doc, err := catalog.ParseDocument([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			values, err := typ.Measured(doc)
			want := fails && (there || !strings.Contains(expr, "doc.a"))
			if (err != nil) != want {
				t.Errorf("%s of %s: %v", expr, body, err)
			}
			if len(values) == 0 || values[len(values)-1].Measure != "n" {
				t.Errorf("%s of %s: the other is lost: %v", expr, body, values)
			}
		}
	}
}
