import { Link } from 'react-router'
import { usePaperBeside } from '../api/stewardship'
import { useT } from '../i18n'
import { useNames } from '../ui/names'

/** What the register of paper says of an area, beside the line of the standard that it feeds. */
export function PaperFact({ prison, area, line }: { prison: string; area?: string; line: string }) {
  const t = useT()
  const names = useNames()
  const { data } = usePaperBeside(area ? prison : '')
  const tally = data?.areas.find((a) => a.area === area)?.tally
  if (!data || !tally || (line !== data.feeds.share && line !== data.feeds.beside)) return null
  const both = data.cells.filter((c) => c.area === area && c.state === 'dual')
  const beside = both.map((c) => names.ledger(c.ledger)).join(t('marks.list'))
  const list = line === data.feeds.share ? 'electronic' : 'dual'
  return (
    <p className="wide">
      <Link to={`/prisons/${prison}/paper?area=${area}&state=${list}`}>
        {t('paper.factOf', { day: data.day })}
      </Link>
      {t('marks.colon')}
      {line === data.feeds.share
        ? t('paper.factShare', { ...tally, n: tally.electronic })
        : both.length > 0
          ? t('paper.factBeside', { n: both.length, names: beside })
          : t('paper.factNone')}
    </p>
  )
}
