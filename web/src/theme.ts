import { useEffect, useState } from "react"

export type Theme = "light" | "dark"

const KEY = "onus-theme"
const isDark = matchMedia("(prefers-color-scheme: dark)")

/** What was chosen here; a browser may refuse to keep anything. */
function kept(chosen?: Theme): string | null {
  try {
    if (chosen) localStorage.setItem(KEY, chosen)
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function themeNow(): Theme {
  const chosen = kept()
  if (chosen === "light" || chosen === "dark") return chosen
  return isDark.matches ? "dark" : "light"
}

/** Gives the page its theme: the chosen one, or that of the system. */
export function applyTheme(): Theme {
  const theme = themeNow()
  document.documentElement.dataset.theme = theme
  return theme
}

/** The page's theme, and how to switch it. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(applyTheme)
  useEffect(() => {
    const follow = () => setTheme(applyTheme())
    isDark.addEventListener("change", follow)
    return () => isDark.removeEventListener("change", follow)
  }, [])
  const toggle = () => {
    kept(theme === "dark" ? "light" : "dark")
    setTheme(applyTheme())
  }
  return [theme, toggle]
}
