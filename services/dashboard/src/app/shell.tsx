// The frame of every page: navigation (at the bottom on a phone), top line, content, panel.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { portfolio } from '@/api/client'
import { signOut, useSession } from '@/api/session'
import { quoted } from '@/domain/filter'
import { useI18n } from '@/i18n/i18n'
import { Choice } from '@/ui/form'
import { Offline } from '@/ui/states'
import { ExplainPanel } from '@/explain/panel'
import { KeysHelp } from './help'
import { figureInMind, keysAreOn, setKeysOn, useKeys } from './keys'
import { useTenant } from './tenant'
import { useTheme, type Theme } from './theme'
import { useView } from './view'

const PAGES = [
  { path: '/customers', key: 'nav.customers', icon: 'M3 14c0-3 2-4 5-4s5 1 5 4M8 8a3 3 0 1 0 0-6 '
    + '3 3 0 0 0 0 6z' },
  { path: '/aged-balance', key: 'nav.aged', icon: 'M2 14h12M4 12V7M8 12V3M12 12V9' },
] as const

export function useGo(): (path: string, keep?: Record<string, string>) => void {
  const [, navigate] = useLocation()
  const { tenant } = useTenant()
  return (path, keep = {}) => navigate(`${path}?${new URLSearchParams({ tenant, ...keep })}`)
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n()
  const go = useGo()
  const view = useView()
  const [help, setHelp] = useState(false)
  useKeys({
    '?': () => setHelp(true),
    '/': () => document.querySelector<HTMLInputElement>('[data-key="/"]')?.focus(),
    'g h': () => go('/'),
    'g c': () => go('/customers'),
    'g b': () => go('/aged-balance'),
    e: () => figureInMind()?.click(),
    Escape: () => {
      if (view.get('explain')) view.set({ explain: '' })
    },
    j: () => firstCell()?.focus(),
    k: () => firstCell()?.focus(),
  })
  return (
    <div className="shell">
      <a className="skip" href="#content">{t('app.skip')}</a>
      <Navigation />
      <TopLine onHelp={() => setHelp(true)} />
      <div className="stage">
        <main id="content" tabIndex={-1}>
          <Offline />
          {children}
        </main>
        <ExplainPanel />
      </div>
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </div>
  )
}

const firstCell = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('table.grid tbody [tabindex="0"]')
  ?? document.querySelector<HTMLElement>('table.grid tbody a, table.grid tbody td, .cards a')

function Navigation() {
  const { t } = useI18n()
  const { tenant } = useTenant()
  const [location] = useLocation()
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <Link href={`/?tenant=${encodeURIComponent(tenant)}`} className="brand">{t('app.name')}</Link>
      <ul>
        {PAGES.map((page) => (
          <li key={page.path}>
            <Link href={`${page.path}?tenant=${encodeURIComponent(tenant)}`}
              aria-current={location.startsWith(page.path) ? 'page' : undefined}>
              <svg viewBox="0 0 16 16" aria-hidden="true"><path d={page.icon} /></svg>
              <span>{t(page.key)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

// One customer opens its file, several are listed; the list also says what failed.
function Search() {
  const { t } = useI18n()
  const { tenant } = useTenant()
  const go = useGo()
  const [text, setText] = useState('')
  const find = async (wanted: string) => {
    const filter = `account = ${quoted(wanted)} OR display_name : ${quoted(wanted)}`
    const found = await portfolio.listCustomers({ tenant, filter }).catch(() => null)
    const accounts = new Set(found?.customers.map((one) => one.account))
    const only = accounts.has(wanted) ? wanted : accounts.size === 1 ? [...accounts][0] : undefined
    if (only) go(`/customers/${encodeURIComponent(only)}`)
    else go('/customers', { filter })
  }
  return (
    <form className="jump" role="search" onSubmit={(event) => {
      event.preventDefault()
      if (text.trim()) void find(text.trim())
      setText('')
    }}>
      <input type="text" value={text} placeholder={t('top.search')}
        aria-label={t('top.search.label')} spellCheck={false} autoComplete="off"
        onChange={(event) => setText(event.target.value)} />
    </form>
  )
}

function TopLine({ onHelp }: { onHelp: () => void }) {
  const { t, instant } = useI18n()
  const info = useTenant()
  const go = useGo()
  return (
    <header className="top">
      <Search />
      {info.tenants.length < 2 ? (
        <span className="creditor" title={t('top.tenant')}>
          {info.tenants[0]?.name ?? info.tenant}
        </span>
      ) : (
        <Choice label={t('top.tenant')} hideLabel value={info.tenant}
          options={info.tenants.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(tenant) => go('/customers', { tenant })} />
      )}
      <span className="fresh" data-testid="top.fresh">
        <span className="fresh-dot" aria-hidden="true" />
        {info.freshAt ? t('top.fresh', { when: instant(info.freshAt, info.timeZone) })
          : t('top.fresh.none')}
      </span>
      <Menu onHelp={onHelp} />
    </header>
  )
}

function Menu({ onHelp }: { onHelp: () => void }) {
  const { t, language, setLanguage } = useI18n()
  const [theme, setTheme] = useTheme()
  const [keys, setKeys] = useState(keysAreOn)
  const session = useSession()
  const box = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      const outside = event instanceof KeyboardEvent ? event.key === 'Escape'
        : !box.current?.contains(event.target as Node)
      if (outside && box.current) box.current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', close)
    }
  }, [])
  return (
    <details className="menu" ref={box}>
      <summary aria-label={t('top.menu')}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 4h12M2 8h12M2 12h12" />
        </svg>
      </summary>
      <div className="menu-sheet">
        <p className="meta">{t('top.signed_in', { who: session.subject })}</p>
        <Choice label={t('top.language')} value={language}
          options={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]}
          onChange={(value) => setLanguage(value === 'en' ? 'en' : 'fr')} />
        <Choice label={t('top.theme')} value={theme}
          options={(['system', 'light', 'dark'] as const).map((value) => (
            { value, label: t(`top.theme.${value}`) }))}
          onChange={(value) => setTheme(value as Theme)} />
        <label className="check">
          <input type="checkbox" checked={keys} onChange={(event) => {
            setKeysOn(event.target.checked)
            setKeys(event.target.checked)
          }} />
          {t('top.shortcuts')}
        </label>
        <div className="buttons">
          <button type="button" onClick={onHelp}>{t('top.keys')}</button>
          <button type="button" onClick={signOut}>{t('top.sign_out')}</button>
        </div>
      </div>
    </details>
  )
}
