// What a figure is made of: the rows behind it, and whether they sum to it. Pure.
//
// A position is what was open of one account in one currency on one day. Today's comes from lists;
// that of an earlier day is folded here from the timeline, by the rules of the aged balance: an
// invoice counts from its issue date, money set against it from the day of the match, but not
// before the invoice's date nor off a payment before its own.
import type { TimelineEntry } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { daysBetween } from '@/i18n/format'
import { isoOf, minorOf } from './proto'

export const SUM_MEASURES = ['outstanding', 'exposure', 'overdue', 'not_due', 'd1_30', 'd31_60',
  'd61_90', 'over_90', 'unallocated', 'total'] as const
export const COUNT_MEASURES = ['open_count', 'overdue_count'] as const
export const OTHER_MEASURES = ['days_late', 'limit', 'limit_use', 'available', 'overdue_share',
  'score', 'facts'] as const
export type SumMeasure = (typeof SUM_MEASURES)[number]
export type Measure = SumMeasure | (typeof COUNT_MEASURES)[number] | (typeof OTHER_MEASURES)[number]

export const isSum = (measure: string): measure is SumMeasure =>
  (SUM_MEASURES as readonly string[]).includes(measure)

export interface OpenInvoice {
  number: string
  due: string
  open: bigint
}
// Money that no invoice has taken: cash or credit notes, positive.
export interface LooseMoney {
  document: string
  left: bigint
}
export interface Position {
  invoices: OpenInvoice[]
  loose: LooseMoney[]
}
export interface Row {
  label: string
  // Days late; negative before the due date; null where it has none.
  late: number | null
  due: string
  minor: bigint
  kind: 'invoice' | 'unallocated' | 'not_invoiced' | 'term_paper'
}

interface Movement {
  day: string
  minor: bigint
}
interface InvoiceFacts {
  issued: string
  due: string
  currency: string
  gross: bigint
  cancelled: string
  taken: Movement[]
}
interface MoneyFacts {
  day: string
  currency: string
  moves: Movement[]
}

const later = (a: string, b: string): string => (a > b ? a : b)

export function positionOn(entries: readonly TimelineEntry[], currency: string,
  day: string): Position {
  const invoices = new Map<string, InvoiceFacts>()
  const money = new Map<string, MoneyFacts>()
  for (const entry of entries) take(entry, invoices, money)
  const inTime = (sum: bigint, move: Movement) => (move.day <= day ? sum + move.minor : sum)
  return {
    invoices: [...invoices].flatMap(([number, one]) => {
      const gone = one.cancelled !== '' && one.cancelled <= day
      if (one.currency !== currency || one.issued > day || gone) return []
      const open = one.gross - one.taken.reduce(inTime, 0n)
      return open === 0n ? [] : [{ number, due: one.due, open }]
    }),
    loose: [...money].flatMap(([document, one]) => {
      if (one.currency !== currency || one.day > day) return []
      const left = one.moves.reduce(inTime, 0n)
      return left === 0n ? [] : [{ document, left }]
    }),
  }
}

function take(entry: TimelineEntry, invoices: Map<string, InvoiceFacts>,
  money: Map<string, MoneyFacts>) {
  if (entry.detail.case !== 'receivable') return
  const { fact } = entry.detail.value
  switch (fact.case) {
    case 'invoiceRecorded': {
      const before = invoices.get(fact.value.invoice)
      invoices.set(fact.value.invoice, {
        issued: isoOf(fact.value.issueDate), due: isoOf(fact.value.dueDate),
        currency: fact.value.grossAmount?.currencyCode ?? '',
        gross: minorOf(fact.value.grossAmount), cancelled: '', taken: before?.taken ?? [] })
      return
    }
    case 'invoiceCancelled': {
      const invoice = invoices.get(fact.value.invoice)
      if (invoice) invoice.cancelled = isoOf(fact.value.cancelledOn)
      return
    }
    case 'paymentRecorded':
      money.set(fact.value.payment, come(isoOf(fact.value.valueDate), fact.value.amount))
      return
    case 'creditNoteRecorded':
      money.set(fact.value.creditNote, come(isoOf(fact.value.issueDate), fact.value.grossAmount))
      return
    case 'paymentRejected':
      money.get(fact.value.payment)?.moves.push(
        { day: isoOf(fact.value.rejectedOn), minor: -minorOf(fact.value.amount) })
      return
    case 'allocationRecorded':
    case 'allocationReversed': {
      const sign = fact.case === 'allocationRecorded' ? 1n : -1n
      const from = money.get(fact.value.payment || fact.value.creditNote)
      const invoice = invoices.get(fact.value.invoice)
      const day = later(isoOf(fact.value.effectiveDate),
        later(invoice?.issued ?? '', from?.day ?? ''))
      const minor = sign * minorOf(fact.value.amount)
      invoice?.taken.push({ day, minor })
      from?.moves.push({ day, minor: -minor })
      return
    }
    default:
  }
}

function come(day: string, amount: { currencyCode: string; minor: bigint } | undefined) {
  return { day, currency: amount?.currencyCode ?? '', moves: [{ day, minor: amount?.minor ?? 0n }] }
}

const RANGES: Partial<Record<Measure, [number, number]>> = {
  d1_30: [1, 30], d31_60: [31, 60], d61_90: [61, 90], over_90: [91, Infinity],
  overdue: [1, Infinity], overdue_count: [1, Infinity], days_late: [1, Infinity],
  not_due: [-Infinity, 0],
}

// The rows that a measure adds up, the longest delay first.
export function rowsOf(position: Position, measure: Measure, day: string): Row[] {
  const [least, most] = RANGES[measure] ?? [-Infinity, Infinity]
  const invoices = measure === 'unallocated' ? [] : position.invoices.map((one) => ({
    label: one.number, due: one.due, late: daysBetween(one.due, day), minor: one.open,
    kind: 'invoice' as const })).filter((row) => row.late >= least && row.late <= most)
  const withLoose = ['outstanding', 'exposure', 'total', 'unallocated'].includes(measure)
  const loose = withLoose ? position.loose.map((one) => ({
    label: one.document, due: '', late: null, kind: 'unallocated' as const,
    minor: measure === 'unallocated' ? one.left : -one.left })) : []
  invoices.sort((a, b) => b.late - a.late || (a.label < b.label ? -1 : 1))
  return [...invoices, ...loose]
}

export const sumOf = (rows: readonly Row[]): bigint =>
  rows.reduce((sum, row) => sum + row.minor, 0n)

// "overdue:A003:EUR" in the address, with an account that may hold anything.
export interface Target {
  measure: Measure | 'entry'
  account: string
  currency: string
}

export function targetText(target: Target): string {
  return [target.measure, target.account, target.currency].map(encodeURIComponent).join(':')
}

export function parseTarget(text: string): Target | null {
  const [measure, account, currency] = text.split(':').map(decodeURIComponent)
  const known = measure === 'entry' || [...SUM_MEASURES, ...COUNT_MEASURES, ...OTHER_MEASURES]
    .some((one) => one === measure)
  if (!measure || !known || account === undefined) return null
  return { measure: measure as Target['measure'], account, currency: currency ?? '' }
}
