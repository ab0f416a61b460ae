import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [react()],
  build: {
    // The floor of browsers in use: Windows 7 ends at Chromium 109.
    target: 'chrome109',
    manifest: true,
    chunkSizeWarningLimit: 1000,
    // public/.gitkeep comes back into dist: Go embeds the folder before the first build too.
    emptyOutDir: true,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    testTimeout: 20000,
  },
})
