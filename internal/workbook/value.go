package workbook

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// shown writes a value as an officer reads it. Text that reading would not turn
// back into the same value is left as the document holds it.
func shown(l catalog.Leaf, v any) string {
	if list, ok := v.([]any); ok {
		one := l
		one.List = false
		var parts []string
		for _, e := range list {
			parts = append(parts, shown(one, e))
		}
		s := strings.Join(parts, "\n")
		// A single text with a separator of its own would be read as several.
		if len(parts) == 1 && strings.ContainsAny(s, separators) {
			s += "\n"
		}
		return s
	}
	switch l.Kind {
	case "choice":
		for _, c := range l.Choices {
			if fmt.Sprint(c.Value) == fmt.Sprint(v) && len(chosen(l, c.Title.ZH)) == 1 {
				return c.Title.ZH
			}
		}
	case "boolean":
		if v == true {
			return "是"
		} else if v == false {
			return "否"
		}
	case "date-time":
		if at, ok := moment(v); ok {
			return at.Format("2006-01-02 15:04:05")
		}
	}
	return fmt.Sprint(v)
}

// moment is a date-time that a cell of a table can hold without loss.
func moment(v any) (time.Time, bool) {
	s, _ := v.(string)
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || at.In(catalog.Zone).Format(time.RFC3339) != s {
		return time.Time{}, false
	}
	return at.In(catalog.Zone), true
}

// cell gives a value as a workbook holds it: dates and numbers as such, so that
// Excel sorts and sums them.
func cell(l catalog.Leaf, v any) any {
	if v == nil {
		return nil
	}
	switch l.Kind {
	case "integer", "number":
		n, ok := v.(json.Number)
		if !ok || l.List {
			break
		}
		f, err := n.Float64()
		if err == nil && strconv.FormatFloat(f, 'f', -1, 64) == n.String() && tidy(f) == n.String() {
			return f
		}
		return n.String()
	case "date":
		if s, ok := v.(string); ok && !l.List {
			if at, err := time.Parse(time.DateOnly, s); err == nil && at.Year() > 1927 {
				return at
			}
		}
	case "date-time":
		if at, ok := moment(v); ok && at.Year() > 1927 {
			return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
		}
	}
	return shown(l, v)
}

// tidy writes a number with the fifteen digits that a workbook keeps.
func tidy(f float64) string {
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64)
	if err != nil {
		r = f
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

const separators = "\n、；;"

// Wrong is what a cell says that its column does not take.
func wrong(zh, en string) *fault.Field {
	return &fault.Field{Code: "cell", Text: fault.Text{ZH: zh, EN: en}}
}

// value reads a cell: titles become codes, full-width digits plain ones, serial
// days dates. What cannot be read is returned as it is, with what is wrong.
func value(l catalog.Leaf, raw string, date1904 bool) (any, *fault.Field) {
	if raw == "" {
		return nil, nil
	}
	if !l.List {
		return one(l, raw, date1904)
	}
	l.List = false
	parts := strings.Split(raw, "\n")
	if len(parts) == 1 {
		parts = strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune(separators, r) })
	}
	out := []any{}
	for _, p := range parts {
		if strings.TrimSpace(p) == "" {
			continue
		}
		v, bad := one(l, strings.TrimSpace(p), date1904)
		if bad != nil {
			return raw, bad
		}
		out = append(out, v)
	}
	return out, nil
}

