package housetest

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// TestFile files a row whole or not at all, and once under its key.
func TestFile(t *testing.T) {
	t.Parallel()
	h := New(t)
	ctx := h.As(t.Context(), "officer")
	row := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: h.Search()}
	idem := ledger.Idem{Key: "row-one-1", Route: "POST /batch"}

	var outs [2]ledger.Outcome
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			var err error
			if outs[i], err = h.Ledger.File(ctx, row, idem); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if outs[0].Entry.Entry != outs[1].Entry.Entry || outs[0].Receipt == nil || outs[0].Entry.State != ledger.Submitted {
		t.Errorf("the same row twice at once became %+v and %+v", outs[0], outs[1])
	}

	wrong := row
	wrong.Body = json.RawMessage(strings.Replace(string(h.Search()), `"findings_count":0`, `"findings_count":1`, 1))
	_, err := h.Ledger.File(ctx, wrong, ledger.Idem{Key: "row-two-2", Route: "POST /batch"})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a row without its findings: %v", err)
	}
	list, err := h.Ledger.List(ctx, ledger.Query{Prison: h.Prison, Ledgers: []string{"cell-body-search"}, Limit: 10})
	if err != nil || len(list) != 1 {
		t.Errorf("%d entries, want the one that was filed: %v", len(list), err)
	}
	if _, err := h.Ledger.File(h.As(t.Context(), "warden"), row, ledger.Idem{}); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody who does not fill: %v", err)
	}
}
