// Customers on a phone: who, how much, how late.
import { Link } from 'wouter'
import type { CustomerView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import { minorOf } from '@/domain/proto'
import { useI18n } from '@/i18n/i18n'
import { Figure } from '@/ui/figure'
import { CaseStatus } from './case_status'
import { LATE_DAYS } from './late'

export function CustomerCards({ rows, tenant }: { rows: CustomerView[]; tenant: string }) {
  const { t, amount } = useI18n()
  return (
    <ul className="cards" aria-label={t('customers.title')}>
      {rows.map((row) => {
        const overdue = minorOf(row.overdue)
        const target = { account: row.account, currency: row.currencyCode }
        return (
          <li key={`${row.account}|${row.currencyCode}`} className="card" data-row={row.account}>
            <div className="card-line">
              <Link className="card-name" href={`/customers/${encodeURIComponent(row.account)}?${
                new URLSearchParams({ tenant })}`}>{row.displayName || row.account}</Link>
              <Figure target={{ measure: 'outstanding', ...target }} big
                name={`${t('customers.col.outstanding')}, ${row.account}`}
                value={amount(minorOf(row.outstanding), row.currencyCode)} />
            </div>
            <div className="card-line">
              {row.dunning ? <CaseStatus dunning={row.dunning} /> : <span />}
              {overdue === 0n ? <span className="meta">{t('customers.card.none_late')}</span>
                : <Figure target={{ measure: 'overdue', ...target }}
                    tone={row.daysLate > LATE_DAYS ? 'late' : undefined}
                    name={`${t('customers.col.overdue')}, ${row.account}`}
                    value={t('customers.card.of', { amount: amount(overdue, row.currencyCode),
                      days: t('days', { n: row.daysLate }) })} />}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
