package scoring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"taizhang/internal/fault"
)

// sorts are what JSON knows, in words.
var sorts = map[string]fault.Text{
	"bool": {ZH: "真假值", EN: "true or false"}, "number": {ZH: "数字", EN: "a number"}, "string": {ZH: "文字", EN: "a text"},
	"object": {ZH: "对象", EN: "an object"}, "array": {ZH: "列表", EN: "a list"},
}

// unread says why one of the documents cannot be read, at its place, in words of those who write it and
// not of the reader that stumbled.
func unread(at string, err error) error {
	why := fault.Text{ZH: "无法读取", EN: "It cannot be read"}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	text := err.Error()
	switch {
	case errors.As(err, &kind):
		if kind.Field != "" {
			at += "/" + strings.ReplaceAll(kind.Field, ".", "/")
		}
		what := sorts[strings.Fields(kind.Value)[0]]
		why = fault.Text{ZH: "此处不能是" + what.ZH, EN: "This cannot be " + what.EN}
	case errors.As(err, &syntax):
		why = fault.Text{ZH: fmt.Sprintf("第 %d 个字节处不合 JSON 的写法", syntax.Offset), EN: fmt.Sprintf("At byte %d it is no JSON", syntax.Offset)}
	case strings.HasPrefix(text, "json: unknown field "):
		name := strings.TrimPrefix(text, "json: unknown field ")
		why = fault.Text{ZH: "没有名为 " + name + " 的项", EN: "There is no member called " + name}
	case errors.Is(err, errDecimal):
		name := text[strings.LastIndex(text, `: "`)+2:]
		why = fault.Text{ZH: "数字应写作 2 或 0.5 这样：" + name, EN: "A number is written as 2 or 0.5: " + name}
	}
	return fault.InvalidFields("bad_standard", []fault.Field{{Pointer: at, Code: "syntax", Text: why}}).Because(err)
}

// Shape reads the artefacts only as far as whoever shows them has to: each is an object whose members
// are of their kind. Mistakes in what they say wait for the release. Fault: bad_standard.
func Shape(set Set) error {
	for _, part := range []struct {
		at   string
		raw  []byte
		into any
	}{{"/rules", set.Rules, &Rules{}}, {"/guide", set.Guide, &Guide{}}} {
		if !bytes.HasPrefix(bytes.TrimSpace(part.raw), []byte("{")) {
			return fault.InvalidFields("bad_standard", []fault.Field{{Pointer: part.at, Code: "syntax", Text: fault.Text{ZH: "须为 JSON 对象", EN: "It is a JSON object"}}})
		}
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return unread(part.at, err)
		}
	}
	return nil
}
