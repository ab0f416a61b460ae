package catalog

import "slices"

// Beginning is what a document is handed on as.
type Beginning int

const (
	AsLast     Beginning = iota // the last entry of the area, whoever's it is
	AsTemplate                  // a form that somebody kept to begin others with
)

// Repeated is what a document hands to the next one of its kind: without what is
// said of one event only. The type says so of a field with x-ui.repeat; of the
// others only what every entry must say goes on, and of that who of the police it
// was, what was chosen from a list, and short texts. Where the entry is about
// inmates, choices and texts are about them too: then the police alone, and in a
// template the choices, except of what is strictly restricted. Computed and
// shared fields and files never go on.
func (t *Type) Repeated(doc Document, as Beginning) (Document, error) {
	goesOn := []class{officers, fromList, brief}
	if t.aboutInmates() {
		goesOn = []class{officers}
		if as == AsTemplate && t.Sensitivity != "L3" {
			goesOn = append(goesOn, fromList)
		}
	}
	value := map[string]any{}
	for name, v := range doc.Value {
		p, known := t.top()[name]
		if !known {
			continue
		}
		again, said := flag(p, "repeat")
		if !said {
			again = t.required(name) && slices.Contains(goesOn, classOf(p))
		}
		if !again {
			continue
		}
		if kept := repeated(p, v); kept != nil {
			value[name] = kept
		}
	}
	for _, s := range t.Sources {
		Put(value, s.Field, nil)
	}
	return newDocument(value)
}

// class of a field, as far as it says whether what stands there holds for the
// next entry too.
type class int

const (
	event    class = iota // times, counts, findings, words about it, other entries, inmates
	officers              // who of the police
	fromList              // one of a list
	brief                 // a short one: a place, a title
)

func classOf(p map[string]any) class {
	items, _ := p["items"].(map[string]any)
	switch {
	case ui(p, "lookup") == "police":
		return officers
	case once(p) || p["default"] != nil || namesInmate(p):
		return event
	case items != nil && ui(p, "lookup") == "":
		return classOf(items)
	case p["oneOf"] != nil && !answers(p):
		return fromList
	case p["type"] == "string" && p["oneOf"] == nil && p["format"] == nil && ui(p, "widget") != "textarea":
		return brief
	}
	return event
}

// answers reports whether the choices are those of a question: what was found at
// one check is not found at the next by being copied.
func answers(p map[string]any) bool {
	list, _ := p["oneOf"].([]any)
	return slices.ContainsFunc(list, func(o any) bool {
		option, _ := o.(map[string]any)
		return option["const"] == "yes"
	})
}

// inmateNumber is the pattern of the catalogue's inmate_ref.
const inmateNumber = `^\d{10}$`

func namesInmate(p map[string]any) bool {
	items, _ := p["items"].(map[string]any)
	return ui(p, "lookup") == "inmate" || p["pattern"] == inmateNumber || items["pattern"] == inmateNumber
}

// aboutInmates reports whether every entry of the type names one inmate or several.
func (t *Type) aboutInmates() bool {
	for name, p := range t.top() {
		if t.required(name) && namesInmate(p) {
			return true
		}
	}
	return false
}

func (t *Type) required(name string) bool {
	list, _ := t.validator.expanded["required"].([]any)
	return slices.Contains(list, any(name))
}

// once reports whether a field is of one event whatever the type says of what it
// stands in.
func once(p map[string]any) bool {
	return p["format"] == "date" || p["format"] == "date-time" || ui(p, "widget") == "month" || ui(p, "widget") == "evidence" || p["const"] != nil
}

// repeated is a value that goes on, without the members that do not.
func repeated(p map[string]any, v any) any {
	again, said := flag(p, "repeat")
	if p["readOnly"] == true || ui(p, "widget") == "evidence" || said && !again || !said && once(p) {
		return nil
	}
	switch x := v.(type) {
	case map[string]any:
		props := propertiesOf(p)
		out := map[string]any{}
		for name, member := range x {
			if kept := repeated(props[name], member); props[name] != nil && kept != nil {
				out[name] = kept
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		items, _ := p["items"].(map[string]any)
		if items["type"] != "object" {
			return x
		}
		out := []any{}
		for _, row := range x {
			if kept := repeated(items, row); kept != nil {
				out = append(out, kept)
			}
		}
		return out
	}
	return v
}
