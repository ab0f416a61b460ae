package housetest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// receiver is another system that is told: it verifies what comes and notes
// each id once, as the form of the messages lets it.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	calls  int
	told   map[string]map[string]any
	ids    []string
}

func newReceiver(t *testing.T, secret string) *receiver {
	r := &receiver{status: 200, told: map[string]map[string]any{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		id := req.Header.Get("webhook-id")
		at, err := strconv.ParseInt(req.Header.Get("webhook-timestamp"), 10, 64)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls++
		r.ids = append(r.ids, id)
		if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute || req.Header.Get("webhook-signature") != connector.Sign(secret, id, time.Unix(at, 0), body) {
			t.Errorf("not signed: %v", req.Header)
		}
		if r.status == 200 {
			var m map[string]any
			if err := json.Unmarshal(body, &m); err != nil {
				t.Error(err)
			}
			r.told[id] = m
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) set(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// events lists the kinds that arrived, each message once.
func (r *receiver) events() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for _, m := range r.told {
		out[m["type"].(string)]++
	}
	return out
}

func hook(t *testing.T, h *housetest.House, url string) connector.Connector {
	return connector.Connector{ID: "command-screen", Title: fault.Text{ZH: "指挥大屏"}, Kind: connector.Webhook, System: "ext:command", Prison: h.Prison.String(), URL: url,
		Secret: secretFile(t, "whsec_c2VjcmV0"), Events: []string{ledger.EntryWasApproved, ledger.EntryWasVoided, ledger.DutyWasMissed}, Attempts: 3}
}

// TestSign is the example of the Standard Webhooks specification.
func TestSign(t *testing.T) {
	t.Parallel()
	got := connector.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

// TestWebhooks tells a receiver of what was approved, voided and missed: written
// with the change, sent until it arrives, noted there once.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	r := newReceiver(t, "whsec_c2VjcmV0")
	// Nobody is told before there is a connector.
	first := approved(t, h)
	if n := ask(t, h, "select count(*)::text from outbox"); n != "0" {
		t.Errorf("%s messages without a connector", n)
	}
	s := connect(t, h, hook(t, h, r.URL))
	e := approved(t, h)
	if got := ask(t, h, "select event || ' ' || ref from outbox"); got != "entry.approved "+e.Entry.String()+"/1" {
		t.Errorf("outbox: %s", got)
	}
	for _, one := range []ledger.Entry{first, e} {
		voided(t, h, one)
	}
	// A change that is rolled back tells nobody.
	if _, err := h.Ledger.Void(h.As(ctx, "custody head"), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: "再次"}, ledger.Idem{}); err == nil {
		t.Fatal("voided twice")
	}
	// The receiver is down: tried again later and later, under the same id.
	r.set(500)
	tick(t, h, s)
	if got := ask(t, h, "select string_agg(distinct state || ' ' || attempts || ' ' || problem, ',') from outbox"); got != "waiting 1 bad_status" {
		t.Errorf("after the first: %s", got)
	}
	if err := s.Tick(ctx); err != nil || r.calls != 3 {
		t.Errorf("asked before its time: %d calls, %v", r.calls, err)
	}
	r.set(200)
	tick(t, h, s)
	if diff := cmp.Diff(map[string]int{"entry.approved": 1, "entry.voided": 2}, r.events()); diff != "" {
		t.Error(diff)
	}
	if r.calls != 6 || len(r.told) != 3 {
		t.Errorf("%d calls, %d messages", r.calls, len(r.told))
	}
	for _, m := range r.told {
		data := m["data"].(map[string]any)
		if data["ledger"] != "cell-body-search" || data["entry"] == nil || data["document"] != nil {
			t.Errorf("%v", data)
		}
	}
	// Deadlines that pass are told once, however often they are looked at.
	exec(t, h, `insert into duties (prison_id, area_id, ledger, period, target, duty_id, starts_at, ends_at, due_at, planned_due_at, day)
		values ($1, $2, 'fire-safety', 'past', 1, $3, now() - interval '3 hours', now() - interval '2 hours', now() - interval '1 hour', now() - interval '1 hour', (now() - interval '2 hours')::date)`, h.Prison, h.Area, uuid.New())
	for range 2 {
		if err := h.Duty.CatchUp(ctx, h.Prison); err != nil {
			t.Fatal(err)
		}
	}
	if n := ask(t, h, "select count(*)::text from outbox o join duties d on d.duty_id::text = o.ref where d.period = 'past'"); n != "1" {
		t.Errorf("the missed duty was told %s times", n)
	}
}

// TestDeadLetter gives up after three attempts, and sends again when told to, by
// two hands at once.
func TestDeadLetter(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	r := newReceiver(t, "whsec_c2VjcmV0")
	s := connect(t, h, hook(t, h, r.URL))
	approved(t, h)
	r.set(503)
	for range 5 {
		tick(t, h, s)
	}
	admin := h.As(t.Context(), "system admin")
	list, actions, err := s.Outbox(admin, h.Prison)
	if err != nil || len(list) != 1 || list[0].State != "dead" || list[0].Attempts != 3 || r.calls != 3 || len(actions) != 1 {
		t.Fatalf("%+v %v, %d calls, %v", list, err, r.calls, actions)
	}
	if err := s.SendAgain(h.As(t.Context(), "security admin"), h.Prison, list[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the security administrator: %v", err)
	}
	r.set(200)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := s.SendAgain(admin, h.Prison, list[0].ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	// Two servers send at once: it goes out once.
	other := connect(t, h, hook(t, h, r.URL))
	for _, one := range []*connector.Service{s, other} {
		wg.Go(func() {
			if err := one.Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if r.calls != 4 || len(r.told) != 1 || r.ids[0] != r.ids[3] {
		t.Errorf("%d calls, ids %v", r.calls, r.ids)
	}
	if err := s.SendAgain(admin, h.Prison, list[0].ID); fault.CodeOf(err) != "message_sent" {
		t.Errorf("sent already: %v", err)
	}
	if n := ask(t, h, "select count(*)::text from custody_events where kind = 'connector_send'"); n != "1" {
		t.Errorf("%s acts kept", n)
	}
}

// TestUnanswered asks a receiver that does not answer once a look, whatever
// waits for it: each try may take half a minute, and others want their turn.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	r := newReceiver(t, "whsec_c2VjcmV0")
	s := connect(t, h, hook(t, h, r.URL))
	approved(t, h)
	approved(t, h)
	r.Close()
	tick(t, h, s)
	if got := ask(t, h, "select string_agg(attempts || problem, ',' order by recorded_at) from outbox"); got != "1unreachable,0" {
		t.Errorf("after a look: %s", got)
	}
}

// TestUnasked: of ledgers that the file does not name nobody hears.
func TestUnasked(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := hook(t, h, newReceiver(t, "x").URL)
	c.Ledgers = []string{"fire-safety"}
	connect(t, h, c)
	approved(t, h)
	if n := ask(t, h, "select count(*)::text from outbox"); n != "0" {
		t.Errorf("%s messages", n)
	}
}
