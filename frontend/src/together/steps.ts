/** The seven steps of a brand, in their order. */
export const steps = ['topic', 'prepare', 'apply', 'review', 'carry', 'evaluate', 'spread'] as const

export const themes = [
  'politics',
  'police',
  'enforcement',
  'custody',
  'education',
  'culture',
  'labour',
  'informatisation',
] as const
