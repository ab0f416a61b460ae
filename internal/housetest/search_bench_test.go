package housetest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
	"taizhang/internal/search"
)

// syllables make texts as varied as officers write them.
var syllables = []rune("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严")

func prose(r *rand.Rand, n int) string {
	out := make([]rune, n)
	for i := range out {
		out[i] = syllables[r.IntN(len(syllables))]
	}
	return string(out)
}

// BenchmarkSearch measures searches among SEARCH_ENTRIES (50,000) entries of
// 300 characters each, as an officer, a warden and a stranger to most, against
// fetching one entry by its key in the same run.
func BenchmarkSearch(b *testing.B) {
	h := housetest.New(b)
	ctx := b.Context()
	entries := 50_000
	if n, err := strconv.Atoi(os.Getenv("SEARCH_ENTRIES")); err == nil {
		entries = n
	}
	r := rand.New(rand.NewPCG(1, 2))
	areas := []uuid.UUID{h.Area, h.Other}
	typ := h.Catalog.Current("cell-body-search")
	var heads, revisions, texts [][]any
	var rare []string
	zero := make([]byte, 32)
	for i := range entries {
		id := uuid.Must(uuid.NewV7())
		text := prose(r, 300)
		if i%500 == 0 {
			rare = append(rare, string([]rune(text)[40:44]))
		}
		at := time.Now().Add(-time.Duration(i) * 10 * time.Minute)
		head, body, rest := search.Join("清监搜身", "301 监舍"), search.Join(text, fmt.Sprintf("%010d", i)), search.Join("监区", "张三", "照片.jpg")
		heads = append(heads, []any{h.Prison, id, areas[i%2], typ.ID, typ.Version, "L2", h.Person("officer").PersonID, "approved", 1, 1, at, at})
		revisions = append(revisions, []any{h.Prison, id, 1, h.Person("officer").PersonID, typ.ID, typ.Version, []byte(h.Search()), zero, zero, false, "", []any{}, []any{}, at})
		texts = append(texts, []any{h.Prison, id, 1, head, body, rest, search.Hashes(h.Prison, search.Grams(head+body+rest))})
	}
	for _, c := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"entries", []string{"prison_id", "entry_id", "area_id", "ledger", "version", "level", "author", "state", "revision", "in_force", "occurred_at", "occurred_day"}, heads},
		{"revisions", []string{"prison_id", "entry_id", "revision", "author", "ledger", "version", "canonical", "salt", "digest", "nil_return", "reason", "chain", "warnings", "occurred_at"}, revisions},
		{"search_texts", []string{"prison_id", "entry_id", "revision", "head", "body", "rest", "grams"}, texts},
	} {
		if _, err := h.Owner.CopyFrom(ctx, pgx.Identifier{c.table}, c.columns, pgx.CopyFromRows(c.rows)); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := h.Owner.Exec(ctx, "vacuum analyze search_texts, entries, revisions"); err != nil {
		b.Fatal(err)
	}
	measure := func(b *testing.B, do func(i int)) []time.Duration {
		var times []time.Duration
		for i := 0; b.Loop(); i++ {
			began := time.Now()
			do(i)
			times = append(times, time.Since(began))
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
		return times
	}
	var baseline time.Duration
	warden := h.As(ctx, "warden")
	b.Run("get", func(b *testing.B) {
		times := measure(b, func(i int) {
			k := ledger.Key{Prison: h.Prison, Entry: heads[i%len(heads)][1].(uuid.UUID)}
			if _, err := h.Ledger.Get(warden, k); err != nil {
				b.Fatal(err)
			}
		})
		baseline = times[len(times)/2]
	})
	for name, typed := range map[string]func(i int) string{
		"phrase": func(i int) string { return `"` + rare[i%len(rare)] + `"` },
		"pair":   func(i int) string { return string([]rune(rare[i%len(rare)])[:2]) },
		"number": func(i int) string { return fmt.Sprintf("%010d", i%entries) },
		"two":    func(i int) string { return "监区 " + rare[i%len(rare)] },
		"all":    func(int) string { return "监区" },
		"none":   func(int) string { return "魑魅魍魉" },
	} {
		for _, who := range []string{"officer", "warden"} {
			ctx := h.As(ctx, who)
			b.Run(name+"/"+who, func(b *testing.B) {
				times := measure(b, func(i int) {
					asked, err := search.Parse(typed(i))
					if err != nil {
						b.Fatal(err)
					}
					if _, err := h.Retrieval.Search(ctx, retrieval.Query{Prison: h.Prison, Asked: asked, Limit: 20}, false); err != nil {
						b.Fatal(err)
					}
				})
				b.ReportMetric(float64(times[len(times)/2])/float64(baseline), "x-get")
			})
		}
	}
}
