/* Phases that do the same at other places, as the blocks of a deep network do: one function, and a table of places. */
#ifndef NETC_TARGETS_CPU_EMIT_REPEATS_H
#define NETC_TARGETS_CPU_EMIT_REPEATS_H

#include "targets/cpu/emit/frame.h"

/* What may differ from one use of a function to the next: where a buffer or a parameter lies, or a constant. */
typedef struct Place {
    const char *type;    /* of what the table has: "long" */
    const char *name, *value;
    const Buffer *local; /* the buffer that the function declares a variable for; NULL: none */
    bool flat;           /* the variable is a pointer to floats of the batch's memory, whatever image they are */
} Place;

typedef struct Places {
    VEC(Place) at;
} Places;

/* The word that stands for a place in a text, until it is known whether functions differ in it. */
const char *place_token(Frame *f, const char *type, const char *name, const char *value, const Buffer *local,
                        bool flat);

/* Finds the phases of f->plan that can share a function, and adds these to f->repeats. */
void find_repeats(Frame *f);

/* Whether a phase shares its function. */
bool repeats(const Frame *f, const Phase *phase);

/* Prints the function that a phase shares, and its table, once. */
void emit_repeat(Frame *f, const Phase *phase);

/* Of steps.c: the statements of a phase's function; the comment in front. */
const char *phase_body(Frame *f, const Phase *phase);
const char *phase_comment(Frame *f, const Phase *phase);

#endif
