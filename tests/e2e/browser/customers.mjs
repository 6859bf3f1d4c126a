// The customers list.
import assert from 'node:assert/strict'
import { digits, figures, open, settled } from './lib.mjs'

const overdue = (row) => row.total - row.not_due
const idOf = (one) => `${one.account}|${one.currency}`
const sorted = (list) => [...list].sort()

export async function list_shows_what_the_file_says({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  const wanted = given.sets.small.balance
  for (const [measure, value] of [['outstanding', (row) => row.total], ['overdue', overdue]]) {
    const shown = new Map((await figures(page, measure)).map((one) => [idOf(one),
      digits(one.text)]))
    for (const row of wanted) assert.equal(shown.get(idOf(row)), String(value(row)), idOf(row))
  }
  const api = await page.request.get('/v1alpha1/tenants/small/customers',
    { headers: { authorization: `Bearer ${given.token}` } })
  const count = await page.getByTestId('customers.count').textContent()
  assert.equal(digits(count), (await api.json()).totalSize)
  return page
}

export async function filter_text_is_in_the_address({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  const all = await page.locator('tbody tr').count()
  await page.locator('[data-key="/"]').fill('overdue > 20 AND currency_code = "EUR"')
  await page.keyboard.press('Enter')
  await page.waitForURL(/filter=/)
  await settled(page)
  const wanted = given.sets.small.balance.filter((row) => row.currency === 'EUR'
    && overdue(row) > 2000)
  assert.ok(wanted.length > 0 && wanted.length < all)
  const shown = (await figures(page, 'overdue')).map(idOf)
  assert.deepEqual(sorted(shown), sorted(wanted.map(idOf)))
  const link = page.url()
  const second = await open(browser, given, link.slice(given.url.length + 3))
  await settled(second)
  assert.deepEqual((await figures(second, 'overdue')).map(idOf), shown, 'same link, same screen')
  await second.context().close()
  await page.goBack()
  await settled(page)
  assert.equal(await page.locator('tbody tr').count(), all, 'back')
  assert.equal(await page.locator('[data-key="/"]').inputValue(), '')
  await page.goForward()
  await settled(page)
  assert.deepEqual((await figures(page, 'overdue')).map(idOf), shown, 'forward')
  return page
}

export async function wrong_filter_is_shown_where_it_is_wrong({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small')
  await settled(page)
  const text = 'days_late > 5 AND overdu > 1'
  await page.locator('[data-key="/"]').fill(text)
  await page.keyboard.press('Enter')
  const problem = page.locator('.filter-problem')
  await problem.waitFor()
  assert.equal(Number(await problem.getAttribute('data-column')), text.indexOf('overdu') + 1)
  assert.equal(await problem.locator('mark').textContent(), 'overdu')
  assert.equal(await page.locator('[data-key="/"]').inputValue(), text, 'the text is kept')
  await problem.getByRole('button').click()
  await page.waitForURL(/overdue/)
  await settled(page)
  const wanted = given.sets.small.balance.filter((row) => overdue(row) > 0)
  assert.ok(await page.locator('tbody tr').count() > 0)
  assert.ok(await page.locator('tbody tr').count() <= wanted.length)
  // A refused call is an error of the network to the browser, and no fault of the page.
  page.complaints = page.complaints.filter((one) => !one.includes('400'))
  return page
}

export async function header_sorts_and_back_unsorts({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small&filter='
    + encodeURIComponent('currency_code = "EUR"'))
  await settled(page)
  const before = (await figures(page, 'outstanding')).map(idOf)
  await page.getByRole('columnheader', { name: 'Encours' }).getByRole('button').click()
  await page.waitForURL(/order_by=outstanding/)
  await settled(page)
  const values = (await figures(page, 'outstanding')).map((one) => BigInt(digits(one.text)))
  assert.deepEqual(values, values.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
  assert.equal(await page.getByRole('columnheader', { name: 'Encours' })
    .getAttribute('aria-sort'), 'descending')
  await page.goBack()
  await settled(page)
  assert.deepEqual((await figures(page, 'outstanding')).map(idOf), before)
  return page
}

export async function pages_follow_each_other({ browser, given }) {
  if (!given.sets.udyam) return 'skipped'
  const page = await open(browser, given, '/customers?tenant=udyam')
  await settled(page)
  const first = (await figures(page, 'overdue')).map(idOf)
  assert.equal(first.length, 50)
  await page.getByRole('button', { name: 'Page suivante' }).click()
  await page.waitForURL(/page_token=/)
  await settled(page)
  const second = (await figures(page, 'overdue')).map(idOf)
  assert.equal(new Set([...first, ...second]).size, 100, 'no row twice')
  await page.reload()
  await settled(page)
  assert.deepEqual((await figures(page, 'overdue')).map(idOf), second, 'the link keeps the page')
  await page.goBack()
  await settled(page)
  assert.deepEqual((await figures(page, 'overdue')).map(idOf), first)
  return page
}

export async function phone_has_cards({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=small', { size: 'phone' })
  await settled(page)
  assert.equal(await page.locator('table').count(), 0)
  assert.equal(await page.locator('.card').count(), Math.min(50, Number(digits(
    await page.getByTestId('customers.count').textContent()))))
  return page
}

// Names as the events of the sample give them; C00004 to C00007 are houses of a group.
export async function search_finds_by_name_and_by_number({ browser, given }) {
  const page = await open(browser, given, '/customers?tenant=sample')
  await settled(page)
  const search = page.locator('.jump input')
  const seek = async (text, address) => {
    await search.fill(text)
    await page.keyboard.press('Enter')
    await page.waitForURL(address)
    await settled(page)
  }
  await seek('epicerie uzel', /customers\/C00020/)
  assert.equal(await page.locator('h1').textContent(), 'Épicerie Uzelande SARL')
  await seek('C00002', /customers\/C00002/)
  assert.equal(await page.locator('h1').textContent(), 'Brasserie Valmondrin SAS')
  await seek('pontavel', /customers\?.*filter=/)
  const found = await page.locator('tbody tr').evaluateAll((rows) => rows.map((row) =>
    [row.dataset.row.split('|')[0], row.querySelector('.name').textContent]))
  for (const house of ['C00004', 'C00005', 'C00006', 'C00007']) {
    assert.ok(found.some(([account]) => account === house), house)
  }
  for (const [account, name] of found) assert.match(name, /Pontavel/, account)
  await seek('nobody of that name', /customers\?.*filter=.*nobody/)
  assert.equal(await page.locator('tbody tr').count(), 0)
  return page
}
