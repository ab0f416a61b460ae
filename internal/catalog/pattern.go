package catalog

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/fault"
)

// checkPattern says why the catalogue does not take a pattern, "" where it does.
//
// The server reads patterns with RE2, the browser as ECMAScript with the flag u.
// What is taken is what both read alike: characters, classes, groups, choices and
// counts between ^ and $. And a browser tries again wherever a pattern can be read in
// two ways, for seconds or for years; so at every choice the next character alone
// must decide. Then it goes through a text once, whatever the text.
func checkPattern(pattern string) fault.Text {
	p := &patternParser{text: []rune(pattern)}
	p.whole()
	if p.wrong != nil {
		return p.wrong.text(pattern)
	}
	if _, err := regexp.Compile(pattern); err != nil { // what is left: counts that multiply
		return (&patternFault{part: pattern, why: "counts"}).text(pattern)
	}
	return fault.Text{}
}

// patternFault is a part of a pattern and what is the matter with it.
type patternFault struct{ part, why string }

func (f *patternFault) text(pattern string) fault.Text {
	why := patternFaults[f.why]
	return fault.Text{
		ZH: fmt.Sprintf("正则表达式 %s 中的“%s”%s", pattern, f.part, why.ZH),
		EN: fmt.Sprintf("In the pattern %s, “%s” %s", pattern, f.part, why.EN),
	}
}

// patternFaults say what is wrong with a part and what to write instead.
var patternFaults = map[string]fault.Text{
	"start":   {ZH: "须从开头写起：请在最前面写 ^（任意开头可写 ^[^\\n]…）", EN: "must say where it begins: put ^ in front"},
	"anchor":  {ZH: "只能用在整个表达式（或最外层某一选择）的首尾：请移到最前或最后；要表示这个字符本身请写 \\^ 或 \\$", EN: "stands only at the ends of the whole, or of an outermost choice; move it there, or write \\^ or \\$ for the character"},
	"nothing": {ZH: "这里没有内容：请写明要匹配的字符，或去掉多余的 | 和括号；可有可无请用 ?", EN: "has nothing in it: write what is meant, or take the | or the brackets away; ? says that something may be left out"},
	"dot":     {ZH: "在浏览器和服务器上含义不同：请写明可用的字符，如 [^\\n]，要表示句点请写 \\.", EN: "means one thing in the browser and another on the server; say which characters, such as [^\\n], or write \\. for a full stop"},
	"escape":  {ZH: "在浏览器和服务器上读法不同：只可用 \\d \\D \\w \\W \\t \\n \\r，以及 ^ $ \\ . * + ? ( ) [ ] { } | / 前的反斜杠；空白请写空格，汉字请写 [一-龥]，其他字符直接写", EN: "is read differently by the browser and the server: only \\d \\D \\w \\W \\t \\n \\r and a backslash before ^ $ \\ . * + ? ( ) [ ] { } | / are taken; write a blank as a blank, Chinese characters as [一-龥], any other character as itself"},
	"group":   {ZH: "这种括号不可用：只可写 (…) 或 (?:…)；不分大小写请把两种都写出，如 [A-Za-z]", EN: "is a group that is not taken: only (…) and (?:…) are; for either case write both, such as [A-Za-z]"},
	"open":    {ZH: "括号不成对：请补上或去掉，要表示括号本身请在前面加反斜杠", EN: "has no partner: add or remove the bracket, or put a backslash before it if the character is meant"},
	"class":   {ZH: "这种字符集写法不可用：请逐个写出字符或范围，如 [A-Za-z]；[ 请写 \\[，不在首尾的 - 请写 \\-", EN: "is not taken in a class: write the characters or ranges, such as [A-Za-z]; [ as \\[, and a - that is not at an end as \\-"},
	"range":   {ZH: "范围的前后颠倒或不是两个字符：请由小到大写，如 0-9", EN: "is no range from a lower to a higher character; write it as 0-9"},
	"count":   {ZH: "次数写法不对：请写在一个字符或括号之后，如 {3}、{1,3}、{1,}，前小后大，至多 1000，后面不再跟 * + ? {", EN: "is no count: it follows a character or group, as {3}, {1,3} or {1,}, the lower first, 1000 at most, and with no * + ? { after it"},
	"counts":  {ZH: "次数相乘太大：总次数须在 1000 以内", EN: "repeats what repeats too often: 1000 in all at most"},
	"empty":   {ZH: "重复的内容可以为空，浏览器会反复重试：请让每次至少匹配一个字符", EN: "repeats what may be empty, which a browser tries for ever: let each turn take a character"},
	"choice":  {ZH: "的几种选择可以由同一个字符开始，浏览器会反复重试：请合并相同的开头，如 (?:ab|ac) 写作 a[bc]", EN: "has choices that may begin with the same character, which a browser tries again and again: draw the common beginning together, (?:ab|ac) as a[bc]"},
	"loop":    {ZH: "与它后面的内容可以由同一个字符开始，浏览器会反复重试：请写成看下一个字符就知道是否继续，如 a+a 写作 a{2,}，(a+)+ 写作 a+", EN: "and what follows it may begin with the same character, which a browser tries again and again: let the next character tell whether it goes on, a+a as a{2,}, (a+)+ as a+"},
}

