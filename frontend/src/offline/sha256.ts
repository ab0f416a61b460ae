/**
 * SHA-256 (FIPS 180-4) over a stream of parts. Our own, because crypto.subtle wants a secure context,
 * which plain HTTP on an intranet is not, and takes a file only as a whole.
 */
const K = new Uint32Array(64)
const H = new Uint32Array(8)

// The constants are the first bits of the fractions of roots of primes.
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true
  for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0
  if (!prime) continue
  const bits = (root: number) => (root - Math.floor(root)) * 2 ** 32
  if (found < 8) H[found] = bits(n ** (1 / 2))
  K[found++] = bits(n ** (1 / 3))
}

export class Sha256 {
  #state = H.slice()
  #block = new Uint8Array(64)
  #words = new Uint32Array(64)
  #length = 0

  update(bytes: Uint8Array): this {
    let at = 0
    while (at < bytes.length) {
      const filled = this.#length % 64
      const taken = Math.min(64 - filled, bytes.length - at)
      this.#block.set(bytes.subarray(at, at + taken), filled)
      at += taken
      this.#length += taken
      if (filled + taken === 64) this.#mix()
    }
    return this
  }

  /** As the interface writes it; the object is used up. */
  digest(): string {
    const bits = this.#length * 8
    const end = new Uint8Array(((119 - (this.#length % 64)) % 64) + 9)
    end[0] = 0x80
    const view = new DataView(end.buffer)
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32))
    view.setUint32(end.length - 4, bits % 2 ** 32)
    this.update(end)
    return `sha256:${[...this.#state].map((w) => w.toString(16).padStart(8, '0')).join('')}`
  }

  #mix() {
    const w = this.#words
    const view = new DataView(this.#block.buffer)
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(i * 4)
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15]!
      const b = w[i - 2]!
      w[i] =
        w[i - 16]! +
        (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) +
        w[i - 7]! +
        (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))
    }
    const s = this.#state
    let [a, b, c, d, e, f, g, h] = s as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    for (let i = 0; i < 64; i++) {
      const t1 =
        (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    for (const [i, v] of [a, b, c, d, e, f, g, h].entries()) s[i] = s[i]! + v
  }
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

const utf8 = new TextEncoder()

export function sha256(text: string): string {
  return new Sha256().update(utf8.encode(text)).digest()
}
