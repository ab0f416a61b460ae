import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Unpacks a zip of stored files, by its table of contents. */
function unpack(zip: Buffer, into: string): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  const names: string[] = []
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    if (zip.readUInt16LE(at + 10) !== 0) throw new Error('a packed file: the pack stores')
    const size = zip.readUInt32LE(at + 20)
    const [name, extra, comment] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o)) as [
      number,
      number,
      number,
    ]
    const local = zip.readUInt32LE(at + 42)
    const path = zip.toString('utf8', at + 46, at + 46 + name)
    const begins = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    mkdirSync(dirname(join(into, path)), { recursive: true })
    writeFileSync(join(into, path), zip.subarray(begins, begins + size))
    names.push(path)
    at += 46 + name + extra + comment
  }
  return names
}

/** The files of a pack whose hashes `sha256sum -c` has found right. */
export function checkedPack(file: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'))
  try {
    const names = unpack(readFileSync(file), folder)
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'manifest-sha256.txt'], {
      cwd: folder,
    })
    return names
  } finally {
    rmSync(folder, { recursive: true })
  }
}
