import { defineConfig } from 'vitest/config'

/** Journeys in a real browser against a running server; see e2e/browser.ts for what they need. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
