import { readCommandLine } from '../simulator/command-line'
import { type AddCommand, SEE_HELP, UsageError } from './command'

/** `simulator`: a WeChat of our own, alone. It is the program `wechat-simulator`. */
export const addSimulator: AddCommand = program => {
  program
    .command('simulator')
    .description(
      '只启动微信模拟器，选项见 simulator --help · WeChat alone, for development and tests',
    )
    .argument('[options...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((args: string[]) => {
      checkArguments(args)
      // The program reads its arguments after its name.
      process.argv.splice(2, process.argv.length, ...args)
      void require('../simulator/main')
    })
}

function checkArguments(args: readonly string[]): void {
  try {
    readCommandLine(args)
  } catch (error) {
    throw new UsageError(`error: ${(error as Error).message}\n${SEE_HELP}`)
  }
}
