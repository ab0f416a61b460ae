import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

/** The parts of a workbook by their names, as text. */
export function parts(file: string): Record<string, string> {
  const zip = readFileSync(file)
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16)
  const out: Record<string, string> = {}
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const packed = zip.readUInt16LE(at + 10) !== 0
    const size = zip.readUInt32LE(at + 20)
    const name = zip.readUInt16LE(at + 28)
    const local = zip.readUInt32LE(at + 42)
    const begins = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const raw = zip.subarray(begins, begins + size)
    out[zip.toString('utf8', at + 46, at + 46 + name)] = (
      packed ? inflateRawSync(raw) : raw
    ).toString('utf8')
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return out
}

/** GB18030 as a Chinese Excel writes it: the decoder's table, turned around. */
const table = (() => {
  const decode = new TextDecoder('gb18030')
  const map = new Map<string, Buffer>()
  for (let a = 0x81; a <= 0xfe; a++)
    for (let b = 0x40; b <= 0xfe; b++) {
      const bytes = Buffer.from([a, b])
      const char = decode.decode(bytes)
      if (char.length === 1 && !map.has(char)) map.set(char, bytes)
    }
  return map
})()

export function gb18030(text: string): Buffer {
  return Buffer.concat(
    [...text].map((c) =>
      c.charCodeAt(0) < 128 ? Buffer.from(c) : (table.get(c) ?? Buffer.from('?')),
    ),
  )
}
