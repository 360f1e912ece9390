import 'reflect-metadata'
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Inject,
  Module,
  type OnApplicationShutdown,
  UseGuards,
} from '@nestjs/common'
import { APP_FILTER, NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { createLogin, type Login, type LoginContext, LoginError } from 'miniprogram-login'
import 'miniprogram-login/express'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env
const LOGIN = Symbol('login')

/** `login.optional` has looked at the request before: what does not hold never comes this far. */
class LoginGuard implements CanActivate {
  constructor(@Inject(LOGIN) private readonly login: Login) {}

  canActivate(context: ExecutionContext): boolean {
    this.login.of(context.switchToHttp().getRequest()) // nobody: LoginError token_missing
    return true
  }
}

/** `@Who() who: LoginContext` in a handler behind the guard. */
const Who = createParamDecorator((_, context: ExecutionContext) => {
  return context.switchToHttp().getRequest().login
})

/** A LoginError that a guard or a handler threw, in the shape of docs/errors.md. */
@Catch(LoginError)
class LoginErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGIN) private readonly login: Login) {}

  catch(error: LoginError, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    this.login.errorHandler(error, http.getRequest(), http.getResponse(), http.getNext())
  }
}

const loginProvider = {
  provide: LOGIN,
  useFactory: () =>
    createLogin({
      apps: { [WX_APPID]: WX_SECRET },
      jwtSecret: JWT_SECRET,
      wxApiBaseUrl: WX_API_BASE_URL,
    }),
}

@Module({
  providers: [loginProvider, { provide: APP_FILTER, useClass: LoginErrorFilter }],
  exports: [LOGIN],
})
class LoginModule implements OnApplicationShutdown {
  constructor(@Inject(LOGIN) private readonly login: Login) {}

  /** Nest has stopped to take requests by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.login.close()
  }
}

@Controller('orders')
class OrdersController {
  @Get('open')
  open() {
    return { for: 'everybody' }
  }

  @Get()
  @UseGuards(LoginGuard)
  list(@Who() who: LoginContext) {
    return { of: who.userId }
  }

  @Get('refused')
  @UseGuards(LoginGuard)
  async refused() {
    throw new LoginError('login_refused')
  }
}

@Module({ imports: [LoginModule], controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error'] })
const login = app.get<Login>(LOGIN)
app.use('/api', login.router) // /api/login, /api/checklogin, …
app.use(login.optional)
app.enableShutdownHooks()
await app.listen(Number(PORT ?? 3000))
