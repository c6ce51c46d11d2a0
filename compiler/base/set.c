#include "base/set.h"

#include <stdint.h>
#include <string.h>

#include "system/digest.h"

typedef struct StringSlot {
    const char *string; /* NULL: free */
    void *value;
} StringSlot;

/* The slot that holds the string, or the free one where it belongs. */
static StringSlot *find(const StringSet *set, const char *string)
{
    const uint64_t digest = nc_digest(NC_NO_BYTES, string, strlen(string));
    size_t at = digest & (set->capacity - 1); /* capacity is a power of two */
    while (set->slot[at].string && strcmp(set->slot[at].string, string))
        at = (at + 1) & (set->capacity - 1);
    return &set->slot[at];
}

bool string_set_add_with(Arena *arena, StringSet *set, const char *string, void *value)
{
    if (2 * set->count >= set->capacity) {
        StringSet grown = {.capacity = set->capacity ? 2 * set->capacity : 16, .count = set->count};
        grown.slot = arena_alloc(arena, grown.capacity * sizeof *grown.slot);
        for (size_t i = 0; i < set->capacity; i++)
            if (set->slot[i].string)
                *find(&grown, set->slot[i].string) = set->slot[i];
        *set = grown;
    }
    StringSlot *slot = find(set, string);
    if (slot->string)
        return false;
    *slot = (StringSlot){string, value};
    set->count++;
    return true;
}

bool string_set_add(Arena *arena, StringSet *set, const char *string)
{
    return string_set_add_with(arena, set, string, NULL);
}

void *string_set_value(const StringSet *set, const char *string)
{
    return set->capacity ? find(set, string)->value : NULL;
}
