import type { Lang } from '../schema/types'
import { titleOf } from '../schema/types'
import { type Files, members } from './design'
import type { Option } from './LinesEditor'

/** Every field of the top, and the members of its groups, as pointers to choose from. */
export function pointers(files: Files, lang: Lang): Option[] {
  return Object.entries(files.schema.properties ?? {}).flatMap(([name, node]) => {
    const title = titleOf(node, name, lang)
    const own = { value: `/${name}`, label: title }
    if (node.type !== 'object') return [own]
    return [
      own,
      ...members(node).map(([member, inner]) => ({
        value: `/${name}/${member}`,
        label: `${title} / ${titleOf(inner, member, lang)}`,
      })),
    ]
  })
}
