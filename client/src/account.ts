import { type ButtonDetail, readDetail } from './button-detail'
import type { Client, PhoneNumber, Profile, Session } from './client'

/** Asks a guarded route. The body of its success must have the field. */
export type AskGuarded = <T>(
  method: string,
  path: string,
  data?: object,
  field?: keyof T,
) => Promise<T>

export type Account = Pick<
  Client,
  'phone' | 'decrypt' | 'me' | 'updateMe' | 'sessions' | 'endSession'
>

/** What the server knows of the user, and WeChat tells of them. */
export function createAccount(ask: AskGuarded): Account {
  return {
    async phone(detail) {
      const { code } = readDetail(detail)
      return ask<PhoneNumber>('POST', '/phone', { code }, 'phone_number')
    },
    async decrypt<T>(data: ButtonDetail) {
      const { encryptedData, iv, rawData, signature } = readDetail(data)
      return ask<T>('POST', '/decrypt', { encryptedData, iv, rawData, signature })
    },
    me: () => ask<Profile>('GET', '/me', undefined, 'id'),
    updateMe: fields => ask<Profile>('PUT', '/me', fields, 'id'),
    async sessions() {
      type Answer = { readonly sessions: Session[] }
      return (await ask<Answer>('GET', '/sessions', undefined, 'sessions')).sessions
    },
    async endSession(id) {
      await ask('DELETE', `/sessions/${encodeURIComponent(id)}`)
    },
  }
}
