export interface ConfigProblem {
  /** The option or the environment variable at fault. */
  readonly name: string
  /** What is wrong and what would be right. Never the value. */
  readonly problem: string
}

/** Thrown once, with every problem that was found. Names settings, never their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, problem }) => `  ${name}: ${problem}`)
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    super(`${count} with the settings\n${lines.join('\n')}`)
    this.problems = problems
  }
}
