package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"taizhang/internal/connector"
	"taizhang/internal/outbound"
)

// TestAllowed walks the addresses an attacker would name.
func TestAllowed(t *testing.T) {
	tests := []struct {
		address      string
		plain, named bool
	}{
		{"127.0.0.1:80", true, true}, {"[::1]:80", true, true}, {"10.1.2.3:80", true, true}, {"172.31.0.9:80", true, true},
		{"192.168.1.1:80", true, true}, {"[fd12::1]:80", true, true}, {"[::ffff:10.0.0.1]:80", true, true},
		{"8.8.8.8:80", false, true}, {"172.32.0.1:80", false, true}, {"[2606:4700::1]:80", false, true}, {"100.64.0.1:80", false, true},
		{"169.254.169.254:80", false, false}, {"[::ffff:169.254.169.254]:80", false, false}, {"[fe80::1%eth0]:80", false, false},
		{"[fd00:ec2::254]:80", false, false}, {"100.100.100.200:80", false, false}, {"0.0.0.0:80", false, false}, {"[::]:80", false, false},
		{"[64:ff9b::a9fe:a9fe]:80", false, false}, {"[2002:a9fe:a9fe::1]:80", false, false}, {"224.0.0.1:80", false, false}, {"nonsense", false, false},
	}
	for _, test := range tests {
		if err := outbound.Allowed(test.address, false); (err == nil) != test.plain {
			t.Errorf("%s: %v", test.address, err)
		}
		if err := outbound.Allowed(test.address, true); (err == nil) != test.named {
			t.Errorf("%s, named: %v", test.address, err)
		}
	}
}

func get(c *outbound.Client, url string, allow ...string) (connector.Response, error) {
	return c.Do(context.Background(), connector.Request{Method: "GET", URL: url, Header: http.Header{}, Allow: allow, Limit: 1000})
}

// TestDo speaks with a real server that behaves badly.
func TestDo(t *testing.T) {
	var asked atomic.Int64
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/well", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "well") })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret", http.StatusFound) })
	mux.HandleFunc("/secret", func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1001)) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	defer close(release)
	// A proxy of the environment would see everything.
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1")
	c := &outbound.Client{Timeout: 300 * time.Millisecond}
	if res, err := get(c, s.URL+"/well"); err != nil || string(res.Body) != "well" {
		t.Errorf("%v %v", res, err)
	}
	for path, want := range map[string]connector.Trouble{"/away": connector.Redirected, "/large": connector.TooLarge, "/slow": connector.Unreachable} {
		if _, err := get(c, s.URL+path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	// Of whom only the status counts may answer at any length.
	if res, err := c.Do(t.Context(), connector.Request{Method: "POST", URL: s.URL + "/large", Header: http.Header{}}); err != nil || res.Status != http.StatusOK {
		t.Errorf("a long answer that nobody reads: %v %v", res.Status, err)
	}
	if asked.Load() != 0 {
		t.Error("a redirect was followed")
	}
	for _, url := range []string{"http://169.254.169.254/latest/meta-data", "http://192.0.2.7/", "http://0x7f.1.1.1.1/", "file:///etc/passwd",
		"http://user:password@127.0.0.1/", "gopher://127.0.0.1/"} {
		if _, err := get(c, url); !errors.Is(err, connector.AddressRefused) && !errors.Is(err, connector.Unreachable) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := get(c, "http://169.254.169.254/", "169.254.169.254"); !errors.Is(err, connector.AddressRefused) {
		t.Errorf("metadata, named: %v", err)
	}
}

// TestNames lets a name server of the test answer with addresses that must not
// be asked, whatever they are called.
func TestNames(t *testing.T) {
	answers := map[string][4]byte{"metadata.intranet.": {169, 254, 169, 254}, "outside.example.": {192, 0, 2, 9}}
	c := &outbound.Client{Resolver: nameServer(t, answers), Timeout: time.Second}
	for _, name := range []string{"metadata.intranet.", "outside.example."} {
		if _, err := get(c, "http://"+name+"/"); !errors.Is(err, connector.AddressRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := get(c, "http://metadata.intranet./", "metadata.intranet."); !errors.Is(err, connector.AddressRefused) {
		t.Errorf("metadata, named: %v", err)
	}
}

// nameServer answers questions for A over UDP, and nothing else.
func nameServer(t *testing.T, answers map[string][4]byte) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := l.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = l.WriteTo(answer(buf[:n], answers), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

func answer(q []byte, answers map[string][4]byte) []byte {
	name, at := "", 12
	for q[at] != 0 {
		name += string(q[at+1:at+1+int(q[at])]) + "."
		at += 1 + int(q[at])
	}
	end := at + 5
	out := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
	if ip, ok := answers[name]; ok && q[at+2] == 1 {
		out[7] = 1
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
		out = append(out, ip[:]...)
	}
	return out
}
