// Package accreditation is the use cases of the road to a title: cases, what their steps
// leave behind, the register of titles. What stands here is what it rests on.
package accreditation

import (
	"context"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Store keeps cases and titles.
type Store interface {
	// Read runs fn on one moment of a prison, under the session's walls.
	Read(ctx context.Context, s ledger.Session, fn func(Look) error) error
	// Write runs fn in one transaction, as ledger.Store.Write does.
	Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(Tx) error) error
	// Cases in sight, of every prison, the latest act first.
	Cases(ctx context.Context, s ledger.Session) ([]Case, error)
	// Appeals are the last days of appeals against the confirmed sheets that cases rest on in their
	// state, by case; the sheet of a state is a check of that kind.
	Appeals(ctx context.Context, s ledger.Session, cases []Case, kinds map[lifecycle.State]string) (map[uuid.UUID]Appeals, error)
	// Owed are the opinions asked for in sight, of every prison, the latest asked first.
	Owed(ctx context.Context, s ledger.Session) ([]Owed, error)
	// Liaisons of all departments, each one's first first, and the day on which the first case began.
	Liaisons(ctx context.Context, s ledger.Session) (list []Liaison, began string, err error)
	// Colleagues of the departments of the bureau.
	Colleagues(ctx context.Context, s ledger.Session) ([]Colleague, error)
	// NameLiaison is the next after those that were seen: changed_meanwhile.
	NameLiaison(ctx context.Context, s ledger.Session, idem ledger.Idem, l Liaison) (Liaison, error)
	// Announced reads what belongs to no prison, Announce writes it.
	Announced(ctx context.Context, s ledger.Session, fn func(Announcer) error) error
	Announce(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(Announcer) error) error
	// Register is every title in sight, by prison and day.
	Register(ctx context.Context, s ledger.Session) ([]Title, error)
	// Within is the transaction of a check, for what its case says to it.
	Within(tx ledger.Tx) Tx
	// Prisons that are open, with their areas.
	Prisons(ctx context.Context) ([]ledger.Prison, error)
	// AllPrisons are those too that are not open yet, by code.
	AllPrisons(ctx context.Context) ([]ledger.Prison, error)
	// PlannedChecks are the open ones in sight, as dates of the calendar.
	PlannedChecks(ctx context.Context, s ledger.Session) ([]Dated, error)

	// Members of both bodies, with those who left.
	Members(ctx context.Context, s ledger.Session) ([]Member, error)
	// Candidates are those who are posted as members.
	Candidates(ctx context.Context, s ledger.Session) ([]Seated, error)
	AddMember(ctx context.Context, s ledger.Session, idem ledger.Idem, m Member) (Member, error)
	EndMember(ctx context.Context, s ledger.Session, idem ledger.Idem, m Member) (Member, error)
	// Agenda is the cases that the session's person deliberates on.
	Agenda(ctx context.Context, s ledger.Session) ([]uuid.UUID, error)
	// Meetings in sight, the latest first.
	Meetings(ctx context.Context, s ledger.Session) ([]Meeting, error)
	Call(ctx context.Context, s ledger.Session, idem ledger.Idem, m Meeting) (Meeting, error)
	// Items of a meeting in sight, by number, of every prison.
	Items(ctx context.Context, s ledger.Session, meeting uuid.UUID) ([]Item, error)
}

