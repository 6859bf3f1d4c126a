// Customers: filter, order, pages and views, all in the address; cards on a phone. Figures move in
// place; rows stay where they are until a person takes the new order.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { CustomerView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import { portfolio, problemOf } from '@/api/client'
import { useKeys } from '@/app/keys'
import { useGo } from '@/app/shell'
import { REFRESH_MS, useTenant } from '@/app/tenant'
import { PHONE, useMedia } from '@/app/theme'
import { useView } from '@/app/view'
import { orderText, parseOrder, sortedBy, VIEWS } from '@/domain/filter'
import { isoOf, minorOf, readShare } from '@/domain/proto'
import { still } from '@/domain/still'
import { useI18n, type I18n } from '@/i18n/i18n'
import { Absent, Figure } from '@/ui/figure'
import { Choice, Filter, Segments } from '@/ui/form'
import { columnsWithValues, Grid, type Column } from '@/ui/grid'
import { Empty, Failed, Loading, Truth } from '@/ui/states'
import { CaseStatus } from './case_status'
import { CustomerCards } from './customer_cards'
import { LATE_DAYS } from './late'
import { Pager } from '@/ui/pager'

const DEFAULT_ORDER = VIEWS[0]?.orderBy ?? ''
const FIELDS = 'account, display_name, owner, segment, outstanding, overdue, days_late, '
  + 'limit_use_ppm, overdue_invoice_count, currency_code'
export const rowId = (row: CustomerView): string => `${row.account}|${row.currencyCode}`

