// Says how large the page is, compressed, and fails above the limits of the design (section 7 of
// the user-experience note): first load JS 180 KB, CSS 25 KB, font 60 KB, a route's chunk 45 KB.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const KB = 1024
const folder = new URL('../build/dist/assets/', import.meta.url)
const html = readFileSync(new URL('../build/dist/index.html', import.meta.url), 'utf8')
const sums = { 'first JS': 0, CSS: 0, font: 0, 'largest chunk': 0 }
const limits = { 'first JS': 180, CSS: 25, font: 60, 'largest chunk': 45 }

for (const name of readdirSync(folder)) {
  const bytes = readFileSync(new URL(name, folder))
  const packed = gzipSync(bytes).length
  if (name.endsWith('.css')) sums.CSS += packed
  if (name.endsWith('.woff2')) sums.font += bytes.length
  if (!name.endsWith('.js')) continue
  if (html.includes(name)) sums['first JS'] += packed
  else sums['largest chunk'] = Math.max(sums['largest chunk'], packed)
}
let failed = false
for (const [what, size] of Object.entries(sums)) {
  const over = size > limits[what] * KB
  failed ||= over
  console.log(`${what}: ${(size / KB).toFixed(1)} KB of ${limits[what]}${over ? ' TOO LARGE' : ''}`)
}
process.exit(failed ? 1 : 0)