// Look reads inside one transaction; what it lists is of the session's prison.
type Look interface {
	Now() time.Time
	// Wide lets fn look as the program does: what it finds may decide, and is shown only
	// as the case shows it.
	Wide(ctx context.Context, fn func() error) error
	// Case by its id: not_found.
	Case(ctx context.Context, id uuid.UUID) (Case, error)
	// CasesOf a unit, the latest first.
	CasesOf(ctx context.Context, area uuid.UUID) ([]Case, error)
	// OpenCases of the prison that have not ended.
	OpenCases(ctx context.Context) ([]Case, error)
	Events(ctx context.Context, id uuid.UUID) ([]Event, error)
	Records(ctx context.Context, id uuid.UUID) ([]Record, error)
	Opinions(ctx context.Context, id uuid.UUID) ([]Opinion, error)
	// Owed by a department on a case, the latest round first.
	Owed(ctx context.Context, id uuid.UUID, department string) ([]Owed, error)
	// Facts that an opinion was given on, by their digest.
	Facts(ctx context.Context, id uuid.UUID, digest string) ([]byte, error)
	// Deeds of the prison, counts by the facts of the demonstration sheet.
	Deeds(ctx context.Context) (map[string]int, error)
	// Found are the findings under a standard of the unit's confirmed and joint checks, and of
	// none, since a day or still to be put right, the latest first.
	Found(ctx context.Context, area uuid.UUID, standard, from string) ([]Found, error)
	Areas(ctx context.Context) ([]ledger.Area, error)
	// Called is what the prison and the departments of the bureau are called.
	Called(ctx context.Context) (Called, error)
	Titles(ctx context.Context) ([]Title, error)
	// SelfCheck is the unit's last self-check that was kept since; "" for none.
	SelfCheck(ctx context.Context, area uuid.UUID, since time.Time) (run, score string, err error)
	// Check of the case of this kind that nobody cancelled, opened since the step that rests on
	// it was left the last time: of several the first confirmed. The zero id for none.
	Check(ctx context.Context, c uuid.UUID, kind string, step lifecycle.State) (uuid.UUID, error)
	// Own is the score of a kept run before a look-back is carried over.
	Own(ctx context.Context, run uuid.UUID) (string, error)
	// Item with its acts: not_found.
	Item(ctx context.Context, id uuid.UUID) (Item, error)
	// ItemsOf a case with their acts, the oldest first.
	ItemsOf(ctx context.Context, c uuid.UUID) ([]Item, error)
	// Seats of an item: the members on the day of its meeting, and who is barred now.
	Seats(ctx context.Context, i Item) ([]Seat, error)
	// Packages of a case, the oldest first.
	Packages(ctx context.Context, c uuid.UUID) ([]Package, error)
	// Sheets of those of the runs that there are, the oldest first.
	Sheets(ctx context.Context, runs []uuid.UUID) ([]SheetKept, error)
	// Proofs of entries: what is in force of each, and the files under it.
	Proofs(ctx context.Context, entries []uuid.UUID) ([]Proof, error)
	// Ledger is the same transaction, for what checks tell of themselves.
	Ledger() ledger.Tx
	// Batches as they are planned now.
	Batches(ctx context.Context) ([]Planned, error)
	// Bulletins of a year, the newest first.
	Bulletins(ctx context.Context, year int) ([]Issued, error)
	// Liaison of a department today; the zero id for none.
	Liaison(ctx context.Context, department string) (uuid.UUID, error)
	// Posted are those who hold the role: in the prison, or with no prison at the bureau; in
	// the area and the department, if one is named.
	Posted(ctx context.Context, role actor.Role, prison, area uuid.UUID, department string) ([]uuid.UUID, error)
}

// Tx changes a prison's cases inside one transaction.
type Tx interface {
	Look
	// Lock takes the case's row, then the prison's register, until commit.
	Lock(ctx context.Context, id uuid.UUID) (Case, error)
	// Alone keeps other acts on the prison's register out until commit.
	Alone(ctx context.Context) error
	InsertCase(ctx context.Context, c Case) error
	// InsertEvent carries the case on: it is the only way.
	InsertEvent(ctx context.Context, c Case, e Event) error
	InsertRecord(ctx context.Context, c Case, r Record) error
	InsertConfirmation(ctx context.Context, c Case, x Confirmation) error
	InsertOpinions(ctx context.Context, c Case, list []Opinion) error
	// InsertFacts keeps what an opinion is given on.
	InsertFacts(ctx context.Context, c Case, body []byte) error
	// InsertTitle with its acts: title_held where the unit held it at any time between.
	InsertTitle(ctx context.Context, t Title) error
	InsertTitleDecision(ctx context.Context, t Title) error
	InsertTitleAct(ctx context.Context, t Title, a TitleAct) error
	// InsertItem gives it the next number of its meeting.
	InsertItem(ctx context.Context, i Item) (number int, err error)
	InsertItemAct(ctx context.Context, i Item, a ItemAct) error
	InsertPackage(ctx context.Context, p Package) error
	Notify(ctx context.Context, n ledger.Notice) error
}
