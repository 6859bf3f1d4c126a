// The calls behind the explain panel: rows, events and the figure itself, read again.
import { useQuery } from '@tanstack/react-query'
import type { CustomerView, InvoiceView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import type { AgedBalanceRow, TimelineEntry } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { portfolio } from '@/api/client'
import { positionOn, rowsOf, type Measure, type Position, type Row } from '@/domain/explain'
import { quoted } from '@/domain/filter'
import { isoOf, minorOf, protoDate } from '@/domain/proto'
import { ratioPpm } from '@/i18n/format'

const PAGE = 1000

export async function wholeTimeline(tenant: string, account: string, filter: string,
  signal: AbortSignal): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = []
  let pageToken = ''
  do {
    const page = await portfolio.getTimeline(
      { tenant, account, filter, pageSize: PAGE, pageToken }, { signal })
    entries.push(...page.entries)
    pageToken = page.nextPageToken
  } while (pageToken)
  return entries
}

export async function openInvoices(tenant: string, account: string, currency: string,
  signal: AbortSignal): Promise<InvoiceView[]> {
  const invoices: InvoiceView[] = []
  const filter = `account = ${quoted(account)} AND currency_code = ${quoted(currency)}`
    + ' AND state = OPEN'
  let pageToken = ''
  do {
    const page = await portfolio.listInvoices(
      { tenant, filter, orderBy: 'due_date, number', pageSize: PAGE, pageToken }, { signal })
    invoices.push(...page.invoices)
    pageToken = page.nextPageToken
  } while (pageToken)
  return invoices
}

export async function agedRows(tenant: string, asOf: string, filter: string,
  signal: AbortSignal): Promise<AgedBalanceRow[]> {
  const rows: AgedBalanceRow[] = []
  let pageToken = ''
  do {
    const page = await portfolio.getAgedBalance({ tenant, filter, pageSize: 10_000, pageToken,
      ...(asOf ? { asOf: protoDate(asOf) } : {}) }, { signal })
    rows.push(...page.rows)
    pageToken = page.nextPageToken
  } while (pageToken)
  return rows
}

export type Figures = Partial<Record<Measure, bigint>>

// Overdue over all that is open, in millionths.
function shareOf(overdue: bigint, notDue: bigint): Figures {
  const ppm = ratioPpm(overdue, overdue + notDue)
  return ppm === null ? {} : { overdue_share: BigInt(ppm) }
}

export function figuresOfView(view: CustomerView): Figures {
  const exposure = minorOf(view.exposure)
  // One in another currency is not compared: that takes an exchange rate.
  const limit = view.internalLimit?.currencyCode === view.currencyCode
    ? view.internalLimit : undefined
  return {
    outstanding: minorOf(view.outstanding), exposure, overdue: minorOf(view.overdue),
    not_due: minorOf(view.notDue), d1_30: minorOf(view.overdue130),
    d31_60: minorOf(view.overdue3160), d61_90: minorOf(view.overdue6190),
    over_90: minorOf(view.overdue91120) + minorOf(view.overdueOver120),
    unallocated: minorOf(view.unallocatedCash) + minorOf(view.unallocatedCreditNotes),
    open_count: view.openInvoiceCount, overdue_count: view.overdueInvoiceCount,
    days_late: BigInt(view.daysLate),
    ...(limit ? { limit: limit.minor, available: limit.minor - exposure } : {}),
    ...shareOf(minorOf(view.overdue), minorOf(view.notDue)),
    ...(view.limitUsePpm === undefined ? {} : { limit_use: view.limitUsePpm }),
  }
}

export function figuresOfRow(row: AgedBalanceRow): Figures {
  const overdue = row.d130 + row.d3160 + row.d6190 + row.over90
  return {
    not_due: row.notDue, d1_30: row.d130, d31_60: row.d3160, d61_90: row.d6190,
    over_90: row.over90, unallocated: row.unallocated, total: row.total, overdue,
    ...shareOf(overdue, row.notDue),
  }
}

// Rows and figure of one account in one currency.
export interface Explained {
  figures: Figures
  position: Position
  // Lines that are no invoice and count in exposure.
  more: Row[]
}

async function explainToday(tenant: string, account: string, currency: string,
  signal: AbortSignal): Promise<Explained> {
  const [customer, invoices] = await Promise.all([
    portfolio.getCustomer({ tenant, account }, { signal }),
    openInvoices(tenant, account, currency, signal)])
  const view = customer.customers.find((one) => one.currencyCode === currency)
  if (!view) return { figures: {}, position: { invoices: [], loose: [] }, more: [] }
  const cash = minorOf(view.unallocatedCash) + minorOf(view.unallocatedCreditNotes)
  const figures = figuresOfView(view)
  const line = (kind: 'not_invoiced' | 'term_paper', minor: bigint): Row[] => (
    minor === 0n ? [] : [{ label: '', late: null, due: '', minor, kind }])
  return {
    figures: { ...figures, total: figures.outstanding },
    position: {
      invoices: invoices.map((one) => ({ number: one.number, due: isoOf(one.dueDate),
        open: minorOf(one.openAmount) })),
      loose: cash === 0n ? [] : [{ document: '', left: cash }],
    },
    more: [...line('not_invoiced', minorOf(view.notInvoiced)),
      ...line('term_paper', minorOf(view.termPaper))],
  }
}

async function explainDay(tenant: string, account: string, currency: string, asOf: string,
  signal: AbortSignal): Promise<Explained> {
  const [entries, rows] = await Promise.all([
    wholeTimeline(tenant, account, '', signal),
    agedRows(tenant, asOf, `account = ${quoted(account)}`, signal)])
  const row = rows.find((one) => one.customerId === account && one.currencyCode === currency)
  return { figures: row ? figuresOfRow(row) : {}, position: positionOn(entries, currency, asOf),
    more: [] }
}

export function useExplained(tenant: string, account: string, currency: string, asOf: string) {
  return useQuery({
    queryKey: ['explain', tenant, account, currency, asOf],
    queryFn: ({ signal }) => (asOf ? explainDay(tenant, account, currency, asOf, signal)
      : explainToday(tenant, account, currency, signal)),
  })
}

export function explainRows(explained: Explained, measure: Measure, day: string): Row[] {
  const rows = rowsOf(explained.position, measure, day)
  return measure === 'exposure' ? [...rows, ...explained.more] : rows
}
