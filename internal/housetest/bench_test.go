package housetest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// spread reports the median and the 99th percentile, and their ratio to the
// baseline measured in the same run.
func spread(b *testing.B, times []time.Duration, baseline time.Duration) time.Duration {
	slices.Sort(times)
	p50, p99 := times[len(times)/2], times[len(times)*99/100]
	b.ReportMetric(float64(p50.Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
	if baseline > 0 {
		b.ReportMetric(float64(p50)/float64(baseline), "x-insert")
	}
	return p50
}

// BenchmarkWrite compares drafts, submissions and approvals with a plain
// INSERT of the same document in a transaction of its own.
func BenchmarkWrite(b *testing.B) {
	h := housetest.New(b)
	ctx := b.Context()
	if _, err := h.Owner.Exec(ctx, "create table plain (id uuid primary key, body bytea not null)"); err != nil {
		b.Fatal(err)
	}
	body := h.Search()
	measure := func(b *testing.B, do func()) []time.Duration {
		var times []time.Duration
		for b.Loop() {
			began := time.Now()
			do()
			times = append(times, time.Since(began))
		}
		return times
	}
	var baseline time.Duration
	b.Run("insert", func(b *testing.B) {
		baseline = spread(b, measure(b, func() {
			if _, err := h.Owner.Exec(ctx, "insert into plain values ($1, $2)", uuid.New(), []byte(body)); err != nil {
				b.Fatal(err)
			}
		}), 0)
	})
	officer := h.As(ctx, "officer")
	var drafts, submitted []ledger.Entry
	b.Run("draft", func(b *testing.B) {
		spread(b, measure(b, func() {
			out, err := h.Ledger.Create(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: body}, ledger.Idem{})
			if err != nil {
				b.Fatal(err)
			}
			drafts = append(drafts, out.Entry)
		}), baseline)
	})
	b.Run("submit", func(b *testing.B) {
		spread(b, measure(b, func() {
			if len(drafts) == 0 {
				b.StopTimer()
				drafts = append(drafts, h.Begin(b, "officer", "cell-body-search", body))
				b.StartTimer()
			}
			e := drafts[0]
			drafts = drafts[1:]
			out, err := h.Ledger.Submit(officer, e.Key, e.ETag, "", ledger.Idem{})
			if err != nil {
				b.Fatal(err)
			}
			submitted = append(submitted, out.Entry)
		}), baseline)
	})
	leader := h.As(ctx, "duty leader")
	b.Run("approve", func(b *testing.B) {
		spread(b, measure(b, func() {
			if len(submitted) == 0 {
				b.StopTimer()
				submitted = append(submitted, h.Submitted(b))
				b.StartTimer()
			}
			e := submitted[0]
			submitted = submitted[1:]
			if _, err := h.Ledger.Approve(leader, e.Key, ledger.Judgement{Digest: *e.Digest}, ledger.Idem{}); err != nil {
				b.Fatal(err)
			}
		}), baseline)
	})
}

// BenchmarkValidate counts documents per second against the largest schema.
func BenchmarkValidate(b *testing.B) {
	cat, err := catalog.Load(os.DirFS("../../schemas"))
	if err != nil {
		b.Fatal(err)
	}
	var largest *catalog.Type
	for _, t := range cat.Types() {
		if largest == nil || len(t.SchemaJSON) > len(largest.SchemaJSON) {
			largest = t
		}
	}
	files, err := filepath.Glob(fmt.Sprintf("../../schemas/ledgers/%s/v1/valid/*.json", largest.ID))
	if err != nil || len(files) == 0 {
		b.Fatal(err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		b.Fatal(err)
	}
	var wrapped struct{ Document json.RawMessage }
	if json.Unmarshal(raw, &wrapped) == nil && wrapped.Document != nil {
		raw = wrapped.Document
	}
	env := catalog.Env{Now: time.Now(), Filler: "0000001", Stage: catalog.StageSubmit}
	for b.Loop() {
		doc, err := catalog.ParseDocument(raw)
		if err != nil {
			b.Fatal(err)
		}
		largest.Validate(doc, env)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "documents/s")
	b.Logf("largest schema: %s, %d bytes", largest.ID, len(largest.SchemaJSON))
}
