import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Vite's own server asks the gateway of a local run.
const gateway = { target: process.env.ENCOURS_GATEWAY ?? 'http://localhost:17000',
  changeOrigin: true }

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  resolve: { alias: { '@gen': here('./build/gen'), '@': here('./src') } },
  server: { proxy: { '^/encours\\.': gateway, '^/ui/local.json$': gateway } },
  build: { outDir: 'build/dist', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
  test: { include: ['src/**/*.test.ts'] },
})
