/* Characters beyond ASCII in names. */
#ifndef NETC_BASE_CHARACTER_H
#define NETC_BASE_CHARACTER_H

#include <stdbool.h>

#include "base/arena.h"

/* Bytes at the start of `text` that are a name, as in Python: letters, digits and _, and no digit first unless
 * `digits_first`. 0 where none begins. `text` is UTF-8. */
int character_name_length(const char *text, int length, bool digits_first);

/* The character of ASCII that the UTF-8 character at `text` was probably meant to be: a comma for a full-width one, a
 * quote for a curly one; 0 for none. */
char character_ascii(const char *text);

/* `name` as an identifier of C: dots are _, and a character beyond ASCII is its code as in C's \u5377 or \U0001f600,
 * without the backslash. */
const char *character_identifier(Arena *arena, const char *name);

#endif
