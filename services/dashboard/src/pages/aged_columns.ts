// The columns of the aged balance, in the order of age.
import type { AgedBalanceRow } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { ratioPpm } from '@/i18n/format'
import type { I18n } from '@/i18n/i18n'

export const BUCKETS = ['not_due', 'd1_30', 'd31_60', 'd61_90', 'over_90'] as const
export type Bucket = (typeof BUCKETS)[number]
export const AGED_COLUMNS = [...BUCKETS, 'unallocated', 'total'] as const
export type AgedColumn = (typeof AGED_COLUMNS)[number]

export function cellOf(row: AgedBalanceRow, column: AgedColumn): bigint {
  switch (column) {
    case 'not_due': return row.notDue
    case 'd1_30': return row.d130
    case 'd31_60': return row.d3160
    case 'd61_90': return row.d6190
    case 'over_90': return row.over90
    case 'unallocated': return row.unallocated
    case 'total': return row.total
  }
}

export const overdueOf = (row: AgedBalanceRow): bigint =>
  row.d130 + row.d3160 + row.d6190 + row.over90

export function overdueShare(row: AgedBalanceRow, { t, share }: I18n): string {
  const ppm = ratioPpm(overdueOf(row), overdueOf(row) + row.notDue)
  return ppm === null ? t('value.absent') : share(ppm)
}
