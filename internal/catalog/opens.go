package catalog

import (
	"fmt"

	"taizhang/internal/fault"
)

// closed names the triggers of an unpublished type that open a ledger which nobody
// can fill: an entry that fires one could not be approved.
func (c *Catalog) closed(t *Type) []fault.Field {
	var bad []fault.Field
	for i, tr := range t.Triggers {
		if tr.Opens == "" || tr.Opens == t.ID || c.Current(tr.Opens) != nil {
			continue
		}
		text := fault.Text{ZH: "没有台账 " + tr.Opens, EN: "There is no ledger " + tr.Opens}
		if versions := c.Versions(tr.Opens); len(versions) > 0 {
			title := versions[len(versions)-1].Title
			text = fault.Text{ZH: "台账“" + title.ZH + "”已停用，不能再由触发开启", EN: "Ledger “" + title.EN + "” is no longer kept, and no trigger opens it"}
		}
		bad = append(bad, fault.Field{Pointer: fmt.Sprintf("ledger.json/triggers/%d/opens", i), Code: "definition", Text: text})
	}
	return bad
}
