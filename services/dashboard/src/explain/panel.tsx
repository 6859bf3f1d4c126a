// "Explain this figure": sentence, rows that sum to it (or a red line that says they do not), and
// for each row its facts down to file and line. It is in the address, so a link opens it too.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useCustomerName } from '@/api/customer'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { isSum, parseTarget, sumOf, type Measure, type Row, type Target } from '@/domain/explain'
import type { Key } from '@/i18n/fr'
import { isKey, useI18n } from '@/i18n/i18n'
import { Spaced } from '@/ui/figure'
import { Failed, Loading } from '@/ui/states'
import { CustomersExplained } from './customers'
import { EntryExplained } from './entry'
import { Events } from './events'
import { explainRows, useExplained, type Explained } from './reads'
import { ScoreExplained } from './score'

export const MEASURE_NAMES: Record<Measure, Key> = {
  outstanding: 'customer.outstanding', exposure: 'customer.exposure', total: 'aged.col.total',
  overdue: 'customer.overdue', not_due: 'customer.not_due', d1_30: 'aged.col.d1_30',
  d31_60: 'aged.col.d31_60', d61_90: 'aged.col.d61_90', over_90: 'aged.col.over_90',
  unallocated: 'customer.unallocated', open_count: 'customer.open_count',
  overdue_count: 'customer.overdue_count', days_late: 'customer.days_late',
  limit: 'customer.limit', limit_use: 'customer.limit_use', available: 'customer.available',
  overdue_share: 'aged.col.overdue_share', score: 'customer.block.score', facts: 'explain.facts',
}

function formulaKey(measure: Measure): Key {
  if (measure === 'total') return 'explain.formula.outstanding'
  if (measure.startsWith('d') && measure !== 'days_late') return 'explain.formula.bucket'
  if (measure === 'over_90') return 'explain.formula.bucket'
  if (measure === 'open_count' || measure === 'overdue_count') return 'explain.formula.count'
  const key = `explain.formula.${measure}`
  return isKey(key) ? key : 'explain.formula.facts'
}

// What is computed from another figure shows the rows of that one.
const PARTS: Partial<Record<Measure, Measure>> = {
  available: 'exposure', limit_use: 'exposure', overdue_share: 'overdue',
}

export function ExplainPanel() {
  const { t } = useI18n()
  const view = useView()
  const text = view.get('explain')
  const target = text ? parseTarget(text) : null
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!text) return undefined
    const own = panel.current
    own?.focus({ preventScroll: true })
    // Closing brings the focus back to the figure, wherever it is now.
    return () => {
      const inside = document.activeElement === document.body
        || own?.contains(document.activeElement)
      const figure = document.querySelector<HTMLElement>(`[data-fig="${CSS.escape(text)}"]`)
      if (inside) figure?.focus()
    }
  }, [text])
  if (!target) return null
  return (
    <aside className="panel" ref={panel} tabIndex={-1} aria-label={t('explain.title')}
      data-testid="explain">
      <div className="panel-top">
        <h2>{t('explain.title')}</h2>
        <CopyLink />
        <button type="button" onClick={() => view.set({ explain: '' })}>
          {t('explain.close')}
        </button>
      </div>
      <Body key={text} target={target} />
    </aside>
  )
}

function CopyLink() {
  const { t } = useI18n()
  const [copied, setCopied] = useState(false)
  return (
    <button type="button" onClick={() => {
      void navigator.clipboard.writeText(location.href).then(() => setCopied(true))
    }}>
      {copied ? t('explain.link_copied') : t('explain.copy_link')}
    </button>
  )
}

function Body({ target }: { target: Target }): ReactNode {
  if (target.measure === 'entry') {
    return <EntryExplained account={target.account} id={target.currency} />
  }
  if (target.measure === 'score') return <ScoreExplained account={target.account} />
  if (target.account === '*') return <CustomersExplained {...target} measure={target.measure} />
  return <AccountExplained {...target} measure={target.measure} />
}

interface AccountProps {
  measure: Measure
  account: string
  currency: string
}

