// The first screen after sign-in must stay light: this sums the compressed
// script that index.html, the shell and the workbench need, and fails above
// the budget. ECharts, the form and every other page come later, by themselves.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget = 300 * 1000
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const needed = new Set()
const visit = (key) => {
  if (needed.has(key)) return
  needed.add(key)
  for (const next of manifest[key].imports ?? []) visit(next)
}
for (const entry of ['index.html', 'src/pages/Workbench.tsx']) visit(entry)

let total = 0
for (const key of needed) {
  const { file } = manifest[key]
  const size = gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length
  total += size
  console.log(`${String(size).padStart(8)}  ${file}`)
}
console.log(`${String(total).padStart(8)}  of ${budget} bytes compressed`)
if (total > budget) process.exit(1)
