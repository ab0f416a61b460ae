// What a page needs must stay light: this sums the compressed script that
// index.html, the shell and each page need, and fails above the budget. The
// first screen after sign-in is the strictest; ECharts and whatever a page
// fetches later come by themselves.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budgets = { Workbench: 300_000, EntryEdit: 450_000 }
const otherwise = 650_000
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

function needs(key, needed) {
  if (needed.has(key)) return needed
  needed.add(key)
  for (const next of manifest[key].imports ?? []) needs(next, needed)
  return needed
}

const sizes = new Map()
function sizeOf(key) {
  const { file } = manifest[key]
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length)
  return sizes.get(file)
}

let over = false
for (const key of Object.keys(manifest).filter((k) => /^src\/pages\/\w+\.tsx$/.test(k))) {
  const page = key.replace(/^.*\/(\w+)\.tsx$/, '$1')
  const budget = budgets[page] ?? otherwise
  const needed = needs(key, needs('index.html', new Set()))
  const total = [...needed].reduce((sum, k) => sum + sizeOf(k), 0)
  over ||= total > budget
  console.log(`${String(total).padStart(8)} of ${budget}  ${page}${total > budget ? '  OVER' : ''}`)
}
if (over) process.exit(1)