// charset is sorted, disjoint ranges of characters, both ends within.
type charset [][2]rune

const lastRune = 0x10FFFF

var (
	digits    = charset{{'0', '9'}}
	wordChars = charset{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
)

func (c charset) union(d charset) charset {
	all := slices.Concat(c, d)
	slices.SortFunc(all, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var out charset
	for _, r := range all {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	return out
}

func (c charset) complement() charset {
	var out charset
	next := rune(0)
	for _, r := range c.union(nil) {
		if r[0] > next {
			out = append(out, [2]rune{next, r[0] - 1})
		}
		next = r[1] + 1
	}
	if next <= lastRune {
		out = append(out, [2]rune{next, lastRune})
	}
	return out
}

func (c charset) meets(d charset) bool {
	return slices.ContainsFunc(c, func(a [2]rune) bool {
		return slices.ContainsFunc(d, func(b [2]rune) bool { return a[0] <= b[1] && b[0] <= a[1] })
	})
}

// part of a pattern: a character of a set, parts in a row, a choice of parts, or a
// part some number of times.
type part struct {
	source   string
	set      charset
	row      []*part
	choice   []*part
	body     *part
	min, max int
}

// begins is what the part may begin with, and whether it may be empty.
func (x *part) begins() (first charset, empty bool) {
	switch {
	case x.choice != nil:
		for _, c := range x.choice {
			f, e := c.begins()
			first, empty = first.union(f), empty || e
		}
		return first, empty
	case x.body != nil:
		first, empty = x.body.begins()
		return first, empty || x.min == 0
	case x.set != nil:
		return x.set, false
	}
	for _, p := range x.row {
		f, e := p.begins()
		if first = first.union(f); !e {
			return first, false
		}
	}
	return first, true
}

// decided looks for a choice that the next character does not decide; follow is
// what may come after the part.
func (x *part) decided(follow charset) *patternFault {
	switch {
	case x.choice != nil:
		return x.choiceDecided(follow)
	case x.body != nil:
		first, empty := x.body.begins()
		switch {
		case x.max == 0:
			return &patternFault{x.source, "count"}
		case empty:
			return &patternFault{x.source, "empty"}
		case x.min < x.max && first.meets(follow):
			return &patternFault{x.source, "loop"}
		case x.max > 1:
			follow = follow.union(first)
		}
		return x.body.decided(follow)
	}
	for i := range slices.Backward(x.row) {
		if wrong := x.row[i].decided(follow); wrong != nil {
			return wrong
		}
		first, empty := x.row[i].begins()
		if empty {
			first = first.union(follow)
		}
		follow = first
	}
	return nil
}

func (x *part) choiceDecided(follow charset) *patternFault {
	var seen charset
	empties := 0
	for _, c := range x.choice {
		first, empty := c.begins()
		if seen.meets(first) {
			return &patternFault{x.source, "choice"}
		}
		if seen = seen.union(first); empty {
			empties++
		}
	}
	if empties > 1 || empties == 1 && seen.meets(follow) {
		return &patternFault{x.source, "choice"}
	}
	for _, c := range x.choice {
		if wrong := c.decided(follow); wrong != nil {
			return wrong
		}
	}
	return nil
}

// patternParser reads the common grammar; it stops at the first fault.
type patternParser struct {
	text  []rune
	at    int
	wrong *patternFault
}

func (p *patternParser) fail(from, to int, why string) {
	if p.wrong == nil {
		p.wrong = &patternFault{string(p.text[from:min(to, len(p.text))]), why}
	}
	p.at = len(p.text)
}

// next is the character at hand, -1 at the end.
func (p *patternParser) next() rune {
	if p.at >= len(p.text) {
		return -1
	}
	return p.text[p.at]
}

func (p *patternParser) eat(r rune) bool {
	if p.next() != r {
		return false
	}
	p.at++
	return true
}

func (p *patternParser) whole() {
	all := &part{source: string(p.text)}
	for {
		from := p.at
		if !p.eat('^') {
			p.row(true) // a fault within is nearer
			p.fail(from, max(p.at, from+1), "start")
			return
		}
		one := p.row(true)
		if p.eat('$') && p.next() != '|' && p.next() != -1 {
			p.fail(p.at-1, p.at, "anchor")
		}
		if all.choice = append(all.choice, one); !p.eat('|') {
			break
		}
	}
	if p.wrong == nil && p.at < len(p.text) {
		p.fail(p.at, p.at+1, "open")
	}
	if p.wrong == nil {
		p.wrong = all.decided(nil)
	}
}

// row reads parts up to | ) or the end; the outermost ones, which may be empty, up
// to $ too.
func (p *patternParser) row(outermost bool) *part {
	from := p.at
	x := &part{}
	for {
		r := p.next()
		if r == -1 || r == '|' || r == ')' || r == '$' && outermost {
			break
		}
		one := p.single()
		if p.wrong != nil {
			return x
		}
		x.row = append(x.row, p.counted(one, p.at))
	}
	if len(x.row) == 0 && !outermost {
		p.fail(max(0, from-1), p.at+1, "nothing")
	}
	x.source = string(p.text[from:min(p.at, len(p.text))])
	return x
}

func (p *patternParser) single() *part {
	from := p.at
	r := p.next()
	p.at++
	x := &part{}
	switch r {
	case '(':
		x = p.group(from)
	case '[':
		x.set = p.class(from)
	case '\\':
		x.set = p.escape(from, "")
	case '.':
		p.fail(from, p.at, "dot")
	case '^', '$':
		p.fail(from, p.at, "anchor")
	case '*', '+', '?', '{':
		p.fail(from, p.braced(from), "count")
	case ']', '}':
		p.fail(from, p.at, "open")
	default:
		x.set = charset{{r, r}}
	}
	x.source = string(p.text[from:min(p.at, len(p.text))])
	return x
}

func (p *patternParser) group(from int) *part {
	if p.eat('?') && !p.eat(':') {
		end := from + 3
		if i := slices.Index(p.text[from:], ')'); i >= 0 {
			end = from + i + 1
		}
		p.fail(from, end, "group")
		return &part{}
	}
	x := &part{}
	for {
		x.choice = append(x.choice, p.row(false))
		if !p.eat('|') {
			break
		}
	}
	if p.wrong == nil && !p.eat(')') {
		p.fail(from, len(p.text), "open")
	}
	return x
}

// plainly are the letters that mean the same behind a backslash everywhere.
var plainly = map[rune]charset{
	'd': digits, 'D': digits.complement(), 'w': wordChars, 'W': wordChars.complement(),
	't': {{'\t', '\t'}}, 'n': {{'\n', '\n'}}, 'r': {{'\r', '\r'}},
}

// escape reads what stands behind a backslash; more are further characters that
// may be written so.
func (p *patternParser) escape(from int, more string) charset {
	r := p.next()
	p.at++
	if set, ok := plainly[r]; ok {
		return set
	}
	if r > 0 && strings.ContainsRune(`^$\.*+?()[]{}|/`+more, r) {
		return charset{{r, r}}
	}
	end := p.at
	if p.next() == '{' {
		end = p.braced(p.at)
	}
	p.fail(from, end, "escape")
	return nil
}

// braced is where the braces that begin at a place end, else the place behind it.
func (p *patternParser) braced(from int) int {
	if p.text[from] == '{' {
		if i := slices.Index(p.text[from:], '}'); i >= 0 {
			return from + i + 1
		}
	}
	return from + 1
}

func (p *patternParser) class(from int) charset {
	not := p.eat('^')
	var set charset
	for first := true; p.wrong == nil && !p.eat(']'); first = false {
		one := p.member(from, first)
		if p.wrong != nil {
			return nil
		}
		if p.next() == '-' && p.at+1 < len(p.text) && p.text[p.at+1] != ']' {
			start := p.at
			p.at++
			to := p.member(from, true)
			if p.wrong == nil && (!one.one() || !to.one() || one[0][0] > to[0][0]) {
				p.fail(start-1, p.at, "range")
			}
			if p.wrong != nil {
				return nil
			}
			one = charset{{one[0][0], to[0][0]}}
		}
		set = set.union(one)
	}
	if p.wrong == nil && len(set) == 0 {
		p.fail(from, p.at, "nothing")
	}
	if not {
		return set.complement()
	}
	return set
}

func (c charset) one() bool { return len(c) == 1 && c[0][0] == c[0][1] }

// member of a class. A - is one at its ends only: there nobody takes it for a range.
func (p *patternParser) member(from int, first bool) charset {
	at := p.at
	r := p.next()
	p.at++
	switch {
	case r == -1:
		p.fail(from, len(p.text), "open")
	case r == '\\':
		return p.escape(at, "-")
	case r == '[', r == '-' && !first && p.next() != ']':
		end := p.at
		if r == '[' {
			if i := slices.Index(p.text[at:], ']'); i >= 0 {
				end = at + i + 1
			}
		}
		p.fail(at, end, "class")
	default:
		return charset{{r, r}}
	}
	return nil
}

var countWritten = regexp.MustCompile(`^\{(\d{1,4})(,(\d{0,4}))?\}$`)

// counted is the part as often as the count behind it says.
func (p *patternParser) counted(x *part, from int) *part {
	low, high := 1, 1
	switch p.next() {
	case '*':
		low, high = 0, math.MaxInt
	case '+':
		high = math.MaxInt
	case '?':
		low = 0
	case '{':
		end := p.braced(from)
		m := countWritten.FindStringSubmatch(string(p.text[from:end]))
		if m == nil {
			p.fail(from, end, "count")
			return x
		}
		low, _ = strconv.Atoi(m[1])
		switch {
		case m[2] == "":
			high = low
		case m[3] == "":
			high = math.MaxInt
		default:
			high, _ = strconv.Atoi(m[3])
		}
		if low > high || low > 1000 || high > 1000 && high != math.MaxInt {
			p.fail(from, end, "count")
			return x
		}
		p.at = end - 1
	default:
		return x
	}
	p.at++
	if r := p.next(); r == '*' || r == '+' || r == '?' || r == '{' {
		p.fail(from, p.at+1, "count")
	}
	return &part{source: x.source + string(p.text[from:min(p.at, len(p.text))]), body: x, min: low, max: high}
}
