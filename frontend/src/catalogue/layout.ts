import type { Layout } from './design'

/** The order in which an officer works: every change of form.json. */

function swapped<T>(list: T[], at: number, by: number): T[] {
  const to = at + by
  if (to < 0 || to >= list.length) return list
  const copy = [...list]
  ;[copy[at], copy[to]] = [copy[to]!, copy[at]!]
  return copy
}

export const layout = {
  /** Moves a field up or down; over the border of its section into the next one. */
  move(form: Layout, name: string, by: -1 | 1): Layout {
    const s = form.sections.findIndex((x) => x.fields.includes(name))
    const section = form.sections[s]
    if (!section) return form
    const at = section.fields.indexOf(name)
    if (at + by >= 0 && at + by < section.fields.length) {
      const fields = swapped(section.fields, at, by)
      return { sections: form.sections.map((x, i) => (i === s ? { ...x, fields } : x)) }
    }
    const next = form.sections[s + by]
    return next ? layout.place(form, name, next.id, by > 0 ? 'first' : 'last') : form
  },

  place(form: Layout, name: string, section: string, where: 'first' | 'last'): Layout {
    return {
      sections: form.sections.map((s) => {
        const rest = s.fields.filter((f) => f !== name)
        if (s.id !== section) return { ...s, fields: rest }
        return { ...s, fields: where === 'first' ? [name, ...rest] : [...rest, name] }
      }),
    }
  },

  moveSection(form: Layout, at: number, by: -1 | 1): Layout {
    return { sections: swapped(form.sections, at, by) }
  },

  retitle(form: Layout, at: number, title: { zh?: string; en?: string }): Layout {
    return {
      sections: form.sections.map((s, i) =>
        i === at ? { ...s, title: { ...s.title, ...title } } : s,
      ),
    }
  },

  /** A section more at the end, with an id that nothing else has. */
  add(form: Layout, zh: string): Layout {
    let n = form.sections.length + 1
    while (form.sections.some((s) => s.id === `section_${n}`)) n++
    return { sections: [...form.sections, { id: `section_${n}`, title: { zh }, fields: [] }] }
  },

  /** Takes an empty section away; one with fields stays. */
  drop(form: Layout, at: number): Layout {
    return { sections: form.sections.filter((s, i) => i !== at || s.fields.length > 0) }
  },
}
