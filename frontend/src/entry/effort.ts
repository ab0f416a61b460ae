/** A longer silence is no filling: the officer was called away. */
const pause = 30_000

/** What filling this form takes: seconds of work and keys pressed, pauses left out. */
export class Effort {
  #seconds = 0
  #keystrokes = 0
  #last: number | undefined
  #taken: { of: number; value: { seconds: number; keystrokes: number } } | undefined

  constructor(readonly now: () => number = () => performance.now()) {}

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
  take(of: number): { seconds: number; keystrokes: number } {
    if (this.#taken?.of !== of) {
      const value = { seconds: Math.round(this.#seconds), keystrokes: this.#keystrokes }
      this.#taken = { of, value }
    }
    return this.#taken.value
  }
}
