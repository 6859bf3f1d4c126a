// The curve of outstanding and overdue, from the balance that each fact carries.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { portfolio } from '@/api/client'
import { useKeys } from '@/app/keys'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { historyOf } from '@/domain/history'
import { decimalText, locale } from '@/i18n/format'
import { useI18n } from '@/i18n/i18n'
import { Chart, SeriesNames } from '@/ui/chart'
import { Failed } from '@/ui/states'

// The newest facts only: an account with thousands of them would take seconds.
const FACTS = 1000

export default function HistoryChart({ account, currency }: { account: string; currency: string }) {
  const { t, amount, day, language } = useI18n()
  const { tenant, timeZone, today } = useTenant()
  const view = useView()
  const asTable = view.get('chart') === 'table'
  const turn = () => view.set({ chart: asTable ? '' : 'table' }, true)
  useKeys({ t: turn })
  const read = useQuery({
    queryKey: ['history', tenant, account],
    queryFn: ({ signal }) => portfolio.getTimeline(
      { tenant, account, orderBy: 'recorded_at desc', pageSize: FACTS }, { signal }),
    staleTime: 60_000,
  })
  const points = useMemo(() => historyOf((read.data?.entries ?? []).toReversed(), currency,
    timeZone), [read.data, currency, timeZone])
  const { days, series } = useMemo(() => ({
    days: points.map((point) => point.day),
    series: [
      { name: t('customer.chart.outstanding'),
        values: points.map((point) => Number(decimalText(point.outstanding, currency))) },
      { name: t('customer.chart.overdue'), dash: [6, 4],
        values: points.map((point) => Number(decimalText(point.overdue, currency))) },
    ],
  }), [points, currency, t])
  const short = useMemo(() => {
    const format = new Intl.NumberFormat(locale(language), { notation: 'compact',
      maximumFractionDigits: 1 })
    return (value: number) => format.format(value)
  }, [language])
  const first = points[0]
  const last = points.at(-1)
  const title = !last || !first || points.every((point) => point.overdue === 0n)
    ? t('customer.chart.title_flat')
    : t('customer.chart.title_up', { from: amount(first.overdue, currency),
      to: amount(last.overdue, currency) })
  const label = `${title}. ${t('customer.chart.sub', { currency, day: day(today) })}`

  return (
    <figure className="chart-room" data-testid="customer.chart">
      {read.isError && <Failed error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && points.length < 2 && <p className="empty">{t('customer.chart.few')}</p>}
      {last && points.length >= 2 && (
        <>
          <figcaption>
            <h2>{title}</h2>
            <p className="meta">{t('customer.chart.sub', { currency, day: day(last.day) })}</p>
            {read.data?.nextPageToken && (
              <p className="meta">{t('customer.chart.cut', { n: FACTS })}</p>
            )}
            <SeriesNames series={series} />
            <button type="button" aria-pressed={asTable} onClick={turn}>
              {t(asTable ? 'customer.chart.picture' : 'customer.chart.table')}
            </button>
          </figcaption>
          {asTable ? (
            <div className="twin">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('customer.chart.day')}</th>
                    <th scope="col" className="end">{t('customer.chart.outstanding')}</th>
                    <th scope="col" className="end">{t('customer.chart.overdue')}</th>
                  </tr>
                </thead>
                <tbody>
                  {points.map((point) => (
                    <tr key={point.day}>
                      <th scope="row">{day(point.day)}</th>
                      <td className="end">{amount(point.outstanding, currency)}</td>
                      <td className="end">{amount(point.overdue, currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : <Chart days={days} series={series} short={short} label={label} />}
        </>
      )}
    </figure>
  )
}
