import type zh from './zh.json'

/**
 * What the screen says. A subject with files of its own, `<subject>.zh.json` and `<subject>.en.json`
 * in this folder, adds them by declaring this interface again; the files themselves are taken up
 * without being named.
 */
export interface Texts extends Zh {}
type Zh = typeof zh

type Tree = { [key: string]: string | Tree }

const found = import.meta.glob<Tree>(['./*.json'], { eager: true, import: 'default' })

/** All texts of a language: each space of them stands in one file. */
export function textsOf(lang: 'zh' | 'en'): Tree {
  const all: Tree = {}
  for (const [path, tree] of Object.entries(found)) {
    if (!path.endsWith(`/${lang}.json`) && !path.endsWith(`.${lang}.json`)) continue
    for (const [space, texts] of Object.entries(tree)) {
      if (space in all) throw new Error(`${path}: ${space} stands in another file too`)
      all[space] = texts
    }
  }
  return all
}
