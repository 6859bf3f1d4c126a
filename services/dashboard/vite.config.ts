import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  resolve: { alias: { '@gen': here('./build/gen'), '@': here('./src') } },
  build: { outDir: 'build/dist', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
  test: { include: ['src/**/*.test.ts'] },
})
