/** What somebody would call a file: the server's rule, for a file that it refuses would hold up what it lies with. */
export function plainName(given: string): string | undefined {
  const name = given.replace(around, '').normalize('NFC')
  const length = [...name].length
  const good = length <= longest && shows.test(name) && !hides.test(name)
  return good && name !== '.' && name !== '..' ? name : undefined
}

const longest = 200
const around = /^\p{White_Space}+|\p{White_Space}+$/gu
const shows = /[\p{L}\p{N}\p{P}\p{S}]/u
/** What nobody sees, by class or for want of a shape, and what makes it a path. */
const hides =
  /[^\p{L}\p{M}\p{N}\p{P}\p{S} \u3000]|\p{Default_Ignorable_Code_Point}|\p{Variation_Selector}|[\u2800/\\]/u
