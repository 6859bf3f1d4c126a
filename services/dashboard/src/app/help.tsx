// The keys of the page, on `?`.
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import type { Key } from '@/i18n/fr'
import { useI18n } from '@/i18n/i18n'

const EVERYWHERE: [string, Key][] = [
  ['/', 'keys.search'], ['?', 'keys.help'], ['g h', 'keys.go_home'], ['g c', 'keys.go_customers'],
  ['g b', 'keys.go_aged'], ['j k', 'keys.rows'], ['Enter', 'keys.open'], ['e', 'keys.explain'],
  ['Esc', 'keys.close'],
]
const OF_PAGE: [string, [string, Key][]][] = [
  ['/customers/', [['t', 'keys.table']]],
  ['/customers', [['r', 'keys.refresh']]],
  ['/aged-balance', [[', ;', 'keys.days'], ['m', 'keys.month'], ['c', 'keys.compare']]],
]

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const [location] = useLocation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const own = OF_PAGE.find(([path]) => location.startsWith(path))?.[1] ?? []
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl className="keys">
        {[...own, ...EVERYWHERE].map(([key, words]) => (
          <div key={key}>
            <dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>{t('keys.close_help')}</button>
    </dialog>
  )
}
