// Package connector is data from existing systems (转、共) and news to them:
// what a connector's file may say, and the use cases of pulling, taking in,
// and telling. A connector is configuration; none exists by default.
package connector

import (
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Kind of a connector.
type Kind string

// The kinds.
const (
	Pull    Kind = "rest_pull" // we ask, at intervals
	Push    Kind = "rest_push" // the other system sends
	Drop    Kind = "csv_drop"  // files laid into a folder
	Webhook Kind = "webhook"   // we tell
)

// Targets: what arrives becomes.
const (
	Inmates = "inmates" // 罪犯信息
	Rosters = "rosters" // 值班安排
	Facts   = "facts"   // 其他来源数据: of an inmate, an asset, or an area's day
)

// Connector is one file of the folder.
type Connector struct {
	ID     string     `json:"id"`
	Title  fault.Text `json:"title"`
	Kind   Kind       `json:"kind"`
	System string     `json:"system"` // ext:…, as ledger types name it
	Prison string     `json:"prison"` // its code
	Target string     `json:"target"`
	Every  int        `json:"every_seconds"`
	URL    string     `json:"url"`
	// Allow names hosts that may be asked though their address is a public one.
	Allow  []string `json:"allow_hosts"`
	Secret *Secret  `json:"secret"`
	Paging *Paging  `json:"paging"`
	// Pointers into a source's record; a CSV row is an object of its columns.
	Key     string            `json:"key"`
	Version string            `json:"version"`
	Deleted string            `json:"deleted"`
	Fields  map[string]string `json:"fields"`
	// Members are what a record of Facts says, by the name that sources take.
	Members map[string]Member `json:"members"`
	// Areas translates the source's codes into ours; empty: they are ours.
	Areas     map[string]string `json:"areas"`
	Folder    string            `json:"folder"`
	Separator string            `json:"separator"`
	Events    []string          `json:"events"`
	Ledgers   []string          `json:"ledgers"` // empty: all
	Attempts  int               `json:"attempts"`
}

// Member of a record of facts: where it stands, what it is, and what the
// source's codes mean in our words; without Values they are ours.
type Member struct {
	At     string            `json:"at"`
	Type   string            `json:"type"`
	Values map[string]string `json:"values"`
}

// Secret says where one is kept, never what it is.
type Secret struct {
	File string `json:"file"`
	Env  string `json:"env"`
}

// Paging of a pulled source: where the records are, where the token of the
// next page is, and the parameter that asks for it.
type Paging struct {
	Items string `json:"items"`
	Next  string `json:"next"`
	Param string `json:"param"`
}

func (c Connector) every() time.Duration {
	if c.Every == 0 {
		return 30 * time.Second
	}
	return time.Duration(c.Every) * time.Second
}

func (c Connector) attempts() int {
	if c.Attempts == 0 {
		return 8
	}
	return c.Attempts
}

// Run is one delivery: a pull, a push, a file. It is kept when it has ended,
// and until then lies beside its connector, so that who comes after a fall goes
// on with it.
type Run struct {
	Prison    uuid.UUID `json:"-"`
	ID        uuid.UUID `json:"id"`
	Connector string    `json:"connector"`
	System    string    `json:"system"`
	Target    string    `json:"target"`
	State     string    `json:"state"` // done, failed
	Problem   Trouble   `json:"problem"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Read      int       `json:"read"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Rejected  int       `json:"rejected"`
	Cursor    string    `json:"cursor"` // how far it came
	Pages     int       `json:"pages,omitempty"`
	// Validators of the first page, kept when it was the only one: an unchanged
	// first page says nothing of the others.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`

	IdemKey    string        `json:"idem_key,omitempty"`
	BodyDigest []byte        `json:"body_digest,omitempty"`
	Records    ledger.Digest `json:"-"`
	Salt       []byte        `json:"-"`
	RecordedAt time.Time     `json:"-"`
}

// Log makes the run's record for the log: every column.
func (r Run) Log() (ledger.Record, error) {
	return ledger.NewRecord("connector_run", r.ID.String(), r.Salt, map[string]any{
		"run": r.ID, "connector": r.Connector, "system": r.System, "target": r.Target, "state": r.State, "problem": r.Problem,
		"started_at": integrity.Stamp(r.StartedAt), "ended_at": integrity.Stamp(r.EndedAt),
		"read": r.Read, "changed": r.Changed, "unchanged": r.Unchanged, "rejected": r.Rejected, "cursor": r.Cursor,
		"idem_key": r.IdemKey, "body_digest": r.BodyDigest, "records": r.Records,
	})
}

// State of a connector as the database keeps it.
type State struct {
	Prison       uuid.UUID
	ID           string
	Kind         Kind
	System       string
	Target       string
	Title        fault.Text
	Configured   bool
	Paused       bool
	NextAt       time.Time
	LeasedUntil  time.Time
	Failures     int
	Open         *Run
	ETag         string
	LastModified string
}

// Trouble is why a source or a receiver could not be spoken with: a code for
// which Words has a sentence. What a driver said stays in the log.
type Trouble string

func (t Trouble) Error() string { return string(t) }

// The troubles.
const (
	Unreachable    Trouble = "unreachable"
	AddressRefused Trouble = "address_refused"
	Redirected     Trouble = "redirected"
	BadStatus      Trouble = "bad_status"
	Unreadable     Trouble = "unreadable"
	TooLarge       Trouble = "too_large"
	Loops          Trouble = "loops"
	NoSecret       Trouble = "no_secret"
	BadHeader      Trouble = "bad_header"
	Interrupted    Trouble = "interrupted"
)

// Words for each trouble.
var Words = map[Trouble]fault.Text{
	Unreachable:    {ZH: "对方系统无法连接或超时", EN: "The other system cannot be reached, or took too long"},
	AddressRefused: {ZH: "地址不在允许范围内（只允许本机和内网，或配置中列明的主机）", EN: "The address is not allowed: loopback and intranet only, or hosts the file names"},
	Redirected:     {ZH: "对方要求转到别的地址，已拒绝", EN: "It was redirected elsewhere, which is refused"},
	BadStatus:      {ZH: "对方系统返回错误", EN: "The other system answered with an error"},
	Unreadable:     {ZH: "内容无法读取", EN: "What came cannot be read"},
	TooLarge:       {ZH: "内容过大", EN: "What came is too large"},
	Loops:          {ZH: "分页没有前进，已停止", EN: "The pages do not move on; stopped"},
	NoSecret:       {ZH: "密钥文件或环境变量不存在", EN: "The file or variable of the secret is missing"},
	BadHeader:      {ZH: "文件缺少映射所需的列", EN: "Columns that the mapping names are missing from the file"},
	Interrupted:    {ZH: "中途停止，文件将从头重新读取", EN: "It was cut off; its file is read anew from the beginning"},
}
