import type { CheckKind } from '../api/checks'
import { useStandardName } from '../api/standards'
import { useT } from '../i18n'

/** What a check is called: its kind, and of another field the framework that it is held by. */
export function useCheckName() {
  const t = useT()
  const standardName = useStandardName()
  return ({ kind, standard }: { kind: CheckKind; standard: string }) =>
    kind === 'other'
      ? t('checks.byFramework', {
          kind: t('checks.kinds.other'),
          standard: standardName(standard),
        })
      : t(`checks.kinds.${kind}`)
}
