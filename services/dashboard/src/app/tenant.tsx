// Which creditor the page is about, where its time stands, and its zone. The address names the
// creditor; without a name the first one that the token may see is taken.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { createContext, use, useEffect, useMemo, type ReactNode } from 'react'
import { ingestion, portfolio } from '@/api/client'
import { signOut } from '@/api/session'
import { dateOf } from '@/domain/proto'
import { dayIn } from '@/i18n/format'
import { useI18n } from '@/i18n/i18n'
import { Failed, Loading } from '@/ui/states'
import { useView } from './view'

export const REFRESH_MS = 15_000

export interface TenantInfo {
  tenant: string
  tenants: { id: string; name: string }[]
  timeZone: string
  // The creditor's day at the position of the view; empty while it is not known.
  today: string
  freshAt: Date | null
}

const Context = createContext<TenantInfo | null>(null)

export function useTenant(): TenantInfo {
  const value = use(Context)
  if (!value) throw new Error('useTenant outside TenantProvider')
  return value
}

async function allTenants(signal: AbortSignal) {
  const found = []
  let pageToken = ''
  do {
    const page = await ingestion.listTenants({ pageSize: 200, pageToken }, { signal })
    found.push(...page.tenants)
    pageToken = page.nextPageToken
  } while (pageToken)
  return found
}

// The first start: nothing has come in yet, or the token may see nothing.
function NoTenant({ onRetry }: { onRetry: () => void }) {
  const { t } = useI18n()
  return (
    <main className="alone">
      <h1>{t('app.name')}</h1>
      <p>{t('sign_in.no_tenant')}</p>
      <code>encoursctl --tenant acme import invoices.csv --mapping mapping.yaml</code>
      <div className="buttons">
        <button type="button" className="primary" onClick={onRetry}>{t('state.retry')}</button>
        <button type="button" onClick={signOut}>{t('top.sign_out')}</button>
      </div>
    </main>
  )
}

export function TenantProvider({ children }: { children: ReactNode }) {
  const view = useView()
  const wanted = view.get('tenant')
  const list = useQuery({ queryKey: ['tenants'], queryFn: ({ signal }) => allTenants(signal),
    staleTime: 60_000 })
  const tenant = wanted || list.data?.[0]?.tenant || ''
  useEffect(() => {
    if (tenant && !wanted) view.set({ tenant }, true)
  }, [tenant, wanted, view])
  const position = useQuery({
    queryKey: ['position', tenant],
    queryFn: ({ signal }) => portfolio.getPosition({ tenant }, { signal }),
    enabled: tenant !== '',
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
  const value = useMemo<TenantInfo>(() => {
    const own = list.data?.find((one) => one.tenant === tenant)
    const timeZone = own?.setting?.timeZone || 'Europe/Paris'
    const freshAt = dateOf(position.data?.position?.instant)
    return {
      tenant, timeZone, freshAt,
      tenants: (list.data ?? []).map((one) => ({ id: one.tenant,
        name: one.setting?.displayName || one.tenant })),
      today: freshAt ? dayIn(freshAt, timeZone) : '',
    }
  }, [list.data, position.data, tenant])

  if (list.isError && !list.data) {
    return <main className="alone"><Failed error={list.error} onRetry={() => void list.refetch()} />
    </main>
  }
  if (!list.data || (position.isPending && tenant)) {
    return <main className="alone"><Loading rows={8} /></main>
  }
  if (!tenant) return <NoTenant onRetry={() => void list.refetch()} />
  return <Context value={value}>{children}</Context>
}
