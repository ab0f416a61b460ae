package housetest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"taizhang/internal/housetest"
)

// TestKeptScoresDoNotChange: the service may insert a score and never change one, nor take one away; of what
// holds scores it may change only which run a check shows, which its acts are compared with, and the points of
// a standard that is a draft.
func TestKeptScoresDoNotChange(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	list := func(sql string) []string {
		t.Helper()
		rows, err := h.Owner.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	may := list(`select c.table_name || '.' || c.column_name from information_schema.columns c
		where c.table_schema = 'public' and has_column_privilege('taizhang_app', format('public.%I', c.table_name), c.column_name, 'UPDATE')
			and (c.table_name in ('score_runs', 'daily_scores', 'check_acts', 'sheet_prints') or c.column_name in ('score', 'sheet', 'passes', 'points', 'deducted', 'carry', 'run_id', 'amount'))
		order by 1`)
	if diff := cmp.Diff([]string{"checks.run_id", "standard_sets.points"}, may); diff != "" {
		t.Error("columns of scores that the service may change: ", diff)
	}
	if gone := list(`select t || ' ' || p from unnest(array['score_runs', 'daily_scores', 'check_acts']) t, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER', 'UPDATE']) p
		where has_table_privilege('taizhang_app', t, p) order by 1`); len(gone) > 0 {
		t.Errorf("the service may %v", gone)
	}
}
