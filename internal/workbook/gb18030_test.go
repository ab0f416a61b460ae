package workbook_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/workbook"
)

// TestEveryCharacter writes every code point into every CSV and reads it back: all
// but zero, U+FFFD, which stands for what could not be read, and the carriage
// return, which is a line's end like any other.
func TestEveryCharacter(t *testing.T) {
	types := small(t, on+`,"place":`+node("place", "地点", `"type":"string"`))
	p := workbook.NewPlan(types[0])
	var outs []workbook.Out
	var all strings.Builder
	flush := func() {
		outs = append(outs, workbook.Out{Number: len(outs) + 1, Version: 1, Value: map[string]any{"on": "2026-01-02", "place": "甲" + all.String() + "乙"}})
		all.Reset()
	}
	// The first characters come last: controls at its head make a file none of text.
	for i := range rune(utf8.MaxRune + 1) {
		r := (i + 0x400) % (utf8.MaxRune + 1)
		if utf8.ValidRune(r) && r != 0 && r != '\r' && r != utf8.RuneError {
			all.WriteRune(r)
		}
		if r%0x400 == 0x3FF {
			flush()
		}
	}
	outs[0].Value["place"] = outs[0].Value["place"].(string) + "\r丙\r\n丁"
	for _, enc := range []string{workbook.UTF8, workbook.UTF8BOM, workbook.GB18030} {
		s, rows := read(t, text(t, p, workbook.Export, enc, outs...), plans(types[0]))
		if s.Encoding != enc || len(rows) != len(outs) {
			t.Fatalf("%s: read as %s, %d rows of %d", enc, s.Encoding, len(rows), len(outs))
		}
		for i, r := range rows {
			want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(outs[i].Value["place"].(string))
			if r.Value["place"] != want || len(r.Errors) > 0 {
				t.Errorf("%s: row %d: %v", enc, i+1, r.Errors)
			}
		}
	}
}

// TestUserDefined: codes that GB 18030 leaves to its users are those of the standard,
// in both directions; what is no code makes the row bad and names its cell.
func TestUserDefined(t *testing.T) {
	types := small(t, on+`,"place":`+node("place", "地点", `"type":"string"`))
	head, err := simplifiedchinese.GB18030.NewEncoder().String("日期,地点\r\n2026-01-02,")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]rune{"\xAA\xA1": 0xE000, "\xAF\xFE": 0xE233, "\xF8\xA1": 0xE234, "\xFE\xFE": 0xE4C5, "\xA1\x40": 0xE4C6, "\xA2\xA0": 0xE585,
		"\xA7\xA0": 0xE765, "\xA2\xAB": 0xE766, "\xA6\xD9": 0xE78D, "\xA8\xBC": 0xE7C7, "\xD7\xFA": 0xE810, "\xFE\x51": 0xE816, "\xFE\xA0": 0xE864,
		"\x83\x38\x98\x37": 0xF014, "\x81\x35\xF4\x37": 0x1E3F, "\xA2\xE3": '€', "\x95\x32\x82\x36": 0x20000, "\xE3\x32\x9A\x35": utf8.MaxRune} {
		raw := []byte(head + "\xBC\xD7" + code + "\xD2\xD2\r\n")
		_, rows := read(t, raw, plans(types[0]))
		if got := rows[0].Value["place"]; got != "甲"+string(want)+"乙" || len(rows[0].Errors) > 0 {
			t.Errorf("% X was read as %+q, want U+%04X: %v", code, got, want, rows[0].Errors)
		}
		back := text(t, workbook.NewPlan(types[0]), workbook.Empty, workbook.GB18030, workbook.Out{Number: 1, Version: 1, Value: rows[0].Value})
		if !bytes.Contains(back, []byte("\xBC\xD7"+code+"\xD2\xD2")) {
			t.Errorf("U+%04X was written as % X, want % X", want, back, code)
		}
	}
	for _, bad := range []string{"\x81\x20", "\xFF", "\xA1", "\x84\x31\xA4\x37"} {
		_, rows := read(t, []byte(head+"\xBC\xD7"+bad+"\r\n2026-01-03,\xD2\xD2\r\n"), plans(types[0]))
		if len(rows) != 2 || len(rows[0].Errors) != 1 || rows[0].Errors[0].Code != "encoding" || rows[0].Errors[0].Pointer != "/place" || len(rows[1].Errors) > 0 {
			t.Errorf("% X: %+v", bad, rows)
		}
	}
}

// FuzzGB18030 reads any bytes as GB 18030; what came out as characters is written
// and read back the same.
func FuzzGB18030(f *testing.F) {
	types := small(f, on+`,"place":`+node("place", "地点", `"type":"string"`))
	p := workbook.NewPlan(types[0])
	for _, seed := range []string{"\xBC\xD7", "\xAA\xA1\xF8\xA1", "\x83\x38\x98\x37", "\x81", "\x81\x30\x81", "\xFE\xA0\x30\xA1\x40,"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bytes.ContainsAny(raw, "\r\n\",") || bytes.ContainsFunc(raw, unicode.IsControl) {
			return
		}
		head := text(t, p, workbook.Empty, workbook.GB18030)
		columns, _ := csv.NewReader(bytes.NewReader(head)).Read()
		row := append(append(head, strings.Repeat(",", len(columns)-2)...), raw...)
		_, rows := read(t, append(row, ",k\r\n"...), plans(types[0]))
		if len(rows) != 1 || len(rows[0].Errors) > 0 {
			return
		}
		again := text(t, p, workbook.Empty, workbook.GB18030, workbook.Out{Number: 1, Version: 1, Value: rows[0].Value})
		_, back := read(t, again, plans(types[0]))
		if diff := cmp.Diff(fmt.Sprint(rows[0].Value), fmt.Sprint(back[0].Value)); diff != "" {
			t.Errorf("% X: %s", raw, diff)
		}
	})
}
