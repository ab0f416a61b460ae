package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"taizhang/internal/fault"
)

// Limits of the door. What is beyond them is refused before the validator,
// which an eleven-byte number can kill.
const (
	MaxDocument = 256 << 10 // bytes
	maxDepth    = 16
	maxNumber   = 32 // characters
	maxExponent = 30
)

// Document is one JSON object that came through the door.
type Document struct {
	// Value holds json.Number for numbers, so that nothing is rounded.
	Value map[string]any
	// Canonical is its RFC 8785 form: the record.
	Canonical json.RawMessage
}

// ParseDocument is the door: one JSON object of bounded size and depth, valid
// UTF-8, no name twice, every number one that the canonical form keeps.
// Faults: document_too_large, and bad_document with a pointer and a reason.
func ParseDocument(raw []byte) (Document, error) {
	if len(raw) > MaxDocument {
		return Document{}, fault.New(fault.TooLarge, "document_too_large").With("limit", MaxDocument)
	}
	return ParseLarge(raw)
}

// ParseLarge is the same door for what is no entry: whoever calls has bounded it.
func ParseLarge(raw []byte) (Document, error) {
	if !utf8.Valid(raw) {
		return Document{}, refuse("", "utf8")
	}
	d := &door{dec: json.NewDecoder(bytes.NewReader(raw))}
	d.dec.UseNumber()
	v, err := d.value("", 0)
	if err != nil {
		return Document{}, err
	}
	if _, err := d.dec.Token(); !errors.Is(err, io.EOF) {
		return Document{}, refuse("", "trailing")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return Document{}, refuse("", "object")
	}
	return newDocument(object)
}

func newDocument(value map[string]any) (Document, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return Document{}, fmt.Errorf("document: %w", err)
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return Document{}, fmt.Errorf("document: %w", err)
	}
	return Document{Value: value, Canonical: canonical}, nil
}

var doorTexts = map[string]fault.Text{
	"utf8":      {ZH: "内容不是有效的 UTF-8 文本", EN: "The text is not valid UTF-8"},
	"syntax":    {ZH: "内容不是有效的 JSON", EN: "This is not valid JSON"},
	"trailing":  {ZH: "JSON 之后还有多余内容", EN: "Something follows the JSON value"},
	"object":    {ZH: "内容应为一个 JSON 对象", EN: "A JSON object is expected"},
	"depth":     {ZH: "嵌套过深，最多 16 层", EN: "Nested too deeply; at most 16 levels"},
	"duplicate": {ZH: "同一名称出现了两次", EN: "The same name occurs twice"},
	"number":    {ZH: "数字过长或精度过高，无法原样保存", EN: "The number is too long to be kept exactly"},
	"text":      {ZH: "文字中含有不可保存的字符", EN: "The text holds a character that cannot be kept"},
}

func refuse(pointer, code string) error {
	return &fault.Error{Kind: fault.Malformed, Code: "bad_document", Fields: []fault.Field{{Pointer: pointer, Code: code, Text: doorTexts[code]}}}
}

type door struct{ dec *json.Decoder }

func (d *door) value(at string, depth int) (any, error) {
	tok, err := d.dec.Token()
	if err != nil {
		return nil, refuse(at, "syntax")
	}
	return d.rest(tok, at, depth)
}

func (d *door) rest(tok json.Token, at string, depth int) (any, error) {
	switch t := tok.(type) {
	case json.Delim:
		if depth >= maxDepth {
			return nil, refuse(at, "depth")
		}
		if t == '{' {
			return d.object(at, depth)
		}
		return d.array(at, depth)
	case json.Number:
		if !keeps(string(t)) {
			return nil, refuse(at, "number")
		}
		return t, nil
	case string:
		if !plain(t) {
			return nil, refuse(at, "text")
		}
		return t, nil
	}
	return tok, nil
}

func (d *door) object(at string, depth int) (any, error) {
	m := map[string]any{}
	for d.dec.More() {
		tok, err := d.dec.Token()
		if err != nil {
			return nil, refuse(at, "syntax")
		}
		name := tok.(string)
		here := at + "/" + escape(name)
		if _, twice := m[name]; twice {
			return nil, refuse(here, "duplicate")
		}
		if !plain(name) {
			return nil, refuse(at, "text")
		}
		if m[name], err = d.value(here, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, refuse(at, "syntax")
	}
	return m, nil
}

func (d *door) array(at string, depth int) (any, error) {
	list := []any{}
	for i := 0; d.dec.More(); i++ {
		v, err := d.value(at+"/"+strconv.Itoa(i), depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := d.dec.Token(); err != nil {
		return nil, refuse(at, "syntax")
	}
	return list, nil
}

// plain refuses NUL, which PostgreSQL cannot keep, and U+FFFD, into which the
// decoder turns a lone surrogate.
func plain(s string) bool { return !strings.ContainsAny(s, "\x00\uFFFD") }

// keeps reports whether the number has the same value in canonical form.
func keeps(n string) bool {
	if len(n) > maxNumber {
		return false
	}
	if _, exp, ok := strings.Cut(strings.ToLower(n), "e"); ok {
		if e, err := strconv.Atoi(exp); err != nil || e > maxExponent || e < -maxExponent {
			return false
		}
	}
	f, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return false
	}
	c, err := jcs.NumberToJSON(f)
	if err != nil {
		return false
	}
	sent, ok1 := new(big.Rat).SetString(n)
	kept, ok2 := new(big.Rat).SetString(c)
	return ok1 && ok2 && sent.Cmp(kept) == 0
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func escape(name string) string { return pointerEscape.Replace(name) }

func unescape(part string) string {
	return strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
}

// at follows an RFC 6901 pointer; ok is false where nothing is.
func at(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, part := range strings.Split(pointer[1:], "/") {
		part = unescape(part)
		switch c := v.(type) {
		case map[string]any:
			next, ok := c[part]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(c) {
				return nil, false
			}
			v = c[i]
		default:
			return nil, false
		}
	}
	return v, true
}
