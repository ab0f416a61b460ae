import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Lang } from '../schema/types'
import { type Texts, textsOf } from './texts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts }
    returnNull: false
  }
}

const remembered = 'taizhang.lang'

function first(): Lang {
  return localStorage.getItem(remembered) === 'en' ? 'en' : 'zh'
}

export const i18n = i18next.createInstance()

void i18n.use(initReactI18next).init({
  lng: first(),
  fallbackLng: false, // both languages have every text
  resources: { [first()]: { translation: await textsOf(first()) } },
  interpolation: { escapeValue: false },
})

function announce(lang: Lang) {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  document.title = i18n.t('app.name')
}
announce(first())

export async function changeLang(lang: Lang) {
  const texts = await textsOf(lang)
  i18n.addResourceBundle(lang, 'translation', texts)
  localStorage.setItem(remembered, lang)
  await i18n.changeLanguage(lang)
  announce(lang)
}

export function currentLang(): Lang {
  return i18n.language === 'en' ? 'en' : 'zh'
}

export function useT() {
  return useTranslation().t
}

export function useLang(): Lang {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh'
}
