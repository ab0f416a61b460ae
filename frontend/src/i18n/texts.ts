import type zh from './zh.json'

/**
 * What the screen says. A subject with files of its own, `<subject>.zh.json` and `<subject>.en.json`
 * in this folder, adds them by declaring this interface again; the files themselves are taken up
 * without being named.
 */
export interface Texts extends Zh {}
type Zh = typeof zh

type Tree = { [key: string]: string | Tree }

type Files = Record<string, Tree>

// A language is one file of the build, fetched when it is spoken.
const files: Record<'zh' | 'en', () => Promise<{ default: Files }>> = {
  zh: () => import('./chinese'),
  en: () => import('./english'),
}

/** All texts of a language: each space of them stands in one file. */
export async function textsOf(lang: 'zh' | 'en'): Promise<Tree> {
  const all: Tree = {}
  for (const [path, tree] of Object.entries((await files[lang]()).default)) {
    for (const [space, texts] of Object.entries(tree)) {
      if (space in all) throw new Error(`${path}: ${space} stands in another file too`)
      all[space] = texts
    }
  }
  return all
}
