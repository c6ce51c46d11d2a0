/* Cache: what the C compiler made for runs in process, kept for those to come: a file for each key below
 * $XDG_CACHE_HOME/netc or ~/.cache/netc. Whatever is wrong with it, a home that cannot be written or a full disk, there
 * is just nothing kept. A file is taken only from a folder, and as a file, that no other user could have written, and
 * only whole: it ends in the digest of its bytes. */
#ifndef NETC_CACHE_H
#define NETC_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { CACHE_KEY = 33 }; /* a digest's 32 digits and the end */

/* The key of what is made of `text`. */
void cache_key(const char *text, size_t length, char key[CACHE_KEY]);

/* The bytes that are kept under a key. */
bool cache_read(Arena *arena, const char *key, const char **bytes, size_t *size);

/* Keeps them; then those that were not read for longest go, until all together take at most `most` bytes. */
void cache_write(Arena *arena, const char *key, const char *bytes, size_t size, int64_t most);

#endif
