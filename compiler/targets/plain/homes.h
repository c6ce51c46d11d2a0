/* Homes: where the values of a library lie. They have one memory, in which two share a place that are never alive at
 * the same time. A value takes the place of the one it is made of where it is that one in another shape, and where its
 * kernel allows it (PlainKernel.in_place). */
#ifndef NETC_TARGETS_PLAIN_HOMES_H
#define NETC_TARGETS_PLAIN_HOMES_H

#include "targets/plain/plain.h"

enum { LINE_FLOATS = 16 }; /* what begins in a block or in memory begins at a multiple of it */

/* A value and those that take its place. */
typedef struct Home {
    const Value *value; /* the first one */
    int first, last;    /* operations between which one of them is alive */
    int64_t offset;     /* bytes in the memory */
} Home;

struct Homes {
    Home *of;           /* [values] by the first one's id */
    const Value **root; /* [values] that first one */
    int *last_use;      /* [values] the operation that reads it last; its own where none does */
};
typedef struct Homes Homes;

/* Finds who shares a place with whom, and calls them alike: variables of the first one's name; the model's input x, its
 * output y, the target t. Reshapes that are nothing are no calls any more. */
Homes homes_find(Plain *p);

/* Places the values of the operations from `first` to before `end` in a memory of their own. Returns its bytes. */
int64_t homes_place(Plain *p, Homes *homes, int first, int end);

/* Declares the variables that `calls` name, of these operations: parameters in the block w, all else in memory, a. */
void homes_declare(Plain *p, const Homes *homes, int first, int end, const char *calls);

#endif
