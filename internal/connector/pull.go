package connector

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

const (
	pageLimit = 8 << 20
	maxPages  = 10_000
)

// pull asks a source for its pages, if it is due. A run that a fall cut off goes
// on behind the last page taken in; one that the source failed begins anew,
// for its pages may have shifted meanwhile.
func (s *Service) pull(ctx context.Context, prison uuid.UUID, c Connector) error {
	st, run, err := s.begin(ctx, prison, c)
	if err != nil || run == nil {
		return err
	}
	for run.Cursor != finished {
		p, err := s.fetch(ctx, c, st, run)
		var trouble Trouble
		if errors.As(err, &trouble) {
			s.Log.WarnContext(ctx, "source", "connector", c.ID, "error", err)
			return s.finish(ctx, c, run, trouble)
		}
		if err != nil {
			return err
		}
		if p.unchanged {
			run.ETag, run.LastModified = st.ETag, st.LastModified
			return s.finish(ctx, c, run, "")
		}
		if run.Pages == 0 {
			run.ETag, run.LastModified = p.etag, p.modified
		}
		records := make([]Record, len(p.items))
		for i, raw := range p.items {
			records[i] = c.Map(raw)
		}
		if p.next != "" && p.next == run.Cursor || run.Pages >= maxPages {
			return s.finish(ctx, c, run, Loops)
		}
		next := p.next
		if next == "" {
			next = finished
		}
		if err := s.page(ctx, c, run, records, next); err != nil {
			return err
		}
	}
	return s.finish(ctx, c, run, "")
}

// finished stands as the cursor of a run whose last page is in: who comes after
// a fall has only to end it.
const finished = "."

type fetched struct {
	items          []json.RawMessage
	next           string
	unchanged      bool
	etag, modified string
}

func (s *Service) fetch(ctx context.Context, c Connector, st State, run *Run) (fetched, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return fetched{}, errors.Join(Unreadable, err)
	}
	h := http.Header{"Accept": {"application/json"}}
	token, err := c.Secret.Read()
	if err != nil {
		return fetched{}, err
	}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	if run.Cursor != "" {
		q := u.Query()
		q.Set(c.Paging.Param, run.Cursor)
		u.RawQuery = q.Encode()
	} else {
		if st.ETag != "" {
			h.Set("If-None-Match", st.ETag)
		}
		if st.LastModified != "" {
			h.Set("If-Modified-Since", st.LastModified)
		}
	}
	res, err := s.Out.Do(ctx, Request{Method: http.MethodGet, URL: u.String(), Header: h, Allow: c.Allow, Limit: pageLimit})
	if err != nil {
		return fetched{}, err
	}
	switch {
	case res.Status == http.StatusNotModified && run.Cursor == "" && st.ETag+st.LastModified != "":
		return fetched{unchanged: true}, nil
	case res.Status != http.StatusOK:
		return fetched{}, BadStatus
	}
	p := fetched{etag: header(res.Header, "ETag"), modified: header(res.Header, "Last-Modified")}
	var whole any
	raw, ok := member(res.Body, c.Paging.Items)
	if !ok || json.Unmarshal(raw, &p.items) != nil || p.items == nil {
		return fetched{}, Unreadable
	}
	if c.Paging.Next != "" {
		d := json.NewDecoder(strings.NewReader(string(res.Body)))
		d.UseNumber()
		if err := d.Decode(&whole); err != nil {
			return fetched{}, Unreadable
		}
		if p.next = plain(lookup(whole, c.Paging.Next)); len(p.next) > 500 || p.next == finished || !printable(p.next) {
			return fetched{}, Unreadable
		}
	}
	return p, nil
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
}

// header is one of the source's that is sent back as it came; one too long or
// odd is as good as none.
func header(h http.Header, name string) string {
	if v := h.Get(name); len(v) <= 300 && printable(v) {
		return v
	}
	return ""
}

// member finds the raw text of a member by pointer.
func member(raw []byte, pointer string) (json.RawMessage, bool) {
	if pointer == "" {
		return raw, true
	}
	for part := range strings.SplitSeq(pointer[1:], "/") {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, false
		}
		if raw = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]; raw == nil {
			return nil, false
		}
	}
	return raw, true
}
