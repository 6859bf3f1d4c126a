import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { TimelineEntrySchema } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import type { ReceivableRecordSchema } from '@gen/encours/receivables/v1alpha1/facts_pb'
import { describe, expect, it } from 'vitest'
import { csv } from './csv'
import { parseTarget, positionOn, rowsOf, sumOf, targetText } from './explain'
import { markColumn, orderText, parseOrder, quoted, readProblem, sortedBy, VIEWS } from './filter'
import { protoDate } from './proto'
import { still } from './still'

describe('filter', () => {
  it('quotes what would end the text', () => {
    expect(quoted('Ünï, Cie')).toBe('"Ünï, Cie"')
    expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"')
  })
  it('goes round: an order and its keys', () => {
    for (const text of ['overdue desc', 'overdue desc, account', 'a.b, c desc']) {
      expect(orderText(parseOrder(text))).toBe(text)
    }
    for (const view of VIEWS) expect(orderText(parseOrder(view.orderBy))).toBe(view.orderBy)
  })
  it('turns a column that is clicked again, and adds with Shift', () => {
    const first = sortedBy(parseOrder('account'), 'overdue', 'desc', false)
    expect(orderText(first)).toBe('overdue desc')
    expect(orderText(sortedBy(first, 'overdue', 'desc', false))).toBe('overdue')
    expect(orderText(sortedBy(first, 'account', 'asc', true))).toBe('overdue desc, account')
  })
  it('marks the word at a column, counted in characters', () => {
    expect(markColumn('é = "x" AND overdu > 1', 13)).toEqual(['é = "x" AND ', 'overdu', ' > 1'])
    expect(markColumn('a', 9)).toEqual(['a', '', ''])
  })
  it('reads what the service says', () => {
    expect(readProblem('Column 12: unknown field overdu. Did you mean overdue?'))
      .toEqual({ what: 'unknown field overdu.', suggestion: 'overdue' })
    expect(readProblem('Anything else.')).toEqual({ what: 'Anything else.', suggestion: '' })
  })
})

describe('csv', () => {
  it('lets no text be a formula', () => {
    const bad = ['=1+1', '+1', '-1', '@x', '\t=1', ' =cmd', "'=1"]
    const line = csv([bad], 'en').slice(1).trimEnd()
    expect(line).toBe(`"'=1+1","'+1","'-1","'@x","'\t=1","' =cmd","'=1"`)
  })
  it('writes numbers as the language does, negative ones too', () => {
    const row = ['A;1', { minor: -123456n, currency: 'EUR' }, { minor: 5n, currency: 'JPY' }]
    expect(csv([row], 'fr')).toBe('\uFEFF"A;1";-1234,56;5\r\n')
    expect(csv([row], 'en')).toBe('\uFEFF"A;1",-1234.56,5\r\n')
  })
})

describe('still rows', () => {
  const row = (id: string, value = 0) => ({ id, value })
  const idOf = (one: { id: string }) => one.id
  it('keep their place while values move', () => {
    const { rows, fresh, moved } = still([row('a'), row('b')], [row('b', 2), row('a', 1)], idOf)
    expect(rows.map((one) => [one.row.id, one.row.value])).toEqual([['a', 1], ['b', 2]])
    expect([fresh, moved]).toEqual([0, 2])
  })
  it('count what is new and mark what is gone', () => {
    const { rows, fresh, moved } = still([row('a'), row('b')], [row('c'), row('b')], idOf)
    expect(rows.map((one) => one.gone)).toEqual([true, false])
    expect([fresh, moved]).toEqual([1, 0])
  })
})

type Fact = NonNullable<MessageInitShape<typeof ReceivableRecordSchema>['fact']>
const entry = (fact: Fact) => create(TimelineEntrySchema, {
  detail: { case: 'receivable', value: { fact } } })
const eur = (minor: bigint) => ({ currencyCode: 'EUR', minor })
const invoice = (number: string, issued: string, due: string, minor: bigint) => entry({
  case: 'invoiceRecorded', value: { invoice: number, issueDate: protoDate(issued),
    dueDate: protoDate(due), grossAmount: eur(minor) } })
const payment = (id: string, day: string, minor: bigint) => entry({ case: 'paymentRecorded',
  value: { payment: id, valueDate: protoDate(day), amount: eur(minor) } })
const match = (pay: string, number: string, day: string, minor: bigint) => entry({
  case: 'allocationRecorded', value: { payment: pay, invoice: number, amount: eur(minor),
    effectiveDate: protoDate(day) } })

describe('what was open on a day', () => {
  // 100.00 due on 31 March, 40.00 of it paid on 10 April by a payment of 50.00.
  const facts = [invoice('F1', '2024-03-01', '2024-03-31', 10_000n),
    payment('P1', '2024-04-10', 5000n), match('P1', 'F1', '2024-04-10', 4000n)]
  const on = (day: string) => positionOn(facts, 'EUR', day)

  it('is nothing before the issue date', () => {
    expect(on('2024-02-29')).toEqual({ invoices: [], loose: [] })
  })
  it('is not late on the due date itself', () => {
    expect(rowsOf(on('2024-03-31'), 'overdue', '2024-03-31')).toEqual([])
    expect(sumOf(rowsOf(on('2024-03-31'), 'not_due', '2024-03-31'))).toBe(10_000n)
    expect(sumOf(rowsOf(on('2024-04-01'), 'd1_30', '2024-04-01'))).toBe(10_000n)
  })
  it('falls by what was matched, and the rest of the money is deducted', () => {
    expect(sumOf(rowsOf(on('2024-04-09'), 'total', '2024-04-09'))).toBe(10_000n)
    expect(sumOf(rowsOf(on('2024-04-10'), 'overdue', '2024-04-10'))).toBe(6000n)
    expect(sumOf(rowsOf(on('2024-04-10'), 'unallocated', '2024-04-10'))).toBe(1000n)
    expect(sumOf(rowsOf(on('2024-04-10'), 'total', '2024-04-10'))).toBe(5000n)
  })
  it('changes range at 30, 60 and 90 days', () => {
    const range = (day: string) => (['d1_30', 'd31_60', 'd61_90', 'over_90'] as const)
      .find((measure) => rowsOf(on(day), measure, day).length > 0)
    expect(['2024-04-30', '2024-05-01', '2024-05-30', '2024-05-31', '2024-06-29', '2024-06-30']
      .map(range)).toEqual(['d1_30', 'd31_60', 'd31_60', 'd61_90', 'd61_90', 'over_90'])
  })
  it('counts a match not before the invoice it pays', () => {
    const early = [payment('P1', '2024-01-01', 5000n),
      invoice('F1', '2024-03-01', '2024-03-31', 5000n), match('P1', 'F1', '2024-01-01', 5000n)]
    expect(sumOf(rowsOf(positionOn(early, 'EUR', '2024-02-01'), 'total', '2024-02-01')))
      .toBe(-5000n)
    expect(positionOn(early, 'EUR', '2024-03-01')).toEqual({ invoices: [], loose: [] })
  })
})

describe('a figure in the address', () => {
  it('goes round, whatever the account is called', () => {
    for (const account of ['A003', 'Ünï, Cie', 'a:b/c?d&e', '*']) {
      const target = { measure: 'overdue', account, currency: 'EUR' } as const
      expect(parseTarget(targetText(target))).toEqual(target)
    }
  })
  it('is nothing where the measure is unknown', () => {
    expect(parseTarget('nonsense:A:EUR')).toBeNull()
  })
})
