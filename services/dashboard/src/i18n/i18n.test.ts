import { describe, expect, it } from 'vitest'
import { en } from './en'
import { fr, type Key, type Message } from './fr'
import { say } from './i18n'

const texts = (message: Message) => (typeof message === 'string' ? [message]
  : [message.one, message.other])
const parameters = (message: Message) => [...new Set(texts(message).join(' ')
  .match(/\{\w+\}/g))].toSorted()

describe('catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(en).toSorted()).toEqual(Object.keys(fr).toSorted())
  })
  it('have the same parameters in each message', () => {
    for (const key of Object.keys(fr) as Key[]) {
      expect([key, parameters(en[key])]).toEqual([key, parameters(fr[key])])
    }
  })
  it('say nothing twice by an empty text and shout nowhere', () => {
    for (const [key, message] of [...Object.entries(fr), ...Object.entries(en)]) {
      for (const text of texts(message)) {
        expect(text.trim(), key).not.toBe('')
        expect(text, key).not.toContain('!')
      }
    }
  })
  it('put the space of French before its double punctuation', () => {
    for (const [key, message] of Object.entries(fr)) {
      for (const text of texts(message)) expect(text, key).not.toMatch(/[a-zé}][:;?](\s|$)/)
    }
  })
})

describe('say', () => {
  it('chooses the plural by the rules of the language', () => {
    // French counts 0 as one, English does not.
    expect(say('fr', 'customers.count', { n: 0 })).toBe('0 compte')
    expect(say('en', 'customers.count', { n: 0 })).toBe('0 accounts')
    expect(say('en', 'customers.count', { n: 1 })).toBe('1 account')
    expect(say('fr', 'customers.count', { n: 1284 })).toBe('1\u202f284 comptes')
  })
  it('leaves a parameter that is not given to be seen', () => {
    expect(say('en', 'pages.where')).toBe('Page {page}')
  })
})
