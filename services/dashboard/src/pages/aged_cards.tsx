// The aged balance on a phone: who, how much, how old.
import { Link } from 'wouter'
import type { AgedBalanceRow } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { useI18n } from '@/i18n/i18n'
import { Figure } from '@/ui/figure'
import { BUCKETS, cellOf, overdueOf } from './aged_columns'

export function AgedCards({ rows, tenant, asOf }: {
  rows: AgedBalanceRow[]; tenant: string; asOf: string
}) {
  const { t, amount } = useI18n()
  const keep = new URLSearchParams({ tenant, ...(asOf ? { as_of: asOf } : {}) })
  return (
    <ul className="cards" aria-label={t('aged.by_customer')}>
      {rows.map((row) => {
        const target = { account: row.customerId, currency: row.currencyCode }
        const overdue = overdueOf(row)
        return (
          <li key={`${row.customerId}|${row.currencyCode}`} className="card"
            data-row={row.customerId}>
            <div className="card-line">
              <Link className="card-name"
                href={`/customers/${encodeURIComponent(row.customerId)}?${keep}`}>
                {row.displayName || row.customerId}
              </Link>
              <Figure target={{ measure: 'total', ...target }} big
                name={`${t('aged.col.total')}, ${row.customerId}`}
                value={amount(row.total, row.currencyCode)} />
            </div>
            {overdue > 0n && (
              <div className="card-ages">
                {BUCKETS.filter((bucket) => cellOf(row, bucket) > 0n).map((bucket) => (
                  <span key={bucket} className="card-age">
                    <span className={`age-dot age-${bucket}`} aria-hidden="true" />
                    <span className="meta">{t(`aged.col.${bucket}`)}</span>
                    <Figure target={{ measure: bucket, ...target }}
                      name={`${t(`aged.col.${bucket}`)}, ${row.customerId}`}
                      value={amount(cellOf(row, bucket), row.currencyCode)} />
                  </span>
                ))}
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}
