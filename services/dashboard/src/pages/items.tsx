// The customer's invoices.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { InvoiceState, type InvoiceView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import { Link } from 'wouter'
import { portfolio } from '@/api/client'
import { useGo } from '@/app/shell'
import { useTenant } from '@/app/tenant'
import { PHONE, useMedia } from '@/app/theme'
import { useView } from '@/app/view'
import { orderText, parseOrder, quoted, sortedBy } from '@/domain/filter'
import { isoOf, minorOf } from '@/domain/proto'
import { useI18n, type I18n } from '@/i18n/i18n'
import { Absent, Spaced, Status } from '@/ui/figure'
import { Segments } from '@/ui/form'
import { Grid, type Column } from '@/ui/grid'
import { Pager } from '@/ui/pager'
import { Empty, Failed, Loading } from '@/ui/states'

export function Items({ account }: { account: string }) {
  const i18n = useI18n()
  const { t } = i18n
  const { tenant } = useTenant()
  const view = useView()
  const go = useGo()
  const phone = useMedia(PHONE)
  const all = view.get('show') === 'all'
  const orderBy = view.get('order_by') || 'due_date, number'
  const pageSize = Number(view.get('page_size')) || 50
  const filter = `account = ${quoted(account)}${all ? '' : ' AND state = OPEN'}`
  const pageToken = view.get('page_token')
  const list = useQuery({
    queryKey: ['invoices', tenant, filter, orderBy, pageToken, pageSize],
    queryFn: ({ signal }) => portfolio.listInvoices(
      { tenant, filter, orderBy, pageToken, pageSize }, { signal }),
    placeholderData: keepPreviousData,
  })
  const columns = useMemo(() => columnsOf(i18n, account, tenant), [i18n, account, tenant])
  const rows = list.data?.invoices ?? []
  const sorts = parseOrder(orderBy)
  const set = (change: Parameters<typeof view.set>[0]) =>
    view.set({ page_token: '', page: '', ...change })
  return (
    <section aria-label={t('items.title')}>
      <div className="toolbar">
        <Segments label={t('items.show')} value={all ? 'all' : 'open'}
          options={[{ value: 'open', label: t('items.only_open') },
            { value: 'all', label: t('items.all') }]}
          onChange={(value) => set({ show: value === 'all' ? 'all' : '' })} />
      </div>
      {list.isPending && <Loading rows={10} />}
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty>{t('items.empty')}</Empty>}
      {rows.length > 0 && (phone ? <Cards rows={rows} account={account} tenant={tenant} /> : (
        <Grid caption={t('items.title')} columns={columns} rows={rows} idOf={(row) => row.number}
          total={Number(list.data?.totalSize ?? -1)} sorts={sorts}
          onSort={(field, first, add) => set({
            order_by: orderText(sortedBy(sorts, field, first, add)) })}
          onOpen={(row) => go(`/customers/${encodeURIComponent(account)}/timeline`,
            { document: row.number })} />
      ))}
      {rows.length > 0 && <Pager next={list.data?.nextPageToken ?? ''} pageSize={pageSize} />}
    </section>
  )
}

const link = (account: string, tenant: string, document: string): string =>
  `/customers/${encodeURIComponent(account)}/timeline?${
    new URLSearchParams({ tenant, document })}`

function StateOf({ row }: { row: InvoiceView }) {
  const { t, day } = useI18n()
  if (row.state === InvoiceState.SETTLED) {
    return <Status tone="ok">{t('items.state.settled', { day: day(isoOf(row.settledOn)) })}
    </Status>
  }
  if (row.state === InvoiceState.CANCELLED) {
    return <Status tone="neutral">{t('items.state.cancelled')}</Status>
  }
  if (row.daysLate > 0) return <Status tone="warning">{t('items.state.overdue')}</Status>
  return <Status tone="info">{t('items.state.open')}</Status>
}

function columnsOf(i18n: I18n, account: string, tenant: string): Column<InvoiceView>[] {
  const { t, day, amount } = i18n
  return [
    { id: 'number', title: t('items.col.number'), sort: { field: 'number', first: 'asc' },
      cell: (row) => <Link className="name" href={link(account, tenant, row.number)}>
        {row.number}</Link> },
    { id: 'state', title: t('items.col.state'), width: 12, cell: (row) => <StateOf row={row} /> },
    { id: 'issued', title: t('items.col.issued'), width: 7.5, end: true,
      sort: { field: 'issue_date', first: 'desc' },
      cell: (row) => <span className="num">{day(isoOf(row.issueDate))}</span> },
    { id: 'due', title: t('items.col.due'), width: 7.5, end: true,
      sort: { field: 'due_date', first: 'asc' },
      cell: (row) => <span className="num">{day(isoOf(row.dueDate))}</span> },
    { id: 'days', title: t('items.col.days'), width: 6, end: true,
      sort: { field: 'days_late', first: 'desc' },
      cell: (row) => (row.daysLate > 0 ? <span className="num">{t('days', { n: row.daysLate })}
      </span> : <Absent why={t('customers.card.none_late')} />) },
    { id: 'gross', title: t('items.col.gross'), width: 11, end: true,
      sort: { field: 'gross_amount', first: 'desc' },
      cell: (row) => <span className="num">
        <Spaced>{amount(minorOf(row.grossAmount), row.currencyCode)}</Spaced>
      </span> },
    { id: 'open', title: t('items.col.open'), width: 11, end: true,
      sort: { field: 'open_amount', first: 'desc' },
      cell: (row) => <OpenAmount row={row} account={account} tenant={tenant} /> },
  ]
}

// What is open of one invoice is explained by its own facts.
function OpenAmount({ row, account, tenant }: {
  row: InvoiceView; account: string; tenant: string
}) {
  const { amount, t } = useI18n()
  const value = amount(minorOf(row.openAmount), row.currencyCode)
  return (
    <Link className="fig" href={link(account, tenant, row.number)}
      aria-label={t('explain.figure', { name: `${t('items.col.open')}, ${row.number}`, value })}>
      <Spaced>{value}</Spaced>
    </Link>
  )
}

function Cards({ rows, account, tenant }: {
  rows: InvoiceView[]; account: string; tenant: string
}) {
  const { t, day } = useI18n()
  return (
    <ul className="cards" aria-label={t('items.title')}>
      {rows.map((row) => (
        <li key={row.number} className="card">
          <div className="card-line">
            <Link className="card-name" href={link(account, tenant, row.number)}>{row.number}</Link>
            <OpenAmount row={row} account={account} tenant={tenant} />
          </div>
          <div className="card-line">
            <StateOf row={row} />
            <span className="meta">
              {day(isoOf(row.dueDate))}
              {row.daysLate > 0 && ` · ${t('days.late', { n: row.daysLate })}`}
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}
