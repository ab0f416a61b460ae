package catalog

import (
	"strings"

	"taizhang/internal/fault"
)

// books are what a ledger's title may end in without being another name.
var books = []string{"台账", "登记簿", "登记表", "登记", "记录簿", "记录表", "记录", "簿", "表"}

// book is a ledger's title as a reader goes by it.
func book(title string) string {
	plain := unspaced(title)
	for _, b := range books {
		if name, ends := strings.CutSuffix(plain, b); ends && name != "" {
			return name
		}
	}
	return plain
}

// namesake says that another ledger in force bears the type's title: of two ledgers of
// one name nobody knows which is meant.
func (c *Catalog) namesake(t *Type) []fault.Field {
	for _, o := range c.Types() {
		if o.ID != t.ID && book(o.Title.ZH) == book(t.Title.ZH) {
			return []fault.Field{{Pointer: "ledger.json/title", Code: "definition", Text: fault.Text{
				ZH: "已有名为“" + o.Title.ZH + "”的台账，请填写在该台账，或改用能区别的名称",
				EN: "There is a ledger called “" + o.Title.In("en") + "” already: fill that one, or choose a name that tells them apart"}}}
		}
	}
	return nil
}
