// Signing in by a token: a page of its own, or a dialog over a page whose session has ended.
import { useEffect, useId, useRef, useState } from 'react'
import { localToken, signIn, useSession } from '@/api/session'
import { useI18n } from '@/i18n/i18n'

function SignInForm() {
  const { t } = useI18n()
  const session = useSession()
  const [text, setText] = useState('')
  const [bad, setBad] = useState(false)
  const id = useId()
  return (
    <form className="sign-in" onSubmit={(event) => {
      event.preventDefault()
      setBad(!signIn(text))
    }}>
      <label htmlFor={id}>{t('sign_in.token')}</label>
      <textarea id={id} rows={5} value={text} spellCheck={false} autoComplete="off"
        aria-invalid={bad} aria-describedby={`${id}-hint`}
        onChange={(event) => setText(event.target.value)} />
      <p id={`${id}-hint`} className={bad ? 'field-error' : 'hint'}
        role={bad ? 'alert' : undefined}>
        {bad ? t('sign_in.bad') : t('sign_in.hint')}
      </p>
      <div className="buttons">
        <button type="submit" className="primary">{t('sign_in.do')}</button>
        {session.local && (
          <button type="button" onClick={() => {
            void localToken().then((token) => setBad(token === null || !signIn(token)))
          }}>{t('sign_in.local')}</button>
        )}
      </div>
    </form>
  )
}

export function SignInPage() {
  const { t } = useI18n()
  return (
    <main className="alone">
      <h1>{t('app.name')}</h1>
      <h2>{t('sign_in.title')}</h2>
      <SignInForm />
    </main>
  )
}

export function SignInDialog() {
  const { t } = useI18n()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="expired"
      onCancel={(event) => event.preventDefault()}>
      <h2 id="expired">{t('sign_in.title')}</h2>
      <p>{t('sign_in.expired')}</p>
      <SignInForm />
    </dialog>
  )
}
