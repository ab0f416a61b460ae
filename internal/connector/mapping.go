package connector

import (
	"encoding/json"
	"regexp"
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
	} else if len(c.Areas) > 0 {
		r.wrong(c.Fields["area"], "area_unmapped", "该监区代码没有对应关系", "This area's code is not in the table of areas")
	}
	rules[c.Target](c, &r)
	return r
}

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
}

var (
	inmateNo  = regexp.MustCompile(`^\d{10}$`)
	policeNo  = regexp.MustCompile(`^\d{7}$`)
	someText  = regexp.MustCompile(`^.{1,100}$`)
	shiftText = regexp.MustCompile(`^.{1,20}$`)
)

func (r *Record) form(c Connector, name string, want *regexp.Regexp, required bool, zh, en string) {
	v := r.Fields[name]
	if v == "" && !required || want.MatchString(v) {
		return
	}
	r.wrong(c.Fields[name], name, zh, en)
}

// date reads 2026-11-25, 20261125 and 2026/11/25 and keeps the first.
func (r *Record) date(c Connector, name string, required bool) {
	v := r.Fields[name]
	if v == "" && !required {
		return
	}
	for _, layout := range []string{time.DateOnly, "20060102", "2006/01/02", "2006/1/2"} {
		if d, err := time.Parse(layout, v); err == nil && d.Year() >= 1900 && d.Year() < 2200 {
			r.Fields[name] = d.Format(time.DateOnly)
			return
		}
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
		r.Fields[name] = catalog.DayOf(t)
		return
	}
	r.wrong(c.Fields[name], "date", "日期无法识别", "The date cannot be read")
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
