import { useState } from 'react'
import { now } from '../api/clock'
import { addBrand, type Brand, stepBrand, useBrands } from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { today } from '../form/time'
import { useT } from '../i18n'
import { Day, Line, Say, Text } from '../together/Say'
import { steps, themes } from '../together/steps'
import { Units, unitOf, useUnitName } from '../together/Units'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

/** The register of brands by theme and step, and the seven steps of each. */
export default function Brands() {
  const t = useT()
  const query = useBrands()
  const [theme, setTheme] = useState('')
  return (
    <>
      <PageTitle title={t('together.brands')} />
      <PageTabs of="/visits" />
      <Ready query={query}>
        {({ brands, own }) => {
          const shown = brands.filter((b) => theme === '' || b.theme === theme)
          return (
            <>
              {own.length > 0 && <NewBrand own={own} />}
              <Register brands={brands} theme={theme} choose={setTheme} />
              {shown.length === 0 && <Empty>{t('together.brandsNone')}</Empty>}
              {shown.map((b) => (
                <Shown key={b.id} brand={b} />
              ))}
            </>
          )
        }}
      </Ready>
    </>
  )
}

interface RegisterProps {
  brands: Brand[]
  theme: string
  choose: (theme: string) => void
}

function Register({ brands, theme, choose }: RegisterProps) {
  const t = useT()
  return (
    <div className="panel">
      <label>
        {t('together.theme')}{' '}
        <select value={theme} onChange={(e) => choose(e.target.value)}>
          <option value="">{t('together.themesAll', { n: brands.length })}</option>
          {themes.map((k) => (
            <option key={k} value={k}>
              {t(`together.theme_${k}`)} {brands.filter((b) => b.theme === k).length}
            </option>
          ))}
        </select>
      </label>{' '}
      <span className="quiet">
        {t('together.finished', { n: brands.filter((b) => b.next > steps.length).length })}
      </span>
    </div>
  )
}

function Shown({ brand }: { brand: Brand }) {
  const t = useT()
  const nameOf = useUnitName()
  const due = steps[brand.next - 1]
  return (
    <section className="panel" aria-label={brand.title}>
      <h2>{brand.title}</h2>
      <p className="quiet">
        {nameOf(brand)} · {t(`together.theme_${brand.theme}`)} ·{' '}
        {due ? t('together.next', { step: t(`together.step_${due}`) }) : t('together.allTaken')}
      </p>
      <ol>
        {brand.steps.map((x) => (
          <li key={x.act}>
            {t(`together.step_${steps[x.step - 1] ?? 'topic'}`)}{' '}
            {!x.passed && <span className="status returned">{t('together.sentBack')}</span>}{' '}
            {x.document}
            <div>{x.content}</div>
            <div className="quiet">
              {x.by_name} {x.day}
            </div>
          </li>
        ))}
      </ol>
      {brand.may && due && (
        <Say
          key={brand.steps.length}
          label={t('together.take', { step: t(`together.step_${due}`) })}
          of={brand.title}
          send={(typed, key) =>
            stepBrand(
              brand,
              {
                step: brand.next,
                seen: brand.steps.length,
                passed: typed('passed') !== 'no',
                document: typed('document'),
                content: typed('content'),
                day: typed('day'),
              },
              key,
            )
          }
        >
          <StepFields judges={due === 'review' || due === 'evaluate'} />
        </Say>
      )}
    </section>
  )
}

function StepFields({ judges = false }: { judges?: boolean }) {
  const t = useT()
  return (
    <>
      {judges && (
        <label>
          {t('together.verdict')}
          <select name="passed">
            <option value="yes">{t('together.pass')}</option>
            <option value="no">{t('together.sendBack')}</option>
          </select>
        </label>
      )}
      <Line name="document" label={t('together.document')} />
      <Day name="day" label={t('together.day')} day={today(now())} />
      <Text name="content" label={t('together.content')} />
    </>
  )
}

function NewBrand({ own }: { own: { prison: string; area?: string }[] }) {
  const t = useT()
  return (
    <div className="panel">
      <Say
        label={t('together.newBrand')}
        send={(typed, key) => {
          const { prison, area } = unitOf(typed('unit'))
          const theme = themes.find((k) => k === typed('theme')) ?? 'politics'
          const body = {
            area,
            theme,
            title: typed('title'),
            document: typed('document'),
            content: typed('content'),
            day: typed('day'),
          }
          return addBrand(prison, body, key)
        }}
      >
        <Units units={own} />
        <Line name="title" label={t('together.brand')} />
        <label>
          {t('together.theme')}
          <select name="theme">
            {themes.map((k) => (
              <option key={k} value={k}>
                {t(`together.theme_${k}`)}
              </option>
            ))}
          </select>
        </label>
        <StepFields />
      </Say>
    </div>
  )
}