// What people and programs write as a number: a comma stands before three digits,
// or is a slip.
var (
	decimal = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
	grouped = regexp.MustCompile(`^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)
)

// firstSerial is the first serial day that is taken for one, of 1927: smaller numbers
// are years, or slips.
const firstSerial = 10_000

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// failed is what a spreadsheet shows of a formula that came to nothing.
var failed = regexp.MustCompile(`^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)$`)

func one(l catalog.Leaf, raw string, date1904 bool) (any, *fault.Field) {
	narrow := strings.TrimSpace(width.Narrow.String(raw))
	if failed.MatchString(narrow) {
		return raw, wrong("“"+clip(raw)+"”是公式出错的结果，请改填实际内容", "“"+clip(raw)+"” is what a formula came to in error; write what is meant")
	}
	switch l.Kind {
	case "choice":
		switch found := chosen(l, raw); {
		case len(found) == 1:
			return found[0].Value, nil
		case len(found) > 1:
			return raw, wrong(fmt.Sprintf("“%s”是几个选项共有的名称，请改填编码 %v 等其中一个", clip(raw), found[0].Value), fmt.Sprintf("“%s” is the name of several choices; write a code such as %v", clip(raw), found[0].Value))
		}
		return raw, wrong("“"+clip(raw)+"”不在可选项中，请从下拉列表选择", "“"+clip(raw)+"” is none of the choices")
	case "boolean":
		switch strings.ToLower(narrow) {
		case "是", "有", "true", "1", "y", "yes", "√", "✓":
			return true, nil
		case "否", "无", "false", "0", "n", "no", "×":
			return false, nil
		}
		return raw, wrong("请填“是”或“否”", "Write 是 (yes) or 否 (no)")
	case "integer", "number":
		return number(l.Kind, narrow, raw)
	case "date":
		if at, ok := dated(narrow, date1904); ok {
			return at.Format(time.DateOnly), nil
		}
		return raw, wrong("日期无法识别，应如 2026-11-24", "Not a date; write it like 2026-11-24")
	case "date-time":
		if _, err := time.Parse(time.RFC3339, strings.TrimSpace(raw)); err == nil {
			return strings.TrimSpace(raw), nil
		}
		if at, ok := dated(narrow, date1904); ok {
			return at.Format(time.RFC3339), nil
		}
		return raw, wrong("时间无法识别，应如 2026-11-24 08:30", "Not a time; write it like 2026-11-24 08:30")
	}
	if l.Limits["pattern"] != nil {
		return narrow, nil
	}
	return raw, nil
}

// chosen are the choices that a text may mean: of one name there may be several.
func chosen(l catalog.Leaf, raw string) (found []catalog.Choice) {
	s := strings.TrimSpace(raw)
	narrow := width.Narrow.String(s)
	for _, c := range l.Choices {
		if s == c.Title.ZH || s == c.Title.EN || s == fmt.Sprint(c.Value) || narrow == width.Narrow.String(c.Title.ZH) {
			found = append(found, c)
		}
	}
	return found
}

func number(kind, narrow, raw string) (any, *fault.Field) {
	s := narrow
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !decimal.MatchString(s) || math.IsInf(f, 0) {
		return raw, wrong("这里只能填数字", "A number is wanted here")
	}
	// A workbook writes 0.1+0.2 with seventeen digits; it shows fifteen. A whole number
	// of more was typed so.
	if digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(s), "0"); !plainNumber.MatchString(s) || len(digits) > 15 && strings.Contains(s, ".") {
		s = tidy(f)
	}
	if kind == "integer" && f == math.Trunc(f) && strings.Contains(s, ".") {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return json.Number(s), nil
}

var dateShapes = []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-1-2"}

// dated reads a date or a time in the zone of the house, as text or as a
// workbook's serial number.
func dated(s string, date1904 bool) (time.Time, bool) {
	if f, err := strconv.ParseFloat(s, 64); err == nil && decimal.MatchString(s) && f >= firstSerial && f < 2958466 {
		at, err := excelize.ExcelDateToTime(f, date1904)
		if err != nil {
			return time.Time{}, false
		}
		at = at.Round(time.Second)
		return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, catalog.Zone), true
	}
	day, clock, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
	for _, shape := range dateShapes {
		at, err := time.ParseInLocation(shape, day, catalog.Zone)
		if err != nil {
			continue
		}
		clock = strings.TrimSpace(clock)
		if clock == "" {
			return at, true
		}
		for _, c := range []string{"15:04:05", "15:04", "15时04分", "15时"} {
			if t, err := time.Parse(c, clock); err == nil {
				return at.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second), true
			}
		}
	}
	return time.Time{}, false
}

// clip shortens what is quoted back.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}
