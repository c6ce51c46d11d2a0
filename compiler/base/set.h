/* StringSet: which strings were met before. A zeroed one is empty. */
#ifndef NETC_BASE_SET_H
#define NETC_BASE_SET_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct StringSet {
    const char **slot; /* NULL: free */
    size_t capacity, count;
} StringSet;

/* Adds a string, which must outlive the set. False when it was in already. */
bool string_set_add(Arena *arena, StringSet *set, const char *string);

#endif
