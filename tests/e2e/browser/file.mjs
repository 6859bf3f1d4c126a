// The customer's file, and what every page shares: keys, languages, states, signing in.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { digits, open, openPanel, settled } from './lib.mjs'

const csv = new URL('../../data/invoices/small.csv', import.meta.url)
const LINES = readFileSync(csv, 'utf8').split('\n')

export async function every_figure_opens_and_sums({ browser, given }) {
  for (const path of ['/customers/A003?', '/customers?', '/aged-balance?as_of=2024-04-30&']) {
    await everyFigure(await open(browser, given, `${path}tenant=small`), path)
  }
}

async function everyFigure(page, path) {
  await settled(page)
  const ids = await page.$$eval('[data-fig]', (found) => found.map((one) => one.dataset.fig))
  assert.ok(ids.length >= 10, `${path}: ${ids.length} figures`)
  for (const id of ids) {
    const shown = await page.locator(`[data-fig="${id}"]`).textContent()
    const panel = await openPanel(page, page.locator(`[data-fig="${id}"]`))
    assert.equal(digits(await panel.getByTestId('explain.figure').textContent()),
      digits(shown).replace('-', ''), id)
    assert.equal(await panel.getByTestId('explain.bad').count(), 0, id)
    const sums = await panel.getByTestId('explain.sum').count()
    const plain = /^(days_late|open_count|overdue_count|overdue_share|limit)/.test(id)
    assert.equal(sums, plain ? 0 : 1, id)
    if (/count/.test(id)) {
      assert.equal(String(await panel.locator('li[data-minor]').count()), digits(shown), id)
    }
    await page.keyboard.press('Escape')
  }
  assert.deepEqual(page.complaints, [])
  await page.context().close()
}

export async function what_no_service_has_said_is_a_dash({ browser, given }) {
  const page = await open(browser, given, '/customers/A003?tenant=small')
  await settled(page)
  for (const block of ['risk', 'score', 'dunning', 'limit']) {
    const absent = page.getByTestId(`customer.${block}`).locator('.absent')
    assert.ok(await absent.count() > 0, block)
    assert.match(await absent.first().getAttribute('title'), /\w{3}/, `${block}: the reason`)
  }
  return page
}

// C00010 buys in three currencies; its limit is in euros.
export async function a_limit_is_compared_in_its_own_currency_only({ browser, given }) {
  const page = await open(browser, given, '/customers/C00010?tenant=sample')
  await settled(page)
  const limits = page.getByTestId('customer.limit')
  const names = await page.getByTestId('customer.receivables').allTextContents()
  assert.equal(names.length, 3)
  for (const [index, name] of names.entries()) {
    const own = name.includes('· EUR')
    const block = limits.nth(index)
    const shown = await block.locator('[data-fig^="limit:"]').textContent()
    assert.match(shown, /€/, name)
    assert.equal(await block.locator('[data-fig^="available:"]').count(), own ? 1 : 0, name)
    if (!own) {
      const why = await block.locator('.absent').first().getAttribute('title')
      assert.match(why, /EUR/, name)
    }
  }
  return page
}

export async function a_fact_leads_to_file_and_line({ browser, given }) {
  const page = await open(browser, given,
    '/customers/A003/timeline?tenant=small&kind=invoice_recorded')
  await settled(page)
  const entries = page.locator('.entry')
  assert.equal(await entries.count(), LINES.filter((line) => line.includes(',A003,')).length)
  for (let index = 0; index < await entries.count(); index += 1) {
    const entry = entries.nth(index)
    const number = /F-\d+/.exec(await entry.textContent())[0]
    const panel = await openPanel(page, entry.getByRole('button'))
    const source = await panel.getByTestId('explain.source').first().textContent()
    const line = LINES.findIndex((one) => one.startsWith(`${number},`)) + 1
    assert.match(source, new RegExp(`small\\.csv.*\\b${line}$`), number)
    await page.keyboard.press('Escape')
  }
  return page
}

