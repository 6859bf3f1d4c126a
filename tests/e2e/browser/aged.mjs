// The aged balance.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { digits, open, openPanel, settled } from './lib.mjs'

const BUCKETS = ['not_due', 'd1_30', 'd31_60', 'd61_90', 'over_90', 'total']

function totalsOf(rows) {
  const totals = {}
  for (const row of rows) {
    const sums = totals[row.currency] ??= Object.fromEntries(BUCKETS.map((one) => [one, 0]))
    for (const bucket of BUCKETS) sums[bucket] += row[bucket]
  }
  return totals
}

async function checkDay(page, rows) {
  const wanted = totalsOf(rows)
  const shown = await page.$$eval('.total', (found) => found.map((one) => one.dataset.currency))
  assert.deepEqual(shown.toSorted(), Object.keys(wanted).toSorted(), 'one total per currency')
  for (const [currency, sums] of Object.entries(wanted)) {
    for (const bucket of BUCKETS) {
      const cell = page.locator(`[data-fig="${bucket}:*:${currency}"], `
        + `[data-fig="${bucket}:%2A:${currency}"]`)
      assert.equal(digits(await cell.textContent()), String(sums[bucket]),
        `${currency} ${bucket}`)
    }
  }
}

export async function totals_are_those_of_the_file_on_two_days({ browser, given }) {
  const { balance, balanceAtMonthEnd, monthEnd } = given.sets.small
  const page = await open(browser, given, '/aged-balance?tenant=small')
  await settled(page)
  await checkDay(page, balance)
  await page.keyboard.press('m')
  await page.waitForURL(new RegExp(`as_of=${monthEnd}`))
  await settled(page)
  await page.locator('[data-state="as_of"]').waitFor()
  await checkDay(page, balanceAtMonthEnd)
  await page.goBack()
  await settled(page)
  await checkDay(page, balance)
  return page
}

export async function comparison_is_the_difference({ browser, given }) {
  const { balance, balanceAtMonthEnd, monthEnd } = given.sets.small
  const page = await open(browser, given, `/aged-balance?tenant=small&compare=${monthEnd}`)
  await settled(page)
  await page.locator('.delta').first().waitFor()
  const [now, before] = [totalsOf(balance), totalsOf(balanceAtMonthEnd)]
  for (const [currency, sums] of Object.entries(now)) {
    const shown = await page.locator(`.total[data-currency="${currency}"] .cell-total .delta`)
      .textContent()
    assert.equal(digits(shown), String(sums.total - (before[currency]?.total ?? 0)), currency)
  }
  return page
}

export async function a_cell_opens_the_invoices_behind_it({ browser, given }) {
  const { monthEnd, balanceAtMonthEnd, balance } = given.sets.small
  for (const [path, rows] of [[`&as_of=${monthEnd}`, balanceAtMonthEnd], ['', balance]]) {
    const page = await open(browser, given, `/aged-balance?tenant=small${path}`)
    await settled(page)
    for (const row of rows) {
      const measure = BUCKETS.find((one) => row[one] !== 0)
      const id = [measure, row.account, row.currency].map(encodeURIComponent).join(':')
      const panel = await openPanel(page, page.locator(`.grid [data-fig="${id}"]`))
      assert.equal(digits(await panel.getByTestId('explain.figure').textContent()),
        String(row[measure]), id)
      const minors = await panel.locator('li[data-minor]').evaluateAll((found) =>
        found.map((one) => one.dataset.minor))
      const sum = minors.reduce((all, one) => all + BigInt(one), 0n)
      assert.equal(sum, BigInt(row[measure]), `${id}: rows`)
      assert.equal(await panel.getByTestId('explain.ok').count(), 1, `${id}: says that it sums`)
      await page.keyboard.press('Escape')
    }
    assert.deepEqual(page.complaints, [])
    await page.context().close()
  }
}

export async function a_total_opens_its_customers({ browser, given }) {
  const page = await open(browser, given, '/aged-balance?tenant=small')
  await settled(page)
  const wanted = given.sets.small.balance.filter((row) => row.currency === 'EUR' && row.total)
  const panel = await openPanel(page, page.locator('.total[data-currency="EUR"] .cell-total .fig'))
  assert.equal(await panel.locator('li[data-minor]').count(), wanted.length)
  assert.equal(await panel.getByTestId('explain.ok').count(), 1)
  return page
}

export async function a_figure_that_does_not_sum_is_said_in_red({ browser, given }) {
  const page = await open(browser, given, '/aged-balance?tenant=small')
  await settled(page)
  // An answer without invoices: an empty message and its trailers, as gRPC-Web frames.
  const trailers = Buffer.from('grpc-status: 0\r\n')
  const head = Buffer.alloc(5)
  head[0] = 0x80
  head.writeUInt32BE(trailers.length, 1)
  const body = Buffer.concat([Buffer.alloc(5), head, trailers])
  await page.route(/PortfolioService\/ListInvoices/, (route) => route.fulfill({ body,
    contentType: 'application/grpc-web+proto' }))
  const panel = await openPanel(page, page.locator('.grid .fig:not(.fig-quiet)').first())
  await panel.getByTestId('explain.bad').waitFor()
  assert.equal(await panel.getByTestId('explain.ok').count(), 0)
  return page
}

export async function export_is_the_whole_and_sums_to_the_page({ browser, given }) {
  const page = await open(browser, given, '/aged-balance?tenant=small&page_size=50')
  await settled(page)
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name: 'Exporter' }).click()])
  const text = readFileSync(await download.path(), 'utf8')
  assert.equal(text[0], '\uFEFF')
  const [head, ...lines] = text.slice(1).trim().split('\r\n').map((line) => line.split(';'))
  const wanted = totalsOf(given.sets.small.balance)
  const place = head.indexOf('Total')
  const sums = {}
  for (const line of lines) {
    const currency = line.at(1)
    sums[currency] = (sums[currency] ?? 0n) + BigInt(line[place].replace(',', ''))
  }
  for (const [currency, row] of Object.entries(wanted)) {
    assert.equal(sums[currency], BigInt(row.total), currency)
  }
  assert.ok(download.suggestedFilename().includes(given.sets.small.today))
  return page
}

export async function a_real_set_of_thousands({ browser, given }) {
  if (!given.sets.udyam) return 'skipped'
  const page = await open(browser, given, '/aged-balance?tenant=udyam')
  await settled(page)
  await checkDay(page, given.sets.udyam.balance)
  const panel = await openPanel(page, page.locator('.total .cell-over_90 .fig'))
  assert.equal(await panel.getByTestId('explain.ok').count(), 1)
  return page
}
