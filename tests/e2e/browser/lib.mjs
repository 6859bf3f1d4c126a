// What all browser cases use: contexts, waiting, reading figures, and the judges of a page's look.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const dashboard = new URL('../../../services/dashboard/', import.meta.url)
const require = createRequire(dashboard)

export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

export async function launch(executablePath) {
  // Read here, so that the cases can be named without their packages.
  return require('playwright-core').chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu',
    '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--lang=fr-FR'] })
}

// A page in a fresh context; what it says on its console is kept in `page.complaints`.
export async function open(browser, given, path, { size = 'desktop', theme = 'light',
  language = 'fr' } = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme,
    locale: language === 'fr' ? 'fr-FR' : 'en-GB', hasTouch: size === 'phone',
    timezoneId: 'Europe/Paris', baseURL: given.url, permissions: ['clipboard-write'] })
  const page = await context.newPage()
  page.complaints = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text())
  })
  page.on('pageerror', (error) => page.complaints.push(String(error)))
  await page.addInitScript(() => {
    globalThis.shift = 0
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (!one.hadRecentInput) globalThis.shift += one.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(`/ui${path}`)
  return page
}

// Nothing is being read any more and the page has come to rest.
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('h1')
    && !document.querySelector('.loading') && !document.querySelector('[aria-busy="true"]'))
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(150)
}

// "12 552,58 €" -> "1255258": the minor units, whatever the language.
export const digits = (text) => {
  const minus = /[-−]/.test(text) ? '-' : ''
  const bare = text.replace(/\D/g, '').replace(/^0+(?=\d)/, '')
  return bare === '0' ? '0' : minus + bare
}

// [{row, figure}] of one measure in the list that is shown.
export async function figures(page, measure) {
  return page.$$eval(`[data-fig^="${measure}:"]`, (found) => found.map((one) => ({
    account: decodeURIComponent(one.dataset.fig.split(':')[1]),
    currency: one.dataset.fig.split(':')[2], text: one.textContent })))
}

export async function openPanel(page, figure) {
  await figure.click()
  const panel = page.getByTestId('explain')
  await panel.waitFor()
  await page.waitForFunction(() => !document.querySelector('.panel .loading'))
  return panel
}

// Violations that count, as lines.
export async function axe(page) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) =>
    `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

// Texts that do not fit their box, and a page wider than its window.
export async function cutTexts(page) {
  return page.evaluate(() => {
    const cut = []
    const boxes = 'td, th, button, a, h1, h2, h3, p, dt, dd, .status, select, label, .age span'
    for (const one of document.querySelectorAll(boxes)) {
      if (one.closest('.hidden, .skip') || !one.getClientRects().length) continue
      const style = getComputedStyle(one)
      if (style.display === 'inline' || style.clipPath !== 'none') continue
      if (one.scrollWidth > one.clientWidth + 1) {
        cut.push(`${one.tagName} "${one.textContent.slice(0, 40)}" ${one.scrollWidth} > ${
          one.clientWidth}`)
      }
    }
    for (const one of document.querySelectorAll('input[placeholder]')) {
      if (!one.value && one.getClientRects().length) {
        const pen = document.createElement('canvas').getContext('2d')
        pen.font = getComputedStyle(one).font
        const room = one.clientWidth - parseFloat(getComputedStyle(one).paddingLeft) * 2
        const wide = pen.measureText(one.placeholder).width
        if (wide > room) cut.push(`placeholder "${one.placeholder}" ${wide} > ${room}`)
      }
    }
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) {
      cut.push(`the page: ${root.scrollWidth} > ${root.clientWidth}`)
    }
    return cut
  })
}

// Targets smaller than a finger (44 px) or a pointer (24 px).
export async function smallTargets(page, least) {
  return page.evaluate((size) => [...document.querySelectorAll(
    'main button, main select, main a, nav a, summary')].filter((one) => {
    const box = one.getBoundingClientRect()
    const inText = getComputedStyle(one).display === 'inline'
    return box.width > 0 && !inText && one.offsetParent && box.height < size - 0.5
  }).map((one) => `${one.tagName} "${one.textContent.slice(0, 30)}" ${
    one.getBoundingClientRect().height}`), least)
}

export function same(found, wanted, what) {
  assert.deepEqual(found, wanted, what)
}
