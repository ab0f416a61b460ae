/** A longer silence is no filling: the officer was called away. */
const pause = 30_000

export interface Spent {
  seconds: number
  keystrokes: number
}

/** What filling this form takes: seconds of work and keys pressed, pauses left out. */
export class Effort {
  #seconds: number
  #keystrokes: number
  #last: number | undefined
  #taken: { of: number; value: Spent } | undefined

  /** begun is what was spent before the page was opened anew. */
  constructor(
    readonly now: () => number = () => performance.now(),
    begun: Spent = { seconds: 0, keystrokes: 0 },
  ) {
    this.#seconds = begun.seconds
    this.#keystrokes = begun.keystrokes
  }

  key = () => {
    this.#keystrokes++
    this.touch()
  }

  /** Anything the hand did: a click, a choice, a paste. */
  touch = () => {
    const now = this.now()
    if (this.#last !== undefined && now - this.#last <= pause)
      this.#seconds += (now - this.#last) / 1000
    this.#last = now
  }

  /** The figures for one state of the draft: a repeated submission must say the same. */
  take(of: number): Spent {
    if (this.#taken?.of !== of) this.#taken = { of, value: this.sofar }
    return this.#taken.value
  }

  get sofar(): Spent {
    return { seconds: Math.round(this.#seconds), keystrokes: this.#keystrokes }
  }

  /** From now on it is counted from nothing: what was spent is said elsewhere. */
  spend() {
    this.#seconds = 0
    this.#keystrokes = 0
  }
}
