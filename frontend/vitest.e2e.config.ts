import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What changes the roll of inmates or the catalogue comes last: the others fill the demonstration as it was made. */
const late = ['connectors', 'catalogue']

/** The year sets the clock ahead by years, which none of the others would stand: it has a server of its own. */
const year = 'e2e/year.test.ts'
const ahead = process.env.TAIZHANG_CLOCK === 'true'

class LastTheWorld extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = (f: TestSpecification) =>
      `${late.findIndex((name) => f.moduleId.includes(name)) + 1} ${f.moduleId}`
    return [...files].sort((a, b) => place(a).localeCompare(place(b)))
  }
}

/** Journeys in a real browser against a running server; see e2e/browser.ts for what they need. */
export default defineConfig({
  test: {
    environment: 'node',
    include: [ahead ? year : 'e2e/**/*.test.ts'],
    exclude: ahead ? [] : [year],
    fileParallelism: false,
    sequence: { sequencer: LastTheWorld },
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // A second, which is what a poll has otherwise, is not enough where cores are few and others work.
    expect: { poll: { timeout: 30_000 } },
    // Each act stands on the one before.
    bail: 1,
  },
})
