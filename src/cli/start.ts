import { type AddCommand, examples } from './command'

/** `start`: the service, as `npm start` starts it. */
export const addStart: AddCommand = program => {
  program
    .command('start')
    .description('启动服务（同 npm start）· starts the service, as npm start does')
    .addHelpText(
      'after',
      examples(
        'miniprogram-login start',
        'PORT=8080 miniprogram-login start      # 环境变量优先于 .env · a variable wins over .env',
      ),
    )
    // The program itself: it reads the environment, handles signals and ends the process.
    .action(() => void require('../server/main'))
}
