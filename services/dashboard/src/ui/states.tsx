// What a page says while it loads, when it failed, when there is nothing, when it is not whole.
// The words are those of the catalogue; old content stays on screen, grey, behind an error.
import { useEffect, useState, type ReactNode } from 'react'
import { problemOf } from '@/api/client'
import { useI18n } from '@/i18n/i18n'

function useAfter(delayMs: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), delayMs)
    return () => clearTimeout(timer)
  }, [delayMs])
  return passed
}

// Rows of true height, shown after 150 ms; words after 5 s.
export function Loading({ rows, onCancel }: { rows: number; onCancel?: () => void }) {
  const { t } = useI18n()
  const visible = useAfter(150)
  const slow = useAfter(5000)
  return (
    <div className="loading" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={visible ? 'bone' : 'bone bone-hidden'} />
      ))}
      {slow && (
        <p className="loading-slow">
          {t('state.loading_slow')}{' '}
          {onCancel && <button type="button" onClick={onCancel}>{t('state.cancel')}</button>}
        </p>
      )}
    </div>
  )
}

export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useI18n()
  const [copied, setCopied] = useState(false)
  const problem = problemOf(error)
  if (problem.kind === 'not_found') {
    return <p className="empty" role="alert" data-state="not_found">{t('state.not_found')}</p>
  }
  return (
    <div className="banner tone-critical" role="alert" data-state="error">
      <span>{t('state.error')}</span>
      <button type="button" onClick={onRetry}>{t('state.retry')}</button>
      {problem.reference && (
        <button type="button" onClick={() => {
          void navigator.clipboard.writeText(problem.reference).then(() => setCopied(true))
        }}>
          {copied ? t('state.copied') : t('state.copy_reference', { reference: problem.reference })}
        </button>
      )}
    </div>
  )
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return <p className="empty" data-state="empty">{children} {action}</p>
}

interface BannerProps {
  tone: 'warning' | 'info' | 'paper'
  state: string
  children: ReactNode
}

export function Banner({ tone, state, children }: BannerProps) {
  return (
    <div className={`banner tone-${tone}`} role="status" data-state={state}>{children}</div>
  )
}

const STALE_MS = 30_000

interface TruthProps {
  // When the last good answer came, and whether the newest attempt has failed.
  goodAt: number
  failing: boolean
  retryInMs: number
  // Per cent of the partitions in the answer.
  readShare: number
}

// The banners that every page has: partial and stale.
export function Truth({ goodAt, failing, retryInMs, readShare }: TruthProps) {
  const { t, time } = useI18n()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const age = now - goodAt
  const stale = goodAt > 0 && (failing || age > STALE_MS + retryInMs)
  return (
    <>
      {readShare < 100 && (
        <Banner tone="warning" state="partial">{t('state.partial', { share: readShare })}</Banner>
      )}
      {stale && (
        <Banner tone="warning" state="stale">
          {t('state.stale', {
            time: time(new Date(goodAt)),
            n: Math.max(0, Math.ceil((retryInMs - (age % retryInMs)) / 1000)) })}
        </Banner>
      )}
    </>
  )
}

export function Offline() {
  const { t, time } = useI18n()
  const [since, setSince] = useState(() => (navigator.onLine ? null : new Date()))
  useEffect(() => {
    const lost = () => setSince(new Date())
    const back = () => setSince(null)
    window.addEventListener('offline', lost)
    window.addEventListener('online', back)
    return () => {
      window.removeEventListener('offline', lost)
      window.removeEventListener('online', back)
    }
  }, [])
  if (!since) return null
  return <Banner tone="warning" state="offline">{t('state.offline', { time: time(since) })}</Banner>
}
