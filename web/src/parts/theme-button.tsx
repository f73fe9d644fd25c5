import { useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "./icon.js";
import { applyTheme, keptTheme, THEMES } from "./theme.js";

const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;
const NAMES = { auto: "as the system", light: "light", dark: "dark" } as const;

/** Goes through the themes: as the system, light, dark. */
export function ThemeButton() {
  const [theme, setTheme] = useState(keptTheme);
  const next = (): void => {
    const following = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    applyTheme(following);
    setTheme(following);
  };
  return (
    <Button className="button icon-only" onPress={next} aria-label={`Theme: ${NAMES[theme]}. Change it`}>
      <Icon name={ICONS[theme]} />
    </Button>
  );
}
