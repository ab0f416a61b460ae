/** A rate for reading: "54.00" is 54%, and nothing is a dash. */
export const percentOf = (percent: string) =>
  percent === '' ? '—' : `${percent.replace(/\.00$|(?<=\.\d)0$/, '')}%`
