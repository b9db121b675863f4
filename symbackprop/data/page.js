"use strict";
// Typesets each formula from its own text.  What KaTeX does not read stays as source, in red.
const OPTIONS = {
  trust: false, throwOnError: false, strict: "ignore", maxExpand: 10000, maxSize: 40, errorColor: "#d32f2f",
};
// A4 without its margins, in em of the printed letters (page.css); a line is that of the page on a wide screen, too.
const LINE = 45.9, PAGE = 66;

for (const element of document.querySelectorAll(".math")) {
  const displayMode = element.tagName === "DIV";
  katex.render(element.textContent, element, { ...OPTIONS, displayMode });
}

// Paper does not scroll, and KaTeX's rows are not parted: a display that is wider or higher than a page is printed smaller.
document.fonts.ready.then(() => {
  for (const formula of document.querySelectorAll("div.math .katex-html")) {
    const em = parseFloat(getComputedStyle(formula).fontSize);
    const fit = Math.min((LINE + 0.2) * em / formula.scrollWidth, PAGE * em / formula.scrollHeight);
    if (fit < 1) formula.style.setProperty("--fit", fit.toFixed(3));
  }
});
