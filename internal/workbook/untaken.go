package workbook

// Untaken is a cell of which an import takes nothing.
type Untaken struct {
	Title string `json:"title"` // of the field, as it was last called; of a cell without one, where it stands
	Text  string `json:"text"`
	Why   Why    `json:"why,omitempty"`
}

// Why a cell is not taken.
type Why string

// The reasons. A row with a cell that is Untitled or Unread is wrong as well.
const (
	Retired  Why = "retired"  // the version no longer has the field
	Given    Why = "given"    // the system works it out or is told it
	File     Why = "file"     // evidence cannot come with a table
	Own      Why = "own"      // the house keeps it of every entry
	Untitled Why = "untitled" // it stands under no title
	Unread   Why = "unread"   // no list could be read of it
)

var whyWords = map[Why]string{"": "已停用", Retired: "已停用", Given: "由系统得出", File: "是佐证文件，须到条目页面上传", Own: "由系统记录", Untitled: "没有表头", Unread: "无法识别"}

// told names what an import did not take.
func told(list []Untaken) []string {
	var out []string
	for _, u := range list {
		out = append(out, "“"+u.Title+"”"+whyWords[u.Why]+"，未导入："+u.Text)
	}
	return out
}
