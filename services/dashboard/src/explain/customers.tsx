// A total of the aged balance: the customers that it adds up.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import type { Measure } from '@/domain/explain'
import { useI18n } from '@/i18n/i18n'
import { Spaced } from '@/ui/figure'
import { Failed, Loading } from '@/ui/states'
import { MEASURE_NAMES, SumLine } from './panel'
import { agedRows, figuresOfRow } from './reads'
import { portfolio } from '@/api/client'
import { protoDate } from '@/domain/proto'

const SHOWN = 50

export function CustomersExplained({ measure, currency }: { measure: Measure; currency: string }) {
  const { t, amount, day } = useI18n()
  const view = useView()
  const { tenant, today } = useTenant()
  const asOf = view.get('as_of')
  const filter = view.get('filter')
  const [shown, setShown] = useState(SHOWN)
  const read = useQuery({
    queryKey: ['aged_explain', tenant, asOf, filter],
    queryFn: async ({ signal }) => {
      const [rows, first] = await Promise.all([agedRows(tenant, asOf, filter, signal),
        portfolio.getAgedBalance({ tenant, filter, pageSize: 1, withTotals: true,
          ...(asOf ? { asOf: protoDate(asOf) } : {}) }, { signal })])
      return { rows, totals: first.totals }
    },
  })
  if (read.isPending) return <Loading rows={6} />
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />
  const rows = read.data.rows.filter((row) => row.currencyCode === currency)
    .map((row) => ({ customer: row.customerId, name: row.displayName || row.customerId,
      minor: figuresOfRow(row)[measure] ?? 0n }))
    .filter((row) => row.minor !== 0n)
    .toSorted((a, b) => (a.minor < b.minor ? 1 : a.minor > b.minor ? -1 : 0))
  const total = read.data.totals.find((row) => row.currencyCode === currency)
  const figure = (total && figuresOfRow(total)[measure]) ?? 0n
  return (
    <>
      <h3>{t('explain.of', { name: t(MEASURE_NAMES[measure]),
        who: t('aged.total_of', { currency }) })}</h3>
      <p className="meta">{t('explain.at', { day: day(asOf || today) })}</p>
      <p className="panel-figure" data-testid="explain.figure">
        <Spaced>{amount(figure, currency)}</Spaced>
      </p>
      <p>{t('explain.formula.customers')}</p>
      <p className="meta">{t('explain.rows', { n: rows.length })}</p>
      <ul className="panel-rows">
        {rows.slice(0, shown).map((row) => (
          <li key={row.customer} data-minor={String(row.minor)}>
            <div className="panel-row">
              <Link href={`/customers/${encodeURIComponent(row.customer)}?${
                new URLSearchParams({ tenant })}`}>{row.name}</Link>
              <span className="num"><Spaced>{amount(row.minor, currency)}</Spaced></span>
            </div>
          </li>
        ))}
      </ul>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>{t('explain.more')}</button>
      )}
      <SumLine sum={rows.reduce((sum, row) => sum + row.minor, 0n)} figure={figure}
        currency={currency} />
    </>
  )
}
