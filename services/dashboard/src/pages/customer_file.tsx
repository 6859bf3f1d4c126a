// The customer's file: overview, items, timeline.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { customerQuery } from '@/api/customer'
import { REFRESH_MS, useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { readShare } from '@/domain/proto'
import type { Key } from '@/i18n/fr'
import { useI18n } from '@/i18n/i18n'
import { Failed, Loading, Truth } from '@/ui/states'
import { Items } from './items'
import { Overview } from './overview'
import { Timeline } from './timeline'
import { CaseStatus } from './case_status'
import type { CustomerView } from '@gen/encours/portfolio/v1alpha1/view_pb'

const TABS = ['overview', 'items', 'timeline'] as const

export default function CustomerFile({ account, tab }: { account: string; tab: string }) {
  const { t } = useI18n()
  const { tenant } = useTenant()
  const list = useQuery({
    ...customerQuery(tenant, account),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
  const rows = list.data?.customers ?? []
  const first = rows[0]
  return (
    <>
      <header className="page-head">
        <div>
          <p className="crumbs">
            <Link href={`/customers?${new URLSearchParams({ tenant })}`}>
              {t('customer.back')}
            </Link>
          </p>
          <h1>{first?.displayName || account}</h1>
          <p className="meta sub" data-testid="customer.sub">
            {first ? <SubLine view={first} /> : ' '}
          </p>
        </div>
        {first?.dunning && <CaseStatus dunning={first.dunning} />}
      </header>
      <Tabs account={account} tab={tab} />
      <Truth goodAt={list.dataUpdatedAt} failing={list.isError && Boolean(list.data)}
        retryInMs={REFRESH_MS} readShare={readShare(list.data?.coverage)} />
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading rows={12} />}
      {list.data && (
        <>
          {tab === 'overview' && <Overview account={account} rows={rows} />}
          {tab === 'items' && <Items account={account} />}
          {tab === 'timeline' && <Timeline account={account} />}
          {!TABS.some((one) => one === tab) && (
            <p className="empty" data-state="not_found">{t('state.not_found')}</p>
          )}
        </>
      )}
    </>
  )
}

// "siren:552032534" as people write it; the creditor's own name of an entity says nothing here.
function sirenOf(legalEntity: string): string {
  const [, digits = ''] = /^siren:(\d{9})$/.exec(legalEntity) ?? []
  return digits.replace(/(\d{3})(?=\d)/g, '$1 ')
}

function SubLine({ view }: { view: CustomerView }) {
  const { t } = useI18n()
  const parts: [Key, string][] = [
    ['customer.sub.siren', sirenOf(view.legalEntity)], ['customer.sub.segment', view.segment],
    ['customer.sub.owner', view.owner], ['customer.sub.terms', view.paymentTerms],
    ['customer.sub.country', view.country],
  ]
  const words = parts.filter(([, value]) => value).map(([key, value]) => t(key, { value }))
  if (view.displayName) words.unshift(view.account)
  if (view.implicit) words.push(t('customers.implicit'))
  return <>{words.join(' · ') || ' '}</>
}

function Tabs({ account, tab }: { account: string; tab: string }) {
  const { t } = useI18n()
  const view = useView()
  const { tenant } = useTenant()
  const asOf = view.get('as_of')
  const keep = new URLSearchParams({ tenant, ...(asOf ? { as_of: asOf } : {}) })
  return (
    <nav className="tabs" aria-label={t('customer.tabs')}>
      {TABS.map((one) => (
        <Link key={one} aria-current={tab === one ? 'page' : undefined}
          href={`/customers/${encodeURIComponent(account)}/${one}?${keep}`}>
          {t(`customer.tab.${one}`)}
        </Link>
      ))}
    </nav>
  )
}
