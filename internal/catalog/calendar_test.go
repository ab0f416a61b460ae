package catalog

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"taizhang/schemas"
)

func shippedCalendar(t testing.TB) *Calendar {
	t.Helper()
	raw, err := schemas.FS.ReadFile("calendar.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCalendar(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGoldenCalendar holds every day of three years to a file made by hand.
func TestGoldenCalendar(t *testing.T) {
	c := shippedCalendar(t)
	f, err := os.Open("testdata/workdays.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	working := map[string]int{}
	days := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		month, marks, ok := strings.Cut(s.Text(), " ")
		if !ok || month == "#" {
			continue
		}
		d, err := Day(month + "-01")
		if err != nil {
			t.Fatal(err)
		}
		for i, mark := range marks {
			day := DayOf(d.At.AddDate(0, 0, i))
			if !strings.HasPrefix(day, month) {
				t.Fatalf("%s has no day %d", month, i+1)
			}
			want := mark == 'w' || mark == 'X'
			if c.Workday(day) != want {
				t.Errorf("%s: working %v, want %c", day, !want, mark)
			}
			if want {
				working[month[:4]]++
			}
			days++
		}
	}
	if days != 3*365 {
		t.Errorf("%d days, want three years", days)
	}
	// As the arrangements are usually summed up; 2027 without its exchanges.
	for year, want := range map[string]int{"2025": 248, "2026": 248, "2027": 254} {
		if working[year] != want {
			t.Errorf("%s: %d working days, want %d", year, working[year], want)
		}
	}
	for _, y := range c.Years {
		if y.Provisional != (y.Year == 2027) {
			t.Errorf("%d provisional: %v", y.Year, y.Provisional)
		}
	}
}

// TestWorkdayArithmetic crosses the holidays that deadlines fall into.
func TestWorkdayArithmetic(t *testing.T) {
	c := shippedCalendar(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2025-01-24", 1, "2025-01-26"}, // Friday; the Sunday is worked in exchange
		{"2025-01-27", 1, "2025-02-05"}, // over the Spring Festival
		{"2025-09-30", 3, "2025-10-11"}, // National Day and Mid-Autumn in one
		{"2026-02-13", 2, "2026-02-24"},
		{"2026-09-30", 3, "2026-10-10"},
		{"2027-02-04", 1, "2027-02-09"},
	} {
		d, err := Day(x.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(c.AddWorkdays(d.At.Add(9*time.Hour), x.n)); got != x.want {
			t.Errorf("%s + %d: %s, want %s", x.from, x.n, got, x.want)
		}
		if got := c.Workdays(x.from, x.want); got != x.n {
			t.Errorf("working days %s to %s: %d, want %d", x.from, x.want, got, x.n)
		}
	}
}

// TestCalendarRefused: a mistake in the file does not load.
func TestCalendarRefused(t *testing.T) {
	for name, raw := range map[string]string{
		"another year":     `{"years":[{"year":2026,"holidays":["2027-01-01"],"workdays":[]}],"shifts":[]}`,
		"twice":            `{"years":[{"year":2026,"holidays":["2026-01-01","2026-01-01"]}]}`,
		"both":             `{"years":[{"year":2026,"holidays":["2026-01-04"],"workdays":["2026-01-04"]}]}`,
		"works anyway":     `{"years":[{"year":2026,"workdays":["2026-01-05"]}]}`,
		"no day":           `{"years":[{"year":2026,"holidays":["2026-02-30"]}]}`,
		"years backwards":  `{"years":[{"year":2026},{"year":2025}]}`,
		"misspelt":         `{"years":[],"shift":[]}`,
		"shift twice":      `{"shifts":[{"id":"a","title":{"zh":"甲"},"starts":"00:00","hours":8},{"id":"a","title":{"zh":"甲"},"starts":"08:00","hours":8}]}`,
		"shift at no hour": `{"shifts":[{"id":"a","title":{"zh":"甲"},"starts":"25:00","hours":8}]}`,
	} {
		if _, err := parseCalendar([]byte(raw)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestDueInWorkdays: so many working days after the period, to the end of the
// last, then the hours.
func TestDueInWorkdays(t *testing.T) {
	c := shippedCalendar(t)
	for _, x := range []struct {
		ends        string
		days, hours int
		want        string
	}{
		{"2026-10-01T00:00:00+08:00", 0, 24, "2026-10-02T00:00:00+08:00"}, // hours know no holiday
		{"2026-10-01T00:00:00+08:00", 3, 0, "2026-10-11T00:00:00+08:00"},  // 8, 9 and the Saturday worked in exchange
		{"2026-12-01T00:00:00+08:00", 3, 2, "2026-12-04T02:00:00+08:00"},
		{"2026-11-27T08:00:00+08:00", 1, 0, "2026-11-30T08:00:00+08:00"}, // a shift that ends on Friday
	} {
		ends, err := time.Parse(time.RFC3339, x.ends)
		if err != nil {
			t.Fatal(err)
		}
		due := Cadence{DeadlineWorkdays: x.days, DeadlineHours: x.hours}.Due(ends, c)
		if got := due.In(Zone).Format(time.RFC3339); got != x.want {
			t.Errorf("%s, %d working days and %d h: %s, want %s", x.ends, x.days, x.hours, got, x.want)
		}
	}
}
