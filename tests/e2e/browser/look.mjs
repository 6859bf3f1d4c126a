// How the pages look, in two sizes, two themes and two languages: nothing cut, nothing that moves
// by itself, nothing that axe finds serious; each as a picture for people to judge.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { axe, cutTexts, open, openPanel, settled, SIZES, smallTargets } from './lib.mjs'

const SHIFT_MOST = 0.02
// Pages that are looked at with the panel open, too.
const EXPLAINED = new Set(['customers', 'timeline', 'file', 'sample_slipping'])
const set = (given) => (given.sets.udyam ? 'udyam' : 'small')

function pages(given) {
  const tenant = set(given)
  const rows = given.sets[tenant].balance
  // The file that has most to show.
  const busy = rows.toSorted((a, b) => b.total - b.not_due - a.total + a.not_due)[1]
  const who = encodeURIComponent(busy.account)
  const { monthEnd } = given.sets.small
  return {
    customers: `/customers?tenant=${tenant}`,
    aged: '/aged-balance?tenant=small',
    aged_as_of: `/aged-balance?tenant=small&as_of=${monthEnd}&compare=2024-03-31`,
    file: `/customers/${who}?tenant=${tenant}`,
    items: `/customers/${who}/items?tenant=${tenant}&show=all`,
    timeline: `/customers/${who}/timeline?tenant=${tenant}`,
    ...sample(),
    wrong_filter: `/customers?tenant=${tenant}&filter=overdu%20%3E%2010000`,
  }
}

// Customers with a story (deploy/sample): slipping, in three currencies, in English with disputes.
function sample() {
  const of = 'tenant=sample'
  return {
    sample_customers: `/customers?${of}`,
    sample_aged: `/aged-balance?${of}`,
    sample_slipping: `/customers/C00002?${of}`,
    sample_currencies: `/customers/C00010?${of}`,
    sample_timeline: `/customers/C00016/timeline?${of}`,
    sample_reminders: `/customers/C00002/timeline?${of}&kind=action_sent`,
  }
}

async function look({ browser, given }, size, theme, language) {
  const folder = `${given.out}/screenshots`
  mkdirSync(folder, { recursive: true })
  const problems = []
  const judge = async (page, name) => {
    const say = (what, found) => problems.push(...found.map((one) => `${name}: ${what}: ${one}`))
    say('cut', await cutTexts(page))
    say('axe', await axe(page))
    say('target', await smallTargets(page, size === 'phone' ? 44 : 24))
    const wider = await page.$eval('main', (main) => main.scrollWidth - main.clientWidth)
    if (wider > 0) problems.push(`${name}: ${wider} pixels beside the page`)
    const shift = await page.evaluate(() => globalThis.shift)
    if (shift > SHIFT_MOST) problems.push(`${name}: layout shift ${shift}`)
    await page.screenshot({ path: `${folder}/${name}-${size}-${theme}-${language}.png` })
  }
  for (const [name, path] of Object.entries(pages(given))) {
    const page = await open(browser, given, path, { size, theme, language })
    await settled(page)
    await judge(page, name)
    if (EXPLAINED.has(name)) {
      await openPanel(page, page.locator('main [data-fig]').first())
      await page.waitForTimeout(250)
      await judge(page, `${name}_explain`)
    }
    const loud = page.complaints.filter((one) => !(name === 'wrong_filter'
      && one.includes('400')))
    problems.push(...loud.map((one) => `${name}: console: ${one}`))
    await page.context().close()
  }
  assert.deepEqual(problems, [])
}

export const cases = Object.fromEntries(Object.keys(SIZES).flatMap((size) =>
  ['light', 'dark'].flatMap((theme) => ['fr', 'en'].map((language) => [
    `look_${size}_${theme}_${language}`,
    (place) => look(place, size, theme, language)]))))
