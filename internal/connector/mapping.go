package connector

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Record is what a source says of one thing, in our words.
type Record struct {
	Key     string
	Version int64
	// Moment is the version as a time, where it is one.
	Moment   time.Time
	Deleted  bool
	Fields   map[string]string
	Facts    map[string]any // by Members; what the source leaves empty it does not say
	Raw      []byte
	Problems []fault.Field
}

func (r *Record) wrong(pointer, code, zh, en string) {
	r.Problems = append(r.Problems, fault.Field{Pointer: pointer, Code: code, Text: fault.Text{ZH: zh, EN: en}})
}

// Map reads one record of the source. What cannot be mapped has Problems, with
// pointers into the source's own record: its keeper must act on them.
func (c Connector) Map(raw []byte) Record {
	r := Record{Raw: raw, Fields: map[string]string{}}
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		r.wrong("", "unreadable", "记录不是一个可读取的 JSON 对象", "The record is no JSON object that can be read")
		return r
	}
	get := func(pointer string) string { return strings.TrimSpace(plain(lookup(doc.Value, pointer))) }
	if r.Key = get(c.Key); r.Key == "" || utf8.RuneCountInString(r.Key) > 100 {
		r.Key = ""
		r.wrong(c.Key, "key", "缺少记录编号", "The record has no key")
	}
	var ok bool
	if r.Version, r.Moment, ok = version(get(c.Version)); !ok {
		r.wrong(c.Version, "version", "版本应为整数或时间", "The version is a whole number or a time")
	}
	if c.Deleted != "" {
		r.Deleted = truth(get(c.Deleted))
	}
	for name, pointer := range c.Fields {
		r.Fields[name] = get(pointer)
	}
	if own, ok := c.Areas[r.Fields["area"]]; ok {
		r.Fields["area"] = own
	} else if len(c.Areas) > 0 && c.Fields["area"] != "" {
		r.wrong(c.Fields["area"], "area_unmapped", "该监区代码没有对应关系", "This area's code is not in the table of areas")
	}
	rules[c.Target](c, &r)
	if len(c.Members) > 0 {
		r.Facts = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Members)) {
		r.fact(name, c.Members[name], lookup(doc.Value, c.Members[name].At))
	}
	return r
}

// fact reads one member; null and empty are not said.
func (r *Record) fact(name string, m Member, said any) {
	text := strings.TrimSpace(plain(said))
	if _, empty := said.(string); text == "" && (said == nil || empty) {
		return
	}
	if own, ok := m.Values[text]; ok {
		text = own
	} else if len(m.Values) > 0 {
		r.wrong(m.At, "value_unmapped", "该代码没有对应关系", "This code is not in the table of values")
		return
	}
	t := types[m.Type]
	v, ok := t.read(text)
	if !ok {
		r.wrong(m.At, "type", t.zh, t.en)
		return
	}
	r.Facts[name] = v
}

// types that a member may have.
var types = map[string]struct {
	read   func(string) (any, bool)
	zh, en string
}{
	"text":    {func(s string) (any, bool) { return catalog.Name(s, maxFact) }, "应为 1 至 200 个可见的字", "One to 200 characters that can be seen"},
	"integer": {func(s string) (any, bool) { return json.Number(s), wholeText.MatchString(s) }, "应为整数", "A whole number"},
	"number":  {func(s string) (any, bool) { return json.Number(s), decimalText.MatchString(s) }, "应为数字，最多六位小数", "A number with at most six decimals"},
	"boolean": {func(s string) (any, bool) { return truth(s), truth(s) || untruth(s) }, "应为是或否", "Yes or no"},
	"date":    {func(s string) (any, bool) { return day(s) }, "日期无法识别", "The date cannot be read"},
}

const maxFact = 200

