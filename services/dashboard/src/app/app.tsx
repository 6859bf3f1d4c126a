// Routes and what surrounds them.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Redirect, Route, Router, Switch, useSearch } from 'wouter'
import { problemOf } from '@/api/client'
import { useSession } from '@/api/session'
import { I18nProvider, useI18n } from '@/i18n/i18n'
import { Loading } from '@/ui/states'
import { SignInDialog, SignInPage } from './sign_in'
import { Shell } from './shell'
import { TenantProvider } from './tenant'

const Customers = lazy(() => import('@/pages/customers'))
const AgedBalance = lazy(() => import('@/pages/aged_balance'))
const CustomerFile = lazy(() => import('@/pages/customer_file'))

// What was refused stays refused; what failed is tried twice more.
const queries = new QueryClient({ defaultOptions: { queries: {
  retry: (count, error) => problemOf(error).kind === 'failed' && count < 2,
  retryDelay: (count) => 500 * 2 ** count,
  staleTime: 5000,
} } })

export function App() {
  return (
    <I18nProvider>
      <QueryClientProvider client={queries}>
        <Router base={import.meta.env.BASE_URL.replace(/\/$/, '')}>
          <Doors />
        </Router>
      </QueryClientProvider>
    </I18nProvider>
  )
}

function Doors() {
  const session = useSession()
  if (session.state === 'checking') return <main className="alone"><Loading rows={4} /></main>
  if (session.state === 'out') return <SignInPage />
  return (
    <>
      <TenantProvider>
        <Shell>
          <Suspense fallback={<Loading rows={12} />}>
            <Pages />
          </Suspense>
        </Shell>
      </TenantProvider>
      {session.state === 'expired' && <SignInDialog />}
    </>
  )
}

function Pages() {
  const { t } = useI18n()
  const search = useSearch()
  return (
    <Switch>
      <Route path="/"><Redirect to={`/customers${search ? `?${search}` : ''}`} replace /></Route>
      <Route path="/customers" component={Customers} />
      <Route path="/customers/:account/:tab?">
        {(parameters) => (
          <CustomerFile account={decodeURIComponent(parameters.account)}
            tab={parameters.tab ?? 'overview'} />
        )}
      </Route>
      <Route path="/aged-balance" component={AgedBalance} />
      <Route><p className="empty" data-state="not_found">{t('state.not_found')}</p></Route>
    </Switch>
  )
}
