/* Diag: the one door for what the user did wrong. Messages are collected, and printed in source order:
 *
 *     cifar10.net:9:12: error: Linear expects 4096 input features but receives 1024
 *         Linear(64*8*8, 64)
 *                ^~~~~~
 *     cifar10.net:8:5: note: Flatten gives 1024 = 64*4*4 here
 *         Flatten()
 *         ^~~~~~~~~
 *
 * A sentence: noun first, what was expected, then what was seen; names in 'quotes'; no full stop. */
#ifndef NETC_BASE_DIAG_H
#define NETC_BASE_DIAG_H

#include <stdio.h>

#include "base/source.h"

typedef struct Diag Diag;

enum { DIAG_MAX_ERRORS = 20 };

Diag *diag_new(Arena *arena);

/* An error at `span`. Notes that follow belong to it. A second error at the same span is dropped, its notes too;
 * in a block's text, only one of the same use or with the same words. */
void diag_error(Diag *diag, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A note to the last error: where the other side of it stands, or what to do. */
void diag_note(Diag *diag, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A warning: compilation goes on. */
void diag_warning(Diag *diag, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What is reported from here on stands in text that `span` brings in (the use of a block): until diag_leave, errors get
 * a last note with this sentence; of uses within uses, one each. */
void diag_enter(Diag *diag, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_leave(Diag *diag);

int diag_error_count(const Diag *diag);

/* Whether a mistake at just this place was reported. */
bool diag_has_error_at(const Diag *diag, Span span);

/* Prints what was collected, at most DIAG_MAX_ERRORS errors, and forgets it; `color` for a terminal. */
void diag_print(Diag *diag, FILE *out, bool color);

/* The name among `count` candidates that `name` was probably meant to be, or NULL: edit distance (Damerau-Levenshtein,
 * case folded) of at most a third of its length, and at least 1, and of several alike the one that it begins with; else
 * the first candidate that begins with it. */
const char *diag_closest(const char *name, const char *const *candidates, int count);

#endif
