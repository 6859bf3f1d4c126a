// All view state is in the address: the same link shows the same screen. Values at their default
// are left out, and so the shortest link is the plain page.
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'

export type ViewKey = 'tenant' | 'filter' | 'order_by' | 'page_token' | 'page_size' | 'page'
  | 'as_of' | 'compare' | 'explain' | 'kind' | 'document' | 'show' | 'currency' | 'chart'

export interface ViewState {
  get: (key: ViewKey) => string
  // One step of the history; `replace` where "back" should not stop.
  set: (change: Partial<Record<ViewKey, string>>, replace?: boolean) => void
}

export function withChange(parameters: URLSearchParams,
  change: Partial<Record<ViewKey, string>>): URLSearchParams {
  const next = new URLSearchParams(parameters)
  for (const [key, value] of Object.entries(change)) {
    if (value) next.set(key, value)
    else next.delete(key)
  }
  return next
}

export function useView(): ViewState {
  const [parameters, setParameters] = useSearchParams()
  const set = useCallback((change: Partial<Record<ViewKey, string>>, replace = false) => {
    setParameters((before) => withChange(before, change), { replace })
  }, [setParameters])
  return useMemo(() => ({ get: (key) => parameters.get(key) ?? '', set }), [parameters, set])
}