export default function Customers() {
  const i18n = useI18n()
  const { t, number } = i18n
  const view = useView()
  const go = useGo()
  const { tenant } = useTenant()
  const phone = useMedia(PHONE)
  const filter = view.get('filter')
  const orderBy = view.get('order_by') || DEFAULT_ORDER
  const pageToken = view.get('page_token')
  const pageSize = Number(view.get('page_size')) || 50
  const place = JSON.stringify([tenant, filter, orderBy, pageToken, pageSize])
  const list = useQuery({
    queryKey: ['customers', place],
    queryFn: ({ signal }) => portfolio.listCustomers(
      { tenant, filter, orderBy, pageToken, pageSize }, { signal }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
  const problem = list.isError ? problemOf(list.error) : null
  const refused = problem?.kind === 'refused' ? problem : null

  // What is on screen, by the place that it was read for.
  const [shown, setShown] = useState<{ place: string; rows: CustomerView[] } | null>(null)
  const latest = list.isPlaceholderData ? undefined : list.data?.customers
  if (latest && shown?.place !== place) setShown({ place, rows: latest })
  const onScreen = shown?.rows ?? []
  const kept = still(onScreen, (shown?.place === place && latest) || onScreen, rowId)
  const gone = new Set(kept.rows.filter((one) => one.gone).map((one) => rowId(one.row)))
  const take = () => {
    if (latest) setShown({ place, rows: latest })
  }
  useKeys({ r: take })

  const set = (change: Parameters<typeof view.set>[0]) =>
    view.set({ page_token: '', page: '', explain: '', ...change })
  const columns = useMemo(() => columnsOf(i18n, tenant), [i18n, tenant])
  const rows = kept.rows.map((one) => one.row)
  const sorts = parseOrder(orderBy)
  const waiting = kept.fresh + kept.moved

  return (
    <>
      <header className="page-head">
        <h1>{t('customers.title')}</h1>
        <p className="page-count" data-testid="customers.count"
          title={t('customers.count.tip')}>
          {list.data && !refused ? t('customers.count', { n: Number(list.data.totalSize) }) : ''}
        </p>
        <div className="chip-room">
          {waiting > 0 && (
            <button type="button" className="chip" onClick={take}>
              {t('state.changes', { fresh: kept.fresh, moved: kept.moved })}
            </button>
          )}
        </div>
      </header>
      <div className="toolbar">
        <Segments label={t('customers.views')} value={VIEWS.find((one) => one.filter === filter)?.id
          ?? ''} options={VIEWS.map((one) => ({ value: one.id,
          label: t(`customers.view.${one.id}`) }))}
          onChange={(id) => {
            const chosen = VIEWS.find((one) => one.id === id)
            set({ filter: chosen?.filter ?? '',
              order_by: chosen && chosen.orderBy !== DEFAULT_ORDER ? chosen.orderBy : '' })
          }} />
        <Filter value={filter} fields={FIELDS} problem={refused}
          onApply={(text) => set({ filter: text })} />
        {phone && (
          <Choice label={t('sort.by')} value={orderBy}
            options={VIEWS.map((one) => one.orderBy).concat('account', 'outstanding desc')
              .filter((one, index, all) => all.indexOf(one) === index)
              .concat(VIEWS.some((one) => one.orderBy === orderBy) || ['account',
                'outstanding desc'].includes(orderBy) ? [] : [orderBy])
              .map((one) => ({ value: one, label: orderLabel(one, i18n) }))}
            onChange={(value) => set({ order_by: value })} />
        )}
      </div>
      <Truth goodAt={list.dataUpdatedAt} failing={list.isError && !refused}
        retryInMs={REFRESH_MS} readShare={readShare(list.data?.coverage)} />
      {list.isError && !refused && (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      )}
      {!shown && !list.isError && <Loading rows={18} />}
      {shown && !refused && rows.length === 0 && (filter
        ? <Empty action={<button type="button" onClick={() => set({ filter: '' })}>
            {t('state.clear_filter')}</button>}>{t('state.empty_filter')}</Empty>
        : <Empty>{t('customers.empty')}</Empty>)}
      {shown && rows.length > 0 && (
        <div className={list.isError ? 'dim' : undefined} aria-busy={list.isPlaceholderData}>
          {phone ? <CustomerCards rows={rows} tenant={tenant} /> : (
            <Grid caption={t('customers.title')} rows={rows} idOf={rowId}
              columns={columnsWithValues(columns, rows)}
              total={Number(list.data?.totalSize ?? -1)} sorts={sorts}
              isGone={(row) => gone.has(rowId(row))}
              onSort={(field, first, add) => set({
                order_by: orderText(sortedBy(sorts, field, first, add)) })}
              onOpen={(row) => go(`/customers/${encodeURIComponent(row.account)}`)} />
          )}
          <Pager next={list.data?.nextPageToken ?? ''} pageSize={pageSize} />
        </div>
      )}
      <p className="hidden" role="status">
        {list.data ? t('customers.count', { n: Number(list.data.totalSize) }) : number(0)}
      </p>
    </>
  )
}

function orderLabel(order: string, { t }: I18n): string {
  const [first] = parseOrder(order)
  const names: Record<string, Parameters<typeof t>[0]> = {
    account: 'customers.col.account', overdue: 'customers.col.overdue',
    outstanding: 'customers.col.outstanding', days_late: 'customers.col.days_late',
    limit_use_ppm: 'customers.col.limit_use',
  }
  const key = names[first?.field ?? '']
  return `${key ? t(key) : order} (${t(first?.descending ? 'sort.desc' : 'sort.asc')})`
}

function columnsOf(i18n: I18n, tenant: string): Column<CustomerView>[] {
  const { t } = i18n
  return [
    { id: 'account', title: t('customers.col.account'), width: 16,
      sort: { field: 'account', first: 'asc' },
      cell: (row) => <Name row={row} tenant={tenant} /> },
    { id: 'owner', title: t('customers.col.owner'), width: 6,
      has: (row) => row.owner !== '',
      sort: { field: 'owner', first: 'asc' }, cell: (row) => row.owner || <Absent /> },
    { id: 'state', title: t('customers.col.state'), width: 10.5,
      has: (row) => row.dunning !== undefined,
      cell: (row) => <CaseStatus dunning={row.dunning} /> },
    { id: 'outstanding', title: t('customers.col.outstanding'), width: 8.5, end: true,
      sort: { field: 'outstanding', first: 'desc' },
      text: (row) => i18n.amount(minorOf(row.outstanding), row.currencyCode),
      cell: (row) => <Sum row={row} measure="outstanding" name={t('customers.col.outstanding')}
        minor={minorOf(row.outstanding)} /> },
    { id: 'overdue', title: t('customers.col.overdue'), width: 8.5, end: true,
      sort: { field: 'overdue', first: 'desc' },
      text: (row) => i18n.amount(minorOf(row.overdue), row.currencyCode),
      cell: (row) => <Sum row={row} measure="overdue" name={t('customers.col.overdue')}
        minor={minorOf(row.overdue)} late={row.daysLate > LATE_DAYS} /> },
    { id: 'days', title: t('customers.col.days_late'), width: 4.5, end: true,
      sort: { field: 'days_late', first: 'desc' },
      cell: (row) => <Count row={row} measure="days_late" name={t('customers.col.days_late')}
        value={row.daysLate ? t('days', { n: row.daysLate }) : ''} /> },
    { id: 'count', title: t('customers.col.count'), width: 5, end: true,
      sort: { field: 'overdue_invoice_count', first: 'desc' },
      cell: (row) => <Count row={row} measure="overdue_count" name={t('customers.col.count')}
        value={row.overdueInvoiceCount ? i18n.number(row.overdueInvoiceCount) : ''} /> },
    { id: 'oldest', title: t('customers.col.oldest'), width: 7, end: true,
      sort: { field: 'oldest_due_date', first: 'asc' },
      cell: (row) => (row.oldestDueDate ? <span className="num">{i18n.day(isoOf(row.oldestDueDate))}
      </span> : <Absent />) },
    { id: 'limit', title: t('customers.col.limit_use'), width: 6, end: true,
      has: (row) => row.limitUsePpm !== undefined,
      sort: { field: 'limit_use_ppm', first: 'desc' },
      cell: (row) => (row.limitUsePpm === undefined ? <Absent /> : <Figure
        target={{ measure: 'limit_use', account: row.account, currency: row.currencyCode }}
        name={t('customers.col.limit_use')} value={i18n.share(Number(row.limitUsePpm))}
        tone={row.limitUsePpm > 1_000_000n ? 'late' : undefined} />) },
    { id: 'score', title: t('customers.col.score'), width: 4.5, end: true,
      has: (row) => row.score?.scoreHundredths !== undefined,
      cell: (row) => (row.score?.scoreHundredths === undefined ? <Absent /> : <Figure
        target={{ measure: 'score', account: row.account, currency: row.currencyCode }}
        name={t('customers.col.score')}
        value={i18n.number(Number(row.score.scoreHundredths) / 100, 1)} />) },
  ]
}

function Name({ row, tenant }: { row: CustomerView; tenant: string }) {
  const { t } = useI18n()
  return (
    <Link className="name" title={row.implicit ? t('customers.implicit') : undefined}
      href={`/customers/${encodeURIComponent(row.account)}?${new URLSearchParams({ tenant })}`}>
      {row.displayName || row.account}
      {row.displayName && <span className="meta"> {row.account}</span>}
    </Link>
  )
}

interface SumProps {
  row: CustomerView
  measure: 'outstanding' | 'overdue'
  name: string
  minor: bigint
  late?: boolean
}

function Sum({ row, measure, name, minor, late }: SumProps) {
  const { amount } = useI18n()
  return (
    <Figure target={{ measure, account: row.account, currency: row.currencyCode }}
      name={`${name}, ${row.account}`} value={amount(minor, row.currencyCode)}
      tone={minor === 0n ? 'quiet' : late ? 'late' : undefined} />
  )
}

function Count({ row, measure, name, value }: {
  row: CustomerView; measure: 'days_late' | 'overdue_count'; name: string; value: string
}) {
  const { number } = useI18n()
  return (
    <Figure target={{ measure, account: row.account, currency: row.currencyCode }}
      name={`${name}, ${row.account}`} value={value || number(0)}
      tone={value ? undefined : 'quiet'} />
  )
}
