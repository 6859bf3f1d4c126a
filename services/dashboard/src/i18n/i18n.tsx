// The language of the page: which one, its messages, its formats. `useI18n()` gives all of it bound
// to the language, so no component names a locale.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react'
import { en } from './en'
import * as format from './format'
import type { Language } from './format'
import { fr, type Key, type Message } from './fr'

export const catalogues: Record<Language, Record<Key, Message>> = { fr, en }

type Parameters = Record<string, string | number>

// A message with its parameters; a plural is chosen by `n`, which is written in the language.
export function say(language: Language, key: Key, parameters: Parameters = {}): string {
  const message = catalogues[language][key]
  const n = Number(parameters.n ?? 0)
  const text = typeof message === 'string' ? message
    : new Intl.PluralRules(format.locale(language)).select(n) === 'one' ? message.one
      : message.other
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? format.number(value, language) : value
  })
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(fr, text)
}

export interface I18n {
  language: Language
  setLanguage: (language: Language) => void
  t: (key: Key, parameters?: Parameters) => string
  amount: (minor: bigint, currency: string) => string
  number: (value: number | bigint, digits?: number) => string
  share: (ppm: number) => string
  day: (iso: string) => string
  time: (at: Date) => string
  instant: (at: Date, timeZone: string) => string
}

const Context = createContext<I18n | null>(null)
const STORED = 'encours.language'

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED)
  if (stored === 'fr' || stored === 'en') return stored
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'fr'
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const value = useMemo<I18n>(() => ({
    language,
    setLanguage: (next) => {
      localStorage.setItem(STORED, next)
      setLanguage(next)
    },
    t: (key, parameters) => say(language, key, parameters),
    amount: (minor, currency) => format.amount(minor, currency, language),
    number: (value_, digits) => format.number(value_, language, digits),
    share: (ppm) => format.share(ppm, language),
    day: (iso) => format.day(iso, language),
    time: (at) => format.time(at, language),
    instant: (at, timeZone) => format.instant(at, language, timeZone),
  }), [language])
  return <Context value={value}>{children}</Context>
}

export function useI18n(): I18n {
  const value = use(Context)
  if (!value) throw new Error('useI18n outside I18nProvider')
  return value
}
