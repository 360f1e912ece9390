import {
  type Client,
  type ClientOptions,
  createClient,
  type LoginClientError,
} from '../../client/miniprogram_dist'
import type { Clock } from '../support/clock'
import { type Service, type ServiceOptions, startService } from '../support/service'
import { createFakeWx, type FakeWx } from './fake-wx'

export interface Phone {
  readonly wx: FakeWx
  readonly login: Client
  readonly changes: boolean[]
  /** The mini program is closed and opened again: only the storage is left. */
  relaunch(options?: Partial<ClientOptions>): Client
}

export interface Hall {
  readonly service: Service
  readonly baseUrl: string
  /** How often `POST /orders` was carried out. */
  orders: number
  /** Ends a user's sessions as a log-out on another phone does. */
  endSessions(user?: string): Promise<void>
  phone(
    options?: Partial<ClientOptions> & { user?: string } & Pick<
        Parameters<typeof createFakeWx>[0],
        'platform' | 'pcStatus'
      >,
  ): Phone
}

const PREFIX = '/api/v1'

/** A real server with two routes of a shop's behind its guard, and phones in front of it. */
export async function openHall(options: ServiceOptions = {}): Promise<Hall> {
  const service = await startService({
    host: 'Express 5, mounted',
    routes(app, login) {
      app.get(`${PREFIX}/orders`, login.required, (req, res) => {
        res.json({ of: req.login.userId })
      })
      app.post(`${PREFIX}/orders`, login.required, (_req, res) => {
        hall.orders++
        res.json({ order: hall.orders })
      })
      app.all(`${PREFIX}/never`, (_req, res) => void res.status(401).json({ error: 'mine' }))
      app.get('/outside', (req, res) => void res.json({ seen: req.headers.authorization ?? null }))
    },
    ...options,
  })
  const baseUrl = `http://127.0.0.1:${service.port}${PREFIX}`
  const hall: Hall = {
    service,
    baseUrl,
    orders: 0,
    async endSessions(user) {
      const { token } = await service.logIn(user)
      const asking = service.http.post(`${PREFIX}/logout`).set('Authorization', `Bearer ${token}`)
      await asking.send({ all: true }).expect(200)
    },
    phone({ user = 'alice', platform, pcStatus, ...rest } = {}) {
      const mintCode = () => service.simulator.mintCode({ user })
      const wx = createFakeWx({
        mintCode,
        ...(platform && { platform }),
        ...(pcStatus && { pcStatus }),
      })
      const changes: boolean[] = []
      const onChange = ({ isLoggedIn }: { isLoggedIn: boolean }) => void changes.push(isLoggedIn)
      const relaunch = (more: Partial<ClientOptions> = {}) =>
        createClient({ baseUrl, wx, onChange, timeoutMs: 60_000, ...rest, ...more })
      return { wx, login: relaunch(), changes, relaunch }
    },
  }
  return hall
}

export const failureOf = (asking: Promise<unknown>): Promise<LoginClientError> =>
  asking.then(
    () => {
      throw new Error('it should have failed')
    },
    (error: LoginClientError) => error,
  )

/** The phone's clock goes with the server's. */
export function shareClock(clock: Clock): void {
  jest.spyOn(Date, 'now').mockImplementation(clock.now)
}

/** From now on the server gets no code beside a request: as one that does not know of it. */
export function forgetCode({ wx }: Pick<Phone, 'wx'>): void {
  wx.fault = ({ header }) => {
    delete header['X-WX-Code']
    return undefined
  }
}
