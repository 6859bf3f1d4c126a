// The aged balance as of any day: totals per currency, never added up; a row per customer; every
// cell opens what is behind it; a CSV of the whole that no spreadsheet can take for formulas.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { AgedBalanceRow } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { portfolio } from '@/api/client'
import { useKeys } from '@/app/keys'
import { useGo } from '@/app/shell'
import { REFRESH_MS, useTenant } from '@/app/tenant'
import { PHONE, useMedia } from '@/app/theme'
import { useView } from '@/app/view'
import { csv, download } from '@/domain/csv'
import { isoOf, protoDate, readShare } from '@/domain/proto'
import { agedRows } from '@/explain/reads'
import { addDays, monthEnd, parseDay } from '@/i18n/format'
import { useI18n, type I18n } from '@/i18n/i18n'
import { DayField } from '@/ui/day_field'
import { Figure } from '@/ui/figure'
import { Grid, type Column } from '@/ui/grid'
import { Pager } from '@/ui/pager'
import { Banner, Empty, Failed, Loading, Truth } from '@/ui/states'
import { AgedCards } from './aged_cards'
import { AgedTotals } from './aged_totals'
import { AGED_COLUMNS, cellOf, overdueShare, type AgedColumn } from './aged_columns'

const rowId = (row: AgedBalanceRow): string => `${row.customerId}|${row.currencyCode}`

function useAged(tenant: string, asOf: string, pageToken: string, pageSize: number, on = true) {
  return useQuery({
    queryKey: ['aged', tenant, asOf, pageToken, pageSize],
    queryFn: async ({ signal }) => {
      const ask = (token: string, size: number) => portfolio.getAgedBalance({
        tenant, pageToken: token, pageSize: size, withTotals: token === '',
        ...(asOf ? { asOf: protoDate(asOf) } : {}) }, { signal })
      const page = await ask(pageToken, pageSize)
      // Only a first page brings totals; a later one is read beside the smallest first one.
      const totals = pageToken ? (await ask('', 1)).totals : page.totals
      return { page, totals }
    },
    enabled: on,
    // A past day changes only by late facts; today moves.
    refetchInterval: asOf ? false : REFRESH_MS,
    placeholderData: keepPreviousData,
  })
}

export default function AgedBalance() {
  const i18n = useI18n()
  const { t, day } = i18n
  const view = useView()
  const go = useGo()
  const { tenant, today } = useTenant()
  const phone = useMedia(PHONE)
  const wanted = view.get('as_of')
  const asOf = parseDay(wanted) ? wanted : ''
  const compare = parseDay(view.get('compare')) ? view.get('compare') : ''
  const pageSize = Number(view.get('page_size')) || 50
  const list = useAged(tenant, asOf, view.get('page_token'), pageSize)
  const before = useAged(tenant, compare, '', 1, compare !== '')
  const shownDay = asOf || isoOf(list.data?.page.asOf) || today
  const setDay = (to: string) => view.set({ as_of: to === today ? '' : to, page_token: '',
    page: '', explain: '' })
  useKeys({
    ',': () => setDay(addDays(shownDay, -1)),
    ';': () => setDay(addDays(shownDay, 1)),
    m: () => setDay(monthEnd(shownDay)),
    c: () => view.set({ compare: compare ? '' : monthEnd(shownDay) }),
  })
  const columns = useMemo(() => columnsOf(i18n, tenant, asOf), [i18n, tenant, asOf])
  const rows = list.data?.page.rows ?? []
  const totals = list.data?.totals ?? []

  return (
    <div className={asOf ? 'paper' : undefined}>
      <header className="page-head">
        <h1>{t('aged.title')}</h1>
        <Export asOf={asOf} shownDay={shownDay} />
      </header>
      <DayBar asOf={asOf} shownDay={shownDay} compare={compare} onDay={setDay} />
      {wanted && !asOf && (
        <p className="field-error" role="alert">{t('aged.bad_date', { value: wanted })}</p>
      )}
      {asOf && (
        <Banner tone="paper" state="as_of">
          {t('state.as_of', { day: day(asOf) })}
          <button type="button" onClick={() => setDay(today)}>{t('state.back_to_today')}</button>
        </Banner>
      )}
      <Truth goodAt={asOf ? 0 : list.dataUpdatedAt} failing={list.isError}
        retryInMs={REFRESH_MS} readShare={readShare(list.data?.page.coverage)} />
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading rows={18} />}
      {list.data && rows.length === 0 && <Empty>{t('aged.empty')}</Empty>}
      {list.data && rows.length > 0 && (
        <div className={list.isError || list.isPlaceholderData ? 'dim' : undefined}
          aria-busy={list.isPlaceholderData}>
          <AgedTotals totals={totals} before={compare ? before.data?.totals ?? null : null}
            beforeDay={compare} />
          <h2 className="section">{t('aged.by_customer')}</h2>
          {phone ? <AgedCards rows={rows} tenant={tenant} asOf={asOf} /> : (
            <Grid caption={t('aged.by_customer')} columns={columns} rows={rows} idOf={rowId}
              total={-1} onOpen={(row) =>
                go(`/customers/${encodeURIComponent(row.customerId)}`)} />
          )}
          <Pager next={list.data.page.nextPageToken} pageSize={pageSize} />
        </div>
      )}
    </div>
  )
}

