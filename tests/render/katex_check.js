"use strict";
// Reads [[formula, is a display], …] as JSON and writes what KaTeX says of each: "" or a message.
// Stricter than the page: whatever KaTeX would only warn of is an error, and so is a font that the package lacks.
const fs = require("fs");
const katex = require(process.argv[2]);
const LACKING = /class="[^"]*\b((?:math|text)(?:cal|frak|boldfrak|scr|tt|sf|boldsf|itsf|sfit))\b/;

function message([formula, displayMode]) {
  const options = { displayMode, trust: false, throwOnError: true, strict: "error", maxExpand: 10000, maxSize: 40 };
  try {
    const lacking = LACKING.exec(katex.renderToString(formula, { ...options, output: "html" }));
    // What is not trusted throws nothing: it is shown in the color of errors.
    const untrusted = katex.renderToString(formula, { ...options, errorColor: "#abcdef" }).includes("#abcdef");
    return lacking ? `no font for \\${lacking[1]}` : untrusted ? "a command that is not trusted" : "";
  } catch (error) {
    return error.message;
  }
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(message)));
