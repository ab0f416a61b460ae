import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const contract = '../docs/openapi.yaml'

it('has the types of the contract as it is now', () => {
  const generated = execFileSync('node_modules/.bin/openapi-typescript', [contract], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const kept = readFileSync('src/api/api-schema.d.ts', 'utf8')
  expect(kept.trim() === generated.trim(), 'run: npm run generate').toBe(true)
})

it('asks only for addresses that the contract has', () => {
  const known = new Set(
    [...readFileSync(contract, 'utf8').matchAll(/^ {2}(\/\S+):$/gm)].map(([, path]) =>
      path!.replace(/\{\w+\}/g, '*'),
    ),
  )
  const asked = readdirSync('src/api')
    .filter((file) => /^\w+\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(`src/api/${file}`, 'utf8').matchAll(
        /[`'](\/[a-z][^`'\s]*|\$\{at\([^`]*)[`']/g,
      ),
    ])
    .map(([, path]) => path!.replace(/^\$\{at\((entry|\{[^}]*\})\)\}/, '/prisons/*/entries/*'))
    .map((path) => path.replace(/^\$\{at\(which\)\}/, '/prisons/*/cases/*'))
    .filter((path) => !path.startsWith('/api/'))
    .map((path) => path.replace(/\$\{[^}]*\}/g, '*'))
  expect(asked.length).toBeGreaterThan(20)
  // A segment put in whole stands for one of several acts.
  const fits = (path: string) =>
    [...known].some((k) => new RegExp(`^${path.replaceAll('*', '[^/]+')}$`).test(k))
  expect(asked.filter((path) => !fits(path))).toEqual([])
})
