/* Syntax errors in words. */
#ifndef NETC_SYNTAX_REPORT_H
#define NETC_SYNTAX_REPORT_H

#include "syntax/state.h"

/* What the parser would have taken in place of what it saw. */
typedef struct Expectation {
    bool value, name, statement, line_end, string;
    VEC(const char *) others; /* punctuation and words, as the grammar's aliases */
} Expectation;

/* The token at `span` does not fit; `seen` names it where its text can't, else NULL. */
void report_unexpected(Parse *parse, const Expectation *expected, Span span, const char *seen);

/* The parser's stack is full. */
void report_too_deep(Parse *parse, Span span);

/* A brace that nothing closes; `before` says where that was found. */
void report_open_brace(Parse *parse, Span brace, const char *before);

#endif
