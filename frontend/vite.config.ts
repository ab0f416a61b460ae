import { createHash } from 'node:crypto'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Tells the service worker which files the build made. */
function built(): Plugin {
  return {
    name: 'built',
    enforce: 'post',
    generateBundle(_, bundle) {
      const worker = bundle['sw.js']
      if (worker?.type !== 'chunk') throw new Error('the build made no sw.js')
      const made = Object.values(bundle).filter((f) => f.fileName.startsWith('assets/'))
      const files = ['/', '/favicon.svg', ...made.map((f) => `/${f.fileName}`).sort()]
      const page = bundle['index.html']
      const shape = createHash('sha256').update(JSON.stringify(files))
      if (page?.type === 'asset') shape.update(page.source)
      const version = shape.digest('hex').slice(0, 12)
      worker.code = worker.code.replaceAll('__BUILT__', JSON.stringify({ version, files }))
    },
  }
}

export default defineConfig({
  plugins: [react(), built()],
  build: {
    // The floor of browsers in use: Windows 7 ends at Chromium 109.
    target: 'chrome109',
    manifest: true,
    chunkSizeWarningLimit: 1000,
    // public/.gitkeep comes back into dist: Go embeds the folder before the first build too.
    emptyOutDir: true,
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/offline/worker.ts' },
      output: {
        // A service worker is known by its address.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    testTimeout: 20000,
  },
})
