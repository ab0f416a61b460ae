package kill

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// connectorPoints are the steps of the ways in and out.
var connectorPoints = []string{"connector.page_taken", "connector.run_ended", "connector.file_taken", "connector.push_taken", "connector.message_told"}

// TestConnectorKills ends the program at every step of a pull, a file, a push and
// a message, and lives on: each record once, each run once, each message noted
// once by its receiver.
func TestConnectorKills(t *testing.T) {
	t.Parallel()
	exe := build(t, "faultpoints")
	at := []string{"connector.page_taken:2", "connector.run_ended:2"}
	for _, p := range connectorPoints {
		at = append(at, p+":1")
	}
	for n := 1; n <= 11; n += 5 {
		at = append(at, fmt.Sprintf("write.before_commit:%d", n), fmt.Sprintf("write.after_commit:%d", n+1))
	}
	for _, point := range at {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			h := housetest.New(t)
			ids, mu := map[string]int{}, sync.Mutex{}
			source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/told":
					mu.Lock()
					ids[r.Header.Get("webhook-id")]++
					mu.Unlock()
				case r.URL.Query().Get("page") == "":
					_, _ = io.WriteString(w, `{"list":[{"id":"1","ver":1,"no":"0000000001","xm":"张三","jq":"A1","rj":"2025-01-01"}],"next":"2"}`)
				default:
					_, _ = io.WriteString(w, `{"list":[{"id":"2","ver":1,"no":"0000000002","xm":"张三","jq":"A1","rj":"2025-01-01"},{"id":"3","ver":1,"jq":"A1"}]}`)
				}
			}))
			defer source.Close()
			folder := t.TempDir()
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			check(os.Mkdir(filepath.Join(folder, "drop"), 0o750))
			check(os.WriteFile(filepath.Join(folder, "secret"), []byte("the-secret"), 0o600))
			check(os.WriteFile(filepath.Join(folder, "drop/roll.csv"), []byte("id,ver,no,xm,jq,rj\nf,1,0000000005,张三,A2,2025-01-01\n"), 0o640))
			env := []string{"KILL_SOURCE=" + source.URL, "KILL_FOLDER=" + folder}
			// A first life with nothing due only registers the receiver; then there is news.
			_, err := h.Owner.Exec(t.Context(), `insert into connectors (prison_id, connector, kind, system, target, title_zh, title_en, events)
				values ($1, 'd-hook', 'webhook', 'ext:four', '', '', '', '{entry.approved}')`, h.Prison)
			check(err)
			e := h.Submitted(t)
			for _, who := range []string{"duty leader", "area head"} {
				out, err := h.Ledger.Approve(h.As(t.Context(), who), e.Key, ledger.Judgement{Digest: *e.Digest}, ledger.Idem{})
				check(err)
				e = out.Entry
			}
			if acks, ended := life(t, h, exe, "connect", point, env...); !ended {
				t.Fatalf("not killed: %v", acks)
			}
			_, err = h.Owner.Exec(t.Context(), "update connectors set leased_until = '-infinity'")
			check(err)
			_, err = h.Owner.Exec(t.Context(), "update outbox set next_at = now() - interval '1 second' where state = 'waiting'")
			check(err)
			if acks, _ := life(t, h, exe, "connect", "", env...); len(acks) != 1 {
				t.Fatalf("the second life: %v", acks)
			}
			for want, sql := range map[string]string{
				"inmates":     "select count(*) - 4 from inmates",
				"versions":    "select count(*) - 4 from source_records",
				"rejected":    "select count(*) - 1 from connector_rejected",
				"runs":        "select count(*) - 3 from connector_runs where state = 'done'",
				"failed runs": "select count(*) from connector_runs where state <> 'done'",
				"leaves":      "select count(*) - 3 from log_leaves where kind = 'connector_run'",
				"open":        "select count(*) from connectors where open_run is not null",
				"messages":    "select count(*) - 1 from outbox where state = 'sent'",
				"sums":        "select coalesce(sum(read), 0) - 5 + coalesce(sum(changed), 0) - 4 from connector_runs",
			} {
				if n := count(t, h, sql); n != 0 {
					t.Errorf("%s: %d too many", want, n)
				}
			}
			if len(ids) != 1 {
				t.Errorf("told under %d ids", len(ids))
			}
			if _, err := os.Stat(filepath.Join(folder, "drop/done/roll.csv")); err != nil {
				t.Error(err)
			}
		})
	}
}
