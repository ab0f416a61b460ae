package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// What makes a hint. They are wide on purpose: a hint that is usual is not read.
const (
	longText  = 20               // characters from which a text can be a copy
	alike     = 0.9              // of their pairs of characters two texts share
	burstOf   = 5                // entries of one person
	burstIn   = 10 * time.Minute // filed within
	burstOver = 3                // days their matters lie apart
	habitDays = 60
	habitOf   = 10  // values that make a habit
	habitFar  = 5.0 // deviations from the median
)

// HintsFrom is how many entries, the latest, a hint is made from: an import files
// thousands in ten minutes, and each would read all of those before it.
const HintsFrom = 500

// Earlier is a text of the same author to compare with.
type Earlier struct {
	Day  string
	Text string
}

// hints look at a revision as an experienced approver would: copied text, a
// burst of entries about days far apart, numbers unlike the area's habit. They
// are kept with the revision, block nothing and cost nothing; bulk approval
// wants a look at what has any. A demonstration's past makes none.
func (s *Service) hints(ctx context.Context, tx Tx, t *catalog.Type, e Entry, doc catalog.Document, at time.Time) ([]fault.Field, error) {
	if s.Clock != nil {
		return nil, nil
	}
	var list []fault.Field
	for _, c := range t.Columns() {
		text, ok := doc.Value[c.Pointer[1:]].(string)
		if c.Type != "string" || !ok || len([]rune(text)) < longText {
			continue
		}
		before, err := tx.Earlier(ctx, e.Key, e.Author, t.ID, c.Pointer[1:])
		if err != nil {
			return nil, err
		}
		for _, b := range before {
			if share := Likeness(text, b.Text); share >= alike {
				list = append(list, fault.Field{Pointer: c.Pointer, Code: "copied", Text: fault.Text{
					ZH: fmt.Sprintf("“%s”与同一填报人 %s 的条目雷同（%.0f%%）", c.Title.ZH, b.Day, 100*share),
					EN: fmt.Sprintf("“%s” is %.0f%% the same as in this author's entry of %s", c.Title.In("en"), 100*share, b.Day)}})
				break
			}
		}
	}
	days, err := tx.FiledSince(ctx, e.Key, e.Author, tx.Now().Add(-burstIn))
	if err != nil {
		return nil, err
	}
	days = append(days, catalog.DayOf(at))
	// A batch of one month beside today's entry is two days, however far apart.
	if apart := spread(days); len(days) >= burstOf && apart >= burstOver && distinct(days) >= burstOver {
		list = append(list, fault.Field{Code: "burst", Text: fault.Text{
			ZH: fmt.Sprintf("填报人 %d 分钟内提交了 %d 条，所记事项相隔 %d 天", int(burstIn.Minutes()), len(days), apart),
			EN: fmt.Sprintf("The author filed %d entries within %d minutes about matters %d days apart", len(days), int(burstIn.Minutes()), apart)}})
	}
	unusual, err := s.unusual(ctx, tx, t, e, doc, at)
	return append(list, unusual...), err
}

// unusual names the numbers far from what the area's entries of the last weeks have.
func (s *Service) unusual(ctx context.Context, tx Tx, t *catalog.Type, e Entry, doc catalog.Document, at time.Time) (list []fault.Field, err error) {
	values := map[string]float64{}
	var names []string
	for _, c := range t.Columns() {
		n, ok := doc.Value[c.Pointer[1:]].(json.Number)
		v, err := n.Float64()
		if ok && err == nil && (c.Type == "integer" || c.Type == "number") {
			names = append(names, c.Pointer[1:])
			values[c.Pointer[1:]] = v
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	habit, err := tx.Numbers(ctx, e.Key, e.Area, t.ID, names, at.AddDate(0, 0, -habitDays), at)
	if err != nil {
		return nil, err
	}
	for _, c := range t.Columns() {
		name := c.Pointer[1:]
		if len(habit[name]) < habitOf {
			continue
		}
		middle, far := Deviation(values[name], habit[name])
		if far <= habitFar {
			continue
		}
		list = append(list, fault.Field{Pointer: c.Pointer, Code: "unusual", Text: fault.Text{
			ZH: fmt.Sprintf("“%s”为 %g，本监区近 %d 天通常为 %g", c.Title.ZH, values[name], habitDays, middle),
			EN: fmt.Sprintf("“%s” is %g; in this area's last %d days it is usually %g", c.Title.In("en"), values[name], habitDays, middle)}})
	}
	return list, nil
}

func distinct(days []string) int {
	slices.Sort(days)
	return len(slices.Compact(slices.Clone(days)))
}

// spread is how many days lie between the first and the last.
func spread(days []string) int {
	first, err1 := catalog.Day(slices.Min(days))
	last, err2 := catalog.Day(slices.Max(days))
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(last.At.Sub(first.At).Hours() / 24)
}

// Likeness of two texts: the share of pairs of neighbouring characters they have
// in common, spaces left out (Dice). It is 1 for the same text.
func Likeness(a, b string) float64 {
	x, y := pairs(a), pairs(b)
	n := 0
	for p, k := range x {
		n += min(k, y[p])
	}
	total := 0
	for _, m := range []map[[2]rune]int{x, y} {
		for _, k := range m {
			total += k
		}
	}
	if total == 0 {
		return 0
	}
	return 2 * float64(n) / float64(total)
}

func pairs(s string) map[[2]rune]int {
	m := map[[2]rune]int{}
	r := []rune(strings.Join(strings.Fields(s), ""))
	for i := 1; i < len(r); i++ {
		m[[2]rune{r[i-1], r[i]}]++
	}
	return m
}

// Deviation is the median and how many scaled median absolute deviations a
// value lies from it. Where most values are the same the deviation is taken to
// be a twentieth of the median, and one half at least: counts vary by one.
func Deviation(v float64, habit []float64) (middle, far float64) {
	middle = median(habit)
	off := make([]float64, len(habit))
	for i, h := range habit {
		off[i] = math.Abs(h - middle)
	}
	scale := max(1.4826*median(off), math.Abs(middle)/20, 0.5)
	return middle, math.Abs(v-middle) / scale
}

func median(list []float64) float64 {
	s := slices.SortedFunc(slices.Values(list), cmp.Compare[float64])
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}
