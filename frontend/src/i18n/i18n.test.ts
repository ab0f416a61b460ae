import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { textsOf } from './texts'

const zh = await textsOf('zh')
const en = await textsOf('en')

function keys(tree: object, at = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${at}${name}`] : keys(value as object, `${at}${name}.`),
  )
}

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}/${entry.name}`
    if (entry.isDirectory()) return sources(path)
    return /(?<!\.test)\.tsx?$/.test(entry.name) && !dir.endsWith('testing') ? [path] : []
  })
}

/** The files of the screen whose code, without what it says of itself, has such letters. */
const having = (letters: RegExp) =>
  sources('src').filter((path) =>
    letters.test(readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')),
  )

describe('translations', () => {
  it('exist in both languages', () => {
    expect(keys(en).sort()).toEqual(keys(zh).sort())
  })

  it('fill in the same values', () => {
    const holes = (tree: object) =>
      keys(tree).map((key) => {
        const value = key
          .split('.')
          .reduce((node: unknown, part) => (node as Record<string, unknown>)[part], tree)
        return `${key} ${[...String(value).matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()}`
      })
    expect(holes(en).sort()).toEqual(holes(zh).sort())
  })

  it('are all used', () => {
    const text = sources('src')
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n')
    const used = (key: string) => {
      const [space, name] = key.split('.')
      return (
        text.includes(`'${key}'`) ||
        text.includes(`\`${space}.\${`) ||
        text.includes(`\`${key.slice(0, key.lastIndexOf('.'))}.\${`) ||
        text.includes(`\`${key.replace(/_.*/, '_')}\${`) ||
        name === undefined
      )
    }
    expect(keys(zh).filter((key) => !used(key))).toEqual([])
  })

  it('are the only Chinese on the screen', () => {
    // Dates and yes/no as people type them, and the other language's own name.
    const allowed = [
      'src/form/paste.ts',
      'src/entry/labels.ts',
      'src/pages/SignIn.tsx',
      'src/app/Shell.tsx',
    ]
    expect(having(/[\u4e00-\u9fff]/).filter((path) => !allowed.includes(path))).toEqual([])
  })

  it('hold what stands between words too', () => {
    // Lists as people type them, and what is told which language it speaks.
    const allowed = [
      'src/batch/CellEditor.tsx',
      'src/batch/columns.ts',
      'src/batch/names.ts',
      'src/calendar/roster.ts',
      'src/entry/Changes.tsx',
      'src/entry/labels.ts',
      'src/form/controls/list.tsx',
      'src/form/paste.ts',
      'src/pages/StandardImport.tsx',
      'src/standards/edit/Fields.tsx',
      'src/ui/who.ts',
    ]
    expect(
      having(/[：；，、。（）《》「」！？]/).filter((path) => !allowed.includes(path)),
    ).toEqual([])
  })
})
