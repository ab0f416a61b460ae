package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// body reads the request once; echo's Bind is not used, for it lets the body
// override the path and matches names without case (T7, T14).
func body(c echo.Context) ([]byte, error) {
	r := c.Request()
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, fault.New(fault.UnsupportedMedia, "unsupported_media_type")
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// read takes the body into an envelope and also returns it as it came, for the
// idempotency key.
func read(c echo.Context, into any) ([]byte, error) {
	raw, err := body(c)
	if err != nil {
		return nil, err
	}
	return raw, decode(raw, into)
}

// readLarge is read for what is no entry and may be larger than one: its route alone bounds it.
func readLarge(c echo.Context, into any) ([]byte, error) {
	raw, err := body(c)
	if err != nil {
		return nil, err
	}
	return raw, decodeBy(catalog.ParseLarge, raw, into)
}

// decode reads an envelope exactly: the door's checks, then names by letter
// and none that nobody reads.
func decode(raw []byte, into any) error { return decodeBy(catalog.ParseDocument, raw, into) }

func decodeBy(door func([]byte) (catalog.Document, error), raw []byte, into any) error {
	doc, err := door(raw)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		f := (*fault.Error)(nil)
		if errors.As(err, &f) {
			return f
		}
		var typ *json.UnmarshalTypeError
		field := fault.Field{Code: "type", Text: fault.Text{ZH: "请求内容与接口不符", EN: "The request does not fit the interface"}}
		if errors.As(err, &typ) {
			field.Pointer = "/" + strings.ReplaceAll(typ.Field, ".", "/")
		} else if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			field.Pointer, field.Code = "/"+strings.Trim(name, `"`), "additionalProperties"
		}
		return &fault.Error{Kind: fault.Malformed, Code: "bad_request", Fields: []fault.Field{field}}
	}
	return plainNames("", doc.Value)
}

// plainNames refuses names that encoding/json would fold into ours (SCORE,
// paſſword). What is data has its own rules: a ledger's own document, under "body",
// and the ledgers that are named under "missed".
func plainNames(at string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
				return &fault.Error{Kind: fault.Malformed, Code: "bad_request", Fields: []fault.Field{{Pointer: at + "/" + name, Code: "additionalProperties",
					Text: fault.Text{ZH: "没有这个字段", EN: "There is no such field"}}}}
			}
			if name == "body" || name == "missed" {
				continue
			}
			if err := plainNames(at+"/"+name, member); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range v {
			if err := plainNames(at+"/"+strconv.Itoa(i), item); err != nil {
				return err
			}
		}
	}
	return nil
}

func pathID(c echo.Context, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param(name))
	if err != nil || len(c.Param(name)) != 36 {
		return uuid.Nil, notFound
	}
	return id, nil
}

// queryID reads an optional id of the query; uuid.Nil when it is not given.
func queryID(c echo.Context, name string) (uuid.UUID, error) {
	v := c.QueryParam(name)
	if v == "" {
		return uuid.Nil, nil
	}
	id, err := uuid.Parse(v)
	if err != nil {
		return uuid.Nil, notFound
	}
	return id, nil
}

func entryKey(c echo.Context) (ledger.Key, error) {
	prison, err := pathID(c, "prison")
	if err != nil {
		return ledger.Key{}, err
	}
	entry, err := pathID(c, "entry")
	return ledger.Key{Prison: prison, Entry: entry}, err
}

// ifMatch wants the etag of what is being changed: 428 without.
func ifMatch(c echo.Context) (int64, error) {
	h := c.Request().Header.Get("If-Match")
	if h == "" {
		return 0, fault.New(fault.PreconditionRequired, "match_required")
	}
	n, err := strconv.ParseInt(strings.Trim(h, `"`), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.Malformed, "match_required")
	}
	return n, nil
}

// idem binds the key to the address, with what it asks, and the body.
func idem(c echo.Context, raw []byte) (ledger.Idem, error) {
	key := c.Request().Header.Get("Idempotency-Key")
	if key == "" {
		return ledger.Idem{}, nil
	}
	if len(key) < 8 || len(key) > 60 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ledger.Idem{}, fault.New(fault.Malformed, "bad_idempotency_key")
	}
	return ledger.Idem{Key: key, Route: c.Request().Method + " " + c.Request().URL.RequestURI(), BodyHash: sha256.Sum256(raw)}, nil
}

// creation wants the key: a lost answer must not become a second entry.
func creation(c echo.Context, raw []byte) (ledger.Idem, error) {
	i, err := idem(c, raw)
	if err == nil && i.Key == "" {
		return i, fault.New(fault.PreconditionRequired, "key_required")
	}
	return i, err
}

// A reader takes the body of a request and returns it as it came.
type reader func(echo.Context) ([]byte, error)

func envelope(into any) reader {
	return func(c echo.Context) ([]byte, error) { return read(c, into) }
}

// nothing is the reader of a request whose address says it all.
func nothing(echo.Context) ([]byte, error) { return nil, nil }

// asked is what a request about one entry says of itself.
type asked struct {
	ledger.Key
	raw  []byte
	idem ledger.Idem
}

// asking reads a request about one entry: the address, then the body, then the
// key that is bound to both.
func asking(c echo.Context, read reader) (a asked, err error) {
	if a.Key, err = entryKey(c); err != nil {
		return a, err
	}
	if a.raw, err = read(c); err != nil {
		return a, err
	}
	a.idem, err = idem(c, a.raw)
	return a, err
}

// change is asked of the entry as somebody saw it.
type change struct {
	asked
	match int64
}

// changing reads a request that changes one entry; without an etag its body is
// not looked at.
func changing(c echo.Context, read reader) (ch change, err error) {
	ch.asked, err = asking(c, func(c echo.Context) (raw []byte, err error) {
		if ch.match, err = ifMatch(c); err != nil {
			return nil, err
		}
		return read(c)
	})
	return ch, err
}

// begin reads a request for what is not there yet: its prison, the body and the
// key, which it must have.
func begin(c echo.Context, into any) (uuid.UUID, ledger.Idem, error) {
	prison, err := pathID(c, "prison")
	if err != nil {
		return prison, ledger.Idem{}, err
	}
	raw, err := read(c, into)
	if err != nil {
		return prison, ledger.Idem{}, err
	}
	key, err := creation(c, raw)
	return prison, key, err
}

// beginOf is begin of what belongs to the one that the path names.
func beginOf(c echo.Context, param string, into any) (prison, of uuid.UUID, key ledger.Idem, err error) {
	if of, err = pathID(c, param); err == nil {
		prison, key, err = begin(c, into)
	}
	return prison, of, key, err
}

func etag(c echo.Context, n int64) {
	c.Response().Header().Set("ETag", `"`+strconv.FormatInt(n, 10)+`"`)
}
