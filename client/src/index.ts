export type { ButtonDetail } from './button-detail'
export type {
  Client,
  ClientOptions,
  LoginState,
  PhoneNumber,
  Profile,
  ProfileFields,
  RequestOptions,
  Session,
} from './client'
export { createClient } from './create-client'
export type { TokenAnswer } from './held-token'
export { type Action, LoginClientError, type LoginClientErrorCode } from './login-client-error'
export type { Platform } from './platform'
export type { RequestResult } from './server'