export async function timeline_has_decisions_too({ browser, given }) {
  const page = await open(browser, given, '/customers/A003/timeline?tenant=small')
  await settled(page)
  const kinds = new Set(await page.$$eval('.entry', (found) => found.map((one) =>
    one.dataset.kind)))
  for (const kind of ['invoice_recorded', 'invoice_overdue', 'alert_raised',
    'aging_bucket_crossed']) assert.ok(kinds.has(kind), kind)
  const panel = await openPanel(page, page.locator('[data-kind="alert_raised"] button').first())
  const cause = panel.locator('dd button.link').first()
  assert.match(await cause.textContent(), /échue le/, 'its cause, in words')
  await cause.click()
  await page.waitForFunction(() => !document.querySelector('.panel .loading'))
  assert.match(await panel.locator('h3').first().textContent(), /Échéance/)
  return page
}

export async function chart_has_a_table_twin({ browser, given }) {
  const page = await open(browser, given, '/customers/A003?tenant=small')
  await settled(page)
  await page.locator('.u-wrap canvas').first().waitFor()
  await page.locator('h1').click()
  await page.keyboard.press('t')
  const rows = page.locator('.twin tbody tr')
  await rows.first().waitFor()
  const last = await rows.last().locator('td').allTextContents()
  const row = given.sets.small.balance.find((one) => one.account === 'A003')
  assert.deepEqual(last.map(digits), [String(row.total), String(row.total - row.not_due)])
  assert.match(page.url(), /chart=table/)
  return page
}

export async function keyboard_alone({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  const focused = () => page.evaluate(() => document.activeElement.closest('tr')?.dataset.row
    ?? document.activeElement.tagName)
  await page.keyboard.press('j')
  const first = await focused()
  await page.keyboard.press('j')
  const second = await focused()
  assert.notEqual(first, second)
  await page.keyboard.press('k')
  assert.equal(await focused(), first)
  const inFocus = () => page.evaluate(() => document.activeElement.dataset.fig)
  for (let cell = 0; cell < 4 && !(await inFocus()); cell += 1) {
    await page.keyboard.press('ArrowRight')
  }
  const figure = await inFocus()
  assert.ok(figure, 'a figure takes the focus')
  await page.keyboard.press('e')
  await page.getByTestId('explain').waitFor()
  await page.keyboard.press('Escape')
  await page.getByTestId('explain').waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement.dataset.fig), figure,
    'the focus is back on the figure')
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page.waitForURL(/customers\/[^?]/)
  const paths = { gb: 'aged-balance', gc: 'customers\\?', gh: 'customers' }
  for (const [keys, path] of Object.entries(paths)) {
    for (const key of keys) await page.keyboard.press(key)
    await page.waitForURL(new RegExp(path))
  }
  await settled(page)
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), '/')
  await page.keyboard.type('gbj')
  assert.match(page.url(), /customers/, 'letters are letters while typing')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  return page
}

