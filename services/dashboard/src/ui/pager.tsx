// Pages by token: forward by the token that the service gave, back by the browser's own history.
import { useView } from '@/app/view'
import { useI18n } from '@/i18n/i18n'
import { Choice } from './form'

const SIZES = ['50', '100', '200']

export function Pager({ next, pageSize }: { next: string; pageSize: number }) {
  const { t } = useI18n()
  const view = useView()
  const page = Number(view.get('page')) || 1
  const forward = () => {
    view.set({ page_token: next, page: String(page + 1), explain: '' })
    document.getElementById('content')?.scrollTo(0, 0)
    window.scrollTo(0, 0)
  }
  return (
    <div className="pager">
      <Choice label={t('pages.size')} value={String(pageSize)}
        options={SIZES.map((value) => ({ value, label: value }))}
        onChange={(value) => view.set({ page_size: value === '50' ? '' : value, page_token: '',
          page: '' })} />
      <span>{t('pages.where', { page })}</span>
      <button type="button" disabled={page === 1}
        onClick={() => view.set({ page_token: '', page: '' })}>{t('pages.first')}</button>
      <button type="button" disabled={page === 1} onClick={() => history.back()}>
        {t('pages.previous')}
      </button>
      <button type="button" disabled={!next} onClick={forward}>{t('pages.next')}</button>
    </div>
  )
}
