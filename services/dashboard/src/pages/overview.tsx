// The customer at a glance: what is owed, limit, risk, score, reminders, and the curve behind it. A
// block whose service has said nothing says so; it never shows a zero.
import { lazy, Suspense, type ReactNode } from 'react'
import type { CustomerView, RiskView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import type { Measure } from '@/domain/explain'
import { isoOf, minorOf } from '@/domain/proto'
import { figuresOfView } from '@/explain/reads'
import type { Key } from '@/i18n/fr'
import { isKey, useI18n } from '@/i18n/i18n'
import { Absent, Figure, Status } from '@/ui/figure'
import { CaseStatus } from './case_status'
import { LATE_DAYS } from './late'

const History = lazy(() => import('./history_chart'))

export function Overview({ account, rows }: { account: string; rows: CustomerView[] }) {
  const { t } = useI18n()
  return (
    <div className="overview">
      {rows.map((row, index) => (
        <section key={row.currencyCode} className="blocks" data-currency={row.currencyCode}
          aria-label={t('customer.currency', { currency: row.currencyCode })}>
          <Receivables row={row} />
          <Limit row={row} />
          <Dunning row={row} />
          {index === 0 && <Risk risk={row.risk} />}
          {index === 0 && <Score row={row} />}
        </section>
      ))}
      {rows.filter((row) => row.currencyCode).map((row) => (
        <Suspense key={row.currencyCode} fallback={<div className="chart-room" />}>
          <History account={account} currency={row.currencyCode} />
        </Suspense>
      ))}
    </div>
  )
}

function Block({ title, children, name }: { title: string; children: ReactNode; name: string }) {
  return (
    <article className={`block block-${name}`} data-testid={`customer.${name}`}>
      <h2>{title}</h2>
      <dl>{children}</dl>
    </article>
  )
}

function Line({ name, children, lead }: { name: string; children: ReactNode; lead?: boolean }) {
  return (
    <div className={lead ? 'line line-lead' : 'line'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface AmountProps {
  row: CustomerView
  measure: Measure
  name: string
  late?: boolean
  big?: boolean
}

function Amount({ row, measure, name, late, big }: AmountProps) {
  const { amount } = useI18n()
  const minor = figuresOfView(row)[measure]
  if (minor === undefined) return <Absent />
  return (
    <Figure target={{ measure, account: row.account, currency: row.currencyCode }} name={name}
      value={amount(measure === 'unallocated' ? -minor : minor, row.currencyCode)} big={big}
      tone={minor === 0n ? 'quiet' : late ? 'late' : undefined} />
  )
}

function Receivables({ row }: { row: CustomerView }) {
  const { t, number } = useI18n()
  const count = (measure: 'days_late' | 'open_count' | 'overdue_count', name: Key,
    value: string) => (
    <Line name={t(name)}>
      <Figure target={{ measure, account: row.account, currency: row.currencyCode }}
        name={t(name)} value={value} />
    </Line>
  )
  return (
    <Block name="receivables" title={`${t('customer.block.receivables')} · ${row.currencyCode}`}>
      <Line name={t('customer.outstanding')} lead>
        <Amount row={row} measure="outstanding" name={t('customer.outstanding')} big />
      </Line>
      <Line name={t('customer.overdue')} lead>
        <Amount row={row} measure="overdue" name={t('customer.overdue')} big
          late={row.daysLate > LATE_DAYS} />
      </Line>
      <Line name={t('customer.not_due')}>
        <Amount row={row} measure="not_due" name={t('customer.not_due')} />
      </Line>
      {(['d1_30', 'd31_60', 'd61_90', 'over_90'] as const).map((measure) => (
        <Line key={measure} name={t(`aged.col.${measure}`)}>
          <Amount row={row} measure={measure} name={t(`aged.col.${measure}`)} />
        </Line>
      ))}
      <Line name={t('customer.unallocated')}>
        <Amount row={row} measure="unallocated" name={t('customer.unallocated')} />
      </Line>
      {count('days_late', 'customer.days_late', t('days', { n: row.daysLate }))}
      {count('open_count', 'customer.open_count', number(row.openInvoiceCount))}
      {count('overdue_count', 'customer.overdue_count', number(row.overdueInvoiceCount))}
    </Block>
  )
}

function Limit({ row }: { row: CustomerView }) {
  const { t, share, amount } = useI18n()
  const limit = row.internalLimit
  const target = { account: row.account, currency: row.currencyCode }
  const foreign = limit && limit.currencyCode !== row.currencyCode
  const why = foreign ? t('customer.limit.other_currency', { currency: limit.currencyCode })
    : undefined
  return (
    <Block name="limit" title={t('customer.block.limit')}>
      <Line name={t('customer.limit')} lead>
        {limit ? (
          <Figure target={{ measure: 'limit', account: row.account, currency: limit.currencyCode }}
            name={t('customer.limit')} value={amount(minorOf(limit), limit.currencyCode)} big />
        ) : <Absent />}
      </Line>
      <Line name={t('customer.exposure')}>
        <Amount row={row} measure="exposure" name={t('customer.exposure')} />
      </Line>
      <Line name={t('customer.available')}>
        {foreign ? <Absent why={why} />
          : <Amount row={row} measure="available" name={t('customer.available')} />}
      </Line>
      <Line name={t('customer.limit_use')}>
        {row.limitUsePpm === undefined ? <Absent why={why} /> : (
          <Figure target={{ measure: 'limit_use', ...target }} name={t('customer.limit_use')}
            value={share(Number(row.limitUsePpm))}
            tone={row.limitUsePpm > 1_000_000n ? 'late' : undefined} />
        )}
      </Line>
    </Block>
  )
}

function Dunning({ row }: { row: CustomerView }) {
  const { t, number, day } = useI18n()
  const { dunning } = row
  const count = (value: bigint | undefined) => (
    value === undefined ? <Absent why={t('customer.dunning.none')} />
      : <span className="num">{number(value)}</span>)
  return (
    <Block name="dunning" title={t('customer.block.dunning')}>
      <Line name={t('customer.dunning.state')} lead><CaseStatus dunning={dunning} /></Line>
      <Line name={t('customer.dunning.sent')}>{count(dunning?.sentCount)}</Line>
      <Line name={t('customer.dunning.last')}>
        {dunning?.lastSentOn
          ? <span className="num">{t('customer.dunning.last.value', {
              day: day(isoOf(dunning.lastSentOn)), step: dunning.lastStep })}</span>
          : <Absent why={t('customer.dunning.none')} />}
      </Line>
      <Line name={t('customer.dunning.planned')}>{count(dunning?.plannedCount)}</Line>
      <Line name={t('customer.dunning.held')}>
        {count(dunning?.heldCount)} {dunning?.heldReasonCode}
      </Line>
    </Block>
  )
}

function Risk({ risk }: { risk: RiskView | undefined }) {
  const { t, number, amount, day } = useI18n()
  const why = t('customer.risk.none')
  const plain = (value: bigint | undefined) => (
    value === undefined ? <Absent why={why} /> : <span className="num">{number(value)}</span>)
  const money = (value: RiskView['liens']) => (
    value ? <span className="num">{amount(minorOf(value), value.currencyCode)}</span>
      : <Absent why={why} />)
  const insolvency = `customer.risk.insolvency.${risk?.insolvency ?? ''}`
  return (
    <Block name="risk" title={t('customer.block.risk')}>
      <Line name={t('customer.risk.solvency')} lead>{plain(risk?.solvencyScore)}</Line>
      <Line name={t('customer.risk.payment')}>{plain(risk?.paymentIndex)}</Line>
      <Line name={t('customer.risk.recommended')}>{money(risk?.recommendedCredit)}</Line>
      <Line name={t('customer.risk.liens')}>{money(risk?.liens)}</Line>
      <Line name={t('customer.risk.insolvency')}>
        {!risk?.insolvency ? <Absent why={why} />
          : risk.insolvency === 'none' ? t('customer.risk.insolvency.none')
            : <Status tone="critical">
                {isKey(insolvency) ? t(insolvency) : risk.insolvency}
              </Status>}
      </Line>
      {risk?.fetchedOn && (
        <div className="line"><dt>{t('customer.risk.fetched', { day: day(isoOf(risk.fetchedOn)) })}
        </dt><dd>{risk.uncertain && (
          <Status tone="warning">{t('customer.risk.uncertain')}</Status>)}</dd></div>
      )}
    </Block>
  )
}

function Score({ row }: { row: CustomerView }) {
  const { t, number, day } = useI18n()
  const { score } = row
  const why = t('customer.score.none')
  const points = (value: bigint | undefined, digits = 1) => (
    value === undefined ? <Absent why={why} />
      : <span className="num">{number(Number(value) / 100, digits)}</span>)
  return (
    <Block name="score" title={t('customer.block.score')}>
      <Line name={t('customer.score.value')} lead>
        {score?.scoreHundredths === undefined ? <Absent why={why} /> : (
          <Figure target={{ measure: 'score', account: row.account, currency: '' }} big
            name={t('customer.block.score')}
            value={number(Number(score.scoreHundredths) / 100, 1)} />
        )}
      </Line>
      <Line name={t('customer.score.index')}>{points(score?.paymentIndexHundredths)}</Line>
      <Line name={t('customer.score.beyond')}>{points(score?.daysBeyondTermsHundredths)}</Line>
      <Line name={t('customer.score.change')}>{points(score?.changeHundredths)}</Line>
      {score?.asOf && (
        <div className="line"><dt>{t('customer.score.as_of', { day: day(isoOf(score.asOf)) })}</dt>
          <dd /></div>
      )}
    </Block>
  )
}
