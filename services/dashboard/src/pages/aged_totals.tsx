// Totals of the aged balance: a bar and a line per currency, and the difference to another day.
import type { AgedBalanceRow } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { ratioPpm } from '@/i18n/format'
import { useI18n } from '@/i18n/i18n'
import { Figure, Spaced } from '@/ui/figure'
import { AGED_COLUMNS, BUCKETS, cellOf, overdueShare, type AgedColumn } from './aged_columns'

interface TotalsProps {
  totals: AgedBalanceRow[]
  before: AgedBalanceRow[] | null
  beforeDay: string
}

export function AgedTotals({ totals, before, beforeDay }: TotalsProps) {
  const i18n = useI18n()
  const { t, day } = i18n
  return (
    <section className="totals" aria-label={t('aged.totals')}>
      {totals.length > 1 && <p className="meta">{t('aged.totals_note')}</p>}
      {totals.map((row) => (
        <article key={row.currencyCode} className="total" data-currency={row.currencyCode}>
          <h2>{t('aged.bar.title', { currency: row.currencyCode,
            share: overdueShare(row, i18n) })}</h2>
          <AgeBar row={row} />
          <dl className="total-cells">
            {AGED_COLUMNS.map((column) => (
              <div key={column}
                className={`cell-${column}${cellOf(row, column) === 0n ? ' cell-zero' : ''}`}>
                <dt title={column === 'not_due' ? t('aged.tip.not_due')
                  : column === 'unallocated' ? t('aged.tip.unallocated') : undefined}>
                  {t(`aged.col.${column}`)}
                </dt>
                <dd>
                  <TotalCell row={row} column={column} />
                  {before && <Delta row={row} column={column} beforeDay={day(beforeDay)}
                    before={before.find((one) => one.currencyCode === row.currencyCode)} />}
                  {beforeDay && !before && <span className="delta">{'\u00a0'}</span>}
                </dd>
              </div>
            ))}
          </dl>
        </article>
      ))}
    </section>
  )
}

function TotalCell({ row, column }: { row: AgedBalanceRow; column: AgedColumn }) {
  const { t, amount } = useI18n()
  const minor = cellOf(row, column)
  return (
    <Figure target={{ measure: column, account: '*', currency: row.currencyCode }}
      name={`${t('aged.total_of', { currency: row.currencyCode })}, ${t(`aged.col.${column}`)}`}
      value={amount(column === 'unallocated' ? -minor : minor, row.currencyCode)}
      tone={minor === 0n ? 'quiet' : undefined} />
  )
}

interface DeltaProps {
  row: AgedBalanceRow
  before: AgedBalanceRow | undefined
  column: AgedColumn
  beforeDay: string
}

function Delta({ row, before, column, beforeDay }: DeltaProps) {
  const { t, amount } = useI18n()
  const sign = column === 'unallocated' ? -1n : 1n
  const change = sign * (cellOf(row, column) - (before ? cellOf(before, column) : 0n))
  return (
    <span className="delta num" title={t('aged.versus', { day: beforeDay })}>
      <Spaced>{`${change > 0n ? '+' : ''}${amount(change, row.currencyCode)}`}</Spaced>
    </span>
  )
}

const LABEL_PPM = 90_000

// Ages in order, from light to dark; the share is written on every part that has room for it.
function AgeBar({ row }: { row: AgedBalanceRow }) {
  const { t, share } = useI18n()
  const whole = BUCKETS.reduce((sum, bucket) => sum + cellOf(row, bucket), 0n)
  const parts = BUCKETS.map((bucket) => ({ bucket,
    ppm: ratioPpm(cellOf(row, bucket), whole) ?? 0 })).filter((part) => part.ppm > 0)
  const words = parts.map((part) => `${t(`aged.col.${part.bucket}`)} ${share(part.ppm)}`)
  return (
    <div className="age-bar" role="img"
      aria-label={`${t('aged.bar', { currency: row.currencyCode })}: ${words.join(', ')}`}>
      {parts.map((part) => (
        <div key={part.bucket} className={`age age-${part.bucket}`} style={{ flexGrow: part.ppm }}
          title={`${t(`aged.col.${part.bucket}`)} · ${share(part.ppm)}`}>
          {part.ppm >= LABEL_PPM && <span>{share(part.ppm)}</span>}
        </div>
      ))}
    </div>
  )
}
