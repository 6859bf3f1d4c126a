// Runs the browser cases: run.mjs --list names them; run.mjs GIVEN.json [CASE ...] runs them and
// prints one line of JSON for each: its name, passed, failed or skipped, and why.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import * as aged from './aged.mjs'
import * as customers from './customers.mjs'
import * as file from './file.mjs'
import * as look from './look.mjs'

const { cases: looks } = look
const all = { ...customers, ...aged, ...file, ...looks }

async function run(name, place) {
  const begun = Date.now()
  const end = (state, why) => console.log(JSON.stringify({ name, state, why,
    seconds: (Date.now() - begun) / 1000 }))
  try {
    const page = await all[name](place)
    if (page === 'skipped') return end('skipped')
    if (page) {
      assert.deepEqual(page.complaints, [], 'the console is silent')
      await page.context().close()
    }
    return end('passed')
  } catch (problem) {
    return end('failed', problem.stack ?? String(problem))
  }
}

if (process.argv[2] === '--list') {
  console.log(Object.keys(all).join('\n'))
} else {
  const { launch } = await import('./lib.mjs')
  const given = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  const chosen = process.argv.slice(3)
  const browser = await launch(given.chromium)
  for (const name of Object.keys(all)) {
    if (chosen.length === 0 || chosen.some((one) => name.startsWith(one))) {
      await run(name, { browser, given })
    }
  }
  await browser.close()
}
