// The curve of an account's outstanding and overdue: the balance that each fact carries, the last
// one of each creditor's day. Pure.
import type { TimelineEntry } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { dayIn } from '@/i18n/format'
import { dateOf } from './proto'

export interface Point {
  day: string
  outstanding: bigint
  overdue: bigint
}

// `entries` in the order in which they were recorded.
export function historyOf(entries: readonly TimelineEntry[], currency: string,
  timeZone: string): Point[] {
  const points: Point[] = []
  for (const entry of entries) {
    if (entry.detail.case !== 'receivable') continue
    const balance = entry.detail.value.balance
    const at = dateOf(entry.recordedAt)
    if (balance?.currencyCode !== currency || !at) continue
    const overdue = balance.overdue130 + balance.overdue3160 + balance.overdue6190
      + balance.overdue91120 + balance.overdueOver120
    const outstanding = balance.notDue + overdue - balance.unallocatedCash
      - balance.unallocatedCreditNotes
    const point = { day: dayIn(at, timeZone), outstanding, overdue }
    if (points.at(-1)?.day === point.day) points.pop()
    points.push(point)
  }
  return points
}