function AccountExplained({ measure, account, currency }: AccountProps) {
  const { t, day } = useI18n()
  const view = useView()
  const { tenant, today } = useTenant()
  const asOf = view.get('as_of')
  const on = asOf || today
  const read = useExplained(tenant, account, currency, asOf)
  const who = useCustomerName(tenant, account)
  const range = t(MEASURE_NAMES[measure])
  return (
    <>
      <h3>{t('explain.of', { name: t(MEASURE_NAMES[measure]), who })}</h3>
      <p className="meta">{t('explain.at', { day: day(on) })}</p>
      {read.isPending && <Loading rows={4} />}
      {read.isError && <Failed error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && (
        <AccountRows explained={read.data} measure={measure} account={account}
          currency={currency} day={on} range={range} />
      )}
    </>
  )
}

function AccountRows({ explained, measure, account, currency, day, range }: AccountProps & {
  explained: Explained; day: string; range: string
}) {
  const { t, amount, number, share } = useI18n()
  const figure = explained.figures[measure]
  const value = figure === undefined ? t('value.absent')
    : measure === 'limit_use' || measure === 'overdue_share' ? share(Number(figure))
      : isSum(measure) || measure === 'limit' || measure === 'available'
        ? amount(figure, currency) : number(figure)
  const rows = explainRows(explained, PARTS[measure] ?? measure, day)
  const limit = explained.figures.limit
  return (
    <>
      <p className="panel-figure" data-testid="explain.figure"><Spaced>{value}</Spaced></p>
      <p>{t(formulaKey(measure), { range, value })}</p>
      {(measure === 'limit' || measure === 'facts')
        ? <Events account={account} filter='kind = "internal_limit_changed"' open />
        : <RowList rows={rows} account={account} currency={currency} />}
      {isSum(measure) && figure !== undefined && (
        <SumLine sum={sumOf(rows)} figure={figure} currency={currency} />
      )}
      {(measure === 'available' || measure === 'limit_use') && limit !== undefined && (
        <p className="sum">
          <span>{t('customer.limit')}</span><span>{amount(limit, currency)}</span>
        </p>
      )}
    </>
  )
}

export function SumLine({ sum, figure, currency }: {
  sum: bigint; figure: bigint; currency: string
}) {
  const { t, amount } = useI18n()
  const gap = figure - sum
  return (
    <>
      <p className="sum">
        <span>{t('explain.sum')}</span>
        <span className="num" data-testid="explain.sum" data-minor={String(sum)}>
          <Spaced>{amount(sum, currency)}</Spaced>
        </span>
      </p>
      {gap === 0n
        ? <p className="sum-ok" data-testid="explain.ok">{t('explain.sum_ok')}</p>
        : <p className="sum-bad" role="alert" data-testid="explain.bad">
            {t('explain.sum_bad', { gap: amount(gap < 0n ? -gap : gap, currency) })}
          </p>}
    </>
  )
}

const SHOWN = 50

function RowList({ rows, account, currency }: { rows: Row[]; account: string; currency: string }) {
  const { t } = useI18n()
  const [shown, setShown] = useState(SHOWN)
  return (
    <>
      <p className="meta">{t('explain.rows', { n: rows.length })}</p>
      <ul className="panel-rows">
        {rows.slice(0, shown).map((row) => (
          <RowLine key={`${row.kind}|${row.label}|${row.due}`} row={row} account={account}
            currency={currency} />
        ))}
      </ul>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>{t('explain.more')}</button>
      )}
    </>
  )
}

function RowLine({ row, account, currency }: { row: Row; account: string; currency: string }) {
  const { t, amount, day } = useI18n()
  const [open, setOpen] = useState(false)
  const label = row.kind === 'invoice' ? row.label
    : t(`explain.part.${row.kind}`, { document: row.label }).trim()
  const late = row.late === null ? '' : row.late > 0 ? t('days.late', { n: row.late })
    : t('days.due_in', { n: -row.late })
  return (
    <li data-minor={String(row.minor)}>
      <div className="panel-row">
        {row.kind === 'invoice'
          ? <button type="button" className="link" aria-expanded={open}
              aria-label={t('explain.show_events', { document: row.label })}
              onClick={() => setOpen(!open)}>{label}</button>
          : <span>{label}</span>}
        <span className="num"><Spaced>{amount(row.minor, currency)}</Spaced></span>
      </div>
      {row.due && <p className="meta">{day(row.due)} · {late}</p>}
      {open && <Events account={account} filter={`document = ${JSON.stringify(row.label)}`} />}
    </li>
  )
}