export async function one_tab_stop_in_the_grid({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  assert.equal(await page.locator('.grid [tabindex="0"]').count(), 1)
  const size = await page.$eval('.grid', (one) => [Number(one.getAttribute('aria-rowcount')),
    one.rows.length, Number(one.getAttribute('aria-colcount')), one.rows[0].cells.length])
  assert.equal(size[0], size[1])
  assert.equal(size[2], size[3])
  return page
}

export async function both_languages({ browser, given }) {
  const page = await open(browser, given, '/aged-balance?tenant=small')
  await settled(page)
  const french = await page.locator('main').innerText()
  await page.locator('summary').click()
  await page.getByLabel('Langue').selectOption('en')
  await page.getByRole('heading', { name: 'Aged balance' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  assert.match(french, /\u202f\d{3},\d{2}\u00a0€/, 'narrow space in the number, space before €')
  const english = await page.locator('main').innerText()
  assert.match(english, /€\d{1,3}(,\d{3})*\.\d{2}/)
  for (const word of ['Échu', 'Non affecté', 'Client']) assert.ok(!english.includes(word), word)
  await page.reload()
  await page.getByRole('heading', { name: 'Aged balance' }).waitFor()
  return page
}

export async function states_in_their_words({ browser, given }) {
  const page = await open(browser, given, '/customers/nobody?tenant=small')
  await page.getByText('Introuvable, ou hors de votre périmètre.').waitFor()
  await page.goto('/ui/nowhere?tenant=small')
  await page.getByText('Introuvable, ou hors de votre périmètre.').waitFor()
  const nobody = encodeURIComponent('overdue > 999999999999')
  await page.goto(`/ui/customers?tenant=small&filter=${nobody}`)
  await page.getByText('Aucun résultat pour ce filtre.').waitFor()
  await page.getByRole('button', { name: 'Effacer le filtre' }).click()
  await settled(page)
  assert.ok(await page.locator('tbody tr').count() > 0)
  await page.route(/PortfolioService\/ListCustomers/, (route) => route.abort())
  await page.getByRole('button', { name: 'Échus', exact: true }).click()
  await page.getByText('Le chargement a échoué. Rien n’est perdu.').waitFor()
  assert.ok(await page.locator('tbody tr').count() > 0, 'what was read stays')
  await page.unroute(/PortfolioService\/ListCustomers/)
  await page.getByRole('button', { name: 'Réessayer' }).click()
  await page.getByText('Le chargement a échoué.').waitFor({ state: 'detached' })
  await page.context().setOffline(true)
  await page.getByText(/Hors connexion depuis \d\d:\d\d/).waitFor()
  await page.context().setOffline(false)
  await page.getByText(/Hors connexion/).waitFor({ state: 'detached' })
  page.complaints = page.complaints.filter((one) => !/404|ERR_|Failed to fetch/.test(one))
  return page
}

// A gRPC-Web answer whose message says as well that partition 3, an eighth of all, is missing.
function withoutPartition(body) {
  const size = body.readUInt32BE(1)
  const missing = Buffer.from([0x22, 0x07, 0x1a, 0x01, 0x03, 0x20, 0xc8, 0xd0, 0x07])
  const head = Buffer.from(body.subarray(0, 5))
  head.writeUInt32BE(size + missing.length, 1)
  return Buffer.concat([head, body.subarray(5, 5 + size), missing, body.subarray(5 + size)])
}

export async function partial_and_stale_are_said({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  const calls = /PortfolioService\/ListCustomers/
  await page.route(calls, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: withoutPartition(await answer.body()) })
  })
  await page.getByRole('button', { name: 'Échus', exact: true }).click()
  await page.getByText('Totaux partiels (87 % lus).').waitFor()
  await page.unroute(calls)
  await page.route(calls, (route) => route.abort())
  // The next reading is due within 15 s.
  await page.getByText(/^Données de \d\d:\d\d\. Nouvel essai dans \d+ s\.$/).waitFor()
  assert.ok(await page.locator('tbody tr').count() > 0)
  await page.unroute(calls)
  await page.getByText(/^Données de/).waitFor({ state: 'detached' })
  page.complaints = page.complaints.filter((one) => !/ERR_|Failed to fetch/.test(one))
  return page
}

export async function signs_out_and_in({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  await page.locator('summary').click()
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  const field = page.getByLabel('Jeton')
  await field.fill('nonsense')
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await page.getByText('ce n’est pas un jeton lisible').waitFor()
  await page.reload()
  await field.waitFor()
  await field.fill(given.token)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await settled(page)
  assert.ok(await page.locator('tbody tr').count() > 0)
  return page
}

export async function an_expired_session_keeps_the_page({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small&filter=overdue%20%3E%200')
  await settled(page)
  await page.route(/\/encours\./, (route) => route.fulfill({ status: 401,
    contentType: 'application/json', body: '{"code":16,"message":"Jwt is expired","details":[]}' }))
  await page.getByRole('button', { name: 'Tous' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Votre session a pris fin.').waitFor()
  assert.ok(await page.locator('tbody tr').count() > 0, 'the page is kept')
  await page.unroute(/\/encours\./)
  await dialog.getByLabel('Jeton').fill(given.token)
  await dialog.getByRole('button', { name: 'Se connecter', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  page.complaints = page.complaints.filter((one) => !one.includes('401'))
  return page
}
