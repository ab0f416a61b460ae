// Package outbound asks other systems, and nobody whom the configuration does
// not allow: loopback and the intranet, or a host that is named.
package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"taizhang/internal/connector"
)

// Client is a connector.Outbound. The zero value is ready.
type Client struct {
	// Resolver of names; nil is the system's.
	Resolver *net.Resolver
	// Timeout of one request with its answer; zero is 30 s.
	Timeout time.Duration
}

// errRefused ends a dial to an address that is not allowed.
var errRefused = errors.New("address refused")

// Do asks once. The address is judged after the name is resolved, at the moment
// of dialling, so that no name can be one address when looked at and another
// when asked. Redirects are not followed: they would be asked under the first
// one's permission. No proxy is used, whatever the environment says.
func (c *Client) Do(ctx context.Context, r connector.Request) (connector.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return connector.Response{}, connector.AddressRefused
	}
	named := slices.ContainsFunc(r.Allow, func(host string) bool { return strings.EqualFold(host, u.Hostname()) })
	limit := c.Timeout
	if limit == 0 {
		limit = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dialer := &net.Dialer{Timeout: 10 * time.Second, Resolver: c.Resolver, Control: func(_, address string, _ syscall.RawConn) error {
		return Allowed(address, named)
	}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return connector.Response{}, errors.Join(connector.AddressRefused, err)
	}
	req.Header = r.Header
	res, err := client.Do(req)
	switch {
	case errors.Is(err, errRefused):
		return connector.Response{}, errors.Join(connector.AddressRefused, err)
	case err != nil:
		return connector.Response{}, errors.Join(connector.Unreachable, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 && res.StatusCode < 400 && res.StatusCode != http.StatusNotModified {
		return connector.Response{}, connector.Redirected
	}
	if r.Limit == 0 {
		return connector.Response{Status: res.StatusCode, Header: res.Header}, nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, r.Limit+1))
	switch {
	case err != nil:
		return connector.Response{}, errors.Join(connector.Unreachable, err)
	case int64(len(body)) > r.Limit:
		return connector.Response{}, connector.TooLarge
	}
	return connector.Response{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}

// never are addresses that no configuration opens: link-local ones, where
// clouds keep their metadata, and those that carry another address inside.
var never = prefixes("169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "fd00:ec2::/32", "0.0.0.0/8", "::/128", "224.0.0.0/4", "ff00::/8",
	"255.255.255.255/32", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")

// intranet is what needs no permission.
var intranet = prefixes("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Allowed judges an address of the form host:port; named says that the
// configuration names its host.
func Allowed(address string, named bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", errRefused, address)
	}
	ip := at.Addr().Unmap().WithZone("")
	in := func(list []netip.Prefix) bool {
		return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
	}
	if in(never) || !in(intranet) && !named {
		return fmt.Errorf("%w: %s", errRefused, address)
	}
	return nil
}