interface DayBarProps {
  asOf: string
  shownDay: string
  compare: string
  onDay: (day: string) => void
}

function DayBar({ shownDay, compare, onDay }: DayBarProps) {
  const { t } = useI18n()
  const view = useView()
  return (
    <div className="toolbar">
      <DayField label={t('aged.as_of')} value={shownDay} onDay={onDay} />
      <div className="segments segments-3" role="group" aria-label={t('aged.as_of')}>
        <button type="button" aria-label={t('aged.previous_day')} title={t('aged.previous_day')}
          onClick={() => onDay(addDays(shownDay, -1))}>‹</button>
        <button type="button" aria-label={t('aged.next_day')} title={t('aged.next_day')}
          onClick={() => onDay(addDays(shownDay, 1))}>›</button>
        <button type="button" onClick={() => onDay(monthEnd(shownDay))}>
          {t('aged.month_end')}
        </button>
      </div>
      <DayField label={t('aged.compare')} value={compare}
        onDay={(chosen) => view.set({ compare: chosen })} />
      {compare && (
        <button type="button" onClick={() => view.set({ compare: '' })}>
          {t('aged.no_compare')}
        </button>
      )}
    </div>
  )
}

function Export({ asOf, shownDay }: { asOf: string; shownDay: string }) {
  const { t, language } = useI18n()
  const { tenant } = useTenant()
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const save = async () => {
    setState('busy')
    try {
      const rows = await agedRows(tenant, asOf, '', new AbortController().signal)
      const head = [t('aged.col.customer'), t('aged.col.currency'), t('aged.col.name'),
        ...AGED_COLUMNS.map((column) => t(`aged.col.${column}`))]
      const body = rows.map((row) => [row.customerId, row.currencyCode, row.displayName,
        ...AGED_COLUMNS.map((column) => ({ minor: cellOf(row, column),
          currency: row.currencyCode }))])
      download(`encours-${tenant}-${shownDay}.csv`, csv([head, ...body], language))
      setState('idle')
    } catch {
      setState('failed')
    }
  }
  return (
    <div className="buttons">
      {state === 'failed' && <span role="alert" className="field-error">{t('state.error')}</span>}
      <button type="button" disabled={state === 'busy'} onClick={() => void save()}>
        {t(state === 'busy' ? 'aged.exporting' : 'aged.export')}
      </button>
    </div>
  )
}

function columnsOf(i18n: I18n, tenant: string, asOf: string): Column<AgedBalanceRow>[] {
  const { t } = i18n
  const keep = new URLSearchParams({ tenant, ...(asOf ? { as_of: asOf } : {}) })
  const column = (id: AgedColumn): Column<AgedBalanceRow> => ({
    id, title: t(`aged.col.${id}`), width: 7.2, end: true,
    text: (row) => i18n.amount(shownOf(row, id), row.currencyCode),
    ...(id === 'not_due' ? { tip: t('aged.tip.not_due') } : {}),
    ...(id === 'unallocated' ? { tip: t('aged.tip.unallocated') } : {}),
    cell: (row) => <AgedCell row={row} column={id} />,
  })
  return [
    { id: 'customer', title: t('aged.col.customer'), width: 16, cell: (row) => (
      <Link className="name" href={`/customers/${encodeURIComponent(row.customerId)}?${keep}`}>
        {row.displayName || row.customerId}
        {row.displayName && <span className="meta"> {row.customerId}</span>}
      </Link>
    ) },
    ...AGED_COLUMNS.map(column),
    { id: 'share', title: t('aged.col.overdue_share'), width: 5.6, end: true,
      cell: (row) => <Figure target={{ measure: 'overdue_share', account: row.customerId,
        currency: row.currencyCode }} name={`${t('aged.col.overdue_share')}, ${row.customerId}`}
        value={overdueShare(row, i18n)} /> },
  ]
}

// What lessens the total stands below zero.
function shownOf(row: AgedBalanceRow, column: AgedColumn): bigint {
  const minor = cellOf(row, column)
  return column === 'unallocated' ? -minor : minor
}

function AgedCell({ row, column }: { row: AgedBalanceRow; column: AgedColumn }) {
  const { t, amount } = useI18n()
  const minor = shownOf(row, column)
  return (
    <Figure target={{ measure: column, account: row.customerId, currency: row.currencyCode }}
      name={`${t(`aged.col.${column}`)}, ${row.customerId}`}
      value={amount(minor, row.currencyCode)}
      tone={minor === 0n ? 'quiet' : column === 'over_90' ? 'late' : undefined} />
  )
}
