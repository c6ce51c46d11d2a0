/* Syntax errors in words. */
#ifndef NETC_SYNTAX_REPORT_H
#define NETC_SYNTAX_REPORT_H

#include "syntax/state.h"

/* What the parser would have taken in place of what it saw. */
typedef struct Expectation {
    bool value, name, statement, line_end, string;
    VEC(const char *) others; /* punctuation and words, as the grammar's aliases */
} Expectation;

/* Whether `token` is among them, named as in the grammar: "':'". */
bool expectation_has(const Expectation *expected, const char *token);

/* Whether it is what follows the path in a change of a model. */
bool expectation_is_path(const Expectation *expected);

/* Whether a set, which ends with NULL, has `token`. */
bool is_one_of(const char *token, const char *const *set);

/* What is to be done where `token`, behind `before`, does not fit: "; a comment begins with #", or "". `line` is the
 * text of the line from its first character on (hints.c). */
const char *hint_of(Arena *arena, const Expectation *expected, const char *token, const char *before,
                    const char *line);

/* The token at `span` does not fit; `seen` names it where its text can't, else NULL. */
void report_unexpected(Parse *parse, const Expectation *expected, Span span, const char *seen);

/* The parser's stack is full. */
void report_too_deep(Parse *parse, Span span);

/* A brace that nothing closes; `before` says where that was found. */
void report_open_brace(Parse *parse, Span brace, const char *before);

#endif
