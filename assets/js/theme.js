// The appearance: as the system asks until the visitor chooses; the choice is kept in a cookie that the server reads,
// so that a page never flashes in the wrong colours.
const COOKIE = "paraphe_theme";
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : system.matches);

export function enhanceTheme(button) {
  function name() {
    const words = isDark() ? button.dataset.toLight : button.dataset.toDark;
    button.setAttribute("aria-label", words);
    button.title = words;
  }
  button.hidden = false;
  name();
  system.addEventListener("change", name);
  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    root.dataset.bsTheme = chosen;
    document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", chosen);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${COOKIE}=${chosen}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    name();
  });
}
