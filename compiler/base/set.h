/* StringSet: which strings were met before, and what was kept with each. A zeroed one is empty. */
#ifndef NETC_BASE_SET_H
#define NETC_BASE_SET_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct StringSet {
    struct StringSlot *slot;
    size_t capacity, count;
} StringSet;

/* Adds a string, which must outlive the set. False when it was in already. */
bool string_set_add(Arena *arena, StringSet *set, const char *string);

/* The same, with a value to be found again. What was in already keeps the value that it has. */
bool string_set_add_with(Arena *arena, StringSet *set, const char *string, void *value);

/* The value that was added with a string; NULL: none, or it is not in the set. */
void *string_set_value(const StringSet *set, const char *string);

#endif