// rules of each target.
var rules = map[string]func(Connector, *Record){
	Inmates: func(c Connector, r *Record) {
		r.form(c, "number", inmateNo, true, "罪犯编号应为 10 位数字", "The number has ten digits")
		r.form(c, "name", someText, true, "姓名应为 1 至 100 个字", "A name has 1 to 100 characters")
		r.form(c, "area", someText, true, "缺少监区", "The area is missing")
		r.date(c, "admitted", true)
		r.date(c, "release_on", false)
		if r.Deleted && r.Fields["released"] == "" {
			// Nobody is deleted: whoever is gone was released, on a day.
			if r.Moment.IsZero() {
				r.wrong(c.Fields["released"], "release_date", "已注销的记录须有离监日期", "A record that is deleted needs the day of release")
			} else {
				r.Fields["released"] = catalog.DayOf(r.Moment)
			}
		}
		r.date(c, "released", false)
		if out := r.Fields["released"]; out != "" && out < r.Fields["admitted"] {
			r.wrong(c.Fields["released"], "release_date", "离监日期早于入监日期", "The day of release is before that of admission")
		}
	},
	Rosters: func(c Connector, r *Record) {
		r.form(c, "person", policeNo, true, "警号应为 7 位数字", "A police number has seven digits")
		r.form(c, "area", someText, true, "缺少监区", "The area is missing")
		r.date(c, "day", true)
		r.form(c, "shift", shiftText, true, "班次应为 1 至 20 个字", "A shift has 1 to 20 characters")
	},
	Facts: func(c Connector, r *Record) {
		if c.Fields["number"] != "" {
			r.form(c, "number", subjectNo, true, "应为 10 位罪犯编号，或 AB-123456 样式的资产编号", "The number of an inmate (ten digits) or of an asset (AB-123456)")
			return
		}
		r.form(c, "area", someText, true, "缺少监区", "The area is missing")
		r.date(c, "day", true)
	},
}

var (
	inmateNo    = regexp.MustCompile(`^\d{10}$`)
	policeNo    = regexp.MustCompile(`^\d{7}$`)
	subjectNo   = regexp.MustCompile(`^(\d{10}|[A-Z]{2}-\d{6})$`)
	someText    = regexp.MustCompile(`^.{1,100}$`)
	shiftText   = regexp.MustCompile(`^.{1,20}$`)
	wholeText   = regexp.MustCompile(`^(0|-?[1-9]\d{0,11})$`)
	decimalText = regexp.MustCompile(`^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$`)
)

func (r *Record) form(c Connector, name string, want *regexp.Regexp, required bool, zh, en string) {
	v := r.Fields[name]
	if v == "" && !required || want.MatchString(v) {
		return
	}
	r.wrong(c.Fields[name], name, zh, en)
}

func (r *Record) date(c Connector, name string, required bool) {
	v := r.Fields[name]
	if v == "" && !required {
		return
	}
	d, ok := day(v)
	if !ok {
		r.wrong(c.Fields[name], "date", "日期无法识别", "The date cannot be read")
		return
	}
	r.Fields[name] = d
}

// day reads 2026-11-25, 20261125, 2026/11/25 and a time, and writes the first.
func day(v string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "20060102", "2006/01/02", "2006/1/2"} {
		if d, err := time.Parse(layout, v); err == nil && d.Year() >= 1900 && d.Year() < 2200 {
			return d.Format(time.DateOnly), true
		}
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
		return catalog.DayOf(t), true
	}
	return "", false
}

// version makes the source's own version or time comparable.
func version(s string) (int64, time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, time.Time{}, n >= 0
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UnixMicro(), t, t.Year() >= 1970 && t.Year() < 2200
	}
	for _, layout := range []string{time.DateTime, time.DateOnly, "2006/01/02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, catalog.Zone); err == nil {
			return t.UnixMicro(), t, t.Year() >= 1970 && t.Year() < 2200
		}
	}
	return 0, time.Time{}, false
}

func truth(s string) bool {
	switch strings.ToLower(s) {
	case "1", "true", "yes", "y", "是":
		return true
	}
	return false
}

func untruth(s string) bool {
	switch strings.ToLower(s) {
	case "0", "false", "no", "n", "否":
		return true
	}
	return false
}

func lookup(v any, pointer string) any {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

func plain(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}
