/* Parse: text to syntax tree, over the lexer and the parser that flex and bison make of grammar/. */
#ifndef NETC_SYNTAX_PARSE_H
#define NETC_SYNTAX_PARSE_H

#include "syntax/tree.h"

/* The tree of a .net file. Mistakes go to `diag`; what could be read is given all the same, so that names and shapes
 * of the rest may be looked at; never NULL. */
Syntax *syntax_parse(Arena *arena, Diag *diag, const Source *source);

/* The tree of one expression, the value of --set path=value. NULL when it is none (nothing is reported then). */
Syntax *syntax_parse_value(Arena *arena, const Source *source);

#endif
