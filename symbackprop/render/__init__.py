"""Terms, theorems and whole derivations as LaTeX and as text for a terminal.

`boxes`: printed pieces and where a line may break.  `order`: which factor and which summand comes first.
`writer`: one walk over terms, in the two `styles`.  `page`: headings, sentences, numbered equations.
`lecture`, with `facts`, `general` and `textbook`: what the page says.  `formulas`: `latex` and `text` of whatever a user has.
"""
