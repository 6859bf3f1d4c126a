// Keys of one letter: inert while typing and with a modifier, matched by `event.key` so that they
// hold on AZERTY and QWERTY alike. A page adds its own; one letter keeps one meaning everywhere.
import { useEffect, useRef } from 'react'

const GO_MS = 1500
const STORED_OFF = 'encours.keys_off'

export const keysAreOn = (): boolean => localStorage.getItem(STORED_OFF) === null
export function setKeysOn(on: boolean) {
  if (on) localStorage.removeItem(STORED_OFF)
  else localStorage.setItem(STORED_OFF, 'yes')
}

export type KeyMap = Record<string, (event: KeyboardEvent) => void>

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

// A name of two letters ("g c") is a sequence that begins with g.
export function useKeys(keys: KeyMap) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    let goUntil = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      // A dialog has its own Escape.
      if (document.querySelector('dialog[open]')) return
      if (event.key !== 'Escape' && (isTyping(event.target) || !keysAreOn())) return
      const going = Date.now() < goUntil
      goUntil = 0
      const act = latest.current[going ? `g ${event.key}` : event.key]
      if (act) {
        event.preventDefault()
        act(event)
      } else if (!going && event.key === 'g') {
        goUntil = Date.now() + GO_MS
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

// The figure that a person means: the one in focus, else the first of the row in focus, else the
// first of the page.
export function figureInMind(): HTMLElement | null {
  const focused = document.activeElement
  const near = focused?.closest<HTMLElement>('[data-fig]')
    ?? focused?.querySelector<HTMLElement>('[data-fig]')
    ?? focused?.closest('tr, li')?.querySelector<HTMLElement>('[data-fig]')
  return near ?? document.querySelector<HTMLElement>('main [data-fig]')
}
