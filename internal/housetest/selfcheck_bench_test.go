package housetest_test

import (
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
)

// BenchmarkSelfCheck looks through one of 20 areas that have what half a year comes to,
// and as much again from before it: perDay entries a day, approved in two steps, with the
// files that they ask for. AREAS may say otherwise.
func BenchmarkSelfCheck(b *testing.B) {
	h := housetest.New(b)
	do := func(sql string, args ...any) {
		b.Helper()
		if _, err := h.Owner.Exec(b.Context(), sql, args...); err != nil {
			b.Fatal(err)
		}
	}
	var ledgers, needing, slots, kinds []string
	var bodies [][]byte
	for _, t := range h.Catalog.Types() {
		doc, err := catalog.ParseDocument(mustJSON(b, sample(b, t.ID)))
		if err != nil {
			b.Fatal(err)
		}
		ledgers, bodies = append(ledgers, t.ID), append(bodies, doc.Canonical)
		needs, err := t.EvidenceNeeds(doc)
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range needs {
			for range n.Min {
				needing, slots, kinds = append(needing, t.ID), append(slots, n.ID), append(kinds, map[bool]string{true: "application/pdf", false: "image/jpeg"}[len(n.Kinds) > 0 && n.Kinds[0] == "pdf"])
			}
		}
	}
	do("set session_replication_role = replica")
	do(`insert into areas (prison_id, area_id, code, name_zh, name_en, kind, function, has_labour)
		select $1, gen_random_uuid(), 'B' || n, '监区', 'area', 'ordinary', 'residential', true from generate_series(1, $2::int - 2) n`, h.Prison, knob("AREAS", 20))
	do(`insert into entries (prison_id, entry_id, area_id, ledger, version, level, author, state, revision, in_force, step, counts, occurred_at, occurred_day, submitted_at, resubmitted_at, decided_at)
		select a.prison_id, gen_random_uuid(), a.area_id, ($2::text[])[1 + n % cardinality($2)], 1, 'L2', $3, 'approved', 1, 1, 2, true, at, (at at time zone 'Asia/Shanghai')::date, at + interval '1 hour', at + interval '1 hour', at + interval '2 hours'
		from areas a, generate_series(0, $4::int * $5::int - 1) n cross join lateral (select now() - interval '4 hours' - n * interval '1 day' / $4::int as at) t where a.prison_id = $1`,
		h.Prison, ledgers, h.Person("officer").PersonID, perDay, 2*halfYear)
	do(`insert into revisions (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain, warnings, occurred_at)
		select e.prison_id, e.entry_id, 1, e.author, e.ledger, 1, s.body, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), false, '', '[]', '[]', e.occurred_at
		from entries e join unnest($1::text[], $2::bytea[]) s(ledger, body) on s.ledger = e.ledger`, ledgers, bodies)
	do(`insert into evidence (prison_id, entry_id, revision, evidence_id, slot, name, media_type, size, sha256, version_id, width, height, uploaded_by, uploaded_at, salt)
		select e.prison_id, e.entry_id, 1, gen_random_uuid(), s.slot, '', s.kind, 1, decode(repeat('00', 32), 'hex'), '', 0, 0, e.author, now(), decode(repeat('00', 32), 'hex')
		from entries e join unnest($1::text[], $2::text[], $3::text[]) s(ledger, slot, kind) on s.ledger = e.ledger`, needing, slots, kinds)
	do(`insert into decisions (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks, salt)
		select e.prison_id, e.entry_id, 1, n, gen_random_uuid(), 'approve', e.author, ($1::uuid[])[n + 1], '', decode(repeat('00', 32), 'hex'), '', '[]', decode(repeat('00', 32), 'hex')
		from entries e, generate_series(0, 1) n`, []uuid.UUID{h.Person("duty leader").PersonID, h.Person("area head").PersonID})
	do(`insert into facts select prison_id, area_id, ledger, occurred_day, m, 1, jsonb_build_array(jsonb_build_object('kind', 'entry', 'id', min(entry_id::text)))
		from entries, unnest('{late,backfilled}'::text[]) m where extract(day from occurred_day)::int % 15 = 0 group by 1, 2, 3, 4, 5`)
	do("set session_replication_role = origin")
	do("analyze")
	ctx := h.As(b.Context(), "area head")
	for b.Loop() {
		d, err := h.Assessment.SelfCheck(ctx, h.Prison, h.Area)
		if err != nil {
			b.Fatal(err)
		}
		if len(d.Defects) == 0 {
			b.Fatal("nothing was found")
		}
	}
}
